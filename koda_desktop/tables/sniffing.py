"""What separates the cells of a CSV file."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

SEPARATORS = (",", ";", "\t", "|")
_LINES = 200
_DECLARED = re.compile(r"\A\"?sep=([^\r\n])\"?(?:\r\n|\r|\n|\Z)", re.IGNORECASE)


def declared(text: str) -> tuple[str, int]:
    """The separator of a first line ``sep=;`` and how long that line is; ("", 0) without one."""
    found = _DECLARED.match(text)
    return (found[1], found.end()) if found else ("", 0)


def separator(lines: Sequence[str]) -> str:
    """The separator with which ``lines``, the first ones of a file, make the most even table.

    Each is tried with real quoting rules, so that commas inside quoted texts do not count. A file
    of one column has none; it is a comma then.
    """
    return max(SEPARATORS, key=lambda one: (_evenness(lines, one), -SEPARATORS.index(one)))


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """The share of rows that are as wide as the header, times a little for every column."""
    widths = _widths(lines, delimiter)
    if not widths or widths[0] < 2:
        return 0.0
    even = Counter(widths)[widths[0]] / len(widths)
    return even * (1 + min(widths[0], 50) / 50)


def _widths(lines: Sequence[str], delimiter: str) -> list[int]:
    widths: list[int] = []
    reader = csv.reader(lines[:_LINES], delimiter=delimiter)
    try:
        widths.extend(len(row) for row in reader if row)
    except csv.Error:
        return widths
    return widths
