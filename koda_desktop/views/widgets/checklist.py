"""The publish checklist: each gate, met or not, and what would meet it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.icon_label import IconLabel
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import clear, column, row
from koda_desktop.workspace.info import GateState

_LOOKS = {
    True: ("check-circle", "success", "met"),
    False: ("stop", "danger-text", "not met"),
    None: ("circle", "text-tertiary", "not known yet"),
}


class Checklist(QWidget):
    """One line per gate; the remedy below a gate that is not met."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName("checklist")
        self._lines = column(gap=9)
        self.setLayout(self._lines)
        self._shown: tuple[GateState, ...] = ()

    def show_gates(self, gates: Sequence[GateState]) -> None:
        if tuple(gates) == self._shown:
            return
        self._shown = tuple(gates)
        clear(self._lines)
        for gate in gates:
            self._lines.addWidget(self._line(gate))
        self.setAccessibleName(_spoken(gates))

    def _line(self, gate: GateState) -> QWidget:
        name, token, state = _LOOKS[gate.is_met]
        icon = IconLabel(self._theme, name, token, 17)
        role = "secondary" if gate.is_met is None else ""
        words = column(label(gate.what, role, wrap=True), gap=1)
        for text in self._notes(gate):
            words.addWidget(label(text, "hint", wrap=True))
        holder = QWidget()
        holder.setObjectName(f"gate-{gate.code}")
        holder.setAccessibleName(f"{gate.what}: {state}")
        layout = row(column(icon, None), words, gap=9)
        layout.setStretch(1, 1)
        holder.setLayout(layout)
        return holder

    def _notes(self, gate: GateState) -> list[str]:
        if gate.is_met:
            return []
        fields = [f"{name.capitalize()}: {text}" for name, text in gate.fields.items()]
        return [*fields, gate.remedy] if gate.remedy else fields


def _spoken(gates: Sequence[GateState]) -> str:
    unmet = sum(gate.is_met is False for gate in gates)
    return f"Publish checklist, {unmet} of {len(gates)} not met"
