"""The removals of a scrub as a diff: path, reason, what stood there and what stands there now."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.controllers.intake_state import RemovalLine
from koda_desktop.views.tables.lines import draw_line, draw_row_ground, draw_separator
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import mono, sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 68
_SIDE = 14


def _words(line: RemovalLine) -> str:
    after = f"now {line.after}" if line.after is not None else "removed"
    return f"{line.where}: {line.reason}. Was {line.before}, {after}."


class RemovalDelegate(QStyledItemDelegate):
    """Two lines and a diff: red before, green after."""

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
        end = self._chip(painter, line.before, "danger", QRect(area.left(), top, half, 24))
        arrow = self._theme.color("text-tertiary")
        draw_line(painter, "→", self._small, arrow, QRect(end + 8, top, 16, 24))
        place = QRect(end + 28, top, area.right() - end - 28, 24)
        if line.after is None:
            quiet = self._theme.color("text-tertiary")
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


def removals_view(theme: Theme) -> tuple[QListView, ObjectListModel[RemovalLine]]:
    """A list of removals and the model that fills it."""
    view = QListView()
    view.setObjectName("removals")
    view.setAccessibleName("What was removed from the file")
    model: ObjectListModel[RemovalLine] = ObjectListModel(_words, view)
    delegate = RemovalDelegate(theme)
    delegate.setParent(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setUniformItemSizes(True)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    return view, model
