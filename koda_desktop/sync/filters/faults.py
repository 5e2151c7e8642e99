"""What is told of a filter that is not understood: the place, the words, and what is known."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.errors import InputError
from koda_desktop.sync.filters.tokens import Piece

_MOST_NAMED = 3


def misunderstood(piece: Piece, what: str, remedy: str, known: Sequence[str] = ()) -> InputError:
    """The fault for ``piece``; ``facts`` hold ``at`` and ``length``, and what is ``known``."""
    facts = {"at": piece.start, "length": piece.end - piece.start, "known": list(known)}
    return InputError(f"{what} (character {piece.start + 1}).", remedy=remedy, facts=facts)


def not_among(piece: Piece, what: str, known: Sequence[str], rest: str = "") -> InputError:
    """The fault for a name that is none of ``known``; the nearest ones are offered."""
    near = nearest(piece.text, known)
    remedy = f"Did you mean {_either(near)}? " if near else ""
    return misunderstood(piece, what, f"{remedy}Known are {', '.join(known)}.{rest}", known)


def nearest(word: str, known: Sequence[str]) -> list[str]:
    """Those of ``known`` that ``word`` may have been meant for, the likeliest first."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=_MOST_NAMED, cutoff=0.6)
    return [by_lower[name] for name in found]


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)
