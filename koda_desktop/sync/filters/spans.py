"""Values that may be a bound or a range: ``20``, ``<20``, ``>=9.99``, ``10..20``, ``..20``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from koda_desktop.sync.filters.faults import misunderstood
from koda_desktop.sync.filters.tokens import Piece


class Ordered(Protocol):
    def __lt__(self, other: object, /) -> bool: ...


V = TypeVar("V")
Span = tuple[V, V]
"""From the first on, below the second."""
Open = tuple[V | None, V | None]
"""As a span; None leaves that end open."""

_RANGE = ".."
_SIGNS = ("<=", ">=", "<", ">", "=")


def read_span(piece: Piece, read: Callable[[Piece], Span[V]]) -> Open[V]:
    """What ``piece`` means, where ``read`` says which span one value stands for.

    A value such as a day is a span itself: ``<=`` takes it in, ``<`` ends before it. Raises
    InputError for a range that ends before it begins, and what ``read`` raises.
    """
    text = piece.text
    sign = next((one for one in _SIGNS if text.startswith(one)), "")
    if sign:
        return _bounded(sign, read(_behind(piece, len(sign))))
    if _RANGE in text:
        return _range(piece, read)
    return read(piece)


def _bounded(sign: str, span: Span[V]) -> Open[V]:
    low, high = span
    bounds: dict[str, Open[V]] = {
        "<": (None, low),
        "<=": (None, high),
        ">": (high, None),
        ">=": (low, None),
        "=": (low, high),
    }
    return bounds[sign]


def _range(piece: Piece, read: Callable[[Piece], Span[V]]) -> Open[V]:
    first, _, last = piece.text.partition(_RANGE)
    if not first and not last:
        raise misunderstood(piece, "A range has a value on one side of .. at least", _EXAMPLE)
    low = read(replace(piece, text=first))[0] if first else None
    last_piece = _behind(piece, len(first) + len(_RANGE))
    high = read(last_piece)[1] if last else None
    return low, high


_EXAMPLE = "Write 10..20, 10.. or ..20."


def _behind(piece: Piece, count: int) -> Piece:
    start = min(piece.start + count, piece.end)
    return replace(piece, text=piece.text[count:], start=start)
