"""A switch: on or off, at once."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton

from koda_desktop.views.tables.lines import SWITCH, draw_switch
from koda_desktop.views.theme.theme import Theme

_RING = 3
"""Pixels around it for the ring of the keyboard."""


class Switch(QAbstractButton):
    """A checkable switch, painted; Space toggles it."""

    def __init__(self, theme: Theme, name: str, spoken: str) -> None:
        super().__init__()
        self._theme = theme
        self.setObjectName(name)
        self.setAccessibleName(spoken)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(self.sizeHint())
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        return SWITCH + QSize(2 * _RING, 2 * _RING)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(QPointF(_RING, _RING), QSizeF(SWITCH))
        if self.hasFocus():
            painter.setPen(QPen(self._theme.color("focus"), 2))
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), 13, 13)
        draw_switch(painter, self._theme, track, is_on=self.isChecked())

    @Slot()
    def _repaint(self) -> None:
        self.update()
