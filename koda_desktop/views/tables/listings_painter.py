"""Paints the lines of the Listings table.

A frame has four milliseconds. So a line is painted in one go, and not cell by cell through a
delegate; a cell asks the model for its row itself, chips are drawn once and kept as pictures, cut
texts are remembered, and text is put at a point, which costs less than laying it out in a box.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap, QPolygon

from koda_desktop.sync.rows import ListingRow, ListingState
from koda_desktop.views.format import size
from koda_desktop.views.tables.lines import draw_pill, fill
from koda_desktop.views.tables.listings_columns import COLUMNS, Column, price_words
from koda_desktop.views.tables.listings_layout import Cell
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
_EDGE = 0.35
"""Seen through, so that it stands out from the ground of a selected line, too."""


class Ink:
    """A font with its measures, and the texts that were cut to a width."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self._metrics = QFontMetrics(font)
        self._height, self._ascent = self._metrics.height(), self._metrics.ascent()
        self._advances: dict[str, int] = {}
        self._cut: dict[tuple[str, int], str] = {}

    def cut(self, text: str, width: int) -> str:
        """``text`` as it fits ``width``."""
        found = self._cut.get((text, width))
        if found is None:
            if len(self._cut) > _MOST_REMEMBERED:
                self._cut.clear()
            found = self._cut[text, width] = self._made_to_fit(text, width)
        return found

    def _made_to_fit(self, text: str, width: int) -> str:
        # Letters added up are no less than the text, and need not be shaped for that.
        if text.isascii() and sum(map(self.width, text)) <= width:
            return text
        return self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)

    def width(self, text: str) -> int:
        """How wide ``text`` is: a letter, or something as short that is asked for often."""
        found = self._advances.get(text)
        if found is None:
            if len(self._advances) > _MOST_REMEMBERED:
                self._advances.clear()
            found = self._advances[text] = self._metrics.horizontalAdvance(text)
        return found

    def baseline(self, top: int, height: int) -> int:
        """Where a line of text stands that is in the middle of so many pixels."""
        return top + (height - self._height) // 2 + self._ascent


class ListingsPainter(QObject):
    """Paints all columns of ``view``."""

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

    def paint(self, painter: QPainter, exposed: QRect, every: Sequence[Cell]) -> None:
        """The ground and the lines in this part of the view, of these columns."""
        fill(painter, exposed, self._theme.color("canvas"))
        view, left, right = self._view, exposed.left(), exposed.right()
        cells = [one for one in every if one.left <= right and one.end > left]
        line, lines = view.rowAt(exposed.top()), self._model.rowCount()
        top = view.rowViewportPosition(line)
        while cells and 0 <= line < lines and top <= exposed.bottom():
            self._paint_line(painter, line, cells, top)
            line += 1
            top += view.row_height

    def _paint_line(self, painter: QPainter, line: int, cells: Sequence[Cell], top: int) -> None:
        """Some cells of one line, which stand side by side."""
        height = self._view.row_height
        self._paint_ground(painter, line, cells, top)
        row = self._model.row_at(line)
        for column, left, width in cells:
            before = FIRST if column == Column.TITLE else SIDE
            area = QRect(left + before, top, width - before - SIDE, height)
            if row is None:
                self._paint_blank(painter, area, column)
                continue
            if self._model.faults and (row.id, column) in self._model.faults:
                self._paint_fault(painter, left + width, top)
            special = self._painters.get(column)
            if special is not None:
                special(painter, row, area)
            else:
                text = COLUMNS[column].text(row, self._view.now)
                self._write(painter, self._figures, text, "text-secondary", area, column)

    def _paint_ground(self, painter: QPainter, line: int, cells: Sequence[Cell], top: int) -> None:
        view, theme, height = self._view, self._theme, self._view.row_height
        whole = QRect(cells[0].left, top, cells[-1].end - cells[0].left, height)
        is_held = view.is_line_selected(line)
        if is_held or line == view.hovered:
            fill(painter, whole, theme.color("subtle"))
        if is_held:
            for column, left, width in cells:
                if view.is_cell_selected(self._model.index(line, column)):
                    fill(painter, QRect(left, top, width, height), theme.color("accent-subtle"))
        line_below = QRect(whole.left(), whole.bottom(), whole.width(), 1)
        fill(painter, line_below, theme.color("separator"))
        if line == view.current_line and view.has_keyboard:
            self._paint_focus(painter, cells, top)

    def _paint_focus(self, painter: QPainter, cells: Sequence[Cell], top: int) -> None:
        """A mark at the current line, and a ring around the current cell."""
        view, height, color = self._view, self._view.row_height, self._theme.color("focus")
        for column, left, width in cells:
            if column == Column.TITLE:
                fill(painter, QRect(left, top, 3, height - 1), color)
            if column == view.current_column:
                painter.setPen(QPen(color, 1.5))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(left, top, width, height).adjusted(1, 1, -1.5, -2))

    def _paint_fault(self, painter: QPainter, right: int, top: int) -> None:
        """A corner that says: something here was not taken in."""
        corner = QPolygon([QPoint(right - 9, top), QPoint(right, top), QPoint(right, top + 9)])
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("danger"))
        painter.drawPolygon(corner)
        painter.restore()

    def _paint_blank(self, painter: QPainter, area: QRect, column: int) -> None:
        """A quiet bar where the row is still being read."""
        width = min(area.width(), 180 if column == Column.TITLE else 64)
        bar = QRect(area.left(), area.center().y() - 4, width, 8)
        fill(painter, bar, self._theme.color("hover"))

    def _write(
        self, painter: QPainter, ink: Ink, text: str, token: str, area: QRect, column: int
    ) -> None:
        width = area.width()
        cut, left = ink.cut(text, width), area.left()
        if COLUMNS[column].is_right:
            left += width - ink.width(cut)
        painter.setFont(ink.font)
        painter.setPen(self._theme.color(token))
        painter.drawText(left, ink.baseline(area.top(), area.height()), cut)

    def _paint_title(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        # Qt leaves a line break out, and the words beside it would be one.
        title = row.title.replace("\n", " ")
        if self._view.is_compact:
            self._write(painter, self._title, title, "text", area, Column.TITLE)
            return
        width = area.width()
        upper = QRect(area.left(), area.top() + 9, width, 18)
        lower = QRect(area.left(), area.top() + 28, width, 17)
        self._write(painter, self._title, title, "text", upper, Column.TITLE)
        words, token = _second_line(row, lambda whole: self._small.cut(whole, width) == whole)
        if words:
            self._write(painter, self._small, words, token, lower, Column.TITLE)

    def _paint_state(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        badge = STATE_BADGES[row.state]
        self._draw_chip(painter, badge.text, badge.tone, area)

    def _paint_platform(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        if row.platform:
            self._draw_chip(painter, row.platform, "", area)

    def _paint_price(self, painter: QPainter, row: ListingRow, area: QRect) -> None:
        token = "text" if row.price_minor else "text-secondary"
        self._write(painter, self._figures, price_words(row), token, area, Column.PRICE)

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
        painter.drawPixmap(area.left(), area.top() + (area.height() - _CHIP) // 2, chip)

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
        edge = QColor(self._theme.color("text-secondary"))
        edge.setAlphaF(_EDGE)
        painter.setPen(QPen(edge, 1))
        painter.drawRoundedRect(box, 5, 5)
        painter.setFont(self._pill.font)
        painter.setPen(self._theme.color("text-secondary"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _second_line(row: ListingRow, fits: Callable[[str], bool]) -> tuple[str, str]:
    """What stands below the title, and the token of its colour: no size that would be cut."""
    if row.message and row.state in _TROUBLED:
        return row.message, f"{STATE_BADGES[row.state].tone}-text"
    whole = f"{row.file_name}  ·  {size(row.file_size)}" if row.file_name else ""
    return whole if fits(whole) else row.file_name, "text-tertiary"
