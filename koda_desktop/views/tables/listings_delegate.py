"""Paints the cells of the Listings table.

A screen has three hundred cells and sixteen milliseconds. So a cell asks the model for its row
itself, chips are drawn once and kept as pictures, and cut texts are remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QPolygon
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.sync.rows import ListingRow, ListingState
from koda_desktop.views.format import size
from koda_desktop.views.tables.lines import draw_pill
from koda_desktop.views.tables.listings_columns import COLUMNS, Column
from koda_desktop.views.tables.object_list import Index
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.pill import STATE_BADGES

if TYPE_CHECKING:
    from koda_desktop.views.tables.listings_table import ListingsTable

SIDE = 12
FIRST = 24
_TROUBLED = (ListingState.REFUSED, ListingState.CONFLICT)
_MOST_REMEMBERED = 4_000
_CHIP = 20
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)


class Ink:
    """A font with its measures, and the texts that were cut to a width."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetrics(font)
        self._cut: dict[tuple[str, int], str] = {}

    def cut(self, text: str, width: int) -> str:
        """``text`` as it fits ``width``."""
        found = self._cut.get((text, width))
        if found is None:
            if len(self._cut) > _MOST_REMEMBERED:
                self._cut.clear()
            found = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            self._cut[text, width] = found
        return found

    def width(self, text: str) -> int:
        return self._metrics.horizontalAdvance(text)


class ListingsDelegate(QStyledItemDelegate):
    """One delegate for all columns of ``view``."""

    def __init__(self, theme: Theme, view: ListingsTable) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._model = view.listings
        self._title = Ink(sans(13, QFont.Weight.Medium))
        self._small = Ink(sans(12))
        self._figures = Ink(tabular(sans(13)))
        self._pill = Ink(sans(11, QFont.Weight.Medium))
        self._chips: dict[tuple[str, str, float], QPixmap] = {}
        self._painters: dict[int, Callable[[QPainter, ListingRow, QRect], None]] = {
            Column.TITLE: self._paint_title,
            Column.STATE: self._paint_state,
            Column.PLATFORM: self._paint_platform,
            Column.PRICE: self._paint_price,
            Column.TAGS: self._paint_tags,
        }
        theme.changed.connect(self._forget_chips)

    @Slot()
    def _forget_chips(self) -> None:
        self._chips.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, self._view.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        line, column = index.row(), index.column()
        self._paint_ground(painter, rect, index, line, column)
        row = self._model.row_at(line)
        left = FIRST if column == Column.TITLE else SIDE
        area = rect.adjusted(left, 0, -SIDE, 0)
        if row is None:
            self._paint_blank(painter, area, column)
            return
        if self._model.faults and (row.id, column) in self._model.faults:
            self._paint_fault(painter, rect)
        special = self._painters.get(column)
        if special is not None:
            special(painter, row, area)
        else:
            text = COLUMNS[column].text(row, self._view.now)
            self._write(painter, self._figures, text, "text-secondary", area, column)

    def _paint_ground(
        self, painter: QPainter, rect: QRect, index: Index, line: int, column: int
    ) -> None:
        # The view is asked, not option.state: that would set up all of QStyle before the first row.
        view, theme = self._view, self._theme
        if view.is_cell_selected(index):
            painter.fillRect(rect, theme.color("accent-subtle"))
        elif line == view.hovered or view.picked.holds(line):
            painter.fillRect(rect, theme.color("subtle"))
        edge = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        painter.fillRect(edge, theme.color("separator"))
        if line == view.current_line and view.has_keyboard:
            if column == Column.TITLE:
                mark = QRect(rect.left(), rect.top(), 3, rect.height() - 1)
                painter.fillRect(mark, theme.color("focus"))
            if column == view.current_column:
                painter.setPen(QPen(theme.color("focus"), 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(rect).adjusted(1, 1, -1.5, -2))

    def _paint_fault(self, painter: QPainter, rect: QRect) -> None:
        """A corner that says: something here was not taken in."""
        right, top = rect.right() + 1, rect.top()
        corner = QPolygon([QPoint(right - 9, top), QPoint(right, top), QPoint(right, top + 9)])
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("danger"))
        painter.drawPolygon(corner)
        painter.restore()

    def _paint_blank(self, painter: QPainter, area: QRect, column: int) -> None:
        """A quiet bar where the row is still being read."""
        width = min(area.width(), 180 if column == Column.TITLE else 64)
        painter.fillRect(
            QRect(area.left(), area.center().y() - 4, width, 8), self._theme.color("hover")
        )

    def _write(
        self, painter: QPainter, ink: Ink, text: str, token: str, area: QRect, column: int
    ) -> None:
        painter.setFont(ink.font)
        painter.setPen(self._theme.color(token))
        align = _MIDDLE_RIGHT if COLUMNS[column].is_right else _MIDDLE_LEFT
        painter.drawText(area, align, ink.cut(text, area.width()))

    def _paint_title(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        if self._view.is_compact:
            self._write(painter, self._title, row.title, "text", area, Column.TITLE)
            return
        upper = QRect(area.left(), area.top() + 9, area.width(), 18)
        lower = QRect(area.left(), area.top() + 28, area.width(), 17)
        self._write(painter, self._title, row.title, "text", upper, Column.TITLE)
        words, token = _second_line(row)
        if words:
            self._write(painter, self._small, words, token, lower, Column.TITLE)

    def _paint_state(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        badge = STATE_BADGES[row.state]
        self._draw_chip(painter, badge.text, badge.tone, area)

    def _paint_platform(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        self._draw_chip(painter, row.platform, "", area)

    def _paint_price(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        token = "text" if row.price_minor else "text-secondary"
        text = COLUMNS[Column.PRICE].text(row, self._view.now)
        self._write(painter, self._figures, text, token, area, Column.PRICE)

    def _paint_tags(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        """As many chips as there is room for, then how many more there are."""
        place = QRect(area)
        for number, tag in enumerate(row.tags):
            more = f"+{len(row.tags) - number}"
            width = self._pill.width(tag) + 16
            is_last = number == len(row.tags) - 1
            if width > place.width() - (0 if is_last else self._pill.width(more) + 6):
                self._write(painter, self._small, more, "text-tertiary", place, Column.TAGS)
                return
            self._draw_chip(painter, tag, "neutral", place)
            place.setLeft(place.left() + width + 4)

    def _draw_chip(self, painter: QPainter, text: str, tone: str, area: QRect) -> None:
        """A label at the left of ``area``: filled in ``tone``, or outlined without one."""
        ratio = painter.device().devicePixelRatioF()
        chip = self._chips.get((text, tone, ratio))
        if chip is None:
            if len(self._chips) > _MOST_REMEMBERED:
                self._chips.clear()
            chip = self._chips[text, tone, ratio] = self._make_chip(text, tone, ratio)
        top = area.top() + (area.height() - _CHIP) // 2
        painter.drawPixmap(QPoint(area.left(), top), chip)

    def _make_chip(self, text: str, tone: str, ratio: float) -> QPixmap:
        width = self._pill.width(text) + 17
        chip = QPixmap(QSize(round(width * ratio), round((_CHIP + 1) * ratio)))
        chip.setDevicePixelRatio(ratio)
        chip.fill(QColor(0, 0, 0, 0))
        painter = QPainter(chip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if tone:
            draw_pill(painter, self._theme, text, tone, self._pill.font, 0, _CHIP / 2)
        else:
            self._draw_outline(painter, text, width - 3)
        painter.end()
        return chip

    def _draw_outline(self, painter: QPainter, text: str, width: int) -> None:
        box = QRectF(0.5, 0.5, width, _CHIP - 1)
        painter.setPen(QPen(self._theme.color("outline"), 1))
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(self._pill.font)
        painter.setPen(self._theme.color("text-secondary"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _second_line(row: ListingRow) -> tuple[str, str]:
    """What stands below the title, and the token of its colour."""
    if row.message and row.state in _TROUBLED:
        return row.message, f"{STATE_BADGES[row.state].tone}-text"
    words = f"{row.file_name}  ·  {size(row.file_size)}" if row.file_name else ""
    return words, "text-tertiary"
