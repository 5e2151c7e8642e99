"""Rows and columns without the margins Qt adds by itself."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget

Margins = tuple[int, int, int, int]
Part = QWidget | QLayout | int | None
"""A widget, a layout, a gap in pixels, or None for a stretch."""


def row(*parts: Part, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QHBoxLayout:
    """The parts side by side."""
    made = QHBoxLayout()
    _fill(made, parts, gap, margins)
    return made


def column(*parts: Part, gap: int = 8, margins: Margins = (0, 0, 0, 0)) -> QVBoxLayout:
    """The parts one below the other."""
    made = QVBoxLayout()
    _fill(made, parts, gap, margins)
    return made


def _fill(layout: QBoxLayout, parts: Iterable[Part], gap: int, margins: Margins) -> None:
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    for part in parts:
        _add(layout, part)


def _add(layout: QBoxLayout, part: Part) -> None:
    if part is None:
        layout.addStretch(1)
    elif isinstance(part, int):
        layout.addSpacing(part)
    elif isinstance(part, QWidget):
        layout.addWidget(part)
    else:
        layout.addLayout(part)


def holder(layout: QLayout, surface: str = "", name: str = "") -> QWidget:
    """A plain widget around ``layout``; ``surface`` is one the style sheet knows."""
    made = QWidget()
    made.setLayout(layout)
    if surface:
        made.setProperty("surface", surface)
        made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    if name:
        made.setObjectName(name)
    return made


def clear(layout: QLayout) -> None:
    """Remove everything from ``layout``; its widgets are deleted."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        inner = item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif inner is not None:
            clear(inner)
