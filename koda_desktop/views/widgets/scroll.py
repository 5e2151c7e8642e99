"""Scroll areas that scroll down only and keep the ground they stand on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QWidget

BAR_WIDTH = 11
"""Pixels, as the style sheet has it."""


def scrolled(widget: QWidget, name: str) -> QScrollArea:
    """``widget`` in an area as wide as it gets, scrolled downwards."""
    area = QScrollArea()
    area.setObjectName(name)
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.viewport().setAutoFillBackground(False)
    widget.setAutoFillBackground(False)
    return area


def scrolled_beside(widget: QWidget, name: str) -> QScrollArea:
    """``widget`` as by ``scrolled``, as wide without a scroll bar as with one.

    The bar's room is a part of the margin at the right.
    """
    area = scrolled(widget, name)
    area.setVerticalScrollBar(_ShyBar(area))
    area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
    return area


class _ShyBar(QScrollBar):
    """Is not seen while there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.maximum() > self.minimum():
            super().paintEvent(event)
