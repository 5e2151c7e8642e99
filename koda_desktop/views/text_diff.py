"""What was added to a text and what was taken from it, word by word. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORDS = 3_000
"""Past this a text is compared line by line: comparing grows with the square of its length."""


class PieceKind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both sides have, or one of them."""

    kind: PieceKind
    text: str


def replaced(before: str, after: str) -> list[Piece]:
    """``after`` beside the whole of ``before``; below it where one has several lines."""
    gap = "\n" if "\n" in before + after else "  "
    return [
        Piece(PieceKind.REMOVED, before),
        Piece(PieceKind.SAME, gap),
        Piece(PieceKind.ADDED, after),
    ]


def pieces(before: str, after: str) -> list[Piece]:
    """``before`` turned into ``after``: the same and added pieces joined are ``after``, the same
    and removed ones are ``before``."""
    pattern = _WORDS
    old, new = pattern.findall(before), pattern.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        pattern = _LINES
        old, new = pattern.findall(before), pattern.findall(after)
    found: list[Piece] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            found.append(Piece(PieceKind.SAME, "".join(new[j1:j2])))
            continue
        if i2 > i1:
            found.append(Piece(PieceKind.REMOVED, "".join(old[i1:i2])))
        if j2 > j1:
            found.append(Piece(PieceKind.ADDED, "".join(new[j1:j2])))
    return found
