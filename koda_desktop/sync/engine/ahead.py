"""Pages of a pull on their way from the marketplace into rows, one of them being unpacked.

While one page is unpacked by another process, the next is asked for and the one before is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace.api import Json, SnapshotPage
from koda_desktop.marketplace.packed import Packed
from koda_desktop.sync.engine.applying import Told, look_at
from koda_desktop.sync.engine.boxes import Boxes
from koda_desktop.sync.engine.unpacking import Unpacker


class Ahead:
    """Passes pages on to ``boxes`` in their order.

    ``is_long`` says that the pull has come so far that a process is worth waiting for.
    """

    def __init__(self, unpacker: Unpacker, boxes: Boxes, *, is_long: bool) -> None:
        self._unpacker = unpacker
        self._boxes = boxes
        self._is_long = is_long
        self._waiting: tuple[Sequence[Json], int] | None = None

    def add(self, page: SnapshotPage, asked_at: int) -> None:
        """Have a page written that answers a question asked at ``asked_at``."""
        ready = self._taken()
        if self._is_handed_over(page):
            self._waiting = (page.documents, asked_at)
        if ready is not None:
            self._boxes.add(*ready)
        if self._waiting is None:
            self._boxes.add(look_at(page.documents), asked_at)

    def _is_handed_over(self, page: SnapshotPage) -> bool:
        if not isinstance(page.documents, Packed):
            return False
        if page.has_more:
            self._unpacker.begin()
        return self._is_long and self._unpacker.look_at(page.documents)

    def finish(self) -> None:
        """Pass on what is still unpacked."""
        ready = self._taken()
        if ready is not None:
            self._boxes.add(*ready)

    def _taken(self) -> tuple[list[Told], int] | None:
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return None
        documents, asked_at = waiting
        told = self._unpacker.looked_at()
        return (look_at(documents) if told is None else told), asked_at
