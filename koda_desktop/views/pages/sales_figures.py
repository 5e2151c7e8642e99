"""The figures of a period on the Sales page, each compared with the period before."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.sync.sales.rows import Figures
from koda_desktop.views.format import count, money
from koda_desktop.views.widgets.figure_card import FigureCard, change_words

_NAMES = {
    "gross": "Gross",
    "net": "You get",
    "fees": "Fees",
    "refunds": "Refunded",
    "units": "Sold",
    "average": "Per order",
}


class SalesFigures(QWidget):
    """One card for each figure, in one line, or in two where there is little room."""

    def __init__(self) -> None:
        super().__init__()
        self._cards = {key: FigureCard(name, key) for key, name in _NAMES.items()}
        self._layout = QGridLayout()
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(18)
        self._layout.setVerticalSpacing(12)
        self.setLayout(self._layout)
        self.set_narrow(False)

    def set_narrow(self, is_narrow: bool) -> None:
        columns = len(self._cards) // 2 if is_narrow else len(self._cards)
        for number, card in enumerate(self._cards.values()):
            self._layout.addWidget(card, number // columns, number % columns)
            self._layout.setColumnStretch(number, 1 if number < columns else 0)

    def show_figures(self, found: Figures) -> None:
        """Dashes for what was never read: nobody knows that it is nothing."""
        if not found.is_known:
            for card in self._cards.values():
                card.show_unknown()
            return
        now, before = found.now, found.before
        amounts = {
            "gross": (now.gross, before.gross),
            "net": (now.net, before.net),
            "fees": (now.fees, before.fees),
            "refunds": (now.refunded, before.refunded),
            "average": (now.average, before.average),
        }
        for key, (value, earlier) in amounts.items():
            self._show(key, money(value, found.currency), value, earlier)
        self._show("units", count(now.units), now.units, before.units)

    def _show(self, key: str, words: str, value: int, earlier: int) -> None:
        tone = _tone(value, earlier, is_bad=key == "refunds", is_neutral=key == "fees")
        self._cards[key].show_figure(words, change_words(value, earlier), tone)


def _tone(now: int, before: int, *, is_bad: bool, is_neutral: bool) -> str:
    if now == before or is_neutral:
        return ""
    return "success" if (now > before) is not is_bad else "danger"
