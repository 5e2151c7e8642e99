"""The Listings table: the view around its model and delegate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, cast

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
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from koda_desktop.views.tables.header import Sorts, TableHeader
from koda_desktop.views.tables.listings_columns import COLUMNS, Column
from koda_desktop.views.tables.listings_layout import Cell, ColumnLayout
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.object_list import Index
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.sync.rows import ListingQuery
    from koda_desktop.views.tables.frozen_title import FrozenTitle
    from koda_desktop.views.tables.listings_keeper import SelectionKeeper
    from koda_desktop.views.tables.listings_painter import ListingsPainter
    from koda_desktop.views.tables.listings_picked import Picked

_COMFORTABLE, _COMPACT = 54, 36
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
        self._painter: ListingsPainter | None = None
        self._keeper: SelectionKeeper | None = None
        self.is_compact = False
        self.hovered = -1
        self._frozen: FrozenTitle | None = None
        self.current_line = self.current_column = -1
        self.has_keyboard = False
        self.setObjectName("listings-table")
        self.setAccessibleName("Listings")
        # Not Qt's own: a widget that Qt made and hands to Python has PySide set up every kind of
        # widget there is, which takes as long as a whole first paint.
        self.setViewport(QWidget())
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
        model.modelReset.connect(self._prepare_rows)
        model.rowsInserted.connect(self._prepare_rows)

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
        if self.listings.rowCount():
            self.prepare()

    @Slot()
    def prepare(self) -> None:
        """Make what paints rows, if it is not there yet."""
        if self._painter is None:
            from koda_desktop.views.tables.listings_keeper import SelectionKeeper
            from koda_desktop.views.tables.listings_painter import ListingsPainter

            self._painter = ListingsPainter(self._theme, self)
            self._keeper = SelectionKeeper(self)
            # Every pixel is painted here, so that scrolling moves what is painted already and
            # has only the lines painted that come into sight.
            self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._painter is None:
            super().paintEvent(event)
        else:
            painter, cells = QPainter(self.viewport()), self.columns.cells()
            for exposed in cast("Iterable[QRect]", event.region()):
                self._painter.paint(painter, exposed, cells)

    def sizeHintForColumn(self, column: int) -> int:
        # A double click on the edge of a column brings its usual width back.
        return COLUMNS[column].width

    def paint_lines(self, painter: QPainter, exposed: QRect, cells: Sequence[Cell]) -> None:
        """Paint what is in sight here of the lines, but in these columns."""
        if self._painter is not None:
            self._painter.paint(painter, exposed, cells)

    @property
    def row_height(self) -> int:
        return _COMPACT if self.is_compact else _COMFORTABLE

    @property
    def lines_in_sight(self) -> int:
        """How many lines there is room for, the last of them cut."""
        return self.viewport().height() // self.row_height + 1

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
    def has_picked(self) -> bool:
        """Whether anything was selected since the table was opened."""
        return self._picked is not None

    @property
    def picked(self) -> Picked:
        """What is selected; made when there is something to select."""
        if self._picked is None:
            from koda_desktop.views.tables.listings_picked import Picked

            self._picked = Picked(self.listings, self.selectionModel())
        return self._picked

    def selected_count(self) -> int:
        """How many listings are selected, in sight or not."""
        is_none = self._picked is None and not self.selectionModel().hasSelection()
        return 0 if is_none else self.picked.count()

    def is_line_selected(self, line: int) -> bool:
        """Whether the listing on ``line`` is selected, in whichever column."""
        if self._picked is None:
            return self.selectionModel().rowIntersectsSelection(line)
        return self._picked.holds(line)

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
        self.selectionModel().select(self.block(0, -1), _Flag.ClearAndSelect)
        self.selection_changed.emit()

    def select_in_sight(self) -> None:
        """Select the lines that can be seen now, and no others."""
        height = self.viewport().height()
        first, last = self.rowAt(0), self.rowAt(height - 1)
        if first >= 0:
            self.picked.start_anew()
            self.selectionModel().select(self.block(first, last), _Flag.ClearAndSelect)
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

    def block(self, first: int, last: int) -> QItemSelection:
        """These lines from side to side; a negative one is counted from the end."""
        model, lines = self.listings, range(self.listings.rowCount())
        if not lines:
            return QItemSelection()
        return QItemSelection(
            model.index(lines[first], 0), model.index(lines[last], len(COLUMNS) - 1)
        )

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
        if self._frozen is None:
            super().scrollTo(index, hint)
            return
        before = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self._frozen.keep_in_sight(index.column(), before)

    # -- Qt's own events --

    @Slot()
    def _laid_out(self) -> None:
        self.columns.touched()
        self.laid_out.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
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
            before, self.hovered = self.hovered, line
            self._repaint_line(before)
            self._repaint_line(line)

    def _repaint_line(self, line: int) -> None:
        top, right = self.rowViewportPosition(line), self.viewport().width()
        self.viewport().update(0, top, right, self.row_height)

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
