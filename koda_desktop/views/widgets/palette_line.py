"""The line of the command palette: an icon, and large letters without a frame."""

from __future__ import annotations

from PySide6.QtCore import QRect, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from koda_desktop.views.theme.theme import Theme

_ICON = 18
_HEIGHT = 52


class PaletteLine(QLineEdit):
    """What a person looks for."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.is_fresh = True
        """Whether something was typed since the last answer."""
        self.setObjectName("palette-line")
        self.setAccessibleName("Find a command or a listing")
        self.setPlaceholderText("Find a command or a listing")
        self.setProperty("large", True)
        self.setFixedHeight(_HEIGHT)
        self.textChanged.connect(self._typed)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self.is_fresh = True

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        pixmap = self._theme.pixmap("search", "text-tertiary", _ICON, self.devicePixelRatioF())
        top = (self.height() - _ICON) // 2
        QPainter(self).drawPixmap(QRect(17, top, _ICON, _ICON), pixmap)
