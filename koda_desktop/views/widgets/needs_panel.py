"""What the buyer needs: a card of chips by kind, and the steps that are left to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.controllers.needs import BuyerNeeds
from koda_desktop.views.format import counted
from koda_desktop.views.widgets.flow import FlowLayout
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, holder, row
from koda_desktop.views.widgets.pill import Pill

_NAME_WIDTH = 96
_FIGURE_WIDTH = 20
_LONGEST = 34
_MOST_CHIPS = 24
_NOTHING = "Nothing was found that a buyer must have beforehand."


class NeedsPanel(QWidget):
    """Only the kinds that are needed have a line."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._shown: BuyerNeeds | None = None
        self.setObjectName(name)
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 13, 14, 13)
        self._grid.setVerticalSpacing(10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)

    def show_needs(self, needs: BuyerNeeds) -> None:
        if needs == self._shown:
            return
        self._shown = needs
        clear(self._grid)
        for name, values in _lines(needs):
            self._add(name, _Chips(name, values))
        if needs.setup_steps:
            self._add("Set-up", _steps(needs.setup_steps))
        if needs.is_empty:
            self._grid.addWidget(label(_NOTHING, "secondary", wrap=True), 0, 0, 1, 2)
        self.setAccessibleName(f"What the buyer needs: {_spoken(needs)}")

    def _add(self, name: str, value: QWidget) -> None:
        line = self._grid.rowCount()
        heading = label(name, "secondary")
        heading.setContentsMargins(0, 1, 0, 0)
        self._grid.addWidget(heading, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, line, 1)


class _Chips(QWidget):
    """Values in lines, like words."""

    def __init__(self, name: str, values: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName(f"{name}: {', '.join(values)}")
        flow = FlowLayout(self, gap=6)
        for value in values[:_MOST_CHIPS]:
            flow.addWidget(_chip(value))
        rest = values[_MOST_CHIPS:]
        if rest:
            more = Pill(f"{len(rest)} more")
            more.setToolTip("\n".join(rest))
            flow.addWidget(more)


def _chip(value: str) -> Pill:
    if len(value) <= _LONGEST:
        return Pill(value)
    made = Pill(f"{value[: _LONGEST - 1]}…")
    made.setToolTip(value)
    return made


def _steps(steps: Sequence[str]) -> QWidget:
    lines = column(gap=4)
    for number, step in enumerate(steps, 1):
        figure = label(f"{number}.", "secondary")
        figure.setFixedWidth(_FIGURE_WIDTH)
        line = row(column(figure, None), label(step, wrap=True), gap=4)
        line.setStretch(1, 1)
        lines.addLayout(line)
    return holder(lines)


def _lines(needs: BuyerNeeds) -> list[tuple[str, tuple[str, ...]]]:
    version = (needs.platform_version,) if needs.platform_version else ()
    lines = [
        ("Apps", needs.apps),
        ("Credentials", needs.credentials),
        ("AI models", needs.ai_models),
        ("Packages", needs.packages),
        ("Code", needs.code_languages),
        ("Platform", version),
    ]
    return [(name, values) for name, values in lines if values]


def _spoken(needs: BuyerNeeds) -> str:
    said = [f"{name} {', '.join(values)}" for name, values in _lines(needs)]
    if needs.setup_steps:
        said.append(counted(len(needs.setup_steps), "set-up step"))
    return "; ".join(said) or _NOTHING
