"""A drop-down choice with our own arrow."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from koda_desktop.views.theme.theme import Theme


class Combo(QComboBox):
    """One of a closed list. The wheel scrolls the page instead of changing the choice."""

    def __init__(self, theme: Theme, choices: Iterable[str], name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.addItems(list(choices))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._repaint)

    def choose(self, text: str) -> None:
        """Show ``text``; one the list does not know is added, so that it is not lost."""
        index = self.findText(text)
        if index < 0:
            self.addItem(text)
            index = self.count() - 1
        self.setCurrentIndex(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        token = "text-secondary" if self.isEnabled() else "text-disabled"
        pixmap = self._theme.pixmap("chevron-down", token, 14, self.devicePixelRatioF())
        QPainter(self).drawPixmap(self.width() - 24, (self.height() - 14) // 2, pixmap)

    @Slot()
    def _repaint(self) -> None:
        self.update()
