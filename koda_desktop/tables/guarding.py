"""Keeping spreadsheets from running a text as a formula, and undoing that without loss.

A cell that begins like a formula is written with an apostrophe before it, which spreadsheets read
as "this is text" (OWASP, CSV Injection). One that begins with apostrophes and then like a formula
gets one more, so that taking one away gives back exactly what was written.
"""

from __future__ import annotations

import re
from itertools import repeat

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - spreadsheets take them for the ASCII signs
_GUARDED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001


def guard(text: str) -> str:
    """``text`` as it can stand in a spreadsheet."""
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """What ``guard`` was given; other texts stay as they are."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def unguarded(cells: list[str]) -> list[str]:
    """``unguard`` of each; most rows have nothing that was guarded."""
    if any(map(str.startswith, cells, repeat("'"))):
        return [unguard(cell) for cell in cells]
    return cells
