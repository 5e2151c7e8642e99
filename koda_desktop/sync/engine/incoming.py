"""A range of a download while it is in memory: received, summed, and hashed when its turn comes."""

from __future__ import annotations

import hashlib
import mmap
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.carrier import Span
from koda_desktop.sync.transfers.partial import PartialFile

BLOCKS_MAX = 6
"""Ranges of one download that are in memory at a time: those on their way and those not hashed."""


class Incoming:
    """Neighbouring parts that are asked for in one request, and the memory they come into."""

    def __init__(self, parts: Sequence[Part], memory: memoryview) -> None:
        self.parts = parts
        self.memory = memory
        offset, last = parts[0].offset, parts[-1]
        self.span = Span(offset, last.offset + last.size - offset)
        self.clear()

    def clear(self) -> None:
        """Whatever came counts no more."""
        self.size = 0
        self._crcs = [0] * len(self.parts)
        self._current = 0

    @property
    def is_whole(self) -> bool:
        return self.size == self.span.size

    @property
    def bytes(self) -> memoryview:
        return self.memory[: self.size]

    def take(self, view: memoryview) -> None:
        """The next bytes. What comes beyond the end is dropped."""
        view = view[: self.span.size - self.size]
        self.memory[self.size : self.size + len(view)] = view
        while view:
            count = min(len(view), self._end - self.size)
            self._crcs[self._current] = zlib.crc32(view[:count], self._crcs[self._current])
            self.size += count
            self._current += self.size == self._end
            view = view[count:]

    @property
    def _end(self) -> int:
        """Where the part that is coming ends, from the beginning of the range."""
        part = self.parts[self._current]
        return part.offset + part.size - self.span.offset

    def done(self) -> list[Part]:
        """The parts with the checksums of what came."""
        return [
            replace(part, crc32=f"{crc:08x}", is_done=True)
            for part, crc in zip(self.parts, self._crcs, strict=True)
        ]


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
    """The SHA-256 of a file whose ranges come in any order: from memory while a range is still
    there, and read back from the disk where it is not.
    """

    def __init__(self, file: PartialFile, blocks: Blocks) -> None:
        self._file = file
        self._blocks = blocks
        self._kept: dict[int, Incoming] = {}
        self._digest = hashlib.sha256()
        self._next = 1

    def keep(self, incoming: Incoming) -> None:
        """A range is on its way to the disk and stays in memory until it is hashed."""
        self._kept[incoming.parts[0].number] = incoming

    def drop_last(self) -> None:
        """Free the memory that is needed last, if there is any: it will be read back."""
        if self._kept:
            self._blocks.give(self._kept.pop(max(self._kept)).memory)

    def advance(self, parts: Mapping[int, Part]) -> bool:
        """Hash what is next if it is there; False when there is nothing to hash just now.

        ``parts`` are all parts of the file by number, as they are now.
        """
        kept = self._kept.pop(self._next, None)
        if kept is not None:
            self._digest.update(kept.bytes)
            self._next += len(kept.parts)
            self._blocks.give(kept.memory)
            return True
        part = parts.get(self._next)
        if part is None or not part.is_done:
            return False
        self._file.add_to(self._digest, Span(part.offset, part.size))
        self._next += 1
        return True

    def hexdigest(self) -> str:
        """Of everything that was hashed so far."""
        return self._digest.hexdigest()
