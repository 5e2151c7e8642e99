"""Documents as a server sent them, unpacked where they are needed: another process may do it.

To unpack a hundred thousand documents keeps Python's lock for seconds, and the window waits for it
at every step of its painting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import overload

from koda_desktop.marketplace.api import Json

Unpack = Callable[[bytes], Sequence[Json]]
"""The documents in some bytes, in order: a function of a module, which pickle finds by its name."""


class Packed(Sequence[Json]):
    """Documents in the bytes ``data``, each ending at one of ``ends``. They can be pickled."""

    def __init__(self, data: bytes, ends: Sequence[int], unpack: Unpack) -> None:
        self._data = data
        self._ends = ends
        self._unpack = unpack

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[Json]:
        return iter(self._unpack(self._data))

    @overload
    def __getitem__(self, index: int) -> Json: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Json]: ...

    def __getitem__(self, index: int | slice) -> Json | Sequence[Json]:
        """A slice with a step of one stays packed."""
        if isinstance(index, slice):
            begin, end, step = index.indices(len(self))
            if step != 1:
                return list(self)[index]
            return self._between(begin, max(begin, end))
        number = range(len(self))[index]
        return next(iter(self._between(number, number + 1)))

    def _between(self, begin: int, end: int) -> Packed:
        start = self._ends[begin - 1] if begin else 0
        ends = [one - start for one in self._ends[begin:end]]
        stop = start + ends[-1] if ends else start
        return Packed(self._data[start:stop], ends, self._unpack)
