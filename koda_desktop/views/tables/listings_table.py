"""The Listings table: the view around its model and delegate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.listings_model import Column, ListingsModel, sort_column
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_delegate import ListingsDelegate

_WIDTHS = {
    Column.STATE: 112,
    Column.PLATFORM: 96,
    Column.CATEGORY: 138,
    Column.PRICE: 100,
    Column.UPDATED: 124,
}
_COMFORTABLE, _COMPACT = 54, 36
_HIDE_BELOW = ((Column.CATEGORY, 760), (Column.UPDATED, 620), (Column.PLATFORM, 500))


class ListingsTable(QTableView):
    """``selection_changed`` after each change; ``opened`` on Enter or double click.

    ``hovered`` is the line under the mouse, -1 for none.
    """

    selection_changed = Signal()
    opened = Signal()
    delete_asked = Signal()
    sort_asked = Signal(object, bool)
    """A SortColumn, and True for descending."""

    def __init__(self, theme: Theme, model: ListingsModel) -> None:
        super().__init__()
        self._listings = model
        self._theme = theme
        self._delegate: ListingsDelegate | None = None
        self.is_compact = False
        self.hovered = -1
        self.setObjectName("listings-table")
        self.setAccessibleName("Listings")
        self._set_up_header(theme)
        self.setModel(model)
        self._set_up_rows()
        self._set_up_columns()
        self.selectionModel().selectionChanged.connect(self._selected)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._repaint)
        model.modelReset.connect(self._prepare_rows)
        self._prepare_rows()

    def _set_up_header(self, theme: Theme) -> None:
        right = frozenset({int(Column.PRICE)})
        self._head = TableHeader(theme, right, 24, self)
        self.setHorizontalHeader(self._head)
        self._head.sortIndicatorChanged.connect(self._sort)

    def _set_up_rows(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(self.row_height)

    def _set_up_columns(self) -> None:
        # A header asks its selection model about every row of every column: with select-all in a
        # million rows that takes ten seconds. Its own, always empty, answers at once.
        model = self.model()
        self._head.setSelectionModel(QItemSelectionModel(model, self))
        self._head.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDTHS.items():
            self._head.resizeSection(column, width)
        self._head.blockSignals(True)
        self._head.setSortIndicator(Column.UPDATED, Qt.SortOrder.DescendingOrder)
        self._head.blockSignals(False)

    @Slot()
    def _prepare_rows(self) -> None:
        """What paints rows is made when there are some: an empty table opens without it."""
        if self._delegate is None and self._listings.rowCount():
            from koda_desktop.views.tables.listings_delegate import ListingsDelegate

            self._delegate = ListingsDelegate(self._theme, self)
            self.setItemDelegate(self._delegate)

    @property
    def row_height(self) -> int:
        return _COMPACT if self.is_compact else _COMFORTABLE

    def set_compact(self, compact: bool) -> None:
        """Rows of one line instead of two."""
        if compact == self.is_compact:
            return
        self.is_compact = compact
        self.verticalHeader().setDefaultSectionSize(self.row_height)
        self.viewport().update()

    def selected_count(self) -> int:
        """How many listings are selected; counted over ranges, never line by line."""
        return sum(part.height() for part in self._ranges())

    def selected_lines(self) -> list[int]:
        return [line for part in self._ranges() for line in range(part.top(), part.bottom() + 1)]

    def _ranges(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(place) for place in range(selection.count())]

    def select_line(self, line: int) -> None:
        """Select ``line`` alone and bring it into view."""
        index = self._listings.index(line, 0)
        if index.isValid():
            flag = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
            self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Not viewport().width(): a widget of Qt's own that is handed to Python for the first time
        # has PySide set up every kind of widget there is.
        width = event.size().width()
        for column, least in _HIDE_BELOW:
            if self.isColumnHidden(column) != (width < least):
                self.setColumnHidden(column, width < least)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: object) -> None:
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in by_keyboard and not self.currentIndex().isValid():
            self.select_line(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not _extends(event):
            # Qt moves within the row; in a list of listings the ends are those of the list.
            last = self._listings.rowCount() - 1
            self.select_line(0 if event.key() == Qt.Key.Key_Home else last)
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
        else:
            super().keyPressEvent(event)

    def _hover(self, line: int) -> None:
        if line != self.hovered:
            self.hovered = line
            self.viewport().update()

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self.selection_changed.emit()

    @Slot(int, Qt.SortOrder)
    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        self.sort_asked.emit(sort_column(column), order is Qt.SortOrder.DescendingOrder)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
        self._head.viewport().update()


def _extends(event: QKeyEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
