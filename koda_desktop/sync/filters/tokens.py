"""The pieces of a filter's text, with their places. Every text has them: nothing fails here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIELD = re.compile(r"([^\W\d_]+)(?::|(?=[<>=]))")
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Piece:
    """One value, without its quotes; ``start`` and ``end`` are its place with them."""

    text: str
    start: int
    end: int
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two spaces: a word or phrase, or a field with its values."""

    start: int
    end: int
    is_excluded: bool
    field: str | None
    """As it was written; None for words."""
    field_start: int
    has_colon: bool
    values: tuple[Piece, ...]
    """One for words; for a field what stands between the commas, at least one."""


def tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text``, in order."""
    at = _skip_space(text, 0)
    while at < len(text):
        token = _token(text, at)
        yield token
        at = _skip_space(text, token.end)


def _skip_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _token(text: str, start: int) -> Token:
    at = start
    is_excluded = text[at] == "-" and at + 1 < len(text) and not text[at + 1].isspace()
    if is_excluded:
        at += 1
    name = _FIELD.match(text, at)
    if name is None:
        word = _piece(text, at, "")
        return Token(start, word.end, is_excluded, None, at, False, (word,))
    values = tuple(_values(text, name.end()))
    has_colon = name.group().endswith(":")
    return Token(start, values[-1].end, is_excluded, name.group(1), at, has_colon, values)


def _values(text: str, at: int) -> Iterator[Piece]:
    while True:
        piece = _piece(text, at, ",")
        yield piece
        if piece.end >= len(text) or text[piece.end] != ",":
            return
        at = piece.end + 1


def _piece(text: str, start: int, stop: str) -> Piece:
    """From ``start`` to a space or one of ``stop``; neither ends it inside quotes."""
    made: list[str] = []
    at, is_quoted = start, False
    while at < len(text) and not text[at].isspace() and text[at] not in stop:
        if text[at] == '"' and (stop or at == start):
            inside, at = _quoted(text, at)
            made.append(inside)
            is_quoted = True
            if not stop:
                break
        else:
            made.append(text[at])
            at += 1
    return Piece("".join(made), start, at, is_quoted)


def _quoted(text: str, start: int) -> tuple[str, int]:
    """What the quotes at ``start`` hold, and the place behind them; a doubled quote is one."""
    at, made = start + 1, []
    while at < len(text):
        if text[at] != '"':
            made.append(text[at])
        elif text[at + 1 : at + 2] == '"':
            made.append('"')
            at += 1
        else:
            return "".join(made), at + 1
        at += 1
    return "".join(made), at
