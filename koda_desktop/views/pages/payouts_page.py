"""The Payouts page: the seller's account at Stripe, what it holds, and what was paid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import Protocol

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.onboarding import OnboardingState
from koda_desktop.views.format import ago, counted, exactly, money
from koda_desktop.views.money_words import (
    account_badge,
    again_words,
    books_badge,
    came_back_words,
    day_of,
    fault_look,
    line_words,
    payout_badge,
)
from koda_desktop.views.pages.standing_panel import StandingPanel
from koda_desktop.views.sales_words import off_words
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.workspace.money_rows import BalanceRow, MovementRow, PayoutRow, Payouts, Standing

_HEADINGS = ("Arrives", "Status", "Made of", "Amount", "Books")
_WIDTHS = (150, 130, 0, 130, 150)
_AMOUNT = 3
_LINE_HEADINGS = ("What", "Order", "When", "Amount", "Fee", "Net")
_LINE_WIDTHS = (0, 130, 150, 110, 100, 110)
_LINE_FIGURES = frozenset({3, 4, 5})
_BOOKS_HINT = (
    "Whether every movement Stripe lists comes to what the account holds, "
    "and every payout to its lines"
)
_WAITING, _EMPTY, _TABLE = range(3)


class PayoutIntents(Protocol):
    """What the page asks of its controller."""

    def look(self) -> None: ...
    def check(self) -> None: ...
    def begin(self, web: str = "") -> None: ...
    def came_back(self) -> None: ...


class PayoutsPage(QWidget):
    """A view of PayoutsController, which is given by ``attach``."""

    opened = Signal(str)
    """The number of an order."""

    def __init__(self, theme: Theme, zone: tzinfo, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._zone = zone
        self._now = now
        self._intents: PayoutIntents | None = None
        self._standing: Standing | None = None
        self._payouts: Payouts | None = None
        self._is_busy = False
        self._fault: KodaError | None = None
        self.setObjectName("payouts-page")
        self._again = Button(theme, "Check again", "payouts-check", icon="refresh")
        self._header = PageHeader("Payouts", self._again)
        self._banner = Banner(theme, "payouts-banner")
        self._banner.hide()
        self.standing_panel = StandingPanel(theme)
        self._ready = row(Pill("Active", "success"), label("Stripe pays you out.", "secondary"))
        self._ready_line = holder(self._ready, name="payouts-ready")
        self._balances = column(gap=14)
        self._stack = self._make_tables(theme)
        self._lay_out()
        self._again.clicked.connect(self._ask_check)
        self.show_standing(None)
        self.show_payouts(None)

    def _make_tables(self, theme: Theme) -> QStackedWidget:
        self.table = PlainTable(
            theme,
            _HEADINGS,
            _WIDTHS,
            "payouts-table",
            "Payouts",
            figures=frozenset({_AMOUNT}),
        )
        self.lines = PlainTable(
            theme,
            _LINE_HEADINGS,
            _LINE_WIDTHS,
            "payout-lines",
            "What the payout is made of",
            figures=_LINE_FIGURES,
        )
        self.table.picked.connect(self._show_lines_of)
        self.lines.opened.connect(self._open_order)
        stack = QStackedWidget()
        stack.addWidget(QWidget())
        words = "What you earn goes to your bank some days after each sale."
        stack.addWidget(EmptyState(theme, "bank", "Nothing was paid out yet", words))
        stack.addWidget(self._split())
        return stack

    def _split(self) -> QSplitter:
        self._lines_words = label("", "section", name="payout-words")
        margins = (SIDE_MARGIN, 12, SIDE_MARGIN, 6)
        head = holder(column(self._lines_words, margins=margins))
        self._panel = holder(column(head, self.lines, gap=0), name="payout-panel")
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self._panel)
        splitter.setSizes([300, 260])
        self._panel.hide()
        return splitter

    def _lay_out(self) -> None:
        side = SIDE_MARGIN
        parts = (self._banner, self.standing_panel, self._ready_line, self._balances)
        upper = column(*parts, gap=16, margins=(side, 4, side, 14))
        layout = column(self._header, upper, self._stack, gap=0)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def attach(self, intents: PayoutIntents) -> None:
        """Pass what a person asks for to ``intents`` from now on."""
        self._intents = intents
        self.standing_panel.begin_asked.connect(intents.begin)

    # -- what the controller shows --

    def show_standing(self, standing: Standing | None) -> None:
        """None: nobody knows yet."""
        self._standing = standing
        is_active = standing is not None and standing.state == OnboardingState.ACTIVE
        self.standing_panel.setVisible(standing is not None and not is_active)
        self._ready_line.setVisible(is_active)
        if standing is not None:
            self.standing_panel.show_standing(standing)
        self._show_remark()
        self._make_room()

    def _make_room(self) -> None:
        """That nothing was paid out is of no concern while the account is not active."""
        if self._payouts is not None and not self._payouts.payouts:
            self._stack.setCurrentIndex(_WAITING if self._is_unready() else _EMPTY)

    def _is_unready(self) -> bool:
        return self._standing is None or self._standing.state != OnboardingState.ACTIVE

    def show_payouts(self, payouts: Payouts | None) -> None:
        """None: nobody knows yet, or there is no account."""
        self._payouts = payouts
        clear(self._balances)
        rows = payouts.payouts if payouts else ()
        for balance in payouts.balances if payouts else ():
            self._balances.addWidget(_balance(balance, rows))
        self.table.show_lines([self._line(one) for one in rows])
        self._stack.setCurrentIndex(_TABLE if rows else _WAITING)
        if rows and self.table.current_key() is None:
            self.table.pick(rows[0].id)
        self._show_lines_of(self.table.current_key())
        self._show_remark()
        self._make_room()
        self.show_fault(self._fault)

    def show_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._again.setEnabled(not is_busy)
        self.standing_panel.set_busy(is_busy)
        self._show_remark()

    def show_fault(self, error: KodaError | None) -> None:
        """What stands in the way; figures that are shown stay, as of when they were read."""
        self._fault = error
        self._banner.setVisible(error is not None)
        if error is not None:
            tone, icon = fault_look(error)
            text = f"{self._kept()} {again_words(error)}".strip()
            self._banner.tell(tone, error.what, text, icon)

    def _kept(self) -> str:
        if self._payouts is None:
            return ""
        return f"What is shown was read {ago(self._payouts.as_of, self._now()).lower()}."

    def _show_remark(self) -> None:
        if self._is_busy:
            self._header.set_remark("Asking Stripe…")
            return
        found = self._payouts or self._standing
        words = f"As of {ago(found.as_of, self._now()).lower()}" if found else ""
        self._header.set_remark(words, exactly(found.as_of) if found else "")

    def _line(self, one: PayoutRow) -> Line:
        status = payout_badge(one.status)
        books = books_badge(one.difference, one.currency)
        made_of = "Made by hand" if one.lines is None else counted(len(one.lines), "line")
        return Line(
            one.id,
            (
                Cell(day_of(one.arrives_on, self._zone), is_strong=True),
                Cell(status.text, pill=status.tone),
                Cell(made_of, "text-secondary"),
                Cell(money(one.amount, one.currency), is_figure=True),
                Cell(books.text, pill=books.tone),
            ),
        )

    @Slot(object)
    def _show_lines_of(self, key: object) -> None:
        rows = self._payouts.payouts if self._payouts else ()
        one = next((row for row in rows if row.id == key), None)
        self._panel.setVisible(one is not None)
        if one is not None:
            self._lines_words.setText(_payout_words(one))
            self.lines.show_lines(self._movements(one.lines or ()))

    def _movements(self, lines: Sequence[MovementRow]) -> list[Line]:
        return [
            Line(
                (number, one.order),
                (
                    Cell(line_words(one.type)),
                    Cell(one.order, "text-secondary"),
                    Cell(day_of(one.created, self._zone), "text-secondary"),
                    Cell(money(one.amount, one.currency), "text-secondary", is_figure=True),
                    Cell(money(-one.fee, one.currency), "text-secondary", is_figure=True),
                    Cell(money(one.net, one.currency), is_figure=True),
                ),
            )
            for number, one in enumerate(lines)
        ]

    # -- what a person does --

    @Slot()
    def _ask_check(self) -> None:
        if self._intents is not None:
            self._intents.check()

    @Slot(object)
    def _open_order(self, key: object) -> None:
        if isinstance(key, tuple) and key[1]:
            self.opened.emit(str(key[1]))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._intents is not None:
            self._intents.look()

    def changeEvent(self, event: QEvent) -> None:
        """Back from the browser, where the account may have been set up."""
        super().changeEvent(event)
        is_back = event.type() == QEvent.Type.ActivationChange and self.isActiveWindow()
        if is_back and self._intents is not None:
            self._intents.came_back()


def _payout_words(one: PayoutRow) -> str:
    if one.lines is None:
        return "Made by hand: Stripe does not say which sales it is made of."
    total = sum(line.net for line in one.lines)
    came_back = came_back_words(one.status, one.failure)
    if came_back:
        return came_back
    words = f"{counted(len(one.lines), 'line')} of {money(total, one.currency)}"
    if one.difference:
        off = off_words(one.difference, one.currency)
        return f"{words}, paid out {money(one.amount, one.currency)}: {off}"
    return f"{words}, as paid out"


def _balance(one: BalanceRow, payouts: Sequence[PayoutRow]) -> QWidget:
    """What an account holds in one currency."""
    parts = []
    for name, minor, hint in (
        ("Available", one.available, "Goes out with the next payout"),
        ("Pending", one.pending, "From recent sales"),
    ):
        value = label(money(minor, one.currency), "figure", name=f"balance-{name.lower()}")
        part = holder(column(label(name, "field"), value, label(hint, "hint"), gap=2))
        part.setAccessibleName(f"{name}, {one.currency}: {value.text()}")
        part.setMinimumWidth(190)
        parts.append(part)
    badge = account_badge(one, payouts)
    pill = Pill(badge.text, badge.tone)
    pill.setToolTip(_BOOKS_HINT)
    books = holder(column(label("Books", "field"), 4, pill, None, gap=2))
    return holder(row(*parts, books, None, gap=24), name=f"balance-{one.currency}")
