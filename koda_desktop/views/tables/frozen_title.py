"""The title column stays in sight while the others are scrolled sideways.

Two sheets lie over the table and its head where the titles were, painted by the same painter and
the same head. They are made when the table is first scrolled sideways and hidden when it is not, so
that neither the first paint nor scrolling up and down pays for them. The mouse goes through the one
over the lines: the table itself knows that what is there is the title.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import fill
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_layout import Cell
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_table import ListingsTable

_SHADE = 6
_MOST = 0.6
"""Of the table's width: a wider title is scrolled with the others."""


class FrozenTitle(QWidget):
    """Over the lines; ``place`` shows it where there is something to keep in sight."""

    def __init__(self, theme: Theme, table: ListingsTable) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._head = table.head.cover = _FrozenHead(table.head)
        self._hole = QRect()
        self.covered = 0
        """How many pixels at the left of the lines are the title's, 0 while nothing is covered."""
        self.setObjectName("listings-frozen")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        table.head.sectionResized.connect(self.place)

    @Slot()
    def place(self) -> None:
        """Cover the titles' place while others would stand there."""
        left, width = self._table.head.span(Column.TITLE)
        is_needed = left < 0 and width < self._table.width() * _MOST
        width = self.covered = width if is_needed else 0
        self.setVisible(width > 0)
        self._head.setVisible(width > 0)
        if width:
            area = self._table.viewport().geometry()
            self.setGeometry(area.left(), area.top(), width + _SHADE, area.height())
            self._head.setGeometry(0, 0, width, self._table.head.height())
            self._cut()
            self.update()

    def keep_in_sight(self, column: int, before: int) -> None:
        """After a cell was scrolled to: have it beside the title, not under it.

        ``before`` is how far the table was scrolled sideways: for a title it need not be.
        """
        bar = self._table.horizontalScrollBar()
        if column == Column.TITLE:
            bar.setValue(before if self.covered or before else bar.value())
        else:
            hidden = self.covered - self._table.columnViewportPosition(column)
            bar.setValue(bar.value() - max(hidden, 0))

    def uncover(self, hole: QRect) -> None:
        """Let what stands at ``hole``, a place of the lines, be seen and used."""
        self._hole = hole
        self._cut()

    def _cut(self) -> None:
        if self._hole.isEmpty():
            self.clearMask()
        else:
            self.setMask(QRegion(self.rect()).subtracted(QRegion(self._hole)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        width = self.width() - _SHADE
        lines = QRect(0, 0, width, self.height())
        self._table.paint_lines(painter, lines, [Cell(Column.TITLE, 0, width)])
        self._paint_edge(painter, width)

    def _paint_edge(self, painter: QPainter, left: int) -> None:
        fill(painter, QRect(left - 1, 0, 1, self.height()), self._theme.color("separator"))
        for step in range(_SHADE):
            shade = QColor(0, 0, 0, 20 - step * 20 // _SHADE)
            fill(painter, QRect(left + step, 0, 1, self.height()), shade)


class _FrozenHead(QWidget):
    """Over the head: its first column, wherever the others are."""

    def __init__(self, head: TableHeader) -> None:
        super().__init__(head)
        self._head = head
        self.setObjectName("listings-frozen-head")
        head.sorted_anew.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._head.paintSection(painter, self.rect(), Column.TITLE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(at):
            is_more = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._head.column_pressed.emit(Column.TITLE, is_more)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._head.menu_asked.emit(Column.TITLE, event.globalPos())
