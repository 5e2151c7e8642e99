"""The Sales page: a period in figures and bars, what sold best, and every order."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDateEdit, QLayout, QSplitter, QStackedWidget, QWidget

from koda_desktop.controllers.sales import DIFFERING, SalesController, Shown, Span
from koda_desktop.errors import KodaError
from koda_desktop.models.periods import Period
from koda_desktop.sync.sales.rows import Figures, SaleDetail, SaleQuery, SaleRow
from koda_desktop.views.format import ago, counted, exactly
from koda_desktop.views.pages.sales_course import SalesCourse, load_chart
from koda_desktop.views.pages.sales_figures import SalesFigures
from koda_desktop.views.qt_types import make_all
from koda_desktop.views.sales_words import period_words
from koda_desktop.views.tables.sales_table import SalesModel, SalesTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.combo import Combo
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.search_field import SearchField
from koda_desktop.views.widgets.segments import Segments
from koda_desktop.workspace.sales import Overview

if TYPE_CHECKING:
    from koda_desktop.views.pages.sale_drawer import SaleDrawer

_SPANS = tuple(Span)
_CUSTOM = len(_SPANS)
_TABLE, _EMPTY, _NO_MATCH, _FAULT, _UNREAD = range(5)
_CHART_MS = 60
"""How long after the rows what draws the bars is loaded: it would slow down their painting."""
_NARROW = 780
"""Pixels, below which the figures take two lines and the best products give way."""


class SalesPage(QWidget):
    """A view of SalesController, which is given by ``attach``."""

    export_asked = Signal(object)
    """A SaleQuery: the orders that are listed now."""
    refund_asked = Signal(str, str)
    """The id and the number of an order."""

    def __init__(self, theme: Theme, zone: tzinfo, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._zone = zone
        self._clock = now
        self._controller: SalesController | None = None
        self._overview: Overview | None = None
        self._shown: Shown | None = None
        self._query: SaleQuery | None = None
        self._is_any = False
        self._has_asked_for_chart = False
        self.setObjectName("sales-page")
        self._make_head()
        self._figures = SalesFigures()
        self._course = SalesCourse(theme)
        self._make_orders()
        self._drawer: SaleDrawer | None = None
        self._beside = column(gap=0)
        self._frame = holder(self._beside, "inspector", "sale-frame")
        self._frame.hide()
        self._lay_out()
        self._wire()

    def _make_head(self) -> None:
        theme = self._theme
        self._export = Button(theme, "Export…", "sales-export", icon="external")
        self._export.setToolTip("The orders that are listed, as CSV, JSON Lines or XLSX")
        self._header = PageHeader("Sales", self._export)
        names = (*(span.value for span in _SPANS), "Custom")
        self._spans = Segments(theme, names, "sales-period", "Period")
        self._spans.set_current(_SPANS.index(Span.MONTH))
        self._first, self._last = _date("sales-first", "From"), _date("sales-last", "To")
        self._dates = holder(row(self._first, label("–", "secondary"), self._last, gap=6))
        self._dates.hide()
        self._words = label("", "secondary", name="sales-period-words")
        self._currency = Combo(theme, (), "sales-currency", "Currency")
        self._currency.hide()

    def _make_orders(self) -> None:
        theme = self._theme
        self.search_field = SearchField(
            theme, "Search orders, or status:refunded net:>20", "sales-search", "Search orders"
        )
        self._problem = label("", "error", wrap=True, name="sales-filter-problem")
        self._problem.hide()
        self._total = label("", "secondary", name="sales-total")
        self._differing = Button(theme, "None", "sales-differing", icon="alert", small=True)
        self._differing.setToolTip("Show the orders that do not add up with Stripe’s books")
        self._differing.hide()
        self.model = SalesModel(self._zone, self)
        self.table = SalesTable(theme, self.model)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        nothing = "Sales appear here as soon as a buyer has paid."
        self._stack.addWidget(EmptyState(theme, "inbox", "Nothing was sold yet", nothing))
        self._stack.addWidget(EmptyState(theme, "search", "No order matches", ""))
        self._fault = EmptyState(theme, "alert", "The sales could not be read", "")
        self._stack.addWidget(self._fault)
        unread = "They appear here once the marketplace has been reached."
        self._stack.addWidget(EmptyState(theme, "inbox", "Orders have not been read yet", unread))

    def _lay_out(self) -> None:
        side = SIDE_MARGIN
        choice = row(self._spans, self._dates, self._words, None, self._currency, gap=12)
        parts = (choice, self._figures, self._course, self._orders_head())
        upper = column(*parts, gap=18, margins=(side, 0, side, 10))
        self._make_splitter()
        left = column(self._header, upper, self._stack, gap=0)
        left.setStretch(2, 1)
        self._left.setLayout(left)

    def _make_splitter(self) -> None:
        """The holder of all has its place before it is filled: Qt looks for the style of every part
        again whenever one of those around it gets a parent.
        """
        self._left = QWidget()
        self._left.setMinimumWidth(480)
        self._left.installEventFilter(self)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self.setLayout(column(self._splitter, gap=0))
        self._splitter.addWidget(self._left)
        self._splitter.addWidget(self._frame)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)

    def _orders_head(self) -> QLayout:
        made = row(
            label("Orders", "section"), self._total, self._differing, None, self.search_field
        )
        made.setSpacing(10)
        made.setStretch(4, 1)
        self.search_field.setMaximumWidth(340)
        return column(made, self._problem, gap=4)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._left and event.type() == QEvent.Type.Resize:
            is_narrow = self._left.width() < _NARROW
            self._figures.set_narrow(is_narrow)
            self._course.set_narrow(is_narrow)
        return super().eventFilter(watched, event)

    def _wire(self) -> None:
        self._spans.chosen.connect(self._choose_span)
        self._first.dateChanged.connect(self._choose_dates)
        self._last.dateChanged.connect(self._choose_dates)
        self._currency.currentTextChanged.connect(self._choose_currency)
        self._course.period_chosen.connect(self._choose_bars)
        self._differing.clicked.connect(self._show_differing)
        self._export.clicked.connect(self._ask_export)

    def attach(self, controller: SalesController) -> None:
        """Pass what a person asks for to ``controller`` from now on."""
        self._controller = controller
        self.search_field.searched.connect(controller.search)
        self.model.rows_wanted.connect(controller.want_rows)
        self.table.sort_asked.connect(controller.sort)
        self.table.chosen.connect(controller.open)
        self._course.step_chosen.connect(controller.choose_step)

    # -- what the controller shows --

    @property
    def _code(self) -> str:
        return self._overview.figures.currency if self._overview else "EUR"

    def show_overview(self, shown: Shown, overview: Overview) -> None:
        self._shown, self._overview = shown, overview
        found = overview.figures
        self._words.setText(period_words(shown.period))
        self.show_period(shown)
        self._show_as_of(found)
        self._show_currencies(found)
        self._figures.show_figures(found)
        self._course.show_overview(shown, overview)
        self._show_list()

    def show_first(self, rows: Sequence[SaleRow], query: SaleQuery) -> None:
        self.model.begin(rows)
        self._show_whether_any(bool(rows), query)
        self._ask_for_chart()

    def show_keys(self, keys: array[int], query: SaleQuery) -> None:
        self.model.set_keys(keys)
        self._total.setText(counted(len(keys), "order") if keys else "")
        self._show_whether_any(bool(keys), query)

    def _show_whether_any(self, is_any: bool, query: SaleQuery) -> None:
        self._query = query
        self._is_any = is_any
        self._export.setEnabled(is_any)
        self._show_list()

    def _show_list(self) -> None:
        """The orders or why there are none, which the overview and the list know together."""
        if self._query is None or self._overview is None:
            return
        if self._is_any:
            self._stack.setCurrentIndex(_TABLE)
        elif not self._overview.figures.is_known:
            self._stack.setCurrentIndex(_UNREAD)
        else:
            self._stack.setCurrentIndex(_NO_MATCH if self._query.filter.parts else _EMPTY)

    def show_differing(self, number: int) -> None:
        """How many orders of the period do not add up, as a way to see them."""
        self._differing.setVisible(number > 0)
        words = counted(number, "does", "do") + " not add up"
        self._differing.setText(words)
        self._differing.setAccessibleName(words)

    def show_rows(self, keys: Sequence[int], rows: Sequence[SaleRow]) -> None:
        self.model.put_rows(rows)

    def _ask_for_chart(self) -> None:
        """Once all else is there, and after it is painted."""
        if not self._has_asked_for_chart:
            self._has_asked_for_chart = True
            QTimer.singleShot(_CHART_MS, self, self._load_chart)

    def _load_chart(self) -> None:
        """Not for a page that was left or closed by now: it asks again when it is shown."""
        if self._controller is not None and self.isVisible():
            self._controller.load(make_all, load_chart, self._course.make_chart)
        else:
            self._has_asked_for_chart = False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._query is not None:
            self._ask_for_chart()

    def forget_rows(self) -> None:
        self.model.forget_rows()

    def show_detail(self, detail: SaleDetail | None) -> None:
        if detail is not None:
            self._made_drawer().show_sale(detail)
        self._frame.setVisible(detail is not None)
        if detail is not None and self._splitter.sizes()[1] < 330:
            self._splitter.setSizes([max(self.width() - 360, 480), 360])

    def _made_drawer(self) -> SaleDrawer:
        """The drawer, made when the first order is opened."""
        from koda_desktop.views.pages.sale_drawer import SaleDrawer

        if self._drawer is None:
            self._drawer = SaleDrawer(self._theme, self._zone)
            self._drawer.close_asked.connect(self._close_drawer)
            self._drawer.refund_asked.connect(self.refund_asked)
            self._beside.addWidget(self._drawer)
        return self._drawer

    def show_filter_problem(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        set_style_property(self.search_field, "invalid", bool(problem))

    def show_fault(self, error: KodaError) -> None:
        self._fault.tell(error.what, f"{error.kept} {error.remedy}".strip())
        self._stack.setCurrentIndex(_FAULT)

    def _show_as_of(self, found: Figures) -> None:
        """When the marketplace's orders were last read."""
        words = f"As of {ago(found.as_of, self._clock()).lower()}" if found.as_of else ""
        self._header.set_remark(words or "Not read from the marketplace yet", exactly(found.as_of))

    def show_period(self, shown: Shown) -> None:
        """The days that are chosen, at once: days of one's own begin with them."""
        for field, day in ((self._first, shown.period.first), (self._last, shown.period.last)):
            field.blockSignals(True)
            field.setDate(QDate(day.year, day.month, day.day))
            field.blockSignals(False)

    def _show_currencies(self, found: Figures) -> None:
        self._currency.blockSignals(True)
        if [self._currency.itemText(n) for n in range(self._currency.count())] != [
            *found.currencies
        ]:
            self._currency.clear()
            self._currency.addItems(list(found.currencies))
        self._currency.setCurrentText(found.currency)
        self._currency.blockSignals(False)
        self._currency.setVisible(len(found.currencies) > 1)

    # -- what a person does --

    @Slot(int)
    def _choose_span(self, number: int) -> None:
        self._dates.setVisible(number == _CUSTOM)
        self._words.setVisible(number != _CUSTOM)
        if number != _CUSTOM and self._controller is not None:
            self._controller.choose_span(_SPANS[number])

    @Slot()
    def _choose_dates(self) -> None:
        if self._controller is not None:
            self._controller.choose_period(_day(self._first), _day(self._last))

    @Slot(str)
    def _choose_currency(self, code: str) -> None:
        if self._controller is not None and code:
            self._controller.choose_currency(code)

    @Slot(object)
    def _choose_bars(self, period: Period) -> None:
        self._spans.set_current(_CUSTOM)
        self._dates.show()
        self._words.hide()
        if self._controller is not None:
            self._controller.choose_period(period.first, period.last)

    @Slot()
    def _show_differing(self) -> None:
        self.search_field.setText(DIFFERING)
        self.table.setFocus()

    @Slot()
    def _ask_export(self) -> None:
        if self._query is not None:
            self.export_asked.emit(self._query)

    @Slot()
    def _close_drawer(self) -> None:
        self.table.setCurrentIndex(self.model.index(-1, -1))
        self._frame.hide()
        self.table.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._frame.isVisible():
            self._close_drawer()
        else:
            super().keyPressEvent(event)


def _date(name: str, spoken: str) -> QDateEdit:
    made = QDateEdit()
    made.setObjectName(name)
    made.setAccessibleName(spoken)
    made.setCalendarPopup(True)
    made.setDisplayFormat("d MMM yyyy")
    return made


def _day(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
