"""Parts of the refund dialog: an amount for each line, and what each party gives and gets."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.marketplace.refunds import RefundLine, RefundPreview
from koda_desktop.models.money import MoneyError, parse_amount
from koda_desktop.views.format import money
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.labels import ElidedLabel, label, line
from koda_desktop.views.widgets.layouts import clear, column, row
from koda_desktop.views.widgets.price_field import PriceField

_FIELD_WIDTH = 210


class _Line(QWidget):
    """One line of the order and how much of it is given back."""

    edited = Signal()

    def __init__(self, theme: Theme, one: RefundLine, currency: str) -> None:
        super().__init__()
        self.item_id = one.item_id
        self._left = one.to_buyer
        self._most = money(one.to_buyer, currency)
        self._price = PriceField(theme, f"refund-amount-{one.item_id}")
        self._price.setAccessibleName(
            f"How much of {one.title} is given back, at most {self._most}"
        )
        self._price.set_minor(one.to_buyer)
        self._field = FormField("Give back", self._price, f"At most {self._most}")
        self._field.setFixedWidth(_FIELD_WIDTH)
        title = ElidedLabel(one.title, "strong")
        name = column(28, title, None, gap=4)
        layout = row(name, self._field, gap=16)
        layout.setStretch(0, 1)
        self.setLayout(layout)
        self._price.textChanged.connect(self._changed)

    @property
    def minor(self) -> int | None:
        """What is given back of this line; None while it is no amount, or too much."""
        text = self._price.text().strip()
        try:
            amount = parse_amount(text).minor if text else 0
        except MoneyError:
            return None
        return amount if amount <= self._left else None

    def problem(self) -> str:
        """What is wrong with the amount, in a sentence; empty when nothing is."""
        text = self._price.text().strip()
        try:
            amount = parse_amount(text).minor if text else 0
        except MoneyError as error:
            return str(error).replace("price", "amount")
        return f"Only {self._most} is left to give back." if amount > self._left else ""

    def show_problem(self, text: str) -> None:
        self._field.show_problem(text)

    @property
    def field(self) -> PriceField:
        return self._price

    def focus(self) -> None:
        self._price.setFocus()
        self._price.selectAll()

    @Slot()
    def _changed(self) -> None:
        self.edited.emit()


class RefundLines(QWidget):
    """Every line of which something is left. ``edited`` after each change a person makes."""

    edited = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: list[_Line] = []
        self._layout = column(gap=10)
        self.setLayout(self._layout)

    def show_lines(self, left: RefundPreview) -> None:
        """A field for each line of ``left``, filled with all that is left of it."""
        clear(self._layout)
        self._lines = [_Line(self._theme, one, left.currency) for one in left.lines if one.to_buyer]
        for one in self._lines:
            one.edited.connect(self._changed)
            self._layout.addWidget(one)

    def amounts(self) -> dict[str, int] | None:
        """Minor units by item; None while one is wrong or all are nothing."""
        amounts = {one.item_id: one.minor for one in self._lines}
        whole = {item: minor for item, minor in amounts.items() if minor is not None}
        return whole if len(whole) == len(amounts) and sum(whole.values()) > 0 else None

    def has_problem(self) -> bool:
        return self.amounts() is None

    def lead_to(self, after: QWidget) -> None:
        """Have the Tab key go from amount to amount, and from the last one to ``after``."""
        fields = [*(one.field for one in self._lines), after]
        for one, following in pairwise(fields):
            QWidget.setTabOrder(one, following)

    def focus_first(self) -> None:
        if self._lines:
            self._lines[0].focus()

    @Slot()
    def _changed(self) -> None:
        problems = {one: one.problem() for one in self._lines}
        if not any(problems.values()) and self.has_problem():
            problems[self._lines[0]] = "Name an amount above 0."
        for one, problem in problems.items():
            one.show_problem(problem)
        self.edited.emit()


class PartiesPart(QWidget):
    """What the buyer gets, and who gives it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(0, 1)

    def show_preview(self, preview: RefundPreview | None) -> None:
        """None: there is nothing to be done yet."""
        clear(self._grid)
        if preview is None:
            self.setAccessibleName("")
            return
        parts = (
            ("You give", preview.from_sellers, "secondary"),
            ("The marketplace gives, of its fee", preview.from_platform, "secondary"),
            ("The buyer gets back", preview.to_buyer, "strong"),
        )
        for number, (name, minor, role) in enumerate(parts):
            place = number + (number == 2)
            amount = label(money(minor, preview.currency), role)
            amount.setFont(tabular(sans(13)))
            self._grid.addWidget(label(name, role), place, 0)
            self._grid.addWidget(amount, place, 1, Qt.AlignmentFlag.AlignRight)
        self._grid.addWidget(line(), 2, 0, 1, 2)
        hint = "What Stripe took for the payment is not given back; the marketplace bears it."
        self._grid.addWidget(label(hint, "hint", wrap=True), 4, 0, 1, 2)
        spoken = (f"{name}: {money(minor, preview.currency)}" for name, minor, _ in parts)
        self.setAccessibleName(", ".join(spoken))
