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
from PySide6.QtGui import QFont, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import (
    draw_line,
    draw_pill,
    draw_row_ground,
    draw_separator,
    draw_wrapped,
    wrapped_height,
)
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_CELL_ROLE = Qt.ItemDataRole.UserRole
_HEIGHT = 38
_LEFT, _PAD = 24, 12
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
    def __init__(self, theme: Theme, left: int, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._left = left
        self._plain = sans(13)
        self._strong = sans(13, QFont.Weight.Medium)
        self._small = sans(12, QFont.Weight.Medium)
        self._figures = tabular(sans(13))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cell: Cell = index.data(_CELL_ROLE)
        if not cell.wraps:
            return QSize(0, _HEIGHT)
        width = self._area(option, index, cell).width()
        return QSize(0, wrapped_height(cell.text, self._font(cell), width) + 2 * _ABOVE)

    def _area(self, option: QStyleOptionViewItem, index: Index, cell: Cell) -> QRect:
        """Where the words of ``cell`` stand."""
        left = self._left if index.column() == 0 else _PAD
        is_at_edge = cell.is_figure and index.column() == index.model().columnCount() - 1
        return option.rect.adjusted(left, 0, -(self._left if is_at_edge else _PAD), 0)

    def _font(self, cell: Cell) -> QFont:
        if cell.is_figure:
            return self._figures
        return self._strong if cell.is_strong else self._plain

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell: Cell = index.data(_CELL_ROLE)
        area = self._area(option, index, cell)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, self._theme, option, inset=-1)
        draw_separator(painter, self._theme, option.rect)
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
        """``widths`` in pixels; 0 shares what is left. ``left`` is the air before the words, and
        ``figures`` are the columns whose headings stand at the right. Where ``is_many``, more than
        one line can be selected.
        """
        super().__init__()
        self.lines = PlainModel(headings, self)
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self._make_head(theme, widths, left, figures)
        self.setItemDelegate(_Delegate(theme, left, self))
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
        self.selectionModel().currentRowChanged.connect(self._moved)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._repaint)

    def _make_head(
        self, theme: Theme, widths: Sequence[int], left: int, figures: frozenset[int]
    ) -> None:
        head = TableHeader(theme, figures, left, self)
        head.setSectionsClickable(False)
        if len(widths) - 1 in figures:
            head.last_right = left
        self.setHorizontalHeader(head)
        self.setModel(self.lines)
        # Queued: the widths of the other columns follow within the same turn.
        head.sectionResized.connect(self._fit_lines, Qt.ConnectionType.QueuedConnection)
        head.setSelectionModel(QItemSelectionModel(self.lines, self))
        for column, width in enumerate(widths):
            if width:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                head.resizeSection(column, width)
            else:
                head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show ``lines``; the one that was current stays so where it is still there."""
        known = self.current_key()
        self.lines.set_lines(lines)
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
