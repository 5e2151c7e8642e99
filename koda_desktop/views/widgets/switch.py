"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.theme.theme import Theme

_WIDTH, _HEIGHT = 38, 22


class Switch(QAbstractButton):
    """A checkable switch, painted; Space toggles it."""

    def __init__(self, theme: Theme, name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(QSize(_WIDTH + 6, _HEIGHT + 6))
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + 6, _HEIGHT + 6)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(3, 3, _WIDTH, _HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), 13, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent" if self.isChecked() else "field-edge"))
        painter.drawRoundedRect(track, 11, 11)
        left = track.right() - 19 if self.isChecked() else track.left() + 3
        painter.setBrush(self._theme.color("on-accent"))
        painter.drawEllipse(QRectF(left, 6, 16, 16))

    @Slot()
    def _repaint(self) -> None:
        self.update()
