"""The Listings table: the view around its model and delegate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from koda_desktop.views.tables.header import Sorts, TableHeader
from koda_desktop.views.tables.listings_columns import COLUMNS, Column
from koda_desktop.views.tables.listings_layout import ColumnLayout
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.object_list import Index
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from array import array

    from koda_desktop.sync.rows import ListingQuery
    from koda_desktop.views.tables.frozen_title import FrozenTitle
    from koda_desktop.views.tables.listings_delegate import ListingsDelegate
    from koda_desktop.views.tables.listings_picked import Picked

_COMFORTABLE, _COMPACT = 54, 36
_NEAR = 20_000
"""Lines around its old one in which the current listing is looked for after a change."""
_Flag = QItemSelectionModel.SelectionFlag


class ListingsTable(QTableView):
    """``selection_changed`` after each change; ``opened`` on Enter or double click.

    ``hovered`` is the line under the mouse, -1 for none.
    """

    selection_changed = Signal()
    opened = Signal()
    delete_asked = Signal()
    sort_asked = Signal(int, bool)
    """A Column, and whether it is to be one more to sort by."""
    laid_out = Signal()
    """A person moved or sized a column."""
    everything_asked = Signal()
    """All that match are to be selected."""
    edit_asked = Signal(object)
    """The current cell is to be typed into: None begins with its text, a text with that."""
    column_menu_asked = Signal(int, QPoint)
    """A column, and where its menu is to open, on the screen."""
    copy_asked = Signal()
    paste_asked = Signal()
    fill_asked = Signal()

    def __init__(self, theme: Theme, model: ListingsModel) -> None:
        super().__init__()
        self.listings = model
        self.now = model.now
        self._theme = theme
        self._delegate: ListingsDelegate | None = None
        self._left_out: list[int] = []
        self._shown_query: ListingQuery | None = None
        self.is_compact = False
        self.hovered = -1
        self._frozen: FrozenTitle | None = None
        self.current_line = self.current_column = -1
        self.has_keyboard = False
        self.setObjectName("listings-table")
        self.setAccessibleName("Listings")
        self._set_up_header(theme)
        self.setModel(model)
        self._set_up_rows()
        self._set_up_columns()
        self._picked: Picked | None = None
        self.is_cell_selected: Callable[[Index], bool] = self.selectionModel().isSelected
        self._connect(theme, model)
        self._prepare_rows()

    def _connect(self, theme: Theme, model: ListingsModel) -> None:
        self.selectionModel().selectionChanged.connect(self._selected)
        self.selectionModel().currentChanged.connect(self._moved)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._repaint)
        model.modelAboutToBeReset.connect(self._carry)
        model.modelReset.connect(self._prepare_rows)
        model.about_to_rearrange.connect(self._about_to_rearrange)
        model.rearranged.connect(self._rearranged)
        model.rowsInserted.connect(self._extended)

    def _set_up_header(self, theme: Theme) -> None:
        right = frozenset(int(one.column) for one in COLUMNS if one.is_right)
        self.head = TableHeader(theme, right, 24, self)
        self.setHorizontalHeader(self.head)
        self.head.column_pressed.connect(self.sort_asked)
        self.head.menu_asked.connect(self.column_menu_asked)

    def _set_up_rows(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(self.row_height)

    def _set_up_columns(self) -> None:
        # A header asks its selection model about every row of every column: with select-all in a
        # million rows that takes ten seconds. Its own, always empty, answers at once.
        self.head.setSelectionModel(QItemSelectionModel(self.model(), self))
        self.head.setSectionsMovable(True)
        self.head.setFirstSectionMovable(False)
        self.columns = ColumnLayout(self.head)
        self.head.show_sorts(((Column.UPDATED, True),))
        self.head.changed_by_hand.connect(self._laid_out)

    @Slot()
    def _prepare_rows(self) -> None:
        """What paints rows is made when there are some: an empty table opens without it."""
        if self._delegate is None and self.listings.rowCount():
            from koda_desktop.views.tables.listings_delegate import ListingsDelegate

            self._delegate = ListingsDelegate(self._theme, self)
            self.setItemDelegate(self._delegate)

    @property
    def row_height(self) -> int:
        return _COMPACT if self.is_compact else _COMFORTABLE

    def set_compact(self, compact: bool) -> None:
        """Rows of one line instead of two."""
        if compact != self.is_compact:
            self.is_compact = compact
            self.verticalHeader().setDefaultSectionSize(self.row_height)
            self.viewport().update()

    def show_sorts(self, sorts: Sorts) -> None:
        """Mark the columns that the listings are sorted by."""
        self.head.show_sorts(sorts)

    # -- what is selected --

    @property
    def picked(self) -> Picked:
        """What is selected; made when there is something to select."""
        if self._picked is None:
            from koda_desktop.views.tables.listings_picked import Picked

            self._picked = Picked(self.listings, self.selectionModel())
        return self._picked

    def selected_count(self) -> int:
        """How many listings are selected, in sight or not."""
        return self._picked.count() if self._picked is not None else 0

    def select_line(self, line: int) -> None:
        """Select ``line`` alone, from side to side, and bring it into view."""
        index = self.listings.index(line, 0)
        if index.isValid():
            self.picked.start_anew()
            self.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect | _Flag.Rows)
            self.scrollTo(index)

    def select_everything(self, query: ListingQuery) -> None:
        """Select all that match ``query``, which is what the table shows."""
        self.picked.take_everything(query)
        self._select_all_but(())
        self.selection_changed.emit()

    def select_in_sight(self) -> None:
        """Select the lines that can be seen now, and no others."""
        height = self.viewport().height()
        first, last = self.rowAt(0), self.rowAt(height - 1)
        last = self.listings.rowCount() - 1 if last < 0 else last
        if first >= 0:
            self.picked.start_anew()
            self.selectionModel().select(self._block(first, last), _Flag.ClearAndSelect)
            self.selection_changed.emit()

    def clear_selection(self) -> None:
        """Select nothing, of what is out of sight neither."""
        had = self.picked.count()
        self.picked.start_anew()
        self.clearSelection()
        if had:
            self.selection_changed.emit()

    def selectAll(self) -> None:
        self.everything_asked.emit()

    def _block(self, first: int, last: int) -> QItemSelection:
        model = self.listings
        return QItemSelection(model.index(first, 0), model.index(last, len(COLUMNS) - 1))

    def _select_all_but(self, lines: tuple[int, ...]) -> None:
        chosen = self.selectionModel()
        last = self.listings.rowCount() - 1
        if last >= 0:
            chosen.select(self._block(0, last), _Flag.ClearAndSelect)
        for line in lines:
            chosen.select(self._block(line, line), _Flag.Deselect)

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """What a press does: as in any table, and with what was selected before it changed."""
        command = super().selectionCommand(index, event)
        if event is None:
            return command
        if isinstance(event, QKeyEvent):
            from koda_desktop.views.tables.listings_keys import command_of

            command = command_of(event, command)
        if command & _Flag.Clear:
            self.picked.start_anew()
        elif command & _Flag.Toggle and index.isValid():
            key = self.listings.key_at(index.row())
            if key in self.picked.carried:
                self.picked.carried.discard(key)
                self.viewport().update()
                self.selection_changed.emit()
                return _Flag.NoUpdate
        return command

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        from koda_desktop.views.tables.listings_keys import destination

        target = destination(self, action, modifiers)
        return super().moveCursor(action, modifiers) if target is None else target

    # -- the title, which stays in sight --

    @Slot()
    def _freeze(self) -> None:
        left, _ = self.head.span(Column.TITLE)
        if self._frozen is None and left < 0:
            from koda_desktop.views.tables.frozen_title import FrozenTitle

            self._frozen = FrozenTitle(self._theme, self)
        if self._frozen is not None:
            self._frozen.place()

    def uncover(self, hole: QRect) -> None:
        """Let a field over a title be seen."""
        if self._frozen is not None:
            self._frozen.uncover(hole)

    def indexAt(self, point: QPoint) -> QModelIndex:
        if self._frozen is not None and point.x() < self._frozen.covered:
            return self.listings.index(self.rowAt(point.y()), Column.TITLE)
        return super().indexAt(point)

    def visualRect(self, index: Index) -> QRect:
        rect = super().visualRect(index)
        if self._frozen is not None and index.column() == Column.TITLE:
            rect.moveLeft(max(rect.left(), 0) if self._frozen.covered else rect.left())
        return rect

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        before = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        if self._frozen is not None:
            self._frozen.keep_in_sight(index.column(), before)

    # -- when the lines change --

    @Slot()
    def _carry(self) -> None:
        if self._picked is not None:
            self._picked.carry()

    @Slot()
    def _about_to_rearrange(self) -> None:
        selection = self.picked.selection() if self.picked.is_everything else None
        self._shown_query = selection.query if selection is not None else None
        self._left_out = sorted(selection.without) if selection is not None else []
        if self._shown_query is None:
            self.picked.carry()

    @Slot(object)
    def _rearranged(self, before: array[int]) -> None:
        """The same query read again: whatever was all of it is all of it still."""
        if self._shown_query is not None:
            lines = map(self.listings.line_of_key, self._left_out)
            self._select_all_but(tuple(line for line in lines if line >= 0))
        self._follow(before)

    def _follow(self, before: array[int]) -> None:
        """Keep the current listing current, where it moved no further than a screen or so."""
        line = self.current_line
        if not 0 <= line < len(before):
            return
        now_at = self.listings.line_of_key(before[line], line, _NEAR)
        if now_at >= 0 and now_at != line:
            index = self.listings.index(now_at, max(self.current_column, 0))
            self.selectionModel().setCurrentIndex(index, _Flag.NoUpdate)

    @Slot(QModelIndex, int, int)
    def _extended(self, parent: QModelIndex, first: int, last: int) -> None:
        is_everything = self._picked is not None and self._picked.is_everything
        if is_everything and self._shown_query is None:
            self.selectionModel().select(self._block(first, last), _Flag.Select)

    @Slot()
    def _laid_out(self) -> None:
        self.columns.touched()
        self.laid_out.emit()

    # -- Qt's own events --

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Not viewport().width(): a widget of Qt's own that is handed to Python for the first time
        # has PySide set up every kind of widget there is.
        self.columns.fit(event.size().width(), self.current_column)
        if self._frozen is not None:
            self._freeze()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if dx:
            self._freeze()
            self.head.scrolled.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: object) -> None:
        self._hover(-1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.has_keyboard = True
        by_keyboard = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if event.reason() in by_keyboard and not self.currentIndex().isValid():
            self.select_line(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.has_keyboard = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        from koda_desktop.views.tables.listings_keys import act_by_key, select_by_key

        if not act_by_key(self, event) and not select_by_key(self, event):
            super().keyPressEvent(event)

    def _hover(self, line: int) -> None:
        if line != self.hovered:
            self.hovered = line
            self.viewport().update()

    @Slot(QItemSelection, QItemSelection)
    def _selected(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        self.viewport().update()
        self.selection_changed.emit()

    @Slot(QModelIndex, QModelIndex)
    def _moved(self, current: QModelIndex, previous: QModelIndex) -> None:
        self.current_line, self.current_column = current.row(), current.column()
        self.viewport().update()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        """A double click opens a listing by its title, as in any list, and edits other cells."""
        if index.column() == Column.TITLE:
            self.opened.emit()
        else:
            self.edit_asked.emit(None)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
        self.head.viewport().update()
