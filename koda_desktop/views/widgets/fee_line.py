"""The fee line: what the buyer pays, what Koda keeps and what the seller gets."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from koda_desktop.models.money import Money, MoneyError, parse_amount, split_fee
from koda_desktop.views.format import money
from koda_desktop.views.theme.fonts import sans, tabular


def typed_minor(text: str) -> int | None:
    """The cents that were typed; None for nothing, and for what is no amount."""
    try:
        return parse_amount(text.strip()).minor if text.strip() else None
    except MoneyError:
        return None


class FeeLine(QLabel):
    """``Price €9.99 · Koda’s fee €1.50 · You get €8.49``, by the function that also charges."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fee-line")
        self.setProperty("role", "hint")
        self.setFont(tabular(sans(12)))
        self.show_price(None)

    def show_price(self, minor: int | None) -> None:
        """Split ``minor`` cents; None shows the rule instead."""
        if minor is None:
            self.setText("Koda keeps 15% of each sale; the rest is yours.")
        elif minor == 0:
            self.setText("Free: buyers pay nothing and no fee is taken.")
        else:
            split = split_fee(Money(minor))
            self.setText(
                f"Price {money(minor)}  ·  Koda’s fee {money(split.fee.minor)}"
                f"  ·  You get {money(split.net.minor)}"
            )
