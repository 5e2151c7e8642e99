"""The optional removals of a dropped file: a switch for each kind, and remembering it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from koda_desktop.controllers.intake_state import IntakeFile, KeepChoice
from koda_desktop.views.format import count, counted
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.switch import Switch


class KeepingView(QWidget):
    """``kept`` carries a kind and whether it is kept in this file, ``kept_everywhere`` the same
    for every file of the intake, ``remembered`` for every file to come."""

    kept = Signal(str, bool)
    kept_everywhere = Signal(str, bool)
    remembered = Signal(str, bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._lines: dict[str, _ChoiceLine] = {}
        self.setObjectName("intake-keeping")
        self.setAccessibleName("What you may keep")
        self._column: QVBoxLayout = column(gap=0)
        card = holder(self._column, "card")
        self._column.setContentsMargins(1, 1, 1, 1)
        self.setLayout(column(label("You may keep", "section"), card, gap=6))

    def show_choices(self, file: IntakeFile) -> None:
        """Show a line for each kind; a line that stands already keeps the keyboard's focus."""
        self.setVisible(bool(file.choices))
        if tuple(self._lines) != tuple(choice.kind for choice in file.choices):
            self._build(file.choices)
        for choice in file.choices:
            self._lines[choice.kind].show_choice(choice, choice.kind in file.remembered)

    def show_others(self, others: dict[str, tuple[int, int]]) -> None:
        """Offer a choice for every file where others differ: of each kind, how many other files
        keep it, and how many could."""
        for kind, each in self._lines.items():
            each.show_others(*others.get(kind, (0, 0)))

    def _build(self, choices: tuple[KeepChoice, ...]) -> None:
        clear(self._column)
        self._lines = {}
        for place, choice in enumerate(choices):
            if place:
                self._column.addWidget(line())
            made = self._lines[choice.kind] = _ChoiceLine(self._theme, choice)
            self._column.addWidget(made)
            made.switch.toggled.connect(partial(self.kept.emit, choice.kind))
            made.everywhere.clicked.connect(partial(self._pass_everywhere, choice.kind))
            made.remember.clicked.connect(partial(self._pass_remember, choice.kind))

    def _pass_everywhere(self, kind: str) -> None:
        self.kept_everywhere.emit(kind, self._lines[kind].switch.isChecked())

    def _pass_remember(self, kind: str) -> None:
        self.remembered.emit(kind, not self._lines[kind].is_remembered)


class _ChoiceLine(QWidget):
    """One kind: what it is, how much of it is kept, and what can be done."""

    def __init__(self, theme: Theme, choice: KeepChoice) -> None:
        super().__init__()
        self.is_remembered = False
        name = f"keep-{choice.kind}"
        self._choice = choice
        self._count = label("", "hint", name=f"{name}-count")
        self.switch = Switch(theme, name, f"Keep: {choice.title}")
        self.switch.setAccessibleDescription(choice.benefit)
        self.everywhere = Button(theme, "Keep in all files", f"{name}-everywhere", small=True)
        self.remember = Button(theme, "Remember", f"{name}-remember", small=True)
        head = row(label(choice.title, "strong"), self._count, None, gap=8)
        buttons = row(self.everywhere, self.remember, None, gap=6, margins=(0, 5, 0, 2))
        self._more = holder(buttons)
        benefit = label(choice.benefit, "secondary", wrap=True, name=f"{name}-benefit")
        words = column(head, benefit, self._more, gap=1)
        parts = row(words, self.switch, gap=12, margins=(14, 8, 12, 8))
        parts.setStretch(0, 1)
        self.setLayout(parts)

    def show_choice(self, choice: KeepChoice, is_remembered: bool) -> None:
        self.is_remembered = is_remembered
        with QSignalBlocker(self.switch):
            self.switch.setChecked(choice.is_kept)
        self.switch.update()
        self._count.setText(_amount(choice))
        self.switch.setAccessibleName(f"Keep: {choice.title}, {_amount(choice)}")
        self._choice = choice
        self.remember.setVisible(choice.is_kept or is_remembered)
        words = "No longer in new files" if is_remembered else "Keep in new files too"
        self.remember.setText(words)
        told = (
            "It is kept in every file you add. Remove it from files added from now on."
            if is_remembered
            else "Keep it in every file you add from now on, too."
        )
        self.remember.setToolTip(told)
        self.remember.setAccessibleName(f"{words}: {choice.title}. {told}")

    def show_others(self, keeping: int, having: int) -> None:
        """``keeping`` other files keep this kind, of the ``having`` that could."""
        choice = self._choice
        verb, number = ("Keep", having - keeping) if choice.is_kept else ("Remove", keeping)
        words = f"{verb} in {counted(number, 'other file')}"
        self.everywhere.setText(words)
        self.everywhere.setAccessibleName(f"{words}: {choice.title}")
        self.everywhere.setVisible(number > 0)
        self._more.setVisible(not (self.everywhere.isHidden() and self.remember.isHidden()))


def _amount(choice: KeepChoice) -> str:
    places = counted(choice.total, "place")
    if choice.is_kept:
        return f"{places}, kept"
    return f"{count(choice.kept)} of {places} kept" if choice.kept else f"{places}, removed"
