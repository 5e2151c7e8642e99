"""Workbooks: one sheet of an XLSX file, its cells as texts.

The library holds a whole sheet in memory, so that its parts are looked through first
(``xlsx_scan``). Numbers come in their shortest form; a cell that is a date or an error is a fault
of that cell, for no column of ours holds one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from koda_desktop.errors import InputError, UnreadableFile
from koda_desktop.tables.guarding import unguard
from koda_desktop.tables.rows import NO_FAULTS, Format, Record, Table, distinct, fitted
from koda_desktop.tables.values import as_text
from koda_desktop.tables.xlsx_scan import Scan, scan

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

_DATE = "A spreadsheet turned this into a date. Format the cell as text and write the value again."
_ERROR = "This cell holds an error of the spreadsheet."
_DATES = (datetime.date, datetime.time, datetime.timedelta)


def read_xlsx(stream: BinaryIO, sheet: str = "") -> Table:
    """The table of one sheet: the one named, else the first visible one that holds anything.

    Raises UnreadableFile for what is no sound workbook, TooLarge, InputError for an unknown sheet.
    """
    with _faults():
        from python_calamine import CalamineWorkbook

        found = scan(stream)
        stream.seek(0)
        book = CalamineWorkbook.from_filelike(stream)
        names = _visible(book)
        name, chosen = _chosen(book, names, sheet)
        table = _table(chosen, found.get(name, Scan()))
    table.sheets, table.sheet = names, name
    if len(names) > 1:
        others = ", ".join(f"“{one}”" for one in names if one != name)
        table.notes.insert(0, f"The sheet “{name}” is read; the file also has {others}.")
    return table


@contextmanager
def _faults() -> Iterator[None]:
    """Turn whatever the library raises into UnreadableFile, a panic of its Rust code too."""
    try:
        yield
    except (InputError, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise _unreadable() from error
        raise


def _unreadable() -> UnreadableFile:
    return UnreadableFile(
        "The workbook cannot be read: it is damaged, protected by a password or not an XLSX file.",
        remedy="Open it in a spreadsheet program and save it again as XLSX or CSV.",
    )


def _visible(book: CalamineWorkbook) -> tuple[str, ...]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    return tuple(
        one.name
        for one in book.sheets_metadata
        if one.typ is SheetTypeEnum.WorkSheet and one.visible is SheetVisibleEnum.Visible
    )


def _chosen(
    book: CalamineWorkbook, names: tuple[str, ...], wanted: str
) -> tuple[str, CalamineSheet]:
    if wanted:
        if wanted not in names:
            raise InputError(f"The workbook has no sheet “{wanted}”.")
        return wanted, book.get_sheet_by_name(wanted)
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is not None:
            return name, sheet
    raise UnreadableFile("The workbook is empty.", remedy="Choose a file with a header and rows.")


def _table(sheet: CalamineSheet, found: Scan) -> Table:
    if sheet.start is None:
        raise UnreadableFile(f"The sheet “{sheet.name}” is empty.")
    rows = _rows(sheet)
    _, first = next(rows)
    header, notes = distinct([unguard(as_text(value)).strip() for value in first])
    if sheet.merged_cell_ranges:
        notes.append("Cells are merged: only the first of each counts, the others are blank.")
    if found.formulas:
        notes.append("Formulas count with the value that the spreadsheet saved last.")
    column = sheet.start[1]
    records = (_record(line, values, header, column, found) for line, values in rows)
    return Table(Format.XLSX, header, records, notes)


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[Any]]]:
    """The rows that hold anything, with their numbers in the sheet."""
    for line, values in enumerate(sheet.iter_rows(), 1):
        if any(value not in ("", None) for value in values):
            yield line, list(values)


def _record(
    line: int, values: list[Any], header: tuple[str, ...], column: int, found: Scan
) -> Record:
    cells, faults = fitted([unguard(as_text(value)) for value in values], len(header))
    return Record(line, cells, {**faults, **_cell_faults(line, values, column, found)})


def _cell_faults(line: int, values: list[Any], column: int, found: Scan) -> Mapping[int, str]:
    dates = [number for number, value in enumerate(values) if isinstance(value, _DATES)]
    errors = found.errors.get(line, ())
    if not dates and not errors:
        return NO_FAULTS
    return dict.fromkeys(dates, _DATE) | dict.fromkeys((one - column for one in errors), _ERROR)
