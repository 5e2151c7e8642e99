"""Workbooks, written in constant memory: one sheet, its texts formatted as text.

A cell formatted as text keeps what a person writes into it: no version becomes a date.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from koda_desktop.errors import InputError
from koda_desktop.tables.guarding import guard
from koda_desktop.tables.values import as_text
from koda_desktop.tables.writing import Cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

CELL_MAX = 32_767
"""Characters of a cell, counted in UTF-16 (Excel's specifications and limits)."""

ROWS_MAX = 1_048_576

_UNHELD = re.compile("[\ufffe\uffff\ud800-\udfff]|_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
"""What does not come back as it was: no characters of XML, and two escapes that share a line, of
which the library marks only the first as text.
"""

_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@contextmanager
def xlsx_writer(stream: IO[bytes], header: Sequence[str]) -> Iterator[XlsxWriter]:
    """Write a workbook into ``stream``; what is half done when this is left early is dropped."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    with TemporaryDirectory(prefix="koda-export-") as scratch:
        book = Workbook(stream, {**_OPTIONS, "tmpdir": scratch})
        sheet = book.add_worksheet("Listings")
        try:
            yield XlsxWriter(book, sheet, header)
            book.close()
        except FileCreateError as error:
            raise error.args[0] from error
        finally:
            # The library closes this file, of the rows so far, only when it has written the book.
            sheet._opt_close()


class XlsxWriter:
    """Rows of one sheet called "Listings"."""

    def __init__(self, book: Workbook, sheet: Worksheet, header: Sequence[str]) -> None:
        self.left_out = 0
        self._sheet = sheet
        self._text = book.add_format({"num_format": "@"})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(header) - 1, 0), 18, self._text)
        bold = book.add_format({"bold": True, "num_format": "@"})
        for column, name in enumerate(header):
            self._sheet.write_string(0, column, guard(name), bold)
        self._row = 0

    def write(self, cells: Sequence[Cell]) -> None:
        self._row += 1
        if self._row >= ROWS_MAX:
            raise InputError(
                "A sheet holds 1,048,575 listings at the most.",
                remedy="Export to CSV or JSON Lines, or fewer listings.",
            )
        for column, cell in enumerate(cells):
            self._write(column, cell)

    def _write(self, column: int, cell: Cell) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._row, column, cell)
        elif isinstance(cell, int | float):
            self._sheet.write_number(self._row, column, cell)
        elif text := guard(as_text(cell)):
            self._write_text(column, text)

    def _write_text(self, column: int, text: str) -> None:
        if len(text.encode("utf-16-le", "surrogatepass")) > 2 * CELL_MAX or _UNHELD.search(text):
            self.left_out += 1
            return
        self._sheet.write_string(self._row, column, text, self._text)
