"""What a file of rows is made of: a header, records, and what is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from io import TextIOWrapper
from types import MappingProxyType
from typing import NamedTuple

NO_FAULTS: Mapping[int, str] = MappingProxyType({})

WHOLE_ROW = -1
"""The place of a fault that is the whole row's, not one cell's."""

CELL_MAX = 16 * 1024 * 1024
"""Characters of one cell, at the most: what a document of the database can hold."""

FILE_MAX = 512 * 1024 * 1024
"""Bytes of a file, at the most."""


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"


class Record(NamedTuple):
    """One row. ``cells`` has as many texts as the header has columns; empty where there was none.

    ``line`` is where it begins in the file, counted from 1 as editors and spreadsheets do.
    ``faults`` are sentences by the number of the column, or by WHOLE_ROW.
    """

    line: int
    cells: list[str]
    faults: Mapping[int, str] = NO_FAULTS


@dataclass(slots=True)
class Table:
    """An open file. ``records`` can be walked once; ``notes`` may grow until it was."""

    format: Format
    header: tuple[str, ...]
    records: Iterator[Record]
    notes: list[str] = field(default_factory=list)
    """What a person is to know of how the file was read, in sentences."""
    sheets: tuple[str, ...] = ()
    """Of a workbook: the names of its visible sheets."""
    sheet: str = ""
    text: TextIOWrapper | None = None
    """What the records are read from; ``close`` closes it, and the file under it."""

    def close(self) -> None:
        if self.text is not None:
            self.text.close()


def distinct(names: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """``names`` as a header: each once, none empty; and a sentence for each that was changed."""
    header: list[str] = []
    notes: list[str] = []
    taken = set(names)
    seen: set[str] = set()
    for number, name in enumerate(names, 1):
        shown = name if name.strip() else f"Column {number}"
        if shown in seen or (not name.strip() and shown in taken):
            copy = 2
            while f"{shown} ({copy})" in seen | taken:
                copy += 1
            notes.append(f"There is more than one column “{shown}”: the first one counts.")
            shown = f"{shown} ({copy})"
        seen.add(shown)
        header.append(shown)
    return tuple(header), list(dict.fromkeys(notes))


def fitted(cells: list[str], width: int) -> tuple[list[str], Mapping[int, str]]:
    """``cells`` as wide as the header: what is missing is empty, what is too many is a fault."""
    missing = width - len(cells)
    if missing == 0:
        return cells, NO_FAULTS
    if missing > 0:
        return cells + [""] * missing, NO_FAULTS
    if not any(cell.strip() for cell in cells[width:]):
        return cells[:width], NO_FAULTS
    what = (
        f"The row has {len(cells)} cells, the header {width}. A text that holds the separator "
        "needs quotation marks around it."
    )
    return cells[:width], {WHOLE_ROW: what}
