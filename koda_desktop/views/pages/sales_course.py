"""The course of a period on the Sales page: its bars, and beside them what sold best.

The bars come in a moment after the rest, and their place is kept free: what draws them takes four
times as long to load as the page to be painted (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from koda_desktop.controllers.sales import Shown
from koda_desktop.models.periods import Period, Step
from koda_desktop.sync.sales.rows import BestProduct, Point, Sums
from koda_desktop.views.format import count, counted, money, round_money
from koda_desktop.views.sales_words import bucket_words, period_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workspace.sales import Overview

if TYPE_CHECKING:
    from koda_desktop.views.widgets.sales_chart import SalesChart

_STEPS = (Step.DAY, Step.WEEK, Step.MONTH)
_MOST_BEST = 6
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BEST_WIDTH = 290
_CHART_HEIGHT = 190
"""Pixels that are kept free for the bars."""


def load_chart() -> None:
    """Import what draws the bars: half a second, the first time in a process.

    On any thread, once ``qt_types.make_all`` has run on the window's.
    """
    import koda_desktop.views.widgets.sales_chart  # noqa: F401


class SalesCourse(QWidget):
    """Shows the points of an overview; some of them can be chosen as a period of their own."""

    step_chosen = Signal(object)
    """A Step."""
    period_chosen = Signal(object)
    """A Period: the days of the bars that were chosen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: Sequence[Point] = ()
        self._shown: Shown | None = None
        self._is_known = False
        self._code = "EUR"
        self._steps = Segments(theme, ("Day", "Week", "Month"), "sales-step", "Bars for each")
        self._pointed = ElidedLabel("", "hint")
        self._pointed.setObjectName("sales-pointed")
        self._enter = label("Enter shows these", "hint", name="sales-enter")
        self._enter.hide()
        self._chart: SalesChart | None = None
        self._unread = label("", "hint", name="sales-unread")
        self._unread.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = QStackedWidget()
        self._place.addWidget(self._unread)
        self._place.setFixedHeight(_CHART_HEIGHT)
        self._best = QGridLayout()
        self._best.setVerticalSpacing(9)
        self._best.setHorizontalSpacing(14)
        self._best.setColumnStretch(0, 1)
        self._lay_out()
        self._steps.chosen.connect(self._choose_step)

    def _lay_out(self) -> None:
        head = row(label("Gross", "section"), self._pointed, self._enter, self._steps, gap=12)
        head.setStretch(1, 1)
        best_head = label("Sold best", "section")
        best_head.setFixedHeight(30)
        self._best_part = holder(column(best_head, self._best, None, gap=6))
        self._best_part.setFixedWidth(_BEST_WIDTH)
        made = row(holder(column(head, self._place, gap=6)), self._best_part, gap=28)
        made.setStretch(0, 1)
        self.setLayout(made)

    def set_narrow(self, is_narrow: bool) -> None:
        """The best products give way where there is little room."""
        self._best_part.setVisible(not is_narrow)

    def make_chart(self) -> None:
        """Put the bars in their place. Imports what ``load_chart`` does."""
        from koda_desktop.views.widgets.sales_chart import SalesChart

        chart = SalesChart(self._theme, lambda minor: round_money(round(minor), self._code))
        chart.setAccessibleName("Gross over time")
        chart.pointed.connect(self._tell_bars)
        chart.range_chosen.connect(self._choose_bars)
        self._chart = chart
        self._place.addWidget(chart)
        QWidget.setTabOrder(self._steps, chart)
        self._draw()

    def show_overview(self, shown: Shown, overview: Overview) -> None:
        found = overview.figures
        self._shown, self._points, self._code = shown, overview.points, found.currency
        self._steps.set_current(_STEPS.index(shown.step))
        self._is_known = found.is_known
        self._unread.setText("" if self._is_known else "Not known yet.")
        self._show_best(overview.best)
        self._draw()

    def _draw(self) -> None:
        """The bars of what is shown, once there is something and what draws it is loaded."""
        shown, chart = self._shown, self._chart
        if shown is None or chart is None:
            return
        self._place.setCurrentWidget(chart if self._is_known else self._unread)
        values = [point.sums.gross for point in self._points]
        short = [bucket_words(p.bucket, shown.step, is_short=True) for p in self._points]
        chart.show_points(self._points, values, short)
        gross = money(sum(values), self._code)
        chart.setAccessibleDescription(f"{gross} in {period_words(shown.period)}")

    def _show_best(self, best: Sequence[BestProduct]) -> None:
        clear(self._best)
        for line, one in enumerate(best[:_MOST_BEST]):
            title = ElidedLabel(one.title)
            title.setAccessibleName(f"{one.title}: {money(one.sums.gross, self._code)}")
            self._best.addWidget(title, line, 0)
            self._best.addWidget(label(f"{count(one.sums.units)} ×", "hint"), line, 1, _RIGHT)
            amount = label(money(one.sums.gross, self._code), "secondary")
            self._best.addWidget(amount, line, 2, _RIGHT)
        if not best:
            words = "Nothing in this period." if self._is_known else "Not known yet."
            self._best.addWidget(label(words, "hint"), 0, 0)

    # -- what a person does --

    @Slot(int)
    def _choose_step(self, number: int) -> None:
        self.step_chosen.emit(_STEPS[number])

    @Slot(int, int)
    def _tell_bars(self, first: int, last: int) -> None:
        is_range = first < last
        self._enter.setVisible(is_range)
        if first < 0 or self._shown is None:
            self._pointed.set_full_text("")
            return
        sums = sum((point.sums for point in self._points[first : last + 1]), Sums())
        words = (
            self._bars_words(first, last, self._shown),
            f"{money(sums.gross, self._code)} gross",
            counted(sums.orders, "order"),
            f"{money(sums.net, self._code)} yours",
        )
        if self._chart is not None:
            self._chart.setAccessibleDescription(", ".join(words))
        # A range leaves room for what Enter does; what is the seller's is told once it is shown.
        self._pointed.set_full_text("  ·  ".join(words[:3] if is_range else words))

    def _bars_words(self, first: int, last: int, shown: Shown) -> str:
        if first == last:
            return bucket_words(self._points[first].bucket, shown.step)
        return period_words(self._days(first, last, shown))

    def _days(self, first: int, last: int, shown: Shown) -> Period:
        """The days that the bars from ``first`` to ``last`` stand for."""
        end = shown.period.last
        if last + 1 < len(self._points):
            end = self._points[last + 1].bucket.first - timedelta(days=1)
        return Period(self._points[first].bucket.first, end)

    @Slot(int, int)
    def _choose_bars(self, first: int, last: int) -> None:
        if self._shown is not None:
            self.period_chosen.emit(self._days(first, last, self._shown))
