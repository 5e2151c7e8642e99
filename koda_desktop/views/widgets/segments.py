"""A segmented control: one choice of a few, moved through with the arrow keys.

Choices without room are left out; how many stands after the others, and opens a menu of all.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 30
_PADDING = 12
_GAP = 6
_TIGHT = 7
_FITS = ((True, _PADDING), (True, _TIGHT), (False, _PADDING), (False, _TIGHT))
"""Whether the figures are shown, and the air at the sides of each choice; the best first."""
_NOWHERE = -1
_OPENING = (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Segments(QWidget):
    """Choices in a row. ``chosen`` carries the index a person picked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, texts: Sequence[str], name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self._texts = list(texts)
        self._counts: list[str] = [""] * len(texts)
        self._current = 0
        self._hover = _NOWHERE
        self._has_room = True
        self._padding = _PADDING
        self._shown = range(len(texts))
        """The choices that there is room for."""
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._spoken = spoken
        self.setFont(tabular(sans(13)))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self._widths = self._measure()
        self._announce()
        theme.changed.connect(self._repaint)

    @property
    def current(self) -> int:
        return self._current

    @property
    def texts(self) -> Sequence[str]:
        return self._texts

    def set_current(self, index: int) -> None:
        """Mark ``index`` without telling anyone."""
        if index == self._current:
            return
        self._current = index
        self._announce()
        self._fit()
        self.update()

    def set_texts(self, texts: Sequence[str]) -> None:
        """Other choices; the figures behind them are to be set anew."""
        if list(texts) != self._texts:
            self._texts = list(texts)
            self._counts = [""] * len(texts)
            self._current = min(self._current, len(texts) - 1)
            self._announce()
            self._show_anew()

    def set_counts(self, counts: Sequence[str]) -> None:
        """A figure behind each choice; empty for none."""
        if list(counts) != self._counts:
            self._counts = list(counts)
            self._show_anew()

    def _show_anew(self) -> None:
        self._fit()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        words = [*self._texts, *(count for count in self._counts if count)]
        figures = sum(bool(count) for count in self._counts)
        width = sum(metrics.horizontalAdvance(word) for word in words)
        return QSize(width + _GAP * figures + 2 * _PADDING * len(self._texts) + 4, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, _HEIGHT)

    def _measure(self) -> list[int]:
        metrics = QFontMetrics(self.font())
        widths = []
        for text, count in zip(self._texts, self._counts, strict=True):
            extra = metrics.horizontalAdvance(count) + _GAP if count and self._has_room else 0
            widths.append(metrics.horizontalAdvance(text) + extra + 2 * self._padding)
        return widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is no room, the air around the words goes first, then the figures.

        Where that is not enough, what would be cut is left out, but never the current choice.
        """
        for self._has_room, self._padding in _FITS:
            self._widths = self._measure()
            if sum(self._widths) + 4 <= self.width():
                self._shown = range(len(self._widths))
                break
        else:
            self._shown = self._in_room(self.width() - 4 - self._rest_width())
        self._announce_rest()

    def _in_room(self, room: int) -> range:
        """The first choices, or those before the current one, as far as there is ``room``."""
        first, here = 0, self._current
        self._widths[here] = min(self._widths[here], max(room, 0))
        while sum(self._widths[first : here + 1]) > room and first < here:
            first += 1
        end = here + 1
        while end < len(self._widths) and sum(self._widths[first : end + 1]) <= room:
            end += 1
        return range(first, end)

    @property
    def _left_out(self) -> int:
        return len(self._texts) - len(self._shown)

    def _rest_words(self, number: int) -> str:
        return f"{number} more"

    def _rest_width(self) -> int:
        widest = self._rest_words(len(self._texts))
        return QFontMetrics(self.font()).horizontalAdvance(widest) + 2 * self._padding

    def _area(self, index: int) -> QRectF:
        """Where a choice stands; that of the first one past the end is the way to the others."""
        left = 2 + sum(self._widths[self._shown.start : min(index, self._shown.stop)])
        is_rest = index == len(self._texts)
        width = self._rest_width() if is_rest else self._widths[index]
        return QRectF(left, (self.height() - _HEIGHT) / 2 + 2, width, _HEIGHT - 4)

    def _in_sight(self) -> list[int]:
        return [*self._shown, *([len(self._texts)] if self._left_out else [])]

    def _at(self, x: float) -> int:
        areas = ((index, self._area(index)) for index in self._in_sight())
        return next((n for n, area in areas if area.left() <= x < area.right()), _NOWHERE)

    def _pick(self, index: int) -> None:
        if 0 <= index < len(self._texts) and index != self._current:
            self.set_current(index)
            self.chosen.emit(index)

    def _announce(self) -> None:
        self.setAccessibleName(f"{self._spoken}: {self._texts[self._current]}")

    def _announce_rest(self) -> None:
        number = self._left_out
        words = f"{self._rest_words(number)}. Down opens a menu of all." if number else ""
        if words != self.accessibleDescription():
            self.setAccessibleDescription(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._pick(self._current + step)
        elif self._left_out and event.key() in _OPENING:
            self._open_all()
        else:
            super().keyPressEvent(event)

    def _open_all(self) -> None:
        """A menu of all choices under the words that say how many are left out."""
        from koda_desktop.views.window_menu import rounded_menu

        menu = rounded_menu(self)
        menu.setObjectName(f"{self.objectName()}-all")
        menu.setAccessibleName(self._spoken)
        menu.aboutToHide.connect(menu.deleteLater)
        for index, (text, count) in enumerate(zip(self._texts, self._counts, strict=True)):
            words = text.replace("&", "&&") + (f"\t{count}" if count else "")
            action = menu.addAction(words, partial(self._pick, index))
            action.setCheckable(True)
            if index == self._current:
                action.setChecked(True)
                action.setIcon(self._theme.icon("check", "accent-text", 16))
        corner = QPoint(round(self._area(len(self._texts)).left()), self.height() + 2)
        menu.popup(self.mapToGlobal(corner))
        menu.setActiveAction(menu.actions()[self._current])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().x())
        if at == len(self._texts):
            self._open_all()
        else:
            self._pick(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event.position().x()))

    def leaveEvent(self, event: object) -> None:
        self._point_at(_NOWHERE)

    def _point_at(self, index: int) -> None:
        if index != self._hover:
            self._hover = index
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        top = (self.height() - _HEIGHT) / 2
        right = self._area(self._in_sight()[-1]).right() + 2
        painter.drawRoundedRect(QRectF(0, top, right, _HEIGHT), 7, 7)
        for index in self._shown:
            self._paint_one(painter, index)
        if self._left_out:
            self._paint_rest(painter, len(self._texts))

    def _paint_rest(self, painter: QPainter, index: int) -> None:
        is_pointed = index == self._hover
        painter.setPen(self._theme.color("text" if is_pointed else "text-tertiary"))
        words = self._rest_words(self._left_out)
        painter.drawText(self._area(index), Qt.AlignmentFlag.AlignCenter, words)

    def _paint_one(self, painter: QPainter, index: int) -> None:
        area = self._area(index)
        is_current = index == self._current
        if is_current:
            self._paint_ground(painter, area)
        token = "text" if is_current or index == self._hover else "text-secondary"
        painter.setPen(self._theme.color(token))
        painter.setFont(self.font())
        inner = area.adjusted(self._padding, 0, -self._padding, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        text = self._texts[index]
        if not self._has_room:
            # Letters end between pixels; only the current choice can be too wide for its place.
            right, room = Qt.TextElideMode.ElideRight, round(inner.width()) + 1
            text = QFontMetrics(self.font()).elidedText(text, right, room)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, text)
        if not self._has_room:
            return
        painter.setPen(self._theme.color("text-tertiary"))
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, self._counts[index])

    def _paint_ground(self, painter: QPainter, area: QRectF) -> None:
        focused = self.hasFocus()
        edge = self._theme.color("focus" if focused else "outline")
        painter.setPen(QPen(edge, 2 if focused else 1))
        ground = "pressed" if self._theme.is_dark else "canvas"
        painter.setBrush(self._theme.color(ground))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    @Slot()
    def _repaint(self) -> None:
        self.update()
