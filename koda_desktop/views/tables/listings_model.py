"""The Listings table's model: every key in eight bytes, rows in pages read off the GUI thread.

The model never reads anything itself. When a row is asked for that it does not hold, it asks for
the row's page through ``rows_wanted`` and shows a blank line until ``put_rows`` brings it.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal, Slot

from koda_desktop.views.format import ago, exactly, money
from koda_desktop.views.tables.object_list import Index

if TYPE_CHECKING:
    from datetime import datetime

    from koda_desktop.sync.rows import ListingRow, ListingState, SortColumn

PAGE = 128
MOST_PAGES = 64
ROW_ROLE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    TITLE = 0
    STATE = 1
    PLATFORM = 2
    CATEGORY = 3
    PRICE = 4
    UPDATED = 5


HEADERS = ("Title", "Status", "Platform", "Category", "Price", "Updated")


class ListingsModel(QAbstractTableModel):
    """``now`` gives the present moment, for "5 min ago"."""

    rows_wanted = Signal(object)
    """A tuple of keys, one page's, that are to be read and handed to ``put_rows``."""

    def __init__(self, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._keys: array[int] = array("q")
        self._pages: OrderedDict[int, dict[int, ListingRow]] = OrderedDict()
        self._stale: set[int] = set()
        self._asked: set[int] = set()
        self._missing: list[int] = []
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self._ask_for_missing)

    def set_keys(self, keys: array[int]) -> None:
        """Show these listings in this order. Rows that are held stay, so that nothing flickers."""
        if keys == self._keys:
            self.forget_pages()
            return
        held = {row.pk: row for page in self._pages.values() for row in page.values()}
        self.beginResetModel()
        self._keys = keys
        self._pages.clear()
        self._asked.clear()
        self._missing.clear()
        self._keep(held)
        self.endResetModel()

    def _keep(self, held: dict[int, ListingRow]) -> None:
        """The first page's rows from before; each is read again when it is painted."""
        first = {i: held[key] for i, key in enumerate(self._keys[:PAGE]) if key in held}
        if first:
            self._pages[0] = first
        self._stale = {0} if first else set()

    def put_rows(self, keys: Sequence[int], rows: Iterable[ListingRow]) -> None:
        """The rows of a page that was asked for; keys without a row are gone from the store."""
        page = self._page_of(keys)
        if page is None:
            return
        by_key = {row.pk: row for row in rows}
        first = page * PAGE
        found = {first + i: by_key[key] for i, key in enumerate(keys) if key in by_key}
        self._pages[page] = found
        self._pages.move_to_end(page)
        self._stale.discard(page)
        self._asked.discard(page)
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
        last = min(first + PAGE, len(self._keys)) - 1
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(HEADERS) - 1))

    def forget_rows(self, ids: frozenset[str]) -> None:
        """Read the pages again that hold these listings, once they are painted."""
        for number, page in self._pages.items():
            if any(row.id in ids for row in page.values()):
                self._make_stale(number)

    def forget_pages(self) -> None:
        """Read every page again, once it is painted."""
        for number in self._pages:
            self._make_stale(number)

    def row_at(self, line: int) -> ListingRow | None:
        """The listing on ``line``, if it has been read."""
        if not 0 <= line < len(self._keys):
            return None
        number = line // PAGE
        page = self._pages.get(number)
        if page is None or number in self._stale:
            self._want(number)
        return page.get(line) if page else None

    def line_of(self, listing_id: str) -> int:
        """The line of a listing that has been read; -1 where there is none."""
        for page in self._pages.values():
            for line, row in page.items():
                if row.id == listing_id:
                    return line
        return -1

    def key_at(self, line: int) -> int:
        return self._keys[line]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._keys)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[section] if 0 <= section < len(HEADERS) else None
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == Column.PRICE:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, index.column())
        return None

    def _text(self, row: ListingRow, column: int) -> str:
        texts: dict[int, Callable[[], str]] = {
            Column.TITLE: lambda: row.title,
            Column.STATE: lambda: _state_word(row.state),
            Column.PLATFORM: lambda: row.platform,
            Column.CATEGORY: lambda: row.category,
            Column.PRICE: lambda: price_words(row),
            Column.UPDATED: lambda: ago(row.updated_at, self._now()),
        }
        return texts[column]()

    def _page_of(self, keys: Sequence[int]) -> int | None:
        """Which page ``keys`` are now; None when the table shows something else meanwhile."""
        wanted = array("q", keys)
        for page in self._asked:
            if self._keys[page * PAGE : (page + 1) * PAGE] == wanted:
                return page
        return None

    def _make_stale(self, page: int) -> None:
        self._stale.add(page)
        self._asked.discard(page)
        first = page * PAGE
        last = min(first + PAGE, len(self._keys)) - 1
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(HEADERS) - 1))

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


def sort_column(column: int) -> SortColumn:
    """What the store calls the column: the same names."""
    from koda_desktop.sync.rows import SortColumn

    return SortColumn[Column(column).name]


def _state_word(state: ListingState) -> str:
    from koda_desktop.views.widgets.pill import STATE_BADGES

    return STATE_BADGES[state].text


def price_words(row: ListingRow) -> str:
    """The price as the table shows it."""
    return money(row.price_minor, row.currency) if row.price_minor else "Free"


def _tip(row: ListingRow, column: int) -> str:
    if column == Column.UPDATED:
        return exactly(row.updated_at)
    return row.message if column == Column.STATE else ""
