"""The keys of a large selection, put down while nobody waits for them.

Once the lines of the table change, a selection must be known by its keys. A million of them take
50 ms at once, and that would be while a person waits for the first page of a filter. So they are
marked in short turns as soon as the selection stays as it is.
"""

from __future__ import annotations

import weakref
from array import array
from collections.abc import Callable, Iterable

from PySide6.QtCore import QItemSelectionModel, QObject, QTimer, Slot

from koda_desktop.sync.marks import mark
from koda_desktop.views.tables.listings_model import ListingsModel

_STAYS_MS = 30
_PAUSE_MS = 2
_AT_ONCE = 20_000
"""Keys that are marked in one turn: a millisecond."""


class MarkedAhead(QObject):
    """``lines`` answers the lines of ``model`` that ``chosen`` has, as ranges."""

    def __init__(
        self,
        model: ListingsModel,
        chosen: QItemSelectionModel,
        lines: Callable[[], Iterable[range]],
    ) -> None:
        super().__init__(chosen)
        self._model = model
        self._lines = lines
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)
        chosen.selectionChanged.connect(self._changed)
        self._changed()

    def _forget(self) -> None:
        self._marks = bytearray()
        self._begun: list[range] | None = None
        self._left: list[range] = []
        self._keys: weakref.ref[array[int]] | None = None

    def take(self) -> bytearray:
        """A byte for each key, 1 where its line is selected; what is missing is marked now."""
        lines = list(self._lines())
        if lines != self._begun or self._keys is None or self._keys() is not self._model.keys:
            self._begin(lines)
        while self._left:
            self._mark_some()
        marks = self._marks
        self._forget()
        return marks

    def _begin(self, lines: list[range]) -> None:
        self._marks = bytearray(len(self._model.keys) + 1 if lines else 0)
        self._begun, self._left = lines, lines[::-1]
        self._keys = weakref.ref(self._model.keys)

    def _mark_some(self) -> None:
        part = self._left.pop()
        if len(part) > _AT_ONCE:
            self._left.append(part[_AT_ONCE:])
            part = part[:_AT_ONCE]
        mark(self._marks, self._model.keys[part.start : part.stop])

    @Slot()
    def _changed(self) -> None:
        self._forget()
        self._timer.start(_STAYS_MS)

    @Slot()
    def _go_on(self) -> None:
        if self._begun is None:
            lines = list(self._lines())
            if sum(map(len, lines)) <= _AT_ONCE:
                return
            self._begin(lines)
        elif self._keys is None or self._keys() is not self._model.keys:
            self._forget()
            return
        if self._left:
            self._mark_some()
            self._timer.start(_PAUSE_MS)
