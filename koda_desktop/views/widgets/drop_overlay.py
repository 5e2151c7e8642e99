"""The veil over the whole window while a file is dragged across it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QRectF, Qt
from PySide6.QtGui import QFont, QHideEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from koda_desktop.views.tables.lines import fill
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme


def dropped_files(data: QMimeData) -> list[Path]:
    """The local files in ``data``; addresses of other kinds are left out."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropOverlay(QWidget):
    """Says where the file goes when it is let go. Catches no events of its own."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = parent
        self._count = 0
        self.setObjectName("drop-overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_for(self, count: int) -> None:
        """Cover the parent, also when it changes its size, for ``count`` files."""
        self._count = count
        self.setGeometry(self._window.rect())
        self._window.installEventFilter(self)
        self.raise_()
        self.show()

    def hideEvent(self, event: QHideEvent) -> None:
        self._window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        fill(painter, self.rect(), self._theme.color("overlay"))
        self._paint_frame(painter)
        self._paint_words(painter)

    def _paint_frame(self, painter: QPainter) -> None:
        pen = QPen(self._theme.color("accent"), 2, Qt.PenStyle.DashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(16, 16, -16, -16), 14, 14)

    def _paint_words(self, painter: QPainter) -> None:
        middle = self.rect().center()
        pixmap = self._theme.pixmap("file-plus", "accent-text", 44, self.devicePixelRatioF())
        painter.drawPixmap(middle.x() - 22, middle.y() - 74, pixmap)
        files = "Drop the file to check it" if self._count == 1 else "Drop the files to check them"
        self._line(painter, files, middle.y() - 18, sans(20, QFont.Weight.DemiBold), "text")
        what = "It is cleaned and described on this computer; nothing is sent yet."
        if self._count > 1:
            what = "They are cleaned and described on this computer; nothing is sent yet."
        self._line(painter, what, middle.y() + 14, sans(13), "text-secondary")

    def _line(self, painter: QPainter, text: str, top: int, font: QFont, token: str) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(token))
        painter.drawText(QRectF(0, top, self.width(), 28), Qt.AlignmentFlag.AlignCenter, text)
