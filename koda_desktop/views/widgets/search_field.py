"""The search field: waits for a pause in typing, clears with Escape."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from koda_desktop.views.theme.theme import Theme

_PAUSE_MS = 120
_ICON = 16


class SearchField(QLineEdit):
    """A line to search with; ``searched`` carries the text once a person pauses."""

    searched = Signal(str)

    def __init__(
        self, theme: Theme, hint: str, name: str, spoken: str, *, pause_ms: int = _PAUSE_MS
    ) -> None:
        super().__init__()
        self._theme = theme
        self._last = ""
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setPlaceholderText(hint)
        self.setProperty("search", True)
        self.setClearButtonEnabled(False)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self._tell)
        self.textChanged.connect(self._typed)
        theme.changed.connect(self._repaint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        top = (self.height() - _ICON) // 2
        pixmap = self._theme.pixmap("search", "text-tertiary", _ICON, self.devicePixelRatioF())
        QPainter(self).drawPixmap(QRect(10, top, _ICON, _ICON), pixmap)

    @Slot(str)
    def _typed(self, text: str) -> None:
        self._pause.start()

    @Slot()
    def _tell(self) -> None:
        self._pause.stop()
        text = self.text().strip()
        if text != self._last:
            self._last = text
            self.searched.emit(text)

    @Slot()
    def _repaint(self) -> None:
        self.update()
