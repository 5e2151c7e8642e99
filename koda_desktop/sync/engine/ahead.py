"""Pages of a pull on their way from the marketplace into rows, some of them being unpacked.

While pages are unpacked by other processes, the next is asked for and the ones before are written.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from koda_desktop.marketplace.api import Json, SnapshotPage
from koda_desktop.marketplace.packed import Packed
from koda_desktop.sync.engine.applying import Told, look_at
from koda_desktop.sync.engine.boxes import Boxes
from koda_desktop.sync.engine.unpacking import Unpacker


class _Waiting(NamedTuple):
    """A page that ``unpacker`` has, None for one that is unpacked here in its turn."""

    unpacker: Unpacker | None
    documents: Sequence[Json]
    asked_at: int


class Ahead:
    """Passes pages on to ``boxes`` in their order, each unpacked by the next of ``unpackers``.

    ``is_long`` says that the pull has come so far that a process is worth waiting for.
    """

    def __init__(self, unpackers: Sequence[Unpacker], boxes: Boxes, *, is_long: bool) -> None:
        self._unpackers = unpackers
        self._boxes = boxes
        self._is_long = is_long
        self._waiting: deque[_Waiting] = deque()
        self._number = 0

    def add(self, page: SnapshotPage, asked_at: int) -> None:
        """Have a page written that answers a question asked at ``asked_at``."""
        ready = self._taken() if len(self._waiting) == len(self._unpackers) else None
        self._waiting.append(_Waiting(self._handed_over(page), page.documents, asked_at))
        if ready is not None:
            self._boxes.add(*ready)
        while self._waiting and self._waiting[0].unpacker is None:
            self._boxes.add(*self._taken())

    def _handed_over(self, page: SnapshotPage) -> Unpacker | None:
        """The process that has the page now; None where it is to be unpacked here."""
        if not isinstance(page.documents, Packed):
            return None
        unpacker = self._unpackers[self._number % len(self._unpackers)]
        self._number += 1
        if page.has_more:
            for one in self._unpackers:
                one.begin()
        return unpacker if self._is_long and unpacker.look_at(page.documents) else None

    def finish(self) -> None:
        """Pass on what is still unpacked."""
        while self._waiting:
            self._boxes.add(*self._taken())

    def _taken(self) -> tuple[list[Told], int]:
        unpacker, documents, asked_at = self._waiting.popleft()
        told = None if unpacker is None else unpacker.looked_at()
        return (look_at(documents) if told is None else told), asked_at
