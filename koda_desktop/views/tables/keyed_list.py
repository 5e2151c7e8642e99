"""A list model over plain objects that keeps selection and place when some come and go."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from koda_desktop.views.tables.object_list import ITEM_ROLE

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex


class KeyedListModel(QAbstractListModel, Generic[T]):
    """Items are told apart by ``key``; ``words`` is an item's text, for screen readers.

    What stands between the common beginning and the common end of the old and the new items is
    exchanged; a queue that moves on keeps everything else as it is. While ``has_more``, the view
    asks for more by ``more_wanted`` when it is scrolled to the end.
    """

    more_wanted = Signal()

    def __init__(
        self,
        key: Callable[[T], Hashable],
        words: Callable[[T], str],
        is_heading: Callable[[T], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._key = key
        self._words = words
        self._is_heading = is_heading
        self._items: list[T] = []
        self._keys: list[Hashable] = []
        self.has_more = False

    @property
    def items(self) -> Sequence[T]:
        return self._items

    def set_items(self, items: Sequence[T], has_more: bool = False) -> None:
        """Show ``items``, whose keys are all different."""
        self.has_more = has_more
        keys = [self._key(item) for item in items]
        first = _common(self._keys, keys)
        last = _common(self._keys[first:][::-1], keys[first:][::-1])
        old_end, new_end = len(self._keys) - last, len(keys) - last
        if old_end > first:
            self.beginRemoveRows(QModelIndex(), first, old_end - 1)
            del self._items[first:old_end], self._keys[first:old_end]
            self.endRemoveRows()
        if new_end > first:
            self.beginInsertRows(QModelIndex(), first, new_end - 1)
            self._items[first:first] = items[first:new_end]
            self._keys[first:first] = keys[first:new_end]
            self.endInsertRows()
        self._refresh(items)

    def _refresh(self, items: Sequence[T]) -> None:
        changed = [n for n, item in enumerate(items) if item != self._items[n]]
        self._items = list(items)
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._items)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self.has_more

    def fetchMore(self, parent: Index) -> None:
        """Ask once; what comes is shown by ``set_items``."""
        if self.has_more:
            self.has_more = False
            self.more_wanted.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self._is_heading(self._items[index.row()]):
            return Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._items[index.row()]
        if role == ITEM_ROLE:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(item)
        return None


def _common(one: Sequence[Hashable], two: Sequence[Hashable]) -> int:
    """How many items both begin with."""
    for place, (left, right) in enumerate(zip(one, two, strict=False)):
        if left != right:
            return place
    return min(len(one), len(two))
