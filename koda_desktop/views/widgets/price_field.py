"""A price: typed as people write it, handed out in cents."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from koda_desktop.models.money import MoneyError, parse_amount
from koda_desktop.views.format import plain_amount
from koda_desktop.views.theme.theme import Theme


class PriceField(QLineEdit):
    """Euros with two places. ``price_changed`` carries cents, or None while it is no price."""

    price_changed = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName("Price in euros")
        self.setPlaceholderText("0.00")
        self.setTextMargins(14, 0, 0, 0)
        self.textChanged.connect(self._tell)
        theme.changed.connect(self._repaint)

    @property
    def minor(self) -> int | None:
        """The price in cents; None when what is typed is no price."""
        try:
            return parse_amount(self.text()).minor
        except MoneyError:
            return None

    def problem(self) -> str:
        """What is wrong with the price, in a sentence; empty when nothing is."""
        if not self.text().strip():
            return "Set a price; 0 is free."
        try:
            parse_amount(self.text())
        except MoneyError as error:
            return str(error)
        return ""

    def is_mistyped(self, before: int | None) -> bool:
        """Whether somebody typed what is no price, or took the one of ``before`` away."""
        return bool(self.problem()) and (bool(self.text().strip()) or before is not None)

    def set_minor(self, minor: int | None) -> None:
        """Show ``minor`` cents; None leaves the field empty."""
        self.setText("" if minor is None else plain_amount(minor))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if self.minor is not None:
            self.set_minor(self.minor)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self._theme.color("text-tertiary"))
        area = self.rect().adjusted(10, 0, 0, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, "€")

    @Slot()
    def _tell(self) -> None:
        self.price_changed.emit(self.minor)

    @Slot()
    def _repaint(self) -> None:
        self.update()
