"""Text by way of an input method (Chinese, Japanese, accents) begins an edit, as a key does.

The table keeps the keyboard until the first piece is composed: a change of focus would break the
composition off. Until then the field over the cell is handed what the input method says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QLineEdit, QTableView


class ComposedInto(Protocol):
    """What edits cells."""

    def edit(self, typed: str | None) -> None: ...
    def compose(self) -> QLineEdit | None: ...
    def give_up(self) -> None: ...


class Composing(QObject):
    """``grid`` answers what edits the cells of ``table``."""

    def __init__(self, table: QTableView, grid: Callable[[], ComposedInto]) -> None:
        super().__init__(table)
        self._table = table
        self._grid = grid
        self._field: QLineEdit | None = None
        table.installEventFilter(self)
        table.selectionModel().currentChanged.connect(self._allow)

    @Slot()
    def _allow(self) -> None:
        """Qt lets input methods write only into items that it edits by itself."""
        self._table.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            QTimer.singleShot(0, self, self._allow)
        return isinstance(event, QInputMethodEvent) and self._take(event)

    def _take(self, event: QInputMethodEvent) -> bool:
        if self._field is None:
            if not event.preeditString():
                return self._begin_with(event.commitString())
            self._field = self._grid().compose()
        field = self._field
        if field is None:
            return False
        QCoreApplication.sendEvent(field, event)
        if not event.preeditString():
            self._field = None
            self._end(field)
        return True

    def _begin_with(self, text: str) -> bool:
        if text.strip():
            self._grid().edit(text)
        return bool(text)

    def _end(self, field: QLineEdit) -> None:
        if field.text():
            field.setFocus()
        else:
            self._grid().give_up()

    def forget(self) -> None:
        """The field is gone, whatever was being composed in it."""
        self._field = None
