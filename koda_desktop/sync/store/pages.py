"""The pages of a store that SQLite refuses, read one by one: the file with its WAL laid over it.

As SQLite does, the WAL is believed up to its last commit before the first frame whose checksum is
wrong (https://sqlite.org/fileformat2.html, section 4). Nothing is written, and the file is not
opened by SQLite, so that what is put aside stays byte for byte what it was.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from koda_desktop.sync.store.records import (
    INDEX_INTERIOR,
    INDEX_LEAF,
    TABLE_INTERIOR,
    TABLE_LEAF,
    Broken,
    Cell,
    Page,
    cell_at,
    values,
)

MAGIC = b"SQLite format 3\0"
PAGE_SIZE = 8192
"""That of every store."""

_HEADER_BYTES = 100
_WAL_HEADER, _FRAME_HEADER = 32, 24
_WAL_MAGIC = {0x377F0682: "<", 0x377F0683: ">"}
_INTERIORS = (TABLE_INTERIOR, INDEX_INTERIOR)
_KINDS = {
    True: {TABLE_INTERIOR, TABLE_LEAF},
    False: {INDEX_INTERIOR, INDEX_LEAF},
}


class Pages:
    """Reads one file and its WAL. A context manager: they stay open meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stack = ExitStack()
        self._wal: BinaryIO | None = None
        self._frames: dict[int, int] = {}
        self.count = 0
        """How many pages there are."""

    def __enter__(self) -> Pages:
        self._main = self._open(self._path)
        self._wal = self._open(self._path.with_name(f"{self._path.name}-wal"))
        self.count = self._path.stat().st_size // PAGE_SIZE if self._main else 0
        if self._wal is not None:
            self._read_wal(self._wal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _open(self, path: Path) -> BinaryIO | None:
        try:
            return self._stack.enter_context(path.open("rb"))
        except FileNotFoundError:
            return None

    @property
    def header(self) -> bytes:
        """The first 100 bytes of the first page."""
        return self.raw(1)[:_HEADER_BYTES] if self.count else b""

    @property
    def has_header(self) -> bool:
        """Whether the first page says that it is SQLite's."""
        return self.header.startswith(MAGIC)

    def raw(self, number: int) -> bytes:
        """The bytes of a page, from 1. Raises Broken for one that is not there."""
        if not 1 <= number <= self.count:
            raise Broken("a page outside the file")
        stream, at = self._main, (number - 1) * PAGE_SIZE
        if number in self._frames:
            stream, at = self._wal, self._frames[number]
        if stream is None:
            raise Broken("a page outside the file")
        stream.seek(at)
        data = stream.read(PAGE_SIZE)
        if len(data) < PAGE_SIZE:
            raise Broken("a page that was cut off")
        return data

    def page(self, number: int) -> Page:
        """A page of a B-tree. Raises Broken."""
        start = _HEADER_BYTES if number == 1 else 0
        return Page(self.raw(number), start, PAGE_SIZE)

    def cells(self, number: int) -> Iterator[Cell | None]:
        """The records of a page of a B-tree, None for each that cannot be read. Raises Broken."""
        page = self.page(number)
        for pointer in page.pointers:
            try:
                yield cell_at(page, pointer)
            except Broken:
                yield None

    def record(self, cell: Cell) -> bytes:
        """The whole record of a cell. Raises Broken."""
        if cell.size > self.count * PAGE_SIZE:
            raise Broken("a record larger than the file")
        parts, left, number = [cell.local], cell.size - len(cell.local), cell.overflow
        while left > 0:
            data = self.raw(number)
            parts.append(data[4 : 4 + min(left, PAGE_SIZE - 4)])
            left -= len(parts[-1])
            number = int.from_bytes(data[:4])
        return b"".join(parts)

    def free(self) -> set[int] | None:
        """The pages that belong to nothing; None where the list of them cannot be read."""
        if not self.has_header:
            return None
        trunk, count = struct.unpack_from(">2I", self.header, 32)
        found: set[int] = set()
        try:
            while trunk and trunk not in found:
                data = self.raw(trunk)
                found |= {trunk, *_listed_in(data)}
                trunk = int.from_bytes(data[:4])
        except Broken:
            return None
        return found if len(found) == count else None

    # -- the WAL --

    def _read_wal(self, wal: BinaryIO) -> None:
        header = wal.read(_WAL_HEADER)
        if len(header) < _WAL_HEADER:
            return
        magic, _, size = struct.unpack_from(">3I", header)
        order = _WAL_MAGIC.get(magic)
        if order is None:
            return
        sums = _checksum(order, header[:24], (0, 0))
        if sums != struct.unpack_from(">2I", header, 24):
            return
        if size == PAGE_SIZE:
            self._read_frames(wal, order, header[16:24], sums)

    def _read_frames(self, wal: BinaryIO, order: str, salt: bytes, sums: tuple[int, int]) -> None:
        waiting: dict[int, int] = {}
        while True:
            head, at = wal.read(_FRAME_HEADER), wal.tell()
            data = wal.read(PAGE_SIZE)
            if len(data) < PAGE_SIZE or head[8:16] != salt:
                return
            sums = _checksum(order, head[:8] + data, sums)
            number, committed, *stored = struct.unpack(">2I8x2I", head)
            if sums != tuple(stored):
                return
            waiting[number] = at
            if committed:
                self._frames.update(waiting)
                self.count = committed
                waiting.clear()


def _listed_in(trunk: bytes) -> tuple[int, ...]:
    """The pages that one page of the list of free pages names."""
    count = int.from_bytes(trunk[4:8])
    if count > PAGE_SIZE // 4 - 2:
        raise Broken("more pages than there is room for")
    return struct.unpack_from(f">{count}I", trunk, 8)


def _checksum(order: str, data: bytes, sums: tuple[int, int]) -> tuple[int, int]:
    one, two = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


class Tree:
    """One walk through a B-tree: the pages that hold records, and whether any was out of reach."""

    def __init__(self, pages: Pages, root: int, *, is_table: bool) -> None:
        self._pages = pages
        self._kinds = _KINDS[is_table]
        self.is_whole = True
        self.seen: set[int] = set()
        self.numbers: list[int] = []
        """The pages that hold records, in order."""
        self._walk(root)

    def _walk(self, root: int) -> None:
        waiting = [root]
        while waiting:
            number = waiting.pop()
            try:
                children = self._children(number)
            except Broken:
                self.is_whole = False
                continue
            waiting.extend(reversed(children))

    def _children(self, number: int) -> list[int]:
        if number in self.seen:
            raise Broken("a page in two places")
        page = self._pages.page(number)
        if page.kind not in self._kinds:
            raise Broken("a page of another kind")
        pointers = page.pointers
        self.seen.add(number)
        if page.kind != TABLE_INTERIOR:
            self.numbers.append(number)
        if page.kind not in _INTERIORS:
            return []
        return [*(page.child(pointer) for pointer in pointers), page.last_child]


def schema_roots(pages: Pages) -> dict[str, int]:
    """The first page of each table and index that the file's schema names, as far as it is read."""
    roots: dict[str, int] = {}
    tree = Tree(pages, 1, is_table=True)
    for number in tree.numbers:
        for cell in pages.cells(number):
            if cell is None:
                continue
            try:
                kind, name, _, root = values(pages.record(cell), 4)
            except (Broken, ValueError):
                continue
            if kind in ("table", "index") and isinstance(name, str) and isinstance(root, int):
                roots[name] = root
    return roots
