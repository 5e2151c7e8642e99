"""The form of one detector: a name, a pattern, the literal it hinges on, and where that is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of secret that is known by its looks alone.

    ``pattern`` is tried only ``back`` characters before each place where one of ``needles``
    stands, so that a text without them costs one substring search each. Where the pattern has a
    group, group 1 is the secret. ``shown`` leading characters are typical of the kind and may be
    displayed. ``check`` says whether a match is one; without it the placeholder rules decide.
    ``mark`` is a character without which no match is, for patterns that hinge on no literal.
    ``source`` is the vendor's page on the format. Patterns hold no nested repetition and are
    bounded or possessive: no text makes them slow.
    """

    kind: str
    pattern: re.Pattern[str]
    needles: tuple[str, ...]
    source: str
    back: int = 0
    shown: int = 4
    check: Callable[[str], bool] | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A secret at ``start:end`` of one text. Of overlapping hits the lowest ``rank`` stays."""

    start: int
    end: int
    kind: str
    shown: int
    rank: int


RANK_VENDOR, RANK_LIBRARY, RANK_WRITTEN, RANK_NAMED = range(4)


def token(
    kind: str, needles: str, body: str, source: str, check: Callable[[str], bool] | None = None
) -> Shape:
    """A token that begins with one of ``needles`` (split at spaces) and goes on with ``body``."""
    starts = tuple(needles.split())
    either = "|".join(re.escape(start) for start in starts)
    # A token that goes on is another token: the end is checked too.
    pattern = re.compile(rf"(?:{either}){body}(?![A-Za-z0-9])", re.ASCII)
    return Shape(kind, pattern, starts, source, check=check)
