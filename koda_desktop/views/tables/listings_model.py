"""The Listings table's model: every key in eight bytes, rows in pages read off the GUI thread.

The model never reads anything itself. When a row is asked for that it does not hold, it asks for
the row's page through ``rows_wanted`` and shows a blank line until ``put_rows`` brings it. A row
that is held is shown until a newer one comes, wherever its key stands by then.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal, Slot

from koda_desktop.views.tables.listings_columns import COLUMNS
from koda_desktop.views.tables.object_list import Index

if TYPE_CHECKING:
    from datetime import datetime

    from koda_desktop.sync.rows import ListingRow

PAGE = 128
MOST_PAGES = 64
ROW_ROLE = Qt.ItemDataRole.UserRole
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class ListingsModel(QAbstractTableModel):
    """``now`` gives the present moment, for "5 min ago"."""

    rows_wanted = Signal(object)
    """A tuple of keys, one page's, that are to be read and handed to ``put_rows``."""
    about_to_rearrange = Signal()
    rearranged = Signal(object)
    """The keys as they stood before: the same listings, more or less, now stand elsewhere."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.now = now
        self.faults: dict[tuple[str, int], str] = {}
        """What is wrong with what was to be written into a cell, by listing and column."""
        self._keys: array[int] = array("q")
        self._rows: dict[int, ListingRow] = {}
        self._fresh: OrderedDict[int, tuple[int, ...]] = OrderedDict()
        """The keys of each page whose rows are as the store has them, the longest held first."""
        self._asked: set[int] = set()
        self._missing: list[int] = []
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self._ask_for_missing)

    # -- what is shown --

    def begin(self, rows: Sequence[ListingRow]) -> None:
        """Show other listings, of which these are the first; ``set_keys`` brings the rest."""
        self.beginResetModel()
        self._keys = array("q", (row.pk for row in rows))
        self._forget_all()
        self._rows = {row.pk: row for row in rows}
        if rows:
            self._fresh[0] = tuple(self._keys)
        self.endResetModel()

    def set_keys(self, keys: array[int]) -> None:
        """Show these listings in this order; what was shown before keeps its place if it can."""
        before = self._keys
        if keys == before:
            self.forget_pages()
            return
        shared = min(len(before), len(keys))
        is_same = keys[:shared] == before[:shared]
        if not is_same:
            self.about_to_rearrange.emit()
        self._cut_to(shared)
        if not is_same:
            self._exchange(keys[:shared])
        self._extend_to(keys)
        if not is_same:
            self.rearranged.emit(before)

    def _cut_to(self, count: int) -> None:
        """Take lines away at the end, so that the view stays where it is."""
        old = len(self._keys)
        self._lose_page(count // PAGE)
        if count < old:
            self.beginRemoveRows(QModelIndex(), count, old - 1)
            self._keys = self._keys[:count]
            self.endRemoveRows()

    def _exchange(self, keys: array[int]) -> None:
        """Other listings on the same lines; what is held of them is shown at once."""
        self._keys = keys
        self._asked.clear()
        self._missing.clear()
        self._fresh.clear()
        self._tell(0, len(keys) - 1)

    def _extend_to(self, keys: array[int]) -> None:
        old = len(self._keys)
        if len(keys) > old:
            self.beginInsertRows(QModelIndex(), old, len(keys) - 1)
            self._keys = keys
            self.endInsertRows()

    def _lose_page(self, page: int) -> None:
        """The last page is another one once lines come or go behind it."""
        self._fresh.pop(page, None)
        self._asked.discard(page)

    def put_rows(self, keys: Sequence[int], rows: Iterable[ListingRow]) -> None:
        """The rows of a page that was asked for; keys without a row are gone from the store."""
        page = self._page_of(keys)
        if page is None:
            return
        found = {row.pk: row for row in rows}
        changed = [i for i, key in enumerate(keys) if self._rows.get(key) != found.get(key)]
        for key in keys:
            self._rows.pop(key, None)
        self._rows |= found
        self._fresh[page] = tuple(keys)
        self._fresh.move_to_end(page)
        self._asked.discard(page)
        self._let_go()
        if changed:
            self._tell(page * PAGE + changed[0], page * PAGE + changed[-1])

    def _let_go(self) -> None:
        """Hold no more than the pages read last, and nothing of pages that are no more."""
        while len(self._fresh) > MOST_PAGES:
            _, keys = self._fresh.popitem(last=False)
            for key in keys:
                self._rows.pop(key, None)
        if len(self._rows) > 2 * MOST_PAGES * PAGE:
            held = (key for keys in self._fresh.values() for key in keys)
            self._rows = {key: self._rows[key] for key in held if key in self._rows}

    def _forget_all(self) -> None:
        self._rows.clear()
        self._fresh.clear()
        self._asked.clear()
        self._missing.clear()

    def lay_over(self, key: int, row: ListingRow) -> None:
        """Show ``row`` for a listing that is held, until the store's own is read again."""
        line = self.line_of_key(key)
        if line >= 0 and key in self._rows:
            self._rows[key] = row
            self._tell(line, line)

    def show_faults(self, faults: Mapping[tuple[str, int], str]) -> None:
        """Mark these cells, and no others."""
        if faults or self.faults:
            self.faults = dict(faults)
            self._tell(0, len(self._keys) - 1)

    def forget_rows(self, ids: frozenset[str]) -> None:
        """Read the pages again that hold these listings, once they are painted."""
        for number, keys in [*self._fresh.items()]:
            held = (self._rows.get(key) for key in keys)
            if any(row is not None and row.id in ids for row in held):
                self._make_stale(number)

    def forget_pages(self) -> None:
        """Read every page again, once it is painted."""
        for number in [*self._fresh]:
            self._make_stale(number)

    def _make_stale(self, page: int) -> None:
        del self._fresh[page]
        first = page * PAGE
        self._tell(first, min(first + PAGE, len(self._keys)) - 1)

    def _tell(self, first: int, last: int) -> None:
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    # -- asking --

    def row_at(self, line: int) -> ListingRow | None:
        """The listing on ``line``, if it has been read."""
        if not 0 <= line < len(self._keys):
            return None
        page = line // PAGE
        if page not in self._fresh:
            self._want(page)
        return self._rows.get(self._keys[line])

    def line_of(self, listing_id: str) -> int:
        """The line of a listing that has been read; -1 where there is none."""
        for page, keys in self._fresh.items():
            for place, key in enumerate(keys):
                row = self._rows.get(key)
                if row is not None and row.id == listing_id:
                    return page * PAGE + place
        return -1

    def line_of_key(self, key: int, near: int = 0, within: int = -1) -> int:
        """The line of ``key``, looked for up to ``within`` lines around ``near``; -1: not there."""
        start = 0 if within < 0 else max(near - within, 0)
        stop = len(self._keys) if within < 0 else near + within
        try:
            return self._keys.index(key, start, stop)
        except ValueError:
            return -1

    def key_at(self, line: int) -> int:
        return self._keys[line]

    @property
    def keys(self) -> array[int]:
        """Every key, in the order shown. Not to be changed."""
        return self._keys

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title if 0 <= section < len(COLUMNS) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_right:
            return _RIGHT
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(row, self.now)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.faults.get((row.id, index.column())) or column.tip(row)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self.faults.get((row.id, index.column()), "")
        return None

    def _page_of(self, keys: Sequence[int]) -> int | None:
        """Which page ``keys`` are now; None when the table shows something else meanwhile."""
        wanted = array("q", keys)
        for page in self._asked:
            if self._keys[page * PAGE : (page + 1) * PAGE] == wanted:
                return page
        return None

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self._missing.append(page)
            self._ask.start(0)

    @Slot()
    def _ask_for_missing(self) -> None:
        missing, self._missing = self._missing, []
        for page in missing:
            self.rows_wanted.emit(tuple(self._keys[page * PAGE : (page + 1) * PAGE]))
