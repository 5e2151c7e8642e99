"""Facts as pairs: what it is called at the left, what it is at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import clear

_NAME_WIDTH = 96


class Facts(QWidget):
    """A list of pairs. A value that does not fit is cut in the middle and whole in its tool tip."""

    def __init__(self, name: str = "facts") -> None:
        super().__init__()
        self.setObjectName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(7)
        self._grid.setHorizontalSpacing(12)
        self._grid.setColumnMinimumWidth(0, _NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[tuple[str, str], ...] = ()

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show the pairs of ``facts`` that have a value."""
        wanted = tuple((name, value) for name, value in facts if value)
        if wanted == self._shown:
            return
        self._shown = wanted
        clear(self._grid)
        for line, (name, value) in enumerate(wanted):
            self._grid.addWidget(label(name, "secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            shown = ElidedLabel(value, mode=Qt.TextElideMode.ElideMiddle)
            shown.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(shown, line, 1)
