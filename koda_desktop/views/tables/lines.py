"""What delegates of lists share: measuring and painting wrapped and elided text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QTableView

SWITCH = QSize(38, 22)
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)


def fill(painter: QPainter, area: QRect | QRectF, color: QColor) -> None:
    """Fill ``area``; the painter has no pen after that.

    As ``fillRect``, which has PySide look whether the colour is one of two hundred preset
    gradients, and make all of them for that: three milliseconds before the first paint.
    """
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRect(area)


def wrapped_height(text: str, font: QFont, width: int) -> int:
    """How tall ``text`` is, wrapped to ``width``."""
    if not text:
        return 0
    return (
        QFontMetrics(font).boundingRect(QRect(0, 0, max(width, 40), 10_000), _WRAP, text).height()
    )


def draw_wrapped(painter: QPainter, text: str, font: QFont, color: QColor, area: QRect) -> None:
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(area, _WRAP, text)


def draw_line(
    painter: QPainter,
    text: str,
    font: QFont,
    color: QColor,
    area: QRect,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> int:
    """One line of ``text``, cut to ``area``; answers the width it took."""
    metrics = QFontMetrics(font)
    cut = metrics.elidedText(text, mode, area.width())
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | align), cut)
    return metrics.horizontalAdvance(cut)


def draw_pill(
    painter: QPainter, theme: Theme, text: str, tone: str, font: QFont, left: int, middle: float
) -> int:
    """A rounded label whose left edge is at ``left``; answers its width."""
    width = QFontMetrics(font).horizontalAdvance(text) + 16
    area = QRectF(left, middle - 10, width, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(f"{tone}-subtle"))
    painter.drawRoundedRect(area, 10, 10)
    painter.setFont(font)
    painter.setPen(theme.color(f"{tone}-text"))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
    return width


def draw_switch(painter: QPainter, theme: Theme, area: QRect | QRectF, *, is_on: bool) -> None:
    """A switch, on or off; ``area`` has its size, ``SWITCH``."""
    track = QRectF(area)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent" if is_on else "field-edge"))
    painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
    left = track.right() - 19 if is_on else track.left() + 3
    painter.setBrush(theme.color("on-accent"))
    painter.drawEllipse(QRectF(left, track.top() + 3, 16, 16))


def is_set(option: QStyleOptionViewItem, flag: QStyle.StateFlag) -> bool:
    """Whether ``flag`` is among the states of ``option``."""
    return bool(option.state & flag)


def draw_row_ground(painter: QPainter, theme: Theme, option: QStyleOptionViewItem) -> None:
    """The ground of a row: selected, under the mouse, or nothing; with a ring for the keyboard."""
    # QStyle brings six hundred enum members, and a header needs only words from this module.
    from PySide6.QtWidgets import QStyle

    area = QRectF(option.rect)
    _draw_ground(painter, theme, option, area)
    if is_set(option, QStyle.StateFlag.State_HasFocus):
        _draw_ring(painter, theme, area)


def draw_cell(
    painter: QPainter, theme: Theme, option: QStyleOptionViewItem, row: int, view: QTableView
) -> None:
    """As ``draw_row_ground``, with the line below: what of it is in this cell of a whole row."""
    cell: QRect = option.rect
    _draw_ground(painter, theme, option, QRectF(cell).adjusted(-1, 0, 1, 0))
    draw_separator(painter, theme, cell)
    if view.hasFocus() and view.currentIndex().row() == row:
        head = view.horizontalHeader()
        whole = QRectF(-head.offset(), cell.top(), head.length(), cell.height() - 1)
        # A table leaves a pixel after each cell, which is painted once, with the next one.
        after = 1 if cell.right() + 2 >= whole.right() else 0
        painter.save()
        painter.setClipRect(cell.adjusted(-1, 0, after, 0))
        _draw_ring(painter, theme, whole)
        painter.restore()


def update_row(view: QTableView, row: int) -> None:
    """Have all cells of ``row`` painted again."""
    for column in range(view.model().columnCount()):
        view.update(view.model().index(row, column))


def _draw_ground(
    painter: QPainter, theme: Theme, option: QStyleOptionViewItem, area: QRectF
) -> None:
    from PySide6.QtWidgets import QStyle

    token = ""
    if is_set(option, QStyle.StateFlag.State_Selected):
        token = "accent-subtle"
    elif is_set(option, QStyle.StateFlag.State_MouseOver):
        token = "subtle"
    if token:
        fill(painter, area, theme.color(token))


def _draw_ring(painter: QPainter, theme: Theme, area: QRectF) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.color("focus"), 1.5))
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)


def draw_separator(painter: QPainter, theme: Theme, area: QRect) -> None:
    line = QRect(area.left(), area.bottom(), area.width(), 1)
    fill(painter, line, theme.color("separator"))
