"""Cells and records of SQLite's file format, decoded without trusting a byte of them.

Everything here follows https://sqlite.org/fileformat2.html (sections 1.6 and 2.1) and raises
``Broken`` where the bytes say something that cannot be.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

Value = int | float | str | bytes | None

TABLE_INTERIOR, TABLE_LEAF = 0x05, 0x0D
INDEX_INTERIOR, INDEX_LEAF = 0x02, 0x0A

_HEADERS = {TABLE_INTERIOR: 12, INDEX_INTERIOR: 12, TABLE_LEAF: 8, INDEX_LEAF: 8}
_INTEGER_BYTES = (0, 1, 2, 3, 4, 6, 8)
_FLOAT, _ZERO, _ONE, _FIRST_BLOB = 7, 8, 9, 12
_VARINT_MAX = 9
_COLUMNS_MAX = 100
"""More than any table here has; a broken header cannot make a list of millions."""


class Broken(Exception):
    """These bytes are not what they should be."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a B-tree. ``start`` is where its header begins: 100 on the first page."""

    data: bytes
    start: int
    usable: int

    @property
    def kind(self) -> int:
        return self.data[self.start]

    @property
    def pointers(self) -> tuple[int, ...]:
        """Where its cells begin. Raises Broken for a page that is of no B-tree."""
        size = _HEADERS.get(self.kind)
        if size is None:
            raise Broken("not a page of a B-tree")
        count = int.from_bytes(self.data[self.start + 3 : self.start + 5])
        first = self.start + size
        if first + 2 * count > self.usable:
            raise Broken("more cells than there is room for")
        return struct.unpack_from(f">{count}H", self.data, first)

    @property
    def last_child(self) -> int:
        """The page behind all cells of an interior page."""
        return int.from_bytes(self.data[self.start + 8 : self.start + 12])

    def child(self, pointer: int) -> int:
        """The page before a cell of an interior page."""
        return int.from_bytes(self.data[pointer : pointer + 4])


@dataclass(frozen=True, slots=True)
class Cell:
    """The record of one cell: what of it is on its page, and where the rest begins."""

    rowid: int
    size: int
    local: bytes
    overflow: int
    """The first page of the rest; 0 where there is none."""


def cell_at(page: Page, pointer: int) -> Cell:
    """The cell at ``pointer`` of a page that holds records. Raises Broken."""
    at = pointer + 4 if page.kind == INDEX_INTERIOR else pointer
    size, at = varint(page.data, at)
    rowid = 0
    if page.kind == TABLE_LEAF:
        rowid, at = varint(page.data, at)
    local = _local_size(page, size)
    end = at + local + (4 if local < size else 0)
    if pointer < page.start or end > page.usable:
        raise Broken("a cell outside its page")
    overflow = int.from_bytes(page.data[at + local : end]) if local < size else 0
    return Cell(_signed(rowid), size, page.data[at : at + local], overflow)


def _local_size(page: Page, size: int) -> int:
    """How many bytes of a record lie on its own page."""
    usable = page.usable
    most = usable - 35 if page.kind == TABLE_LEAF else (usable - 12) * 64 // 255 - 23
    if size <= most:
        return size
    least = (usable - 12) * 32 // 255 - 23
    fitting = least + (size - least) % (usable - 4)
    return fitting if fitting <= most else least


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at ``at``, and where the next thing begins. Raises Broken."""
    value = 0
    for offset, byte in enumerate(data[at : at + _VARINT_MAX], 1):
        if offset == _VARINT_MAX:
            return value << 8 | byte, at + offset
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + offset
    raise Broken("a number without an end")


def _signed(value: int) -> int:
    return value - (1 << 64) if value >= 1 << 63 else value


def values(record: bytes, first: int = _COLUMNS_MAX) -> list[Value]:
    """The first values of a record, as many as ``first``. Raises Broken."""
    return list(islice(_values(record), first))


def first_values(cell: Cell, most: int) -> list[Value]:
    """The first values of a record, as far as they lie on its own page. Raises Broken."""
    return list(islice(_values(cell.local, is_cut=cell.overflow > 0), most))


def _values(record: bytes, *, is_cut: bool = False) -> Iterator[Value]:
    size, at = varint(record, 0)
    if size > len(record):
        raise Broken("a header longer than its record")
    body = size
    while at < size:
        kind, at = varint(record, at)
        length, read = _reading(kind)
        end = body + length
        if end > len(record):
            if is_cut:
                return
            raise Broken("a value longer than its record")
        try:
            yield read(record[body:end])
        except UnicodeDecodeError as error:
            raise Broken("a text that is not UTF-8") from error
        body = end


def _reading(kind: int) -> tuple[int, Callable[[bytes], Value]]:
    """How many bytes a value of that serial type has, and what they mean."""
    if kind == 0:
        return 0, lambda _: None
    if kind < _FLOAT:
        return _INTEGER_BYTES[kind], lambda data: int.from_bytes(data, signed=True)
    if kind == _FLOAT:
        return 8, lambda data: float(struct.unpack(">d", data)[0])
    if kind in (_ZERO, _ONE):
        return 0, lambda _: kind - _ZERO
    if kind < _FIRST_BLOB:
        raise Broken("a kind of value that there is not")
    length = (kind - _FIRST_BLOB) // 2
    return length, (bytes.decode if kind % 2 else bytes)
