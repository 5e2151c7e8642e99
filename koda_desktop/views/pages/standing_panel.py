"""How far a seller's account at Stripe is: the steps, what is still wanted, and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.marketplace.onboarding import OnboardingState
from koda_desktop.views.money_words import reason_words, wanted_words
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.form_field import FormField
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.stepper import Stepper
from koda_desktop.workspace.money_rows import Standing

_MOST_WANTED = 8
"""More than that would push the page out of a small window."""
_STEPS = ("Open an account", "Tell Stripe who you are", "Sell and be paid")


class Words(NamedTuple):
    """What a state is called, what it means, and what the button to go on says."""

    heading: str
    text: str
    verb: str
    step: int
    is_wrong: bool = False


_WORDS = {
    OnboardingState.NOT_STARTED: Words(
        "Payouts are not set up yet",
        "Stripe takes the payments of your buyers and pays you out. You tell Stripe who you are "
        "and where to pay to, in your browser; nothing of it passes through Koda.",
        "Set up at Stripe",
        0,
    ),
    OnboardingState.IN_PROGRESS: Words(
        "Stripe does not have everything yet",
        "You can go on where you stopped. Until Stripe has everything, nothing can be sold.",
        "Go on at Stripe",
        1,
    ),
    OnboardingState.ACTION_NEEDED: Words(
        "Stripe needs something from you",
        "",
        "Give it to Stripe",
        1,
        is_wrong=True,
    ),
    OnboardingState.ACTIVE: Words(
        "You can sell, and Stripe pays you out",
        "Payouts go to your bank by themselves.",
        "",
        3,
    ),
}


def standing_words(standing: Standing) -> Words:
    """A state that this version does not know is shown as it came."""
    try:
        words = _WORDS[OnboardingState(standing.state)]
    except ValueError:
        return Words(f"Your account is “{standing.state}”", "", "Look at Stripe", 1)
    if standing.state == OnboardingState.ACTION_NEEDED:
        text = reason_words(standing.disabled_reason) or _paused(standing)
        if not standing.wanted:
            return Words("Stripe holds your account back", text, "Look at Stripe", 1, is_wrong=True)
        return words._replace(text=text)
    return words


def _paused(standing: Standing) -> str:
    if standing.charges_enabled:
        return "You can sell, but nothing is paid out until Stripe has it."
    return "Nothing can be sold until Stripe has it."


class StandingPanel(QWidget):
    """``begin_asked`` carries the web application's address, empty where none is needed."""

    begin_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("standing-panel")
        self._stepper = Stepper(theme, _STEPS, "standing-steps")
        self._heading = label("", "heading", wrap=True, name="standing-heading")
        self._text = label("", "secondary", wrap=True, name="standing-text")
        self._wanted = column(gap=6)
        self._wanted_head = label("Stripe still wants", "section")
        self._web = QLineEdit()
        self._web.setObjectName("standing-web")
        self._web.setPlaceholderText("https://koda.example")
        hint = "Stripe leads you back to its pages in the end."
        self._web_field = FormField("Address of the web application", self._web, hint)
        self._web_field.setMaximumWidth(420)
        self.go_on = Button(theme, "Go on", "standing-begin", kind=Kind.PRIMARY, icon="external")
        self.go_on.clicked.connect(self._ask_begin)
        words = column(self._heading, self._text, gap=4)
        wanted = column(self._wanted_head, self._wanted, gap=6)
        foot = row(self.go_on, None)
        inner = column(words, wanted, self._web_field, foot, gap=14, margins=(20, 18, 20, 18))
        self._card = holder(inner, "card", "standing-card")
        self.setLayout(column(self._stepper, self._card, gap=16))

    def need_web(self, address: str | None) -> None:
        """Ask for the web application's address, with ``address`` in it; None does not ask."""
        self._web_field.setVisible(address is not None)
        self._web.setText(address or "")

    def show_standing(self, standing: Standing) -> None:
        words = standing_words(standing)
        self._stepper.show_step(words.step, is_wrong=words.is_wrong)
        self._heading.setText(words.heading)
        self._text.setText(words.text)
        self._text.setVisible(bool(words.text))
        self.go_on.setText(words.verb)
        self.go_on.setAccessibleName(f"{words.verb}, in the browser")
        self.go_on.setVisible(bool(words.verb))
        is_begun = standing.state != OnboardingState.NOT_STARTED
        self._show_wanted(wanted_words(standing.wanted) if is_begun else ())
        self._card.setAccessibleName(words.heading)

    def _show_wanted(self, wanted: Sequence[str]) -> None:
        clear(self._wanted)
        self._wanted_head.setVisible(bool(wanted))
        left = len(wanted) - _MOST_WANTED
        more = (f"And {left} more, which Stripe will ask",) if left > 0 else ()
        for words in (*wanted[:_MOST_WANTED], *more):
            icon = IconLabel(self._theme, "circle", "text-tertiary", 14)
            text = label(words, wrap=True)
            line = row(icon, text, gap=8)
            line.setStretch(1, 1)
            self._wanted.addWidget(holder(line))

    def set_busy(self, is_busy: bool) -> None:
        self.go_on.setEnabled(not is_busy)

    @Slot()
    def _ask_begin(self) -> None:
        self.begin_asked.emit(self._web.text().strip())
