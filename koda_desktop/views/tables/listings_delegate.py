"""Paints the cells of the Listings table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.sync.rows import ListingRow, ListingState
from koda_desktop.views.format import size
from koda_desktop.views.tables.lines import draw_line, draw_pill, draw_separator
from koda_desktop.views.tables.listings_model import ROW_ROLE, Column
from koda_desktop.views.tables.object_list import Index
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.pill import STATE_BADGES

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_table import ListingsTable

_SIDE = 12
_FIRST = 24
_TROUBLED = (ListingState.REFUSED, ListingState.CONFLICT)


class ListingsDelegate(QStyledItemDelegate):
    """One delegate for all columns of ``view``."""

    def __init__(self, theme: Theme, view: ListingsTable) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._title = sans(13, QFont.Weight.Medium)
        self._text = sans(13)
        self._small = sans(12)
        self._figures = tabular(sans(13))
        self._pill = sans(11, QFont.Weight.Medium)
        self._painters = {
            Column.TITLE: self._paint_title,
            Column.STATE: self._paint_state,
            Column.PLATFORM: self._paint_platform,
            Column.CATEGORY: self._paint_text,
            Column.PRICE: self._paint_price,
            Column.UPDATED: self._paint_text,
        }

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._view.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, rect, index)
        draw_separator(painter, self._theme, rect)
        row: ListingRow | None = index.data(ROW_ROLE)
        left = _FIRST if index.column() == Column.TITLE else _SIDE
        if row is None:
            self._paint_blank(painter, rect.adjusted(left, 0, -_SIDE, 0), index)
        else:
            area = rect.adjusted(left, 0, -_SIDE, 0)
            self._painters[Column(index.column())](painter, row, area, index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, rect: QRect, index: Index) -> None:
        # The view is asked, not option.state: that would set up all of QStyle before the first row.
        if self._view.selectionModel().isSelected(index):
            painter.fillRect(rect, self._theme.color("accent-subtle"))
        elif index.row() == self._view.hovered:
            painter.fillRect(rect, self._theme.color("subtle"))
        is_current = index.column() == Column.TITLE and index == self._view.currentIndex()
        if is_current and self._view.hasFocus():
            mark = QRect(rect.left(), rect.top(), 3, rect.height() - 1)
            painter.fillRect(mark, self._theme.color("focus"))

    def _paint_blank(self, painter: QPainter, area: QRect, index: Index) -> None:
        """A quiet bar where the row is still being read."""
        width = min(area.width(), 180 if index.column() == Column.TITLE else 64)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        bar = QRectF(area.left(), area.center().y() - 4, width, 8)
        painter.drawRoundedRect(bar, 4, 4)

    def _paint_title(self, painter: QPainter, row: ListingRow, area: QRect, index: Index) -> None:
        text = self._theme.color("text")
        if self._view.is_compact:
            draw_line(painter, row.title, self._title, text, area)
            return
        upper = QRect(area.left(), area.top() + 9, area.width(), 18)
        lower = QRect(area.left(), area.top() + 28, area.width(), 17)
        draw_line(painter, row.title, self._title, text, upper)
        words, color = self._second_line(row)
        draw_line(painter, words, self._small, color, lower)

    def _second_line(self, row: ListingRow) -> tuple[str, QColor]:
        if row.message and row.state in _TROUBLED:
            return row.message, self._theme.color(f"{STATE_BADGES[row.state].tone}-text")
        words = f"{row.file_name}  ·  {size(row.file_size)}" if row.file_name else ""
        return words, self._theme.color("text-tertiary")

    def _paint_state(self, painter: QPainter, row: ListingRow, area: QRect, index: Index) -> None:
        badge = STATE_BADGES[row.state]
        middle = QRectF(area).center().y()
        draw_pill(painter, self._theme, badge.text, badge.tone, self._pill, area.left(), middle)

    def _paint_platform(
        self, painter: QPainter, row: ListingRow, area: QRect, index: Index
    ) -> None:
        width = QFontMetrics(self._pill).horizontalAdvance(row.platform) + 14
        box = QRectF(area.left() + 0.5, QRectF(area).center().y() - 10, width, 20)
        painter.setPen(QPen(self._theme.color("outline"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(self._pill)
        painter.setPen(self._theme.color("text-secondary"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, row.platform)

    def _paint_price(self, painter: QPainter, row: ListingRow, area: QRect, index: Index) -> None:
        right = Qt.AlignmentFlag.AlignRight
        color = self._theme.color("text" if row.price_minor else "text-secondary")
        draw_line(painter, str(index.data()), self._figures, color, area, right)

    def _paint_text(self, painter: QPainter, row: ListingRow, area: QRect, index: Index) -> None:
        text = str(index.data() or "")
        draw_line(painter, text, self._figures, self._theme.color("text-secondary"), area)
