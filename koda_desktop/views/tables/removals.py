"""The removals of a scrub as a diff: path, reason, what stood there and what stands there now.

A removal that is optional has a switch at its right: Space, Enter or a click keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QSizePolicy, QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.controllers.intake_state import RemovalLine
from koda_desktop.views.tables.lines import (
    SWITCH,
    draw_line,
    draw_row_ground,
    draw_separator,
    draw_switch,
)
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import mono, sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 68
_SIDE = 14
_SWITCH_ROOM = SWITCH.width() + 16
_Move = QListView.CursorAction
_TOGGLES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


def _words(line: RemovalLine) -> str:
    if line.is_kept:
        return f"{line.where}: {line.reason}. Kept: {line.before}."
    after = f"now {line.after}" if line.after is not None else "removed"
    optional = " Optional: you may keep it." if line.is_optional else ""
    return f"{line.where}: {line.reason}. Was {line.before}, {after}.{optional}"


def _place(line: RemovalLine) -> tuple[str, str]:
    return line.kind, line.where


def _switch_area(row: QRect) -> QRect:
    """Where the switch of a row is painted."""
    left = row.right() - _SIDE - SWITCH.width() + 1
    return QRect(QPoint(left, row.center().y() - SWITCH.height() // 2), SWITCH)


class RemovalModel(ObjectListModel[RemovalLine]):
    """Lines that are optional can be checked, which means kept."""

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        line = self.data(index, ITEM_ROLE)
        is_optional = isinstance(line, RemovalLine) and line.is_optional
        return found | Qt.ItemFlag.ItemIsUserCheckable if is_optional else found

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.CheckStateRole:
            return super().data(index, role)
        line = super().data(index, ITEM_ROLE)
        if not isinstance(line, RemovalLine) or not line.is_optional:
            return None
        return Qt.CheckState.Checked if line.is_kept else Qt.CheckState.Unchecked


class RemovalDelegate(QStyledItemDelegate):
    """Two lines and a diff: red before, green after; what is kept stands alone, in green."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._mono = mono(12)
        self._small = sans(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: RemovalLine = index.data(ITEM_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, self._theme, option)
        rect: QRect = option.rect
        draw_separator(painter, self._theme, rect)
        area = rect.adjusted(_SIDE, 8, -_SIDE, -8)
        if line.is_optional:
            area.setRight(area.right() - _SWITCH_ROOM)
            draw_switch(painter, self._theme, _switch_area(rect), is_on=line.is_kept)
        self._paint_head(painter, line, area)
        self._paint_diff(painter, line, area)
        painter.restore()

    def _paint_head(self, painter: QPainter, line: RemovalLine, area: QRect) -> None:
        reason_width = QFontMetrics(self._small).horizontalAdvance(line.reason)
        reason_width = min(reason_width, area.width() * 3 // 5)
        right = QRect(area.right() - reason_width, area.top(), reason_width + 1, 22)
        left = QRect(area.left(), area.top(), area.width() - reason_width - 16, 22)
        middle = Qt.TextElideMode.ElideMiddle
        text = self._theme.color("text")
        draw_line(painter, line.where, self._mono, text, left, mode=middle)
        quiet = self._theme.color("text-secondary")
        draw_line(painter, line.reason, self._small, quiet, right, Qt.AlignmentFlag.AlignRight)

    def _paint_diff(self, painter: QPainter, line: RemovalLine, area: QRect) -> None:
        top = area.top() + 27
        half = (area.width() - 28) // 2
        tone = "success" if line.is_kept else "danger"
        end = self._chip(painter, line.before, tone, QRect(area.left(), top, half, 24))
        place = QRect(end + 28, top, area.right() - end - 28, 24)
        quiet = self._theme.color("text-tertiary")
        if line.is_kept:
            draw_line(painter, "kept", self._small, quiet, place.adjusted(-20, 0, 0, 0))
            return
        draw_line(painter, "→", self._small, quiet, QRect(end + 8, top, 16, 24))
        if line.after is None:
            draw_line(painter, "removed", self._small, quiet, place)
        else:
            self._chip(painter, line.after, "success", place)

    def _chip(self, painter: QPainter, text: str, tone: str, place: QRect) -> int:
        """``text`` on a tinted ground; answers its right edge."""
        font: QFont = self._mono
        width = min(QFontMetrics(font).horizontalAdvance(text) + 16, place.width())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(f"{tone}-subtle"))
        painter.drawRoundedRect(QRectF(place.left(), place.top(), width, place.height()), 5, 5)
        words = QRect(place.left() + 8, place.top(), width - 16, place.height())
        draw_line(painter, text, font, self._theme.color(f"{tone}-text"), words)
        return place.left() + width


class RemovalList(QListView):
    """As tall as its lines: what it stands in scrolls. ``toggled`` carries the RemovalLine that is
    to be kept, or no longer, ``reached`` the place of the line that is to be seen."""

    toggled = Signal(object)
    reached = Signal(QRect)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("removals")
        self.setAccessibleName("What was removed from the file")
        self.lines = RemovalModel(_words, self)
        delegate = RemovalDelegate(theme)
        delegate.setParent(self)
        self.setModel(self.lines)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(100, _HEIGHT * self.lines.rowCount())

    def show_lines(self, lines: Sequence[RemovalLine]) -> None:
        """Show ``lines``; the one the keyboard is on stays the current one, where it stands."""
        before = self.lines.data(self.currentIndex(), ITEM_ROLE)
        self.lines.set_items(lines)
        self.updateGeometry()
        if isinstance(before, RemovalLine) and not self.currentIndex().isValid():
            same = (n for n, line in enumerate(lines) if _place(line) == _place(before))
            self.setAutoScroll(False)
            self.setCurrentIndex(self.lines.index(next(same, -1)))
            self.setAutoScroll(True)

    def scrollTo(
        self, index: Index, hint: QListView.ScrollHint = QListView.ScrollHint.EnsureVisible
    ) -> None:
        self.reached.emit(self.visualRect(index))

    def moveCursor(
        self, action: QListView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """A page is what is in sight of the list."""
        pages = {_Move.MovePageUp: -1, _Move.MovePageDown: 1}.get(action, 0)
        if not pages:
            return super().moveCursor(action, modifiers)
        lines = max(self.visibleRegion().boundingRect().height() // _HEIGHT, 1)
        row = self.currentIndex().row() + pages * lines
        return self.lines.index(min(max(row, 0), self.lines.rowCount() - 1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _TOGGLES:
            self._toggle(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if is_left and _switch_area(self.visualRect(index)).contains(event.position().toPoint()):
            self._toggle(index)

    def _toggle(self, index: QModelIndex) -> None:
        line = self.lines.data(index, ITEM_ROLE)
        if isinstance(line, RemovalLine) and line.is_optional:
            self.toggled.emit(line)
