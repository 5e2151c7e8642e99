"""The allowed values as a list: what kind, masked, why, when, and where each was seen first."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from koda_desktop.views.format import exactly
from koda_desktop.views.tables.lines import draw_line, draw_row_ground, draw_separator
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import mono, sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workspace.allowances import Allowance

_HEIGHT = 82
_SIDE = 14
_GAP = 14


def _told(one: Allowance) -> str:
    """When and by whom a value was allowed, leading to where it was seen first."""
    by = f" by {one.by}" if one.by else ""
    seen = "  ·  first seen in " if one.seen else ""
    return f"Allowed {exactly(one.at) or one.at}{by}{seen}"


def _words(one: Allowance) -> str:
    value, reason = f"{one.kind} {one.masked}".strip(), f"“{one.reason}”"
    return ". ".join((value, reason, _told(one) + one.seen, one.short))


class AllowanceDelegate(QStyledItemDelegate):
    """Three lines: the value, the reason, how it came to be allowed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._strong = sans(13, QFont.Weight.Medium)
        self._text = sans(13)
        self._small = sans(12)
        self._mono = mono(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Allowance = index.data(ITEM_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, self._theme, option)
        rect: QRect = option.rect
        draw_separator(painter, self._theme, rect)
        area = rect.adjusted(_SIDE, 9, -_SIDE, -9)
        self._paint_value(painter, one, QRect(area.left(), area.top(), area.width(), 20))
        quiet, faint = self._theme.color("text-secondary"), self._theme.color("text-tertiary")
        reason = QRect(area.left(), area.top() + 22, area.width(), 19)
        draw_line(painter, f"“{one.reason}”", self._text, quiet, reason)
        last = QRect(area.left(), area.top() + 43, area.width(), 18)
        taken = draw_line(painter, _told(one), self._small, faint, last)
        middle = Qt.TextElideMode.ElideMiddle
        draw_line(painter, one.seen, self._small, faint, last.adjusted(taken, 0, 0, 0), mode=middle)
        painter.restore()

    def _paint_value(self, painter: QPainter, one: Allowance, area: QRect) -> None:
        digest = QFontMetrics(self._mono).horizontalAdvance(one.short)
        right = QRect(area.right() - digest, area.top(), digest + 1, area.height())
        faint, text = self._theme.color("text-tertiary"), self._theme.color("text")
        draw_line(painter, one.short, self._mono, faint, right)
        left = area.adjusted(0, 0, -digest - _GAP, 0)
        taken = draw_line(painter, one.kind, self._strong, text, left)
        rest = left.adjusted(taken + _GAP, 0, 0, 0)
        draw_line(painter, one.masked, self._mono, self._theme.color("text-secondary"), rest)


class AllowanceList(QListView):
    """Several can be chosen; Delete asks to withdraw them."""

    withdraw_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("allowances")
        self.setAccessibleName("Allowed values")
        self.lines: ObjectListModel[Allowance] = ObjectListModel(_words, self)
        delegate = AllowanceDelegate(theme)
        delegate.setParent(self)
        self.setModel(self.lines)
        self.setItemDelegate(delegate)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)

    @property
    def chosen(self) -> list[Allowance]:
        """The selected values, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return [self.lines.data(self.lines.index(row), ITEM_ROLE) for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete:
            self.withdraw_asked.emit()
        else:
            super().keyPressEvent(event)
