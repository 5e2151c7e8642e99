"""The sync status: a dot, two lines and a click that syncs now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 46


class StatusButton(QAbstractButton):
    """Shows whether the marketplace is in reach and what waits; a click asks for a round now."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._tone = "neutral"
        self._second = ""
        self._narrow = False
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.tell("neutral", "Starting", "")
        theme.changed.connect(self._repaint)

    def tell(self, tone: str, first: str, second: str, tip: str = "") -> None:
        """Show ``first`` over ``second`` with a dot in ``tone``."""
        self._tone, self._second = tone, second
        self.setText(first)
        self.setAccessibleName(f"Sync status: {first}. {second}".strip())
        self.setAccessibleDescription("Press to sync now")
        self.setToolTip(tip or f"{first}. Click to sync now (F5).")
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        self._narrow = narrow
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
        self._paint_dot(painter)
        if not self._narrow:
            self._paint_words(painter)

    def _paint_ground(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.underMouse():
            painter.setBrush(self._theme.color("hover"))
            painter.drawRoundedRect(area, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.drawRoundedRect(area, 6, 6)

    def _paint_dot(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(self._tone))
        top = self.height() / 2 - 4 if self._narrow else 11
        painter.drawEllipse(QRectF(15, top, 8, 8))

    def _paint_words(self, painter: QPainter) -> None:
        left, width = 38, self.width() - 46 - (20 if self.underMouse() else 0)
        painter.setFont(sans(13, QFont.Weight.Medium))
        painter.setPen(self._theme.color("text"))
        painter.drawText(QRectF(left, 5, width, 20), Qt.AlignmentFlag.AlignVCenter, self.text())
        font = tabular(sans(12))
        painter.setFont(font)
        painter.setPen(self._theme.color("text-tertiary"))
        second = QFontMetrics(font).elidedText(self._second, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRectF(left, 23, width, 18), Qt.AlignmentFlag.AlignVCenter, second)
        if self.underMouse():
            self._paint_hint(painter)

    def _paint_hint(self, painter: QPainter) -> None:
        pixmap = self._theme.pixmap("refresh", "text-secondary", 16, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 26, (self.height() - 16) // 2, pixmap)

    @Slot()
    def _repaint(self) -> None:
        self.update()
