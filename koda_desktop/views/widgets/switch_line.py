"""A switch with its words beside it; a click on the words turns it too."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import row
from koda_desktop.views.widgets.switch import Switch


class SwitchLine(QWidget):
    """``turned`` carries whether it is on, when a person turned it."""

    turned = Signal(bool)

    def __init__(self, theme: Theme, words: str, name: str, *, is_on: bool = False) -> None:
        super().__init__()
        self.switch = Switch(theme, name, words)
        self.switch.setChecked(is_on)
        self.switch.clicked.connect(self.turned)
        self.setLayout(row(self.switch, label(words), None, gap=8))

    @property
    def is_on(self) -> bool:
        return self.switch.isChecked()

    def set_on(self, is_on: bool) -> None:
        """Turn it without telling anyone."""
        self.switch.setChecked(is_on)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        is_inside = self.rect().contains(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and is_inside:
            self.switch.click()
