"""The course of a period as bars; the one under the mouse or chosen by the arrow keys is told.

Made when the Sales page is first shown: pyqtgraph brings numpy along (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
_HEIGHT = 190

Words = Callable[[Point], str]


class _Axis(pg.AxisItem):  # type: ignore[misc]
    """Numbers written by a function of ours, in the person's locale."""

    def __init__(self, orientation: str, write: Callable[[float], str]) -> None:
        super().__init__(orientation)
        self.write = write
        self.setStyle(tickFont=tabular(sans(11)), tickLength=0)

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        return [self.write(value) for value in values]


class SalesChart(pg.PlotWidget):  # type: ignore[misc]
    """``pointed`` carries the number of the part that is told, -1 for none."""

    pointed = Signal(int)

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
        self.setObjectName("sales-chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(_HEIGHT)
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
        for name in ("left", "bottom"):
            plot.getAxis(name).setPen(None)
        plot.getAxis("bottom").setHeight(24)

    def show_points(
        self, points: Sequence[Point], values: Sequence[int], days: Sequence[str]
    ) -> None:
        """Show ``values``, one for each of ``points``, with ``days`` below them."""
        self._points, self._values, self._days = points, values, days
        self._now = -1
        highest = max([*values, 0])
        lowest = min([*values, 0])
        room = max(highest - lowest, 1_000)
        top = max(highest, lowest + room)
        self.setYRange(lowest - (0.08 * room if lowest else 0), top + 0.08 * room, padding=0)
        self.setXRange(-0.6, max(len(points) - 0.4, 0.6), padding=0)
        self._write_days()
        self._draw()
        self.pointed.emit(-1)

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
        quiet.setAlphaF(0.75)
        brushes = [strong if number == self._now else quiet for number in range(len(self._values))]
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

    def _point(self, number: int) -> None:
        if not -1 <= number < len(self._points) or number == self._now:
            return
        self._now = number
        self._draw()
        self.pointed.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        number = round(self.getPlotItem().vb.mapSceneToView(event.position()).x())
        self._point(number if 0 <= number < len(self._points) else -1)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._points) - 1
        steps = {
            Qt.Key.Key_Left: max(self._now - 1, 0),
            Qt.Key.Key_Right: min(self._now + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
            Qt.Key.Key_Escape: -1,
        }
        number = steps.get(Qt.Key(event.key()))
        if number is None or not self._points:
            QWidget.keyPressEvent(self, event)
        else:
            self._point(number)

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
