"""A set of row keys, one byte for each key there may be: a million of them are a megabyte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class KeySet:
    """Keys are small whole numbers that the store counts up from one."""

    def __init__(self) -> None:
        self._marks = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: int) -> bool:
        return key < len(self._marks) and self._marks[key] == 1

    def __iter__(self) -> Iterator[int]:
        """The keys, the smallest first."""
        at = self._marks.find(1)
        while at >= 0:
            yield at
            at = self._marks.find(1, at + 1)

    def add(self, keys: Iterable[int], largest: int) -> None:
        """Take in ``keys``, none above ``largest``."""
        marks = self._marks
        if largest >= len(marks):
            marks.extend(bytes(largest + 1 - len(marks)))
        for key in keys:
            marks[key] = 1
        self._count = marks.count(1)

    def discard(self, key: int) -> None:
        if key in self:
            self._marks[key] = 0
            self._count -= 1

    def clear(self) -> None:
        self._marks = bytearray()
        self._count = 0

    def count_in(self, keys: Iterable[int]) -> int:
        """How many of ``keys``, each named once, are in the set."""
        if not self._count:
            return 0
        marks, end = self._marks, len(self._marks)
        return sum(marks[key] for key in keys if key < end)
