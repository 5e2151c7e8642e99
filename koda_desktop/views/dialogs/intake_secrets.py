"""The secrets in a dropped file: what kind, masked, where, and the way out of each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage, SecretLine
from koda_desktop.views.dialogs.intake_words import fix_words
from koda_desktop.views.format import counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.scroll import BAR_WIDTH

_SIDE = 28
_MOST_CARDS = 60
"""More than anybody works through at once; those that follow come up as these are solved."""
_MOST_PLACES = 4
_REVOKE = (
    "If this file was ever shared, also revoke the value at its service: "
    "whoever saw it can still use it."
)


class SecretsView(QWidget):
    """One card per value. ``allow_asked`` carries a SecretLine, ``forbid_asked`` a digest."""

    allow_asked = Signal(object)
    forbid_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("intake-secrets")
        self._lines: QVBoxLayout = column(gap=10, margins=(_SIDE, 2, _SIDE - BAR_WIDTH, 20))
        self.setLayout(self._lines)

    def show_secrets(self, file: IntakeFile) -> None:
        """Show what blocks ``file`` first, then what was allowed in it."""
        clear(self._lines)
        self.setAccessibleName(f"Secrets: {len(file.secrets)}")
        if file.secrets:
            self._add_fix(file.platform)
        for number, secret in enumerate(file.secrets[:_MOST_CARDS]):
            self._lines.addWidget(self._card(secret, number))
        self._add_rest(len(file.secrets) - _MOST_CARDS)
        if file.allowed:
            self._lines.addSpacing(6)
            self._lines.addWidget(label("Allowed by you", "section"))
        for number, secret in enumerate(file.allowed):
            self._lines.addWidget(self._allowed_card(secret, number))
        if not file.secrets and not file.allowed:
            self._lines.addWidget(self._nothing(file))
        self._lines.addStretch(1)

    def _add_fix(self, platform: str) -> None:
        self._lines.addWidget(label("How to fix it", "section"))
        self._lines.addWidget(label(fix_words(platform), wrap=True, name="secrets-fix"))
        self._lines.addWidget(label(_REVOKE, "secondary", wrap=True))
        self._lines.addSpacing(6)

    def _add_rest(self, number: int) -> None:
        if number > 0:
            words = f"{counted(number, 'more secret')} in this file. Solve these first."
            self._lines.addWidget(label(words, "secondary", wrap=True))

    def _nothing(self, file: IntakeFile) -> QWidget:
        if file.stage is IntakeStage.CHECKING:
            return EmptyState(self._theme, "clock", "Checking the file", "")
        if not file.can_save:
            text = "The file could not be read to its end, so it was not searched."
            return EmptyState(self._theme, "file", "Nothing to show", text)
        text = "Keys, tokens, passwords and webhook addresses were looked for; none are in it."
        return EmptyState(self._theme, "shield", "No secrets were found", text)

    def _card(self, secret: SecretLine, number: int) -> QWidget:
        button = Button(
            self._theme,
            "This is not a secret…",
            f"secret-allow-{number}",
            small=True,
            spoken=f"{secret.kind} {secret.masked}: this is not a secret",
        )
        button.clicked.connect(partial(self.allow_asked.emit, secret))
        icon = IconLabel(self._theme, "key", "danger-text", 18)
        return self._framed(secret, f"secret-{number}", icon, button)

    def _allowed_card(self, secret: SecretLine, number: int) -> QWidget:
        button = Button(
            self._theme,
            "Block again",
            f"secret-forbid-{number}",
            kind=Kind.QUIET,
            icon="undo",
            small=True,
            spoken=f"{secret.kind} {secret.masked}: block publishing again",
        )
        button.clicked.connect(partial(self.forbid_asked.emit, secret.digest))
        icon = IconLabel(self._theme, "check-circle", "success", 18)
        return self._framed(secret, f"secret-allowed-{number}", icon, button)

    def _framed(self, secret: SecretLine, name: str, icon: QWidget, button: QWidget) -> QWidget:
        masked = label(secret.masked, "mono")
        masked.setAccessibleName(f"Masked value {secret.masked}")
        named = column(label(secret.kind, "strong"), masked, gap=2)
        words = column(row(named, None, column(button, None)), gap=2)
        if secret.reason:
            words.addWidget(label(f"“{secret.reason}”", "secondary", wrap=True))
        else:
            _add_places(words, secret.places)
        layout = row(column(icon, None), words, gap=10, margins=(14,) * 4)
        layout.setStretch(1, 1)
        made = holder(layout, "card", name)
        made.setAccessibleName(f"{secret.kind}, {secret.masked}")
        return made


def _add_places(words: QVBoxLayout, places: tuple[str, ...]) -> None:
    for place in places[:_MOST_PLACES]:
        shown = ElidedLabel(place, "mono", Qt.TextElideMode.ElideMiddle)
        shown.setAccessibleName(f"Place {place}")
        words.addWidget(shown)
    if len(places) > _MOST_PLACES:
        rest = counted(len(places) - _MOST_PLACES, "more place")
        words.addWidget(label(f"and {rest}", "hint"))
