"""Opening a file of rows: what it is, is told by its bytes, not by its name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from koda_desktop.errors import NotFound, TooLarge, UnreadableFile
from koda_desktop.runtime.files import disk_faults
from koda_desktop.tables.csv_reading import read_csv
from koda_desktop.tables.jsonl_reading import read_jsonl
from koda_desktop.tables.rows import FILE_MAX, Table

_ZIP = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BLANK = " \t\r\n\ufeff\0"


@contextmanager
def open_table(path: Path, sheet: str = "") -> Iterator[Table]:
    """The table in the file at ``path``; of a workbook, the sheet of that name.

    Raises NotFound, UnreadableFile, TooLarge (512 MiB), InputError or a LocalFault.
    """
    if not path.exists():
        raise NotFound(f"There is no file {path.name}.")
    if not path.is_file():
        raise UnreadableFile(f"{path.name} is not a file.")
    with disk_faults(f"{path.name} could not be read"), path.open("rb") as stream:
        if path.stat().st_size > FILE_MAX:
            raise TooLarge(
                f"{path.name} is larger than 512 MiB.", remedy="Split it into several files."
            )
        table = read_table(stream, sheet)
        try:
            yield table
        finally:
            table.close()


def read_table(stream: BinaryIO, sheet: str = "") -> Table:
    """The table in ``stream``, which must be seekable. Raises as ``open_table``."""
    head = stream.read(64)
    stream.seek(0)
    if head.startswith(_ZIP):
        from koda_desktop.tables.xlsx_reading import read_xlsx

        return read_xlsx(stream, sheet)
    if head.startswith(_OLD_OFFICE):
        raise UnreadableFile(
            "This is a workbook of the old XLS format, or one with a password.",
            remedy="Save it without a password as XLSX or CSV.",
        )
    return read_jsonl(stream) if _is_json(head) else read_csv(stream)


def _is_json(head: bytes) -> bool:
    """Whether the first thing in the file opens a JSON object."""
    return head.decode("utf-8", "ignore").replace("\0", "").lstrip(_BLANK).startswith("{")
