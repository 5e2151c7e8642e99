"""A large choice on the first-run page: an icon, a name, what it means."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.tables.lines import draw_line, draw_wrapped
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 92


class OptionCard(QAbstractButton):
    """A card to press."""

    def __init__(self, theme: Theme, icon: str, heading: str, text: str, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._words = text
        self.setText(heading)
        self.setObjectName(name)
        self.setAccessibleName(heading)
        self.setAccessibleDescription(text)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(520, _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_icon(painter)
        inner = self.rect().adjusted(72, 17, -48, -12)
        head = inner.adjusted(0, 0, 0, 0)
        head.setHeight(20)
        heading = sans(14, QFont.Weight.DemiBold)
        draw_line(painter, self.text(), heading, self._theme.color("text"), head)
        body = inner.adjusted(0, 23, 0, 0)
        draw_wrapped(painter, self._words, sans(13), self._theme.color("text-secondary"), body)

    def _paint_ground(self, painter: QPainter) -> None:
        active = self.hasFocus() or self.underMouse()
        edge = "focus" if self.hasFocus() else "accent" if active else "outline"
        painter.setPen(QPen(self._theme.color(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(self._theme.color("raised"))
        inset = 1.0 if self.hasFocus() else 0.5
        area = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(area, 11, 11)

    def _paint_icon(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent-subtle"))
        middle = self.height() / 2
        painter.drawRoundedRect(QRectF(18, middle - 19, 38, 38), 10, 10)
        ratio = self.devicePixelRatioF()
        pixmap = self._theme.pixmap(self._icon_name, "accent-text", 20, ratio)
        painter.drawPixmap(27, int(middle - 10), pixmap)
        arrow = self._theme.pixmap("chevron-right", "text-tertiary", 18, ratio)
        painter.drawPixmap(self.width() - 34, int(middle - 9), arrow)

    @Slot()
    def _repaint(self) -> None:
        self.update()
