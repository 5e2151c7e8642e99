"""The course of a period as bars; those under the mouse or chosen by the arrow keys are told.

Loaded once the Sales page is first painted: pyqtgraph brings numpy along, half a second and 50 MiB
(docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from koda_desktop.sync.sales.rows import Point
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

_WIDTH = 0.72
"""Of a bar, where two bars stand one apart."""
_LABEL_WIDTH = 72
"""Pixels that a day below the bars takes, with air around it."""
_ROOM = (6, 4, 4, 0)
"""Between the picture and the keyboard's ring, clockwise from the left."""

Words = Callable[[Point], str]


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Numbers written by a function of ours, in the person's locale."""

    def __init__(self, orientation: str, write: Callable[[float], str]) -> None:
        super().__init__(orientation)
        self.write = write
        self.setStyle(tickFont=tabular(sans(11)), tickLength=0)

    def generateDrawSpecs(self, p: Any) -> Any:
        # A mark of no length is still a dot, in a colour that is no theme's.
        specs = super().generateDrawSpecs(p)
        return (specs[0], specs[1] if self.grid else [], specs[2]) if specs else specs

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self.write(value) for value in values]


class SalesChart(pg.PlotWidget):  # type: ignore[misc]
    """One bar is told, or the bars from one to another: Shift with the arrow keys, or dragging."""

    pointed = Signal(int, int)
    """The numbers of the first and the last bar that are told; -1 twice for none."""
    range_chosen = Signal(int, int)
    """Enter, or the mouse let go, over more than one bar: show these alone."""

    # Qt asks for a size while the view is still being made.
    _days: Sequence[str] = ()

    def __init__(self, theme: Theme, write: Callable[[float], str]) -> None:
        bottom = _Axis("bottom", self._day)
        left = _Axis("left", write)
        super().__init__(axisItems={"bottom": bottom, "left": left})
        self._theme = theme
        self._points: Sequence[Point] = ()
        self._values: Sequence[int] = ()
        self._now = -1
        self._anchor = -1
        """Where a range began; where there is none, the bar itself."""
        self.setObjectName("sales-chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._bars = pg.BarGraphItem(x=[], height=[], width=_WIDTH)
        self._make_plain()
        self.addItem(self._bars)
        self.setMouseTracking(True)
        theme.changed.connect(self._colour)
        self._colour()

    def _make_plain(self) -> None:
        """A picture to read, not an instrument: nothing zooms, drags or opens a menu."""
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.showGrid(x=False, y=True, alpha=0.25)
        plot.getViewBox().setDefaultPadding(0.0)
        plot.setContentsMargins(*_ROOM)
        for name in ("left", "bottom"):
            plot.getAxis(name).setPen(None)
        plot.getAxis("bottom").setHeight(24)

    def show_points(
        self, points: Sequence[Point], values: Sequence[int], days: Sequence[str]
    ) -> None:
        """Show ``values``, one for each of ``points``, with ``days`` below them."""
        self._points, self._values, self._days = points, values, days
        self._now = self._anchor = -1
        highest = max([*values, 0])
        lowest = min([*values, 0])
        room = max(highest - lowest, 1_000)
        top = max(highest, lowest + room)
        self.setYRange(lowest - (0.08 * room if lowest else 0), top + 0.08 * room, padding=0)
        self.setXRange(-0.6, max(len(points) - 0.4, 0.6), padding=0)
        self._write_days()
        self._draw()
        self.pointed.emit(-1, -1)

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if self._days:
            self._write_days()

    def _write_days(self) -> None:
        """As many days below the bars as have room."""
        most = max(1, self.width() // _LABEL_WIDTH)
        every = max(1, -(-len(self._days) // most))
        ticks = [(n, day) for n, day in enumerate(self._days) if n % every == every // 2]
        self.getPlotItem().getAxis("bottom").setTicks([ticks])

    def _day(self, value: float) -> str:
        number = round(value)
        return self._days[number] if 0 <= number < len(self._days) else ""

    def _draw(self) -> None:
        accent, strong = self._theme.color("accent"), self._theme.color("accent-hover")
        quiet = QColor(accent)
        first, last = self._range()
        quiet.setAlphaF(0.75 if first < 0 else 0.45)
        brushes = [strong if first <= n <= last else quiet for n in range(len(self._values))]
        self._bars.setOpts(
            x=list(range(len(self._values))),
            height=list(self._values),
            width=_WIDTH,
            brushes=brushes,
            pen=None,
        )

    @Slot()
    def _colour(self) -> None:
        self.setBackground(self._theme.color("canvas"))
        for name in ("left", "bottom"):
            self.getPlotItem().getAxis(name).setTextPen(self._theme.color("text-tertiary"))
        self._draw()

    # -- pointing --

    def _range(self) -> tuple[int, int]:
        """The bars that are told, the first and the last; -1 twice for none."""
        if self._now < 0:
            return -1, -1
        return min(self._now, self._anchor), max(self._now, self._anchor)

    def _point(self, number: int, *, is_range: bool = False) -> None:
        """Tell the bar ``number``, or all from where a range began to it."""
        if not -1 <= number < len(self._points):
            return
        before = self._range()
        self._now = number
        if not is_range or self._anchor < 0:
            self._anchor = number
        if self._range() != before:
            self._draw()
            self.pointed.emit(*self._range())

    def _choose_range(self) -> None:
        first, last = self._range()
        if first < last:
            self.range_chosen.emit(first, last)

    def _bar_at(self, event: QMouseEvent) -> int:
        number = round(self.getPlotItem().vb.mapSceneToView(event.position()).x())
        return number if 0 <= number < len(self._points) else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point(self._bar_at(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        is_range = bool(event.buttons() & Qt.MouseButton.LeftButton)
        number = self._bar_at(event)
        if number >= 0 or not is_range:
            self._point(number, is_range=is_range)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose_range()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        last = len(self._points) - 1
        steps = {
            Qt.Key.Key_Left: max(self._now - 1, 0),
            Qt.Key.Key_Right: min(self._now + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }
        is_escaped = key is Qt.Key.Key_Escape and self._now < 0
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose_range()
        elif key not in steps or not self._points or is_escaped:
            QWidget.keyPressEvent(self, event)
        else:
            is_range = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._point(steps[key], is_range=is_range and steps[key] >= 0)

    def drawForeground(self, painter: QPainter, rect: object) -> None:
        """A ring for the keyboard."""
        super().drawForeground(painter, rect)
        if not self.hasFocus():
            return
        painter.save()
        painter.resetTransform()
        painter.setPen(QPen(self._theme.color("focus"), 2))
        painter.drawRoundedRect(self.viewport().rect().adjusted(1, 1, -2, -2), 6, 6)
        painter.restore()
