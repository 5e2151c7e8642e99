"""Ranges of a download while they are in memory: received, written, and hashed in their turn.

One thread of the pool receives a range and writes it; the control thread counts what was written
and has it hashed by another one. Each changes only what is its own.
"""

from __future__ import annotations

import mmap
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import NamedTuple

from isal.isal_zlib import crc32

from koda_desktop.sync.engine.hashing import Hasher
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile

BLOCKS_MAX = 8
"""Ranges of one download that are in memory at a time: those on their way and those not hashed."""


class Incoming:
    """Neighbouring parts that are asked for in one request, and the memory they come into.

    ``is_known`` says whether they can be of no other object; until it is, nothing of them counts.
    """

    def __init__(self, parts: Sequence[Part], memory: memoryview, *, is_known: bool) -> None:
        self.parts = parts
        self.memory = memory
        self.is_known = is_known
        first, last = parts[0], parts[-1]
        self.span = Span(first.offset, last.offset + last.size - first.offset)
        self.size = 0
        self._crcs = [0] * len(parts)
        self._written = 0
        self.counted = 0
        """How many of the parts count."""
        self.is_over = False

    @property
    def counted_size(self) -> int:
        """Bytes of the parts that count."""
        return sum(part.size for part in self.parts[: self.counted])

    @property
    def is_whole(self) -> bool:
        return self.size == self.span.size

    def take(self, view: memoryview) -> None:
        """The next bytes, which may be in the range's memory already. What comes beyond the end is
        dropped.
        """
        end = min(self.size + len(view), self.span.size)
        if view.obj is not self.memory.obj:
            self.memory[self.size : end] = view[: end - self.size]
        self._sum(end)
        self.size = end

    def _sum(self, end: int) -> None:
        """Sum up the bytes up to ``end``, while a processor has them in its cache."""
        at, part_size = self.size, self.parts[0].size
        while at < end:
            place = at // part_size
            stop = min(end, (place + 1) * part_size)
            self._crcs[place] = crc32(self.memory[at:stop], self._crcs[place])
            at = stop

    def write(self, file: PartialFile) -> None:
        """Write the parts that came whole since the last time."""
        size = self.parts[0].size
        end = self.size if self.is_whole else self.size // size * size
        if end > self._written:
            file.write(self.memory[self._written : end], self.span.offset + self._written)
            self._written = end

    def newly_written(self) -> list[Part]:
        """The parts that were written since the last time; they count from now on."""
        size = self.parts[0].size
        count = len(self.parts) if self._written == self.span.size else self._written // size
        fresh = range(self.counted, count)
        self.counted = count
        return [
            replace(self.parts[place], crc32=f"{self._crcs[place]:08x}", is_done=True)
            for place in fresh
        ]

    def bytes_of(self, first: Part, last: Part) -> memoryview:
        start = first.offset - self.span.offset
        return self.memory[start : last.offset + last.size - self.span.offset]


class Blocks:
    """Page-aligned memory for ranges, made when first needed and used again."""

    def __init__(self, size: int, most: int = BLOCKS_MAX) -> None:
        self._size = size
        self._left = most
        self._free: list[memoryview] = []

    def take(self) -> memoryview | None:
        """A block that nobody uses, or None."""
        if self._free:
            return self._free.pop()
        if not self._left:
            return None
        self._left -= 1
        return memoryview(mmap.mmap(-1, self._size))

    def give(self, block: memoryview) -> None:
        self._free.append(block)


class InOrder:
    """The SHA-256 of a file whose parts come in any order: from memory while a part is still there,
    and read back from the disk where it is not.

    A part that is read back and has not the CRC-32 that it came with was spoilt on this disk, or
    never reached it.
    """

    def __init__(self, file: PartialFile, blocks: Blocks, pool: Executor) -> None:
        self._file = file
        self._blocks = blocks
        self._kept: dict[int, Incoming] = {}
        self._hasher = Hasher(pool)
        self._hashing: deque[_Run] = deque()
        self._next = 1

    @property
    def hashing(self) -> Future[None] | None:
        """Done once some memory may be free; None while nothing is being hashed."""
        return self._hashing[0].hashed if self._hashing else None

    def keep(self, incoming: Incoming) -> None:
        """A range is on its way; what comes of it stays in memory until it is hashed."""
        self._kept.update((part.number, incoming) for part in incoming.parts)

    def end(self, incoming: Incoming) -> None:
        """Nothing more comes of a range: its memory is free once it is hashed."""
        incoming.is_over = True
        for part in incoming.parts[incoming.counted :]:
            self._kept.pop(part.number, None)
        self._free_if_spent(incoming)

    def drop_last(self) -> None:
        """Free the memory that is needed last, for nothing is on its way: it is read back then."""
        self._settle()
        if not self._kept:
            return
        incoming = self._kept[max(self._kept)]
        for part in incoming.parts:
            self._kept.pop(part.number, None)
        self._free_if_spent(incoming)

    def _free_if_spent(self, incoming: Incoming) -> None:
        if incoming.is_over and not any(part.number in self._kept for part in incoming.parts):
            self._blocks.give(incoming.memory)

    def advance(self, parts: Mapping[int, Part]) -> Part | None:
        """Have what comes next hashed if it is there: the last part of that, or a part that was
        spoilt, which is not done any more. None when there is nothing to hash just now.

        ``parts`` are all parts of the file by number, as they are now.
        """
        self.free_hashed()
        part = parts.get(self._next)
        if part is None or not part.is_done:
            return None
        incoming = self._kept.get(self._next)
        if incoming is None:
            self._settle()
            return self._read_back(part)
        last = part
        while (following := parts.get(last.number + 1)) is not None and following.is_done:
            if self._kept.get(following.number) is not incoming:
                break
            last = following
        hashed = self._hasher.add(incoming.bytes_of(part, last))
        self._hashing.append(_Run(incoming, range(part.number, last.number + 1), hashed))
        self._next = last.number + 1
        return last

    def free_hashed(self) -> None:
        """Give back the memory of what was hashed since."""
        while self._hashing and self._hashing[0].hashed.done():
            run = self._hashing.popleft()
            for number in run.numbers:
                del self._kept[number]
            self._free_if_spent(run.incoming)

    def _settle(self) -> None:
        if self._hashing:
            self._hashing[-1].hashed.result()
            self.free_hashed()

    def _read_back(self, part: Part) -> Part:
        digest = self._hasher.copy()
        found = self._file.add_to(digest, Span(part.offset, part.size))
        if part.crc32 not in ("", found):
            return replace(part, crc32="", is_done=False)
        self._hasher.go_on_from(digest)
        self._next += 1
        return part

    def hexdigest(self) -> str:
        """Of everything that was there so far."""
        self._settle()
        return self._hasher.copy().hexdigest()


class _Run(NamedTuple):
    """Neighbouring parts of one range that are being hashed."""

    incoming: Incoming
    numbers: range
    hashed: Future[None]
