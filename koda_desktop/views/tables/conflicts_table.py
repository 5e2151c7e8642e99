"""The table of the Conflicts page: a line per field, its three values side by side."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from koda_desktop.sync.conflict_rows import ConflictRow
from koda_desktop.sync.rows import Side
from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import draw_cell, draw_line, update_row
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import NOT_THERE, field_name, value_words

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
_HEIGHT = 54
_LEFT, _PAD = 24, 12


class Column(IntEnum):
    FIELD = 0
    BASE = 1
    MINE = 2
    THEIRS = 3


_HEADINGS = {
    Column.FIELD: "Field",
    Column.BASE: "Before",
    Column.MINE: "Mine",
    Column.THEIRS: "Marketplace’s",
}


class ConflictsModel(QAbstractTableModel):
    """Keeps selection and place when conflicts come and go."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ConflictRow] = []

    def set_rows(self, rows: Sequence[ConflictRow]) -> None:
        """Show ``rows``: those that are gone are taken out, new ones put in their place."""
        wanted = {row.key for row in rows}
        for line in reversed(range(len(self._rows))):
            if self._rows[line].key not in wanted:
                self.beginRemoveRows(QModelIndex(), line, line)
                del self._rows[line]
                self.endRemoveRows()
        for line, row in enumerate(rows):
            if line >= len(self._rows) or self._rows[line].key != row.key:
                self.beginInsertRows(QModelIndex(), line, line)
                self._rows.insert(line, row)
                self.endInsertRows()
            elif self._rows[line] != row:
                self._rows[line] = row
                self.dataChanged.emit(self.index(line, 0), self.index(line, Column.THEIRS))

    @property
    def rows(self) -> tuple[ConflictRow, ...]:
        return tuple(self._rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            return _HEADINGS[Column(section)]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], Column(index.column())
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_words(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_HEADINGS[column]}: {cell_words(row, column)}"
        return None


def side_of(row: ConflictRow, column: Column) -> Side:
    """The value of ``row`` that stands in ``column``."""
    return {Column.BASE: row.base, Column.MINE: row.mine}.get(column, row.theirs)


def cell_words(row: ConflictRow, column: Column) -> str:
    """What a cell says."""
    if column is Column.FIELD:
        return f"{field_name(row.field)} of “{row.listing_title}”"
    return value_words(row.field, side_of(row, column))


class ConflictsDelegate(QStyledItemDelegate):
    """The field over its listing; values on one or two lines."""

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._strong = sans(13, QFont.Weight.Medium)
        self._text = sans(13)
        self._small = sans(12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ConflictRow = index.data(ROW_ROLE)
        column = Column(index.column())
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_cell(painter, self._theme, option, index.row(), self._view)
        if column is Column.FIELD:
            self._paint_field(painter, row, rect.adjusted(_LEFT, 0, -_PAD, 0))
        else:
            right = _LEFT if column is Column.THEIRS else _PAD
            self._paint_value(painter, row, column, rect.adjusted(_PAD, 0, -right, 0))
        painter.restore()

    def _paint_field(self, painter: QPainter, row: ConflictRow, area: QRect) -> None:
        top = QRect(area.left(), area.top() + 8, area.width(), 20)
        draw_line(painter, field_name(row.field), self._strong, self._theme.color("text"), top)
        below = QRect(area.left(), area.top() + 27, area.width(), 18)
        tone = self._theme.color("text-tertiary")
        draw_line(painter, row.listing_title, self._small, tone, below)

    def _paint_value(
        self, painter: QPainter, row: ConflictRow, column: Column, area: QRect
    ) -> None:
        words = " ".join(cell_words(row, column).split())
        is_quiet = column is Column.BASE or words == NOT_THERE
        color = self._theme.color("text-secondary" if is_quiet else "text")
        metrics = QFontMetrics(self._text)
        if metrics.horizontalAdvance(words) <= area.width():
            draw_line(painter, words, self._text, color, area)
            return
        first, rest = _broken(words, metrics, area.width())
        upper = QRect(area.left(), area.top() + 8, area.width(), 20)
        draw_line(painter, first, self._text, color, upper)
        lower = QRect(area.left(), area.top() + 27, area.width(), 20)
        draw_line(painter, rest, self._text, color, lower)


def _broken(words: str, metrics: QFontMetrics, width: int) -> tuple[str, str]:
    """The words that fit on the first line, and the rest."""
    first = ""
    for word in words.split(" "):
        longer = f"{first} {word}".strip()
        if metrics.horizontalAdvance(longer) > width:
            break
        first = longer
    return (first, words[len(first) :].strip()) if first else (words, "")


class ConflictsTable(QTableView):
    """``selection_changed`` after each change; ``opened`` on Enter or double click."""

    selection_changed = Signal()
    opened = Signal()

    def __init__(self, theme: Theme, model: ConflictsModel) -> None:
        super().__init__()
        self._conflicts = model
        self.setObjectName("conflicts-table")
        self.setAccessibleName("Conflicts")
        head = TableHeader(theme, frozenset(), _LEFT, self)
        head.setSectionsClickable(False)
        self.setHorizontalHeader(head)
        self.setModel(model)
        self.setItemDelegate(ConflictsDelegate(theme, self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_HEIGHT)
        head.setSelectionModel(QItemSelectionModel(model, self))
        head.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.selectionModel().selectionChanged.connect(self._selected)
        self.selectionModel().currentRowChanged.connect(self._paint_ring)
        self.doubleClicked.connect(self._open)
        theme.changed.connect(self._repaint)

    def selected(self) -> list[ConflictRow]:
        """The selected conflicts, in the order of the table."""
        lines = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._conflicts.rows[line] for line in lines]

    def select_first(self) -> None:
        """Select one line when none is, the one where the last was."""
        if self.selectionModel().hasSelection() or not self._conflicts.rowCount():
            return
        line = min(max(self.currentIndex().row(), 0), self._conflicts.rowCount() - 1)
        flag = QItemSelectionModel.SelectionFlag
        index = self._conflicts.index(line, 0)
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _selected(self) -> None:
        self.selection_changed.emit()

    @Slot(QModelIndex, QModelIndex)
    def _paint_ring(self, current: QModelIndex, previous: QModelIndex) -> None:
        update_row(self, current.row())
        update_row(self, previous.row())

    @Slot()
    def _open(self) -> None:
        self.opened.emit()

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()
