"""A box with a tick, for a choice among several that may all be made."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_BOX, _GAP, _HEIGHT = 16, 8, 24


class Check(QCheckBox):
    """Drawn by us, so that its edge is seen in both themes."""

    def __init__(self, theme: Theme, text: str, name: str) -> None:
        super().__init__(text)
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(text)
        self.setFont(sans(13))
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        words = QFontMetrics(self.font()).horizontalAdvance(self.text())
        return QSize(_BOX + _GAP + words + 4, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _BOX) / 2
        area = QRectF(1, top, _BOX, _BOX).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = "focus" if self.hasFocus() else "field-edge"
        painter.setPen(QPen(self._theme.color(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(self._theme.color("accent" if self.isChecked() else "field"))
        painter.drawRoundedRect(area, 4, 4)
        if self.isChecked():
            tick = self._theme.pixmap("check", "on-accent", 12, self.devicePixelRatioF())
            painter.drawPixmap(3, round(top) + 2, tick)
        painter.setFont(self.font())
        painter.setPen(self._theme.color("text" if self.isEnabled() else "text-disabled"))
        words = self.rect().adjusted(_BOX + _GAP + 1, 0, 0, 0)
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, self.text())

    @Slot()
    def _repaint(self) -> None:
        self.update()
