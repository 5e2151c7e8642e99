"""What a page shows when there is nothing in it: a drawing, a sentence and the way on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import label
from koda_desktop.views.widgets.layouts import column, row


class Illustration(QWidget):
    """A card with an icon, two more cards behind it: drawn, so that it follows the theme."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self.setFixedSize(QSize(132, 96))
        theme.changed.connect(self._repaint)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._card(painter, -11, QPointF(-24, 4), "subtle")
        self._card(painter, 11, QPointF(24, 4), "subtle")
        self._card(painter, 0, QPointF(0, 0), "raised")
        size = 28
        pixmap = self._theme.pixmap(self._icon, "accent-text", size, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2 - 2, pixmap)

    def _card(self, painter: QPainter, turn: float, shift: QPointF, ground: str) -> None:
        painter.save()
        painter.translate(QPointF(self.width() / 2, self.height() / 2) + shift)
        painter.rotate(turn)
        painter.setPen(QPen(self._theme.color("outline"), 1.2))
        painter.setBrush(self._theme.color(ground))
        painter.drawRoundedRect(QRectF(-29, -37, 58, 74), 9, 9)
        painter.restore()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class EmptyState(QWidget):
    """Centred: illustration, heading, text, buttons."""

    def __init__(self, theme: Theme, icon: str, heading: str, text: str, *actions: QWidget) -> None:
        super().__init__()
        self._heading = label(heading, "heading")
        self._text = label(text, "secondary", wrap=True)
        for part in (self._heading, self._text):
            part.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._text.setFixedWidth(380)
        buttons = row(None, *actions, None, gap=8)
        picture = row(None, Illustration(theme, icon), None)
        words = row(None, self._text, None)
        self.setLayout(column(None, picture, 10, self._heading, words, 10, buttons, None, gap=6))

    def tell(self, heading: str, text: str) -> None:
        self._heading.setText(heading)
        self._text.setText(text)
