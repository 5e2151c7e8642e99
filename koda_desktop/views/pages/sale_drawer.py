"""One order beside the table: its money line by line, and what happened to it."""

from __future__ import annotations

import re
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from koda_desktop.models.money import FEE_PERCENT
from koda_desktop.sync.sales.rows import SaleDetail, SaleLine, SaleRow, TimelineRow
from koda_desktop.views.format import count, exactly, money
from koda_desktop.views.sales_words import (
    at,
    badge,
    books_words,
    difference_words,
    off_words,
    payment_words,
    timeline_words,
)
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.button import Button, icon_button
from koda_desktop.views.widgets.facts import Facts
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.pill import Pill
from koda_desktop.views.widgets.scroll import BAR_WIDTH, scrolled_beside

_SIDE = 20
_LONG_WORD = re.compile(r"\S{19,}")
_PIECE = re.compile(r"(\S{3})(?=\S)")
"""What may be broken within a word: one that is wider than the drawer would push the amounts out of
sight."""


class SaleDrawer(QWidget):
    """Shows one order; ``close_asked`` when a person has seen enough."""

    close_asked = Signal()
    refund_asked = Signal(str, str)
    """The id and the number of the order."""

    def __init__(self, theme: Theme, zone: tzinfo) -> None:
        super().__init__()
        self._zone = zone
        self.setObjectName("sale-drawer")
        self.setMinimumWidth(330)
        self._number = label("", "heading", name="sale-number")
        self._pill = Pill()
        self._banner = Banner(theme, "sale-banner")
        self._money = QGridLayout()
        self._items = column(gap=6)
        self._facts = Facts("sale-facts")
        self._timeline = column(gap=8)
        self._reason = label("", "secondary", wrap=True, name="sale-reason")
        self._shown: SaleRow | None = None
        self._refund = Button(theme, "Refund…", "sale-refund", icon="undo")
        self._refund.clicked.connect(self._ask_refund)
        close = icon_button(theme, "close", "Close details (Esc)", "sale-close")
        close.clicked.connect(self.close_asked)
        head = holder(row(self._number, self._pill, None, close, gap=8, margins=(_SIDE, 0, 12, 0)))
        head.setFixedHeight(64)
        foot = row(None, self._refund, margins=(_SIDE, 12, _SIDE, 12))
        self._foot = holder(foot, "footer")
        self.setLayout(
            column(head, scrolled_beside(self._body(), "sale-scroll"), self._foot, gap=0)
        )

    def _body(self) -> QWidget:
        self._money.setVerticalSpacing(7)
        self._money.setColumnStretch(0, 1)
        parts = column(
            self._banner,
            label("What was sold", "section"),
            self._items,
            6,
            line(),
            6,
            label("Where the money goes", "section"),
            self._money,
            6,
            line(),
            6,
            label("What happened", "section"),
            self._timeline,
            self._reason,
            6,
            line(),
            6,
            label("References", "section"),
            self._facts,
            None,
            gap=10,
            margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20),
        )
        return holder(parts)

    def show_sale(self, detail: SaleDetail) -> None:
        shown = self._shown = detail.row
        is_left = shown.paid_at is not None and shown.sums.refunded < shown.sums.gross
        self._foot.setVisible(is_left)
        self._refund.setAccessibleName(f"Refund {shown.number}…")
        self._number.setText(shown.number)
        self._pill.show_badge(badge(shown))
        words = payment_words(shown)
        self._banner.setVisible(bool(words) or bool(shown.difference))
        if shown.difference:
            self._banner.tell(
                "danger",
                f"This sale does not add up: {off_words(shown.difference, shown.currency)}",
                f"{difference_words(shown.difference, shown.currency)} Whoever runs the "
                f"marketplace can look into it by the number {shown.number}.",
            )
        elif words:
            self._banner.tell("info", words, "")
        self._show_items(detail)
        self._show_money(shown)
        self._show_timeline(detail.timeline, shown.currency)
        reason = _LONG_WORD.sub(_breakable, detail.refund_reason)
        self._reason.setText(f"Reason for the refund: {reason}")
        self._reason.setVisible(bool(reason))
        self._facts.show_facts(
            (
                ("Placed", at(shown.placed_at, self._zone)),
                ("Paid", at(shown.paid_at, self._zone)),
                ("Transfer", _transfer_words(detail)),
                ("Payout", shown.payout),
                ("Books", books_words(shown)),
                *((name, str(value)) for name, value in detail.references.items()),
            )
        )

    @Slot()
    def _ask_refund(self) -> None:
        if self._shown is not None:
            self.refund_asked.emit(self._shown.id, self._shown.number)

    def _show_items(self, detail: SaleDetail) -> None:
        clear(self._items)
        for one in detail.lines:
            self._items.addLayout(_item(one, detail.row.currency))

    def _show_money(self, shown: SaleRow) -> None:
        clear(self._money)
        for number, (name, minor, role) in enumerate(_money_lines(shown)):
            amount = label(money(minor, shown.currency), role)
            amount.setFont(tabular(sans(13)))
            self._money.addWidget(label(name, role or "secondary", wrap=True), number, 0)
            self._money.addWidget(amount, number, 1, Qt.AlignmentFlag.AlignRight)

    def _show_timeline(self, entries: tuple[TimelineRow, ...], currency: str) -> None:
        clear(self._timeline)
        for entry in reversed(entries):
            when = label(exactly(entry.at), "hint")
            what = label(timeline_words(entry, currency), wrap=True)
            self._timeline.addLayout(column(what, when, gap=0))
        if not entries:
            self._timeline.addWidget(label("Nothing is known yet.", "hint"))


def _money_lines(shown: SaleRow) -> list[tuple[str, int, str]]:
    """What each amount is, the amount, and the role of its words."""
    sums = shown.sums
    is_paid = shown.paid_at is not None
    lines = [("Buyer paid" if is_paid else "Buyer would pay", sums.gross, "")]
    lines += [(f"Marketplace’s fee, {FEE_PERCENT}%", -sums.fee, "")]
    if sums.refunded:
        lines += [("Refunded to the buyer", -sums.refunded, "")]
        lines += [("Fee given back", sums.fee_refunded, "")]
    lines += [("You get", sums.net, "strong")]
    if shown.difference:
        lines += [("Stripe shows", sums.net + shown.difference, "error")]
    if sums.processing:
        lines += [("Stripe’s fee, paid by the marketplace", sums.processing, "hint")]
    return lines


def _transfer_words(detail: SaleDetail) -> str:
    """What Stripe moved to the seller's account; empty until that is known."""
    if detail.transferred is None:
        return ""
    return money(detail.transferred, detail.row.currency)


def _breakable(word: re.Match[str]) -> str:
    return _PIECE.sub("\\1\N{ZERO WIDTH SPACE}", word.group())


def _item(one: SaleLine, currency: str) -> QHBoxLayout:
    times = f"{count(one.units)} × " if one.units > 1 else ""
    amount = label(times + money(one.unit_amount, currency), "secondary")
    amount.setFont(tabular(sans(13)))
    title = label(_LONG_WORD.sub(_breakable, one.title), wrap=True)
    title.setAccessibleName(one.title)
    made = row(title, amount, gap=12)
    made.setStretch(0, 1)
    made.setAlignment(amount, Qt.AlignmentFlag.AlignTop)
    return made
