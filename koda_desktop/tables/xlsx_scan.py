"""A look through a workbook's parts before a library reads them whole.

A single cell in the last corner of a sheet makes a reader of whole sheets reserve room for
17 billion, and a small zip file can hold gigabytes: both are refused here. On the way the cells
that hold errors and formulas are noted, which the library shows as blanks and plain values.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree import ElementTree

from koda_desktop.errors import TooLarge
from koda_desktop.tables.rows import FILE_MAX

_CELLS_MAX = 20_000_000
_ERRORS_MAX = 10_000
_BLOCK = 1024 * 1024
_TAG_MAX = 4096
_CELL = re.compile(rb"<(?:\w+:)?c\s([^<>]*)>")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_PLACED = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"')
_IS_ERROR = re.compile(rb'\bt="e"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(slots=True)
class Scan:
    """What a sheet holds. ``errors``: numbers of columns, from 0, by the number of the row."""

    errors: dict[int, list[int]] = field(default_factory=dict)
    formulas: int = 0


def scan(stream: BinaryIO) -> dict[str, Scan]:
    """What each sheet holds, by its name. Raises TooLarge, or what zipfile and XML raise."""
    with zipfile.ZipFile(stream) as book:
        if sum(one.file_size for one in book.infolist()) > 2 * FILE_MAX:
            raise _too_large()
        return {name: _scan_sheet(book, part) for name, part in _parts(book)}


def _parts(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name of each sheet and the path of its part (ECMA-376, part 1, 18.2.19)."""
    rels = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id", ""): one.get("Target", "") for one in rels}
    root = ElementTree.fromstring(book.read("xl/workbook.xml"))
    for one in root.iter():
        if one.tag.endswith("}sheet"):
            target = targets.get(one.get(_REL, ""), "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
            if path in book.NameToInfo:
                yield one.get("name", ""), path


def _scan_sheet(book: zipfile.ZipFile, part: str) -> Scan:
    found = Scan()
    rows, columns = 0, 0
    for text in _windows(book, part):
        if b"<f" in text or b":f" in text:
            found.formulas += len(_FORMULA.findall(text))
        # Millions of cells stand in a few columns: what is the same is looked at once.
        places = _PLACED.findall(text)
        rows = max(rows, *map(int, {row for _, row in places}), 0)
        columns = max(columns, *(_column(one) + 1 for one in {one for one, _ in places}), 0)
        if rows * columns > _CELLS_MAX:
            raise _too_large()
        if b't="e"' in text:
            _note_errors(found, text)
    return found


def _note_errors(found: Scan, text: bytes) -> None:
    for attributes in _CELL.findall(text):
        place = _PLACE.search(attributes)
        if place and _IS_ERROR.search(attributes) and len(found.errors) < _ERRORS_MAX:
            found.errors.setdefault(int(place[2]), []).append(_column(place[1]))


def _windows(book: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part's bytes in pieces that end between two tags."""
    rest = b""
    with book.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            cut = text.rfind(b"<", max(0, len(text) - _TAG_MAX))
            cut = len(text) if cut < 0 else cut
            rest = text[cut:]
            yield text[:cut]
    yield rest


def _column(letters: bytes) -> int:
    """The number, from 0, of a column's letters."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _too_large() -> TooLarge:
    return TooLarge(
        "The workbook holds more than can be read at once.",
        remedy="Delete empty rows and columns far outside the table, or save it as CSV.",
    )
