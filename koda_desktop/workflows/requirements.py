"""What a buyer has to do and have: set-up steps, AI models and programming languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from koda_desktop.workflows.texts import one_line, sentence_list

_MODEL = re.compile(r"(?=.{0,59}[A-Za-z])[A-Za-z0-9@][\w.:/@ +-]{1,59}\Z", re.ASCII)
_MOST = 20
_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Needs:
    """``connections`` are the names of accounts to connect, ``documents`` of services whose
    documents the buyer chooses, ``addresses`` the webhooks to register elsewhere."""

    connections: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    addresses: int = 0


def setup_steps(platform: str, needs: Needs, last: str) -> tuple[str, ...]:
    """The estimated steps from a bought file to one that runs, as instructions.

    ``last`` is what remains once everything is set up.
    """
    steps = [f"Install {sentence_list(needs.packages, _MOST_LISTED)}"] if needs.packages else []
    steps.append(f"Import the file into {platform}")
    steps += [f"Connect {name}" for name in needs.connections[:_MOST]]
    steps += [f"Choose your own documents in {name}" for name in needs.documents[:_MOST]]
    if needs.addresses:
        many = f"{needs.addresses} new webhook addresses"
        what = "new webhook address" if needs.addresses == 1 else many
        steps.append(f"Give the {what} to the services that call it")
    return (*steps, last)


def model_names(values: Iterable[Any]) -> tuple[str, ...]:
    """Those of ``values`` that can be the name of a model, each once; expressions are not."""
    names = (one_line(value, 80) for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(name for name in names if _MODEL.match(name)))[:_MOST]


def distinct(names: Iterable[str], limit: int = 80) -> tuple[str, ...]:
    """Names on one line each, without empty ones and repetitions, in their order."""
    return tuple(dict.fromkeys(one_line(name, limit) for name in names if name))
