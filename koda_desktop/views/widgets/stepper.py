"""Steps that lead to an end: which are done, which one is now, and whether something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QLabel, QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label, line, set_style_property
from koda_desktop.views.widgets.layouts import row

_SPOKEN = {"done": "done", "now": "now", "wrong": "needs you", "later": "later"}
_ICONS = {
    "done": ("check-circle", "success-text"),
    "now": ("arrow-right", "accent-text"),
    "wrong": ("alert", "warning-text"),
    "later": ("circle", "text-tertiary"),
}
_ROLES = {"done": "secondary", "now": "strong", "wrong": "strong", "later": "secondary"}


class Stepper(QWidget):
    """``steps`` side by side, from the first to the last."""

    def __init__(self, theme: Theme, steps: Sequence[str], name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._steps = tuple(steps)
        self._icons = [IconLabel(theme, "circle", "text-tertiary", 18) for _ in steps]
        self._words: list[QLabel] = [label(step, "secondary") for step in steps]
        layout = row(gap=10)
        for number, (icon, words) in enumerate(zip(self._icons, self._words, strict=True)):
            if number:
                layout.addWidget(line(), 1)
            layout.addWidget(icon)
            layout.addWidget(words)
        self.setLayout(layout)
        self.show_step(0)

    def show_step(self, now: int, *, is_wrong: bool = False) -> None:
        """The steps before ``now`` are done; past the last one all are. ``is_wrong``: the present
        one cannot be passed without the person.
        """
        states = [
            "done" if number < now else "later" if number > now else "wrong" if is_wrong else "now"
            for number in range(len(self._steps))
        ]
        for icon, words, state in zip(self._icons, self._words, states, strict=True):
            icon.set_icon(*_ICONS[state])
            set_style_property(words, "role", _ROLES[state])
        spoken = (f"{s}: {_SPOKEN[state]}" for s, state in zip(self._steps, states, strict=True))
        self.setAccessibleName(", ".join(spoken))
