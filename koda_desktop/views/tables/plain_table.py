"""A table of read-only lines: cells of text, one line high or wrapped, or pills."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import (
    draw_cell,
    draw_line,
    draw_pill,
    draw_wrapped,
    update_row,
    wrapped_height,
)
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_CELL_ROLE = Qt.ItemDataRole.UserRole
_HEIGHT = 38
_LEFT = 24
_MEASURED = 200
"""Of how many lines, and of how many of their letters, the width is measured."""
_ABOVE = 11
"""The air above and below words that wrap; one line of them is as tall as any other line."""


class Cell(NamedTuple):
    """What one cell says. ``tone`` is a colour of the theme; ``pill`` one of a pill's tones.

    A cell that ``is_figure`` stands at the right, its digits below those of other lines. One that
    ``wraps`` makes its line as tall as its words need.
    """

    text: str = ""
    tone: str = "text"
    is_strong: bool = False
    pill: str = ""
    is_figure: bool = False
    wraps: bool = False


class Line(NamedTuple):
    """One line; ``key`` tells it from the others when all are shown anew."""

    key: Hashable
    cells: tuple[Cell, ...]


def shared(room: int, needs: Sequence[int]) -> list[int]:
    """``room`` in equal parts, but for who needs more: they get it where others can spare it."""
    widths = [0] * len(needs)
    is_scarce = sum(needs) > room
    # Where there is not enough for all, the modest are served first, else the needy.
    order = sorted(range(len(needs)), key=needs.__getitem__, reverse=not is_scarce)
    for served, place in enumerate(order):
        part = room // (len(needs) - served)
        widths[place] = min(needs[place], part) if is_scarce else max(needs[place], part)
        room -= widths[place]
    return widths


class PlainModel(QAbstractTableModel):
    """Lines under ``headings``."""

    def __init__(self, headings: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._headings = tuple(headings)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    def set_lines(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self._lines = tuple(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return self._headings[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        cell = self._lines[index.row()].cells[index.column()]
        if role == _CELL_ROLE:
            return cell
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self._headings[index.column()]}: {cell.text}"
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: QTableView, head: TableHeader) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._head = head
        self._plain = sans(13)
        self._strong = sans(13, QFont.Weight.Medium)
        self._small = sans(12, QFont.Weight.Medium)
        self._figures = tabular(sans(13))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell: Cell = index.data(_CELL_ROLE)
        if not cell.wraps:
            return QSize(0, _HEIGHT)
        width = self._area(option, index).width()
        return QSize(0, wrapped_height(cell.text, self._font(cell), width) + 2 * _ABOVE)

    def _area(self, option: QStyleOptionViewItem, index: Index) -> QRect:
        left, right = self._head.air(index.column())
        return option.rect.adjusted(left, 0, -right, 0)

    def width_of(self, cell: Cell, column: int) -> int:
        """How wide a column is that has room for all words of ``cell`` on one line."""
        words = " ".join(cell.text[:_MEASURED].split())
        font = self._small if cell.pill else self._font(cell)
        # Letters end between pixels, and a pill is wider than its words.
        more = 16 if cell.pill else 2
        return QFontMetrics(font).horizontalAdvance(words) + more + sum(self._head.air(column))

    def _font(self, cell: Cell) -> QFont:
        if cell.is_figure:
            return self._figures
        return self._strong if cell.is_strong else self._plain

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Cell = index.data(_CELL_ROLE)
        area = self._area(option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_cell(painter, self._theme, option, index.row(), self._view)
        if cell.pill and cell.text:
            middle = area.top() + area.height() / 2
            draw_pill(painter, self._theme, cell.text, cell.pill, self._small, area.left(), middle)
        elif cell.wraps:
            area.setTop(area.top() + _ABOVE)
            colour = self._theme.color(cell.tone)
            draw_wrapped(painter, cell.text, self._font(cell), colour, area)
        elif cell.text:
            words = " ".join(cell.text.split())
            align = Qt.AlignmentFlag.AlignRight if cell.is_figure else Qt.AlignmentFlag.AlignLeft
            colour = self._theme.color(cell.tone)
            draw_line(painter, words, self._font(cell), colour, area, align)
        painter.restore()


class PlainTable(QTableView):
    """``picked`` carries the key of the current line; ``opened`` that of one opened by Enter."""

    picked = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        theme: Theme,
        headings: Sequence[str],
        widths: Sequence[int],
        name: str,
        spoken: str,
        left: int = _LEFT,
        figures: frozenset[int] = frozenset(),
        is_many: bool = False,
    ) -> None:
        """``widths`` in pixels; those of 0 share what is left. ``left`` is the air beside words,
        and ``figures`` are the columns whose headings stand at the right. Where ``is_many``, more
        than one line can be selected.
        """
        super().__init__()
        self.lines = PlainModel(headings, self)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self._widths, self._left, self._room = tuple(widths), left, 0
        self._head = self._make_head(theme, figures)
        self._delegate = _Delegate(theme, self, self._head)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        modes = QAbstractItemView.SelectionMode
        self.setSelectionMode(modes.ExtendedSelection if is_many else modes.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_HEIGHT)
        self.selectionModel().currentRowChanged.connect(self._paint_ring)
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._repaint)

    def _make_head(self, theme: Theme, figures: frozenset[int]) -> TableHeader:
        head = TableHeader(theme, figures, self._left, self)
        head.setSectionsClickable(False)
        self.setHorizontalHeader(head)
        self.setModel(self.lines)
        # Queued: the widths of the other columns follow within the same turn.
        head.sectionResized.connect(self._fit_lines, Qt.ConnectionType.QueuedConnection)
        head.setSelectionModel(QItemSelectionModel(self.lines, self))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for column, width in enumerate(self._widths):
            head.resizeSection(column, width)
        return head

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._room = event.size().width()
        self._head.end_at(self._left, self.width() - self._room)
        self._share_room()

    def _share_room(self) -> None:
        """Give the columns without a width of their own what the others leave."""
        seen = [one for one in enumerate(self._widths) if not self._head.isSectionHidden(one[0])]
        columns = [column for column, width in seen if not width]
        room = max(self._room - sum(width for _, width in seen), 0)
        needs = [self._need(column) if len(columns) > 1 else 0 for column in columns]
        for column, width in zip(columns, shared(room, needs), strict=True):
            self._head.resizeSection(column, width)

    def _need(self, column: int) -> int:
        cells = (line.cells[column] for line in self.lines.lines[:_MEASURED])
        words = max((self._delegate.width_of(cell, column) for cell in cells), default=0)
        return max(words, self._head.width_of(column))

    def setColumnHidden(self, column: int, hide: bool) -> None:
        super().setColumnHidden(column, hide)
        self._share_room()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show ``lines``; the one that was current stays so where it is still there."""
        known = self.current_key()
        self.lines.set_lines(lines)
        self._share_room()
        self._fit_lines()
        keys = [line.key for line in lines]
        if known in keys:
            self._make_current(keys.index(known))

    @Slot()
    def _fit_lines(self) -> None:
        if self.lines.lines and any(cell.wraps for cell in self.lines.lines[0].cells):
            self.resizeRowsToContents()

    def current_key(self) -> Hashable | None:
        """The key of the current line; None where there is none."""
        row = self.currentIndex().row()
        return self.lines.lines[row].key if 0 <= row < len(self.lines.lines) else None

    def selected_keys(self) -> list[Hashable]:
        """The keys of the selected lines, from the top down."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.lines.lines[row].key for row in rows]

    def pick(self, key: Hashable) -> None:
        """Make the line of ``key`` the current one, where there is one."""
        keys = [line.key for line in self.lines.lines]
        if key in keys:
            self._make_current(keys.index(key))

    def _make_current(self, row: int) -> None:
        flag = QItemSelectionModel.SelectionFlag
        index = self.lines.index(row, 0)
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    @Slot(QModelIndex, QModelIndex)
    def _paint_ring(self, current: QModelIndex, previous: QModelIndex) -> None:
        update_row(self, current.row())
        update_row(self, previous.row())

    @Slot()
    def _moved(self) -> None:
        key = self.current_key()
        if key is not None:
            self.picked.emit(key)

    @Slot()
    def _open(self) -> None:
        key = self.current_key()
        if key is not None:
            self.opened.emit(key)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()
