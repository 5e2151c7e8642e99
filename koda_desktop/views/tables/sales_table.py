"""The table of orders: every key in eight bytes, rows in pages read off the GUI thread."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import tzinfo
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from koda_desktop.controllers.sales import ROWS_AT_ONCE
from koda_desktop.sync.sales.rows import SaleRow, SaleSort
from koda_desktop.views.format import money
from koda_desktop.views.sales_words import at, badge, books_words, difference_words
from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import draw_cell, draw_line, draw_pill
from koda_desktop.views.tables.object_list import Index
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.page_header import SIDE_MARGIN
from koda_desktop.views.widgets.pill import Badge

PAGE = ROWS_AT_ONCE
MOST_ROWS = 64 * PAGE
ROW_ROLE = Qt.ItemDataRole.UserRole
_HEIGHT = 40


class SaleColumn(IntEnum):
    TITLE = 0
    NUMBER = 1
    STATUS = 2
    PLACED = 3
    GROSS = 4
    REFUNDED = 5
    NET = 6
    DIFFERENCE = 7


HEADERS = ("Product", "Order", "Status", "Placed", "Gross", "Refunded", "You get", "Books")
_AMOUNTS: dict[SaleColumn, Callable[[SaleRow], int]] = {
    SaleColumn.GROSS: lambda row: row.sums.gross,
    SaleColumn.REFUNDED: lambda row: row.sums.refunded,
    SaleColumn.NET: lambda row: row.sums.net,
}
_RIGHT = frozenset(_AMOUNTS)
_WIDTHS = {
    SaleColumn.NUMBER: 110,
    SaleColumn.STATUS: 132,
    SaleColumn.PLACED: 156,
    SaleColumn.GROSS: 96,
    SaleColumn.REFUNDED: 96,
    SaleColumn.NET: 96,
    SaleColumn.DIFFERENCE: 124,
}
_AROUND = 28
"""Pixels of air around an amount."""
_HIDE_BELOW = (
    (SaleColumn.DIFFERENCE, 960),
    (SaleColumn.REFUNDED, 836),
    (SaleColumn.NUMBER, 740),
    (SaleColumn.GROSS, 630),
    (SaleColumn.PLACED, 500),
)
_SORTS = {column: SaleSort[column.name] for column in SaleColumn}


class SalesModel(QAbstractTableModel):
    """Shows a blank line until ``put_rows`` brings what ``rows_wanted`` asked for."""

    rows_wanted = Signal(object)
    """A tuple of keys that are to be read and handed to ``put_rows``."""

    def __init__(self, zone: tzinfo, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._keys: array[int] = array("q")
        self._rows: dict[int, SaleRow] = {}
        self._largest = dict.fromkeys(_AMOUNTS, 0)
        self._asked: set[int] = set()
        self._missing: list[int] = []
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self._ask_for_missing)

    def begin(self, rows: Sequence[SaleRow]) -> None:
        """Show other orders, of which these are the first page; ``set_keys`` brings the rest."""
        self._show(array("q", (row.pk for row in rows)))
        if rows:
            self._asked.add(0)
            self.put_rows(rows)

    def set_keys(self, keys: array[int]) -> None:
        """Show these orders in this order; rows that are held are shown until they are read.

        Orders before or after those that are shown leave these where they are, and chosen.
        """
        before, more = self._keys, len(keys) - len(self._keys)
        if keys == before:
            return
        if more > 0 and keys[: len(before)] == before:
            self._insert(len(before), keys)
        elif more > 0 and keys[more:] == before:
            self._asked.clear()
            self._insert(0, keys)
        else:
            self._show(keys)

    def _show(self, keys: array[int]) -> None:
        self.beginResetModel()
        self._keys = keys
        self._asked.clear()
        self.endResetModel()

    def _insert(self, line: int, keys: array[int]) -> None:
        self._asked.discard(line // PAGE)
        self.beginInsertRows(QModelIndex(), line, line + len(keys) - len(self._keys) - 1)
        self._keys = keys
        self.endInsertRows()

    def put_rows(self, rows: Sequence[SaleRow]) -> None:
        """Rows that were asked for."""
        for column, amount in _AMOUNTS.items():
            here = max((abs(amount(row)) for row in rows), default=0)
            self._largest[column] = max(self._largest[column], here)
        if len(self._rows) > MOST_ROWS:
            self._rows.clear()
            self._asked.clear()
        self._rows |= {row.pk: row for row in rows}
        if self._keys:
            last = self.index(len(self._keys) - 1, len(HEADERS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def largest(self, column: SaleColumn) -> int:
        """The largest amount that was read for a column, in minor units."""
        return self._largest.get(column, 0)

    def forget_rows(self) -> None:
        """Read each row again once it is painted; until then it is shown as it was."""
        self._asked.clear()

    def row_at(self, line: int) -> SaleRow | None:
        """The order on ``line``, if it has been read."""
        if not 0 <= line < len(self._keys):
            return None
        self._want(line // PAGE)
        return self._rows.get(self._keys[line])

    def line_of(self, order_id: str) -> int:
        """The line of an order that has been read; -1 where there is none."""
        pk = next((row.pk for row in self._rows.values() if row.id == order_id), None)
        return self._keys.index(pk) if pk is not None and pk in self._keys else -1

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
        row = self.row_at(index.row())
        if row is None:
            return None
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._text(row, SaleColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and row.difference:
            return difference_words(row.difference, row.currency)
        return None

    def _text(self, row: SaleRow, column: SaleColumn) -> str:
        texts: dict[SaleColumn, Callable[[], str]] = {
            SaleColumn.TITLE: lambda: row.titles,
            SaleColumn.NUMBER: lambda: row.number,
            SaleColumn.STATUS: lambda: badge(row).text,
            SaleColumn.PLACED: lambda: at(row.placed_at, self._zone),
            SaleColumn.GROSS: lambda: money(row.sums.gross, row.currency),
            SaleColumn.REFUNDED: lambda: (
                money(row.sums.refunded, row.currency) if row.sums.refunded else ""
            ),
            SaleColumn.NET: lambda: money(row.sums.net, row.currency) if row.paid_at else "",
            SaleColumn.DIFFERENCE: lambda: books_words(row),
        }
        return texts[column]()

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._asked.add(page)
            self._missing.append(page)
            self._ask.start(0)

    @Slot()
    def _ask_for_missing(self) -> None:
        missing, self._missing = self._missing, []
        for page in missing:
            keys = tuple(self._keys[page * PAGE : (page + 1) * PAGE])
            if keys:
                self.rows_wanted.emit(keys)


class SalesDelegate(QStyledItemDelegate):
    """Texts, figures of one width, and the status as a pill."""

    def __init__(self, theme: Theme, view: QTableView, head: TableHeader) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._head = head
        self._title = sans(13, QFont.Weight.Medium)
        self._text = sans(13)
        self._figures = tabular(sans(13))
        self._pill = sans(11, QFont.Weight.Medium)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: SaleRow | None = index.data(ROW_ROLE)
        column = SaleColumn(index.column())
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_cell(painter, self._theme, option, index.row(), self._view)
        if row is not None:
            left, right = self._head.air(column)
            self._paint_cell(painter, row, column, rect.adjusted(left, 0, -right, 0), index)
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, row: SaleRow, column: SaleColumn, area: QRect, index: Index
    ) -> None:
        shown = _pill(row, column)
        if shown is not None:
            middle = area.center().y() + 0.5
            draw_pill(painter, self._theme, shown.text, shown.tone, self._pill, area.left(), middle)
            return
        is_amount = column in _RIGHT
        font = self._title if column is SaleColumn.TITLE else self._text
        token = "text" if column in (SaleColumn.TITLE, SaleColumn.NET) else "text-secondary"
        token = "danger-text" if row.difference else token
        align = Qt.AlignmentFlag.AlignRight if is_amount else Qt.AlignmentFlag.AlignLeft
        draw_line(
            painter,
            str(index.data()),
            self._figures if is_amount or column is SaleColumn.NUMBER else font,
            self._theme.color(token),
            area,
            align,
        )


def _pill(row: SaleRow, column: SaleColumn) -> Badge | None:
    """What is shown as a pill: the status, and books that do not add up."""
    if column is SaleColumn.STATUS:
        return badge(row)
    if column is SaleColumn.DIFFERENCE and row.difference:
        return Badge(books_words(row), "danger")
    return None


class SalesTable(QTableView):
    """One order is chosen at a time. ``chosen`` carries its id, empty for none."""

    chosen = Signal(str)
    sort_asked = Signal(object, bool)
    """A SaleSort, and True for descending."""

    def __init__(self, theme: Theme, model: SalesModel) -> None:
        super().__init__()
        self._sales = model
        self._room = 0
        self._grown: dict[SaleColumn, int] = {}
        """By how many pixels columns are wider than usual."""
        self.setObjectName("sales-table")
        self.setAccessibleName("Orders")
        self._head = TableHeader(theme, frozenset(map(int, _RIGHT)), SIDE_MARGIN, self)
        self.setHorizontalHeader(self._head)
        self.setModel(model)
        self.setItemDelegate(SalesDelegate(theme, self, self._head))
        self._set_up()
        self._head.sortIndicatorChanged.connect(self._sort)
        self.selectionModel().currentRowChanged.connect(self._choose)
        model.dataChanged.connect(self._make_room)
        model.dataChanged.connect(self._tell_again)
        self._told = ""

    def _set_up(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_HEIGHT)
        # As in the listings' table: a header that follows the selection asks about every row.
        self._head.setSelectionModel(QItemSelectionModel(self._sales, self))
        self._head.setSectionResizeMode(SaleColumn.TITLE, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self._head.resizeSection(column, width)
        self._head.blockSignals(True)
        self._head.setSortIndicator(SaleColumn.PLACED, Qt.SortOrder.DescendingOrder)
        self._head.blockSignals(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Of the viewport, which is not asked itself: see docs/decisions/0009.
        self._room = event.size().width()
        self._head.end_at(SIDE_MARGIN, self.width() - self._room)
        self._lay_out_columns()

    def _lay_out_columns(self) -> None:
        """Hide those without room, and widen amounts, the last one by the air at its right."""
        self._hide_columns()
        for column in _AMOUNTS:
            edge = self._head.last_right - 12 if self._head.is_last(column) else 0
            self._head.resizeSection(column, _WIDTHS[column] + self._grown.get(column, 0) + edge)

    def _hide_columns(self) -> None:
        """What is hidden leaves its room to the others, so that each call comes to the same."""
        wider = sum(self._grown.values())
        for column, width in _HIDE_BELOW:
            is_hidden = self._room - wider < width
            self.setColumnHidden(column, is_hidden)
            wider -= self._grown.get(column, 0) if is_hidden else 0

    @Slot()
    def _make_room(self) -> None:
        """An amount is never cut short: its column grows with the largest one."""
        metrics = QFontMetrics(tabular(sans(13)))
        for column in _AMOUNTS:
            needed = metrics.horizontalAdvance(money(self._sales.largest(column))) + _AROUND
            more = needed - _WIDTHS[column]
            if more > self._grown.get(column, 0):
                self._grown[column] = more
                self._lay_out_columns()

    @Slot(int, Qt.SortOrder)
    def _sort(self, section: int, order: Qt.SortOrder) -> None:
        descending = order is Qt.SortOrder.DescendingOrder
        self.sort_asked.emit(_SORTS[SaleColumn(section)], descending)

    @Slot()
    def _choose(self) -> None:
        row = self._sales.row_at(self.currentIndex().row())
        told = row.id if row is not None else ""
        if told != self._told:
            self._told = told
            self.chosen.emit(told)

    @Slot()
    def _tell_again(self) -> None:
        """A line that was chosen before it had been read."""
        if self.currentIndex().isValid() and not self._told:
            self._choose()
