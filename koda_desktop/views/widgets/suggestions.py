"""The list that hangs below a field while something is typed into it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from koda_desktop.sync.filters.completing import Suggestion
from koda_desktop.views.format import count
from koda_desktop.views.tables.lines import draw_line, draw_row_ground
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import mono, sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.layouts import column

_LINE, _MOST_LINES, _SIDE = 30, 9, 10
_LEAST_WIDTH, _MOST_WIDTH = 300, 460


class Suggestions(QFrame):
    """Shown over ``parent``; the keyboard stays in the field."""

    taken = Signal(object)
    """A Suggestion that was pressed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("suggestions")
        self.setProperty("surface", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model: ObjectListModel[Suggestion] = ObjectListModel(_words, self)
        self._list = QListView()
        self._list.setObjectName("suggestions-list")
        self._list.setAccessibleName("Suggestions")
        self._list.setProperty("surface", "raised")
        self._list.setModel(self._model)
        self._list.setItemDelegate(SuggestionDelegate(theme, self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.clicked.connect(self._pressed)
        self.setLayout(column(self._list, margins=(5, 5, 5, 5)))
        self.hide()

    def offer(self, found: Sequence[Suggestion], field: QLineEdit) -> None:
        """Show ``found`` below ``field``; none of them is chosen yet."""
        self._model.set_items(list(found))
        self._list.setCurrentIndex(QModelIndex())
        self._list.clearSelection()
        lines = min(len(found), _MOST_LINES)
        width = min(max(field.width(), _LEAST_WIDTH), _MOST_WIDTH)
        size = QSize(width, lines * _LINE + 12)
        corner = field.mapTo(self._over, QPoint(0, field.height() + 4))
        corner.setX(max(0, min(corner.x(), self._over.width() - width - 8)))
        self.setGeometry(QRect(corner, size))
        self.show()
        self.raise_()

    def step(self, by: int) -> None:
        """Choose the line so many further on."""
        last = self._model.rowCount() - 1
        now = self._list.currentIndex().row()
        self._list.setCurrentIndex(self._model.index(max(0, min(now + by, last))))

    @property
    def chosen(self) -> Suggestion | None:
        found: Suggestion | None = self._list.currentIndex().data(ITEM_ROLE)
        return found

    @property
    def first(self) -> Suggestion | None:
        found: Suggestion | None = self._model.index(0).data(ITEM_ROLE)
        return found

    @Slot(QModelIndex)
    def _pressed(self, index: QModelIndex) -> None:
        self.taken.emit(index.data(ITEM_ROLE))


def _words(one: Suggestion) -> str:
    if one.count is not None:
        return f"{one.text}, {one.count}"
    return f"{one.text} {one.hint}".strip()


class SuggestionDelegate(QStyledItemDelegate):
    """What would be written at the left; at the right an example, or how many have it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = sans(13, QFont.Weight.Medium)
        self._hint = mono(11)
        self._figures = tabular(sans(12))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        one: Suggestion = index.data(ITEM_ROLE)
        painter.save()
        draw_row_ground(painter, self._theme, option)
        area = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        aside = one.hint if one.count is None else count(one.count)
        font = self._hint if one.count is None else self._figures
        quiet = self._theme.color("text-tertiary")
        wide = QFontMetrics(self._text).horizontalAdvance(one.text) + 16
        right = Qt.AlignmentFlag.AlignRight
        draw_line(painter, aside, font, quiet, area.adjusted(wide, 0, 0, 0), right)
        draw_line(painter, one.text, self._text, self._theme.color("text"), area)
        painter.restore()
