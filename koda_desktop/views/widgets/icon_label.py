"""An icon standing by itself, drawn at the ratio of the screen it is on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme


class IconLabel(QWidget):
    """Shows one line icon in a token's colour. The words beside it carry the meaning."""

    def __init__(
        self, theme: Theme, name: str, token: str = "text-secondary", size: int = 18
    ) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._token = token
        self._size = size
        self.setFixedSize(QSize(size, size))
        theme.changed.connect(self._repaint)

    def set_icon(self, name: str, token: str) -> None:
        self._name = name
        self._token = token
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        pixmap = self._theme.pixmap(self._name, self._token, self._size, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, pixmap)

    @Slot()
    def _repaint(self) -> None:
        self.update()
