"""Lines and columns of Python source, as problems show them."""

from __future__ import annotations

_SIDE = 48


def snippet(text: str, line: int, column: int) -> str:
    """Line ``line`` of ``text`` cut around ``column`` (both from 1), with a caret below it."""
    shown = _line(text, line)
    place = min(max(column - 1, 0), len(shown))
    left = max(0, place - _SIDE)
    cut = shown[left : place + _SIDE]
    clean = "".join(char if char.isprintable() else " " for char in cut)
    return f"{clean}\n{' ' * (place - left)}^"


def line_of(text: str, position: int) -> int:
    """The number of the line, from 1, that holds the character at ``position``."""
    return text.count("\n", 0, position) + 1


def _line(text: str, number: int) -> str:
    start = 0
    for _ in range(number - 1):
        following = text.find("\n", start)
        if following < 0:
            return ""
        start = following + 1
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")
