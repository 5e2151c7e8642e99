"""A list model over plain objects, for lists of at most a few thousand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex

ITEM_ROLE = Qt.ItemDataRole.UserRole


class ObjectListModel(QAbstractListModel, Generic[T]):
    """``words`` gives an item's text, for screen readers and for typing ahead."""

    def __init__(self, words: Callable[[T], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._items: list[T] = []

    def set_items(self, items: Sequence[T]) -> None:
        """Show ``items``; where they are as many as before, those that changed are repainted."""
        if len(items) == len(self._items):
            pairs = enumerate(zip(items, self._items, strict=True))
            changed = [row for row, (new, old) in pairs if new is not old]
            self._items = list(items)
            if changed:
                self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self._items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(item)
        return None
