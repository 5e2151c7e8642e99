"""Blocks of cells as spreadsheets put them on the clipboard: tabs between cells, a line each row.

Excel and LibreOffice quote a cell that holds a tab or a line break, and double the marks inside;
line breaks inside a cell are read as one character, whatever they were.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from koda_desktop.tables.guarding import guard, unguard

Block = list[list[str]]
"""Rows of cells; a row may be shorter than others."""

CELL_MAX = 131_072
"""Characters of one cell. It is what the csv module allows by itself, and that is a setting of the
whole process, which readers of files raise.
"""


class BlockError(ValueError):
    """What is wrong with a text that should be a block, in one sentence."""


def write_block(rows: Iterable[Sequence[str]]) -> str:
    """``rows`` as a text for the clipboard; what a spreadsheet would run is guarded."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, dialect="excel-tab")
    for row in rows:
        writer.writerow([guard(_one_break(cell)) for cell in row])
    return text.getvalue()


def read_block(text: str) -> Block:
    """The cells of a text from the clipboard. Raises BlockError.

    Text whose quotation marks do not fit together was not quoted: its marks stand for themselves.
    """
    try:
        rows = [*csv.reader(_lines(text), dialect="excel-tab", strict=True)]
    except csv.Error:
        rows = _as_they_stand(text)
    if any(len(cell) > CELL_MAX for row in rows for cell in row):
        raise _too_long()
    return [[unguard(_one_break(cell)) for cell in row or [""]] for row in rows]


def _as_they_stand(text: str) -> Block:
    try:
        return [*csv.reader(_lines(text), dialect="excel-tab", quoting=csv.QUOTE_NONE)]
    except csv.Error:
        raise _too_long() from None


def _too_long() -> BlockError:
    return BlockError(
        f"The clipboard holds a cell that is too long: {CELL_MAX:,} characters is the most."
    )


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")


def _one_break(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n")
