"""The first page of all: which marketplace to work with."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.banner import Banner
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.option_card import OptionCard

_WIDTH = 560


class FirstRunPage(QWidget):
    """Three ways to begin; each can be changed in Settings later."""

    sandbox_chosen = Signal()
    own_chosen = Signal()
    offline_chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("first-run-page")
        self.setProperty("surface", "canvas")
        self._banner = Banner(theme, "first-run-banner")
        self._banner.hide()
        self._cards = self._make_cards(theme)
        mark = IconLabel(theme, "koda", "text", 56)
        head = label("Welcome to Koda Desktop", "display")
        text = label(
            "Turn raw workflow exports into clean, verified listings. "
            "Choose where they go; you can change this at any time.",
            "secondary",
            wrap=True,
        )
        note = label("Nothing leaves this computer until you publish.", "hint")
        inner = holder(
            column(mark, 14, head, text, 16, self._banner, *self._cards, 8, note, gap=10)
        )
        inner.setFixedWidth(_WIDTH)
        self.setLayout(row(None, column(None, inner, None, margins=(0, 24, 0, 24)), None))

    def _make_cards(self, theme: Theme) -> tuple[OptionCard, ...]:
        sandbox = OptionCard(
            theme,
            "flask",
            "Try the sandbox",
            "A complete marketplace on this computer, with a demo seller. "
            "Nothing to sign up for; nothing leaves this computer.",
            "choose-sandbox",
        )
        own = OptionCard(
            theme,
            "store",
            "Connect my own marketplace",
            "Your MongoDB, your S3-compatible storage and your Stripe account. "
            "You need their addresses and keys.",
            "choose-own",
        )
        offline = OptionCard(
            theme,
            "cloud-off",
            "Work offline",
            "Check, clean and describe workflows now. "
            "Connect a marketplace when you are ready to publish.",
            "choose-offline",
        )
        sandbox.clicked.connect(self.sandbox_chosen)
        own.clicked.connect(self.own_chosen)
        offline.clicked.connect(self.offline_chosen)
        return sandbox, own, offline

    def show_busy(self, heading: str) -> None:
        """Something is being set up."""
        self._banner.tell("info", heading)
        self._banner.show()
        for card in self._cards:
            card.setEnabled(False)

    def show_fault(self, what: str, text: str) -> None:
        """It could not be set up; another choice is still open."""
        self._banner.tell("danger", what, text)
        self._banner.show()
        self.show_ready()

    def show_ready(self) -> None:
        for card in self._cards:
            card.setEnabled(True)
