"""CSV as spreadsheets and shops write it: RFC 4180 with its dialects."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from koda_desktop.errors import UnreadableFile
from koda_desktop.tables.decoding import Encoding, detect
from koda_desktop.tables.guarding import unguard, unguarded
from koda_desktop.tables.rows import CELL_MAX, WHOLE_ROW, Format, Record, Table, distinct, fitted
from koda_desktop.tables.sniffing import declared, separator

_SAMPLE = 256 * 1024
_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_UNREAD = "\ufffd"


def read_csv(stream: BinaryIO) -> Table:
    """The table in ``stream``, which stays open until its records were walked.

    Raises UnreadableFile for a file without a header.
    """
    encoding = detect(stream)
    text = _text(stream, encoding)
    sample = text.read(_SAMPLE)
    delimiter, skipped = declared(sample)
    if not delimiter:
        delimiter = separator(sample[skipped:].splitlines(keepends=True))
    stream.seek(0)
    text.detach()
    lines = _text(stream, encoding)
    if skipped:
        lines.readline()
    rows = _Rows(lines, delimiter, int(bool(skipped)), encoding)
    header, notes = distinct([unguard(name).strip() for name in rows.header()])
    if encoding.note:
        notes.insert(0, encoding.note)
    if delimiter != ",":
        notes.append(f"The cells are separated by {_NAMES.get(delimiter, delimiter)}.")
    return Table(Format.CSV, header, rows.records(len(header)), notes, text=lines)


def _text(stream: BinaryIO, encoding: Encoding) -> io.TextIOWrapper:
    return io.TextIOWrapper(stream, encoding.codec, errors="replace", newline="")


class _Rows:
    """The rows with the lines on which they begin."""

    def __init__(
        self, lines: io.TextIOWrapper, delimiter: str, skipped: int, encoding: Encoding
    ) -> None:
        # The limit is the process's own; its default is less than a listing's description may have.
        csv.field_size_limit(CELL_MAX)
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self._skipped = skipped
        self._is_exact = encoding.is_exact

    def header(self) -> list[str]:
        for _, cells, fault in self._rows():
            if fault:
                raise UnreadableFile(f"The header cannot be read: {fault}")
            return cells
        raise UnreadableFile("The file is empty.", remedy="Choose a file with a header and rows.")

    def records(self, width: int) -> Iterator[Record]:
        for line, cells, fault in self._rows():
            if fault:
                yield Record(line, [""] * width, {WHOLE_ROW: fault})
                continue
            whole, faults = fitted(unguarded(cells), width)
            if not self._is_exact:
                faults = {**faults, **_unread(whole)}
            yield Record(line, whole, faults)

    def _rows(self) -> Iterator[tuple[int, list[str], str]]:
        """Line, cells and what is wrong, of every row that is not empty."""
        while True:
            line = self._reader.line_num + 1 + self._skipped
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, [], _sentence(error)
                continue
            if any(cells):
                yield line, cells, ""


def _sentence(error: csv.Error) -> str:
    words = str(error)
    if "unexpected end" in words:
        return "A quotation mark is opened in this row and never closed."
    if "field limit" in words:
        return "A cell of this row is too long. A quotation mark may be missing."
    return 'The quotation marks of this row cannot be read: write “""” for one inside a text.'


def _unread(cells: list[str]) -> dict[int, str]:
    what = "This has characters that could not be read: save the file as UTF-8."
    return {number: what for number, cell in enumerate(cells) if _UNREAD in cell}
