"""A segmented control: one choice of a few, moved through with the arrow keys."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
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


class Segments(QWidget):
    """Choices in a row. ``chosen`` carries the index a person picked."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, texts: Sequence[str], name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self._texts = list(texts)
        self._counts: list[str] = [""] * len(texts)
        self._current = 0
        self._hover = -1
        self._has_room = True
        self._padding = _PADDING
        self._shift = 0
        """Pixels that the choices are moved to the left, for the current one to be in sight."""
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
                break
        first, end = 0, self._current + 1
        while first < self._current and sum(self._widths[first:end]) + 4 > self.width():
            first += 1
        self._shift = sum(self._widths[:first])

    def _is_whole(self, index: int) -> bool:
        area = self._area(index)
        return area.left() >= 0 and area.right() <= self.width()

    def _area(self, index: int) -> QRectF:
        left = 2 + sum(self._widths[:index]) - self._shift
        top = (self.height() - _HEIGHT) / 2 + 2
        return QRectF(left, top, self._widths[index], _HEIGHT - 4)

    def _at(self, x: float) -> int:
        for index in range(len(self._texts)):
            area = self._area(index)
            if area.left() <= x < area.right():
                return index if self._is_whole(index) else -1
        return -1

    def _pick(self, index: int) -> None:
        if 0 <= index < len(self._texts) and index != self._current:
            self.set_current(index)
            self.chosen.emit(index)

    def _announce(self) -> None:
        self.setAccessibleName(f"{self._spoken}: {self._texts[self._current]}")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._pick(self._current + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pick(self._at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = self._at(event.position().x())
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = -1
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        top = (self.height() - _HEIGHT) / 2
        shown = [index for index in range(len(self._texts)) if self._is_whole(index)]
        left = self._area(shown[0]).left() - 2 if shown else 0
        right = self._area(shown[-1]).right() + 2 if shown else self.width()
        painter.drawRoundedRect(QRectF(left, top, right - left, _HEIGHT), 7, 7)
        for index in shown:
            self._paint_one(painter, index)

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
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignLeft, self._texts[index])
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
