"""One figure of a period with how it compares with the period before."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from koda_desktop.views.widgets.labels import label, set_style_property
from koda_desktop.views.widgets.layouts import column


class FigureCard(QWidget):
    """A name, a large figure, and a line of comparison."""

    def __init__(self, name: str, key: str) -> None:
        super().__init__()
        self.setObjectName(f"figure-{key}")
        self._name = name
        self._value = label("", "figure", name=f"figure-{key}-value")
        self._change = label("", "hint", name=f"figure-{key}-change")
        self.setLayout(column(label(name, "field"), self._value, self._change, gap=2))

    def show_figure(self, value: str, change: str, tone: str = "") -> None:
        """``tone`` is "success" or "danger" for a change to be glad or sorry of, else empty."""
        self._value.setText(value)
        self._change.setText(change)
        set_style_property(self._change, "trend", tone)
        self.setAccessibleName(f"{self._name}: {value}. {change}")

    def show_unknown(self) -> None:
        self._value.setText("–")
        self._change.setText("")
        self.setAccessibleName(f"{self._name}: not known yet")


def change_words(now: int, before: int) -> str:
    """How ``now`` compares with ``before``: ``+12 %``; from nothing there is no percentage."""
    if before == now:
        return "As before"
    if before == 0:
        return "None before"
    percent = (200 * abs(now - before) + abs(before)) // (2 * abs(before))
    sign = "+" if now > before else "\u2212"
    return f"{sign}{min(percent, 9_999)}%"
