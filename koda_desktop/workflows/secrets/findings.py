"""What the search hands back, and the only form in which a found value may leave it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from koda_desktop.workflows.inspection import Problem, SecretFinding

_LONGEST_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Findings:
    """Secrets block publishing; ``personal`` holds problems of severity warning.

    ``digests[i]`` is the SHA-256 (hex) of the value of ``secrets[i]``, the entry an allow list
    would take. Short passwords can be guessed from it, so it is left out of the repr.
    """

    secrets: tuple[SecretFinding, ...] = ()
    personal: tuple[Problem, ...] = ()
    digests: tuple[str, ...] = field(default=(), repr=False)


def digest(value: str) -> str:
    """The SHA-256 of ``value`` in hex, as allow lists hold it."""
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def masked(value: str, shown: int) -> str:
    """``value`` as it may be shown: at most ``shown`` leading characters and its length.

    Never more than four characters and never more than a quarter of the value.
    """
    prefix = value[: min(shown, _LONGEST_PREFIX, len(value) // 4)]
    safe = "".join(c if c.isprintable() else "?" for c in prefix)
    return f"{safe}… ({len(value):,} characters)"
