"""Pages of a pull on their way from the marketplace into rows, one of them being unpacked.

While one page is unpacked by another process, the next is asked for and the one before is written.
"""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace.api import Json
from koda_desktop.marketplace.packed import Packed
from koda_desktop.sync.engine.applying import Told, look_at
from koda_desktop.sync.engine.boxes import Boxes
from koda_desktop.sync.engine.unpacking import Unpacker


class Ahead:
    """Passes pages on to ``boxes`` in their order."""

    def __init__(self, unpacker: Unpacker, boxes: Boxes) -> None:
        self._unpacker = unpacker
        self._boxes = boxes
        self._waiting: tuple[Packed, int] | None = None

    def add(self, documents: Sequence[Json], asked_at: int) -> None:
        """Have a page written that answers a question asked at ``asked_at``."""
        ready = self._taken()
        if isinstance(documents, Packed) and self._unpacker.look_at(documents):
            self._waiting = (documents, asked_at)
        if ready is not None:
            self._boxes.add(*ready)
        if self._waiting is None:
            self._boxes.add(look_at(documents), asked_at)

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
