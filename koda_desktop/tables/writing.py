"""Writing files of rows, one row at a time: memory does not grow with their number.

The file appears under its name when it is whole: until then it is a temporary one beside it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol, TextIO

from koda_desktop.runtime.files import disk_faults, fsync_directory
from koda_desktop.tables.guarding import guard
from koda_desktop.tables.rows import Format
from koda_desktop.tables.values import as_text

Cell = str | int | float | bool | list[str] | None


class RowWriter(Protocol):
    left_out: int
    """Cells that the format cannot hold and that were left blank."""

    def write(self, cells: Sequence[Cell]) -> None:
        """Write one row; its cells in the order of the header."""
        ...


@contextmanager
def write_table(
    path: Path, kind: Format, header: Sequence[str], *, mark: bool = False
) -> Iterator[RowWriter]:
    """Write the rows that are handed to the writer to ``path``, atomically.

    ``mark`` puts a byte order mark before a CSV file, by which Excel knows UTF-8. Raises DiskFull,
    NoRights or LocalFault; then whatever stood at ``path`` is untouched.
    """
    with disk_faults(f"{path.name} could not be written"):
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                with _writer(stream, kind, header, mark) as writer:
                    yield writer
                stream.flush()
                os.fsync(stream.fileno())
            temporary.chmod(0o644)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        fsync_directory(path.parent)


@contextmanager
def _writer(
    stream: IO[bytes], kind: Format, header: Sequence[str], mark: bool
) -> Iterator[RowWriter]:
    if kind is Format.XLSX:
        from koda_desktop.tables.xlsx_writing import xlsx_writer

        with xlsx_writer(stream, header) as writer:
            yield writer
        return
    encoding = "utf-8-sig" if mark and kind is Format.CSV else "utf-8"
    text = io.TextIOWrapper(stream, encoding, newline="")
    try:
        yield CsvWriter(text, header) if kind is Format.CSV else JsonlWriter(text, header)
    finally:
        text.detach()


class CsvWriter:
    """RFC 4180: commas, CRLF, quotation marks where they are needed; formulas guarded."""

    left_out = 0

    def __init__(self, text: TextIO, header: Sequence[str]) -> None:
        self._writer = csv.writer(text)
        self._writer.writerow([guard(name) for name in header])

    def write(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([_guarded(cell) for cell in cells])


class JsonlWriter:
    """One object a line; what is blank is left out of it."""

    left_out = 0

    def __init__(self, text: TextIO, header: Sequence[str]) -> None:
        self._text = text
        self._header = tuple(header)

    def write(self, cells: Sequence[Cell]) -> None:
        named = zip(self._header, cells, strict=True)
        found = {name: cell for name, cell in named if cell not in ("", None)}
        self._text.write(json.dumps(found, ensure_ascii=False) + "\n")


def _guarded(cell: Cell) -> str:
    return guard(as_text(cell)) if isinstance(cell, str | list) else as_text(cell)
