"""One line of the navigation: an icon, a word and, where something waits, a figure."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 34
_ICON = 18
_LEFT = 10


class NavItem(QAbstractButton):
    """A checkable line. ``set_badge`` shows a figure; ``set_narrow`` leaves the icon alone."""

    def __init__(self, theme: Theme, icon: str, text: str, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._icon_name = icon
        self._badge = ""
        self._badge_tone = "neutral"
        self._narrow = False
        self.setText(text)
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self._repaint)

    def set_badge(self, text: str, tone: str = "neutral", spoken: str = "") -> None:
        """A figure at the end of the line; ``spoken`` says what it counts."""
        if (text, tone) == (self._badge, self._badge_tone):
            return
        self._badge, self._badge_tone = text, tone
        self.setAccessibleDescription(spoken)
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
        self.setToolTip(self.text() if narrow else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(38 if self._narrow else 196, _HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_icon(painter)
        if self._narrow:
            self._paint_dot(painter)
        else:
            self._paint_badge(painter, self._paint_text(painter))

    def _paint_ground(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        token = "pressed" if self.isChecked() else "hover" if self.underMouse() else ""
        painter.setPen(Qt.PenStyle.NoPen)
        if token:
            painter.setBrush(self._theme.color(token))
            painter.drawRoundedRect(area, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.drawRoundedRect(area, 6, 6)

    def _paint_icon(self, painter: QPainter) -> None:
        token = "text" if self.isChecked() else "text-secondary"
        pixmap = self._theme.pixmap(self._icon_name, token, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(_LEFT, (self.height() - _ICON) // 2, pixmap)

    def _paint_text(self, painter: QPainter) -> float:
        weight = QFont.Weight.Medium
        painter.setFont(sans(13, weight))
        painter.setPen(self._theme.color("text" if self.isChecked() else "text-secondary"))
        area = QRectF(self.rect()).adjusted(_LEFT + _ICON + 10, 0, -8, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, self.text())
        return area.right()

    def _paint_badge(self, painter: QPainter, right: float) -> None:
        if not self._badge:
            return
        font = tabular(sans(11, QFont.Weight.Medium))
        width = max(20.0, QFontMetricsF(font).horizontalAdvance(self._badge) + 12)
        area = QRectF(right - width, (self.height() - 18) / 2, width, 18)
        if self._badge_tone != "neutral":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(f"{self._badge_tone}-subtle"))
            painter.drawRoundedRect(area, 9, 9)
        painter.setFont(font)
        tone = "text-secondary" if self._badge_tone == "neutral" else f"{self._badge_tone}-text"
        painter.setPen(self._theme.color(tone))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._badge)

    def _paint_dot(self, painter: QPainter) -> None:
        if self._badge and self._badge_tone != "neutral":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(self._badge_tone))
            painter.drawEllipse(QRectF(self.width() - 13, 6, 7, 7))

    @Slot()
    def _repaint(self) -> None:
        self.update()
