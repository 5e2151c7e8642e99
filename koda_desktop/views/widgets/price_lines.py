"""What becomes of a price: Koda's fee, what the seller gets, and who pays Stripe."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from koda_desktop.models.money import FEE_PERCENT, Money, split_fee
from koda_desktop.models.processing_fee import estimated_processing
from koda_desktop.views.format import money
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column

_NONE = f"Koda keeps {FEE_PERCENT}% of each sale; the rest is yours."
_FREE = "Free: buyers pay nothing and no fee is taken."


class PriceLines(QWidget):
    """The same sum as the charge, line by line; the estimate of Stripe's fee stands apart."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("price-lines")
        self._price, self._fee, self._net = (_amount(name) for name in ("price", "fee", "net"))
        self._net.setProperty("role", "strong")
        self._sum = QWidget()
        self._sum.setLayout(self._grid())
        self._note = label("", "hint", wrap=True, name="price-note")
        self.setLayout(column(self._sum, self._note, gap=8))
        self.show_price(None)

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(0, 1)
        rows = (
            (label("Buyers pay", "secondary"), self._price),
            (label(f"Koda’s fee, {FEE_PERCENT}%", "secondary"), self._fee),
        )
        for number, (name, amount) in enumerate(rows):
            grid.addWidget(name, number, 0)
            grid.addWidget(amount, number, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(line(), 2, 0, 1, 2)
        grid.addWidget(label("You get", "strong"), 3, 0)
        grid.addWidget(self._net, 3, 1, Qt.AlignmentFlag.AlignRight)
        return grid

    def show_price(self, minor: int | None) -> None:
        """Split ``minor`` cents by the function that also charges; None shows the rule instead."""
        self._sum.setVisible(bool(minor))
        if not minor:
            self._note.setText(_NONE if minor is None else _FREE)
            self.setAccessibleName(self._note.text())
            return
        split = split_fee(Money(minor))
        self._price.setText(money(minor))
        self._fee.setText(money(-split.fee.minor))
        self._net.setText(money(split.net.minor))
        self._note.setText(_note(estimated_processing(minor) or 0))
        self.setAccessibleName(
            f"Buyers pay {money(minor)}, Koda’s fee is {money(split.fee.minor)}, "
            f"you get {money(split.net.minor)}. {self._note.text()}"
        )


def _note(estimate: int) -> str:
    return (
        f"Stripe’s own fee, an estimated {money(estimate)} with a European card, is Koda’s to pay: "
        "you get the same with every card."
    )


def _amount(name: str) -> QLabel:
    made = label("", "secondary", name=f"price-{name}")
    made.setFont(tabular(sans(13)))
    return made
