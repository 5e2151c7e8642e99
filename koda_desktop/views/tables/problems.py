"""The problems of a file: how grave, what, and where."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from koda_desktop.controllers.intake_state import ProblemLine
from koda_desktop.views.tables.lines import (
    draw_line,
    draw_row_ground,
    draw_separator,
    draw_wrapped,
    wrapped_height,
)
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import mono, sans
from koda_desktop.views.theme.theme import Theme

_SIDE = 14
_TEXT_LEFT = 42
_TOP = 11
SEVERITY_ICONS = {
    "error": ("error", "danger-text", "Error"),
    "warning": ("alert", "warning-text", "Warning"),
    "info": ("info", "info-text", "Note"),
}


def _words(line: ProblemLine) -> str:
    kind = SEVERITY_ICONS[line.severity][2]
    return f"{kind}: {line.message} {line.where}".strip()


class ProblemDelegate(QStyledItemDelegate):
    """An icon, the message over as many lines as it needs, its place, and the lines of the file."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = sans(13)
        self._small = sans(12)
        self._mono = mono(12)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        line: ProblemLine = index.data(ITEM_ROLE)
        widget: QWidget | None = option.widget
        width = widget.width() - 16 if widget is not None else 400
        return QSize(width, self._heights(line, width - _TEXT_LEFT - _SIDE)[3])

    def _heights(self, line: ProblemLine, width: int) -> tuple[int, int, int, int]:
        """Of the message, the place, the snippet, and of the whole row."""
        message = wrapped_height(line.message, self._text, width)
        place = 20 if line.where else 0
        snippet = 18 * len(line.snippet.splitlines()) + 12 if line.snippet else 0
        return message, place, snippet, 2 * _TOP + message + place + (snippet and snippet + 6)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: ProblemLine = index.data(ITEM_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, self._theme, option)
        rect: QRect = option.rect
        draw_separator(painter, self._theme, rect)
        self._paint_icon(painter, line, rect)
        self._paint_words(painter, line, rect)
        painter.restore()

    def _paint_icon(self, painter: QPainter, line: ProblemLine, rect: QRect) -> None:
        name, token, _ = SEVERITY_ICONS[line.severity]
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._theme.pixmap(name, token, 18, ratio)
        painter.drawPixmap(rect.left() + _SIDE, rect.top() + _TOP, pixmap)

    def _paint_words(self, painter: QPainter, line: ProblemLine, rect: QRect) -> None:
        area = rect.adjusted(_TEXT_LEFT, _TOP, -_SIDE, -_TOP)
        message, place, snippet, _ = self._heights(line, area.width())
        draw_wrapped(painter, line.message, self._text, self._theme.color("text"), area)
        top = area.top() + message
        if place:
            where = QRect(area.left(), top, area.width(), place)
            draw_line(painter, line.where, self._mono, self._theme.color("text-tertiary"), where)
        if snippet:
            box = QRect(area.left(), top + place + 6, area.width(), snippet)
            self._paint_snippet(painter, line, box)

    def _paint_snippet(self, painter: QPainter, line: ProblemLine, box: QRect) -> None:
        painter.setBrush(self._theme.color("subtle"))
        painter.setPen(self._theme.color("separator"))
        painter.drawRoundedRect(box, 6, 6)
        font: QFont = self._mono
        for number, text in enumerate(line.snippet.splitlines()):
            place = QRect(box.left() + 10, box.top() + 6 + 18 * number, box.width() - 20, 18)
            draw_line(painter, text, font, self._theme.color("text-secondary"), place)


def problems_view(theme: Theme) -> tuple[QListView, ObjectListModel[ProblemLine]]:
    """A list of problems and the model that fills it."""
    view = QListView()
    view.setObjectName("problems")
    view.setAccessibleName("Findings in the file")
    model: ObjectListModel[ProblemLine] = ObjectListModel(_words, view)
    delegate = ProblemDelegate(theme)
    delegate.setParent(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setResizeMode(QListView.ResizeMode.Adjust)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    return view, model
