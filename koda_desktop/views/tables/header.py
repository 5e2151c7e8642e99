"""The head of a table: quiet words, and an arrow on the column it is sorted by."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from koda_desktop.views.tables.lines import draw_line
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 36


class TableHeader(QHeaderView):
    """Painted whole, because a styled header costs a style pass per section."""

    def __init__(
        self, theme: Theme, right: frozenset[int], first_left: int, parent: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._right = right
        self._first_left = first_left
        self._font = sans(12, QFont.Weight.Medium)
        self.setSectionsClickable(True)
        self.setSortIndicatorShown(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(64)

    def sizeHint(self) -> QSize:
        # Qt's own asks the model for the words of every column, a hundred times before the paint.
        return QSize(self.length(), _HEIGHT)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        painter.fillRect(rect, self._theme.color("canvas"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(line, self._theme.color("separator"))
        left = self._first_left if section == 0 else 12
        area = rect.adjusted(left, 0, -12, 0)
        self._paint_words(painter, area, section)
        painter.restore()

    def _paint_words(self, painter: QPainter, area: QRect, section: int) -> None:
        text = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        is_sorted = self.sortIndicatorSection() == section
        color = self._theme.color("text" if is_sorted else "text-secondary")
        align = Qt.AlignmentFlag.AlignLeft
        if section in self._right:
            align = Qt.AlignmentFlag.AlignRight
        draw_line(painter, text, self._font, color, area, align)
        if is_sorted:
            width = QFontMetrics(self._font).horizontalAdvance(text)
            end = area.right() - width - 16 if section in self._right else area.left() + width + 4
            self._paint_arrow(painter, end, area.center().y())

    def _paint_arrow(self, painter: QPainter, left: int, middle: int) -> None:
        down = self.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
        name = "chevron-down" if down else "chevron-up"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(left, middle - 6, self._theme.pixmap(name, "text", 12, ratio))
