"""The command palette: one line to type in, and what it finds below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from koda_desktop.controllers.palette import Command
from koda_desktop.views.tables.keyed_list import KeyedListModel
from koda_desktop.views.tables.lines import draw_line, is_set
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index
from koda_desktop.views.theme.fonts import mono, sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.labels import label, line
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.palette_line import PaletteLine

_WIDTH, _HEIGHT = 600, 420
_FROM_TOP = 72
_LINE = 36
_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class PaletteDelegate(QStyledItemDelegate):
    """An icon, the words, and at the right what kind it is, or its keys."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = sans(13, QFont.Weight.Medium)
        self._small = sans(12)
        self._keys = mono(11)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        command: Command = index.data(ITEM_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area: QRect = option.rect.adjusted(8, 1, -8, -1)
        if is_set(option, QStyle.StateFlag.State_Selected):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent-subtle"))
            painter.drawRoundedRect(QRectF(area), 6, 6)
        self._paint_icon(painter, command, area)
        right = self._paint_right(painter, command, area)
        middle = QRect(area.left() + 36, area.top(), right - area.left() - 48, area.height())
        draw_line(painter, command.text, self._text, self._theme.color("text"), middle)
        painter.restore()

    def _paint_icon(self, painter: QPainter, command: Command, area: QRect) -> None:
        ratio = painter.device().devicePixelRatioF()
        pixmap = self._theme.pixmap(command.icon or "arrow-right", "text-tertiary", 16, ratio)
        painter.drawPixmap(QRect(area.left() + 10, area.top() + 9, 16, 16), pixmap)

    def _paint_right(self, painter: QPainter, command: Command, area: QRect) -> int:
        """Keys in their own font, else the group; answers where they begin."""
        words = command.hint or command.group
        font = self._keys if command.hint and command.group != "Listings" else self._small
        width = min(QFontMetrics(font).horizontalAdvance(words) + 2, area.width() // 3)
        place = QRect(area.right() - width - 10, area.top(), width, area.height())
        draw_line(painter, words, font, self._theme.color("text-tertiary"), place)
        return place.left()


class PaletteDialog(QDialog):
    """A view of PaletteController. ``chosen`` is what it was accepted with."""

    typed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("palette-dialog")
        self.setWindowTitle("Commands")
        self.setAccessibleName("Commands")
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.chosen: Command | None = None
        self._line = PaletteLine(theme)
        self._model: KeyedListModel[Command] = KeyedListModel(
            lambda one: one.name, _words, lambda one: False, self
        )
        self._list = self._make_list(theme)
        self._none = label("", "secondary", name="palette-none")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self._none)
        self._lay_out()
        self._wire()

    def _make_list(self, theme: Theme) -> QListView:
        made = QListView()
        made.setObjectName("palette-found")
        made.setAccessibleName("Commands and listings found")
        made.setProperty("surface", "raised")
        made.setModel(self._model)
        made.setItemDelegate(PaletteDelegate(theme, made))
        made.setUniformItemSizes(True)
        made.setMouseTracking(True)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return made

    def _lay_out(self) -> None:
        foot = row(
            label("↑ ↓ to choose", "hint"),
            label("Enter to do it", "hint"),
            label("Esc to close", "hint"),
            None,
            gap=18,
            margins=(16, 8, 16, 10),
        )
        inside = column(self._line, line(), self._stack, line(), foot, gap=0)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setStretch(2, 1)
        self.setLayout(column(holder(inside, "card", "palette"), gap=0))
        self.resize(_WIDTH, _HEIGHT)

    def _wire(self) -> None:
        self._line.textChanged.connect(self.typed)
        self._line.installEventFilter(self)
        self._list.clicked.connect(self._take)
        self._list.entered.connect(self._list.setCurrentIndex)

    def open_over(self, window: QWidget) -> None:
        """Place it in the upper middle of ``window``."""
        width = min(_WIDTH, window.width() - 48)
        height = min(_HEIGHT, window.height() - _FROM_TOP - 24)
        self.resize(width, height)
        corner = QPoint((window.width() - width) // 2, _FROM_TOP)
        self.move(window.mapToGlobal(corner))
        self._line.setFocus()

    def show_found(self, found: Sequence[Command]) -> None:
        """Show what was found, the best first; it is the one that Enter does."""
        self._model.set_items(found)
        self._none.setText(f"Nothing is found for “{self._line.text().strip()}”.")
        self._stack.setCurrentWidget(self._list if found else self._none)
        current = self._list.currentIndex()
        if found and (not current.isValid() or self._line.is_fresh):
            self._list.setCurrentIndex(self._model.index(0, 0))
            self._list.scrollToTop()
        self._line.is_fresh = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while the line keeps the cursor."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _MOVES:
                self._move(event.key())
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                # What is still shown may be the answer to another word.
                if not self._line.is_fresh:
                    self._take(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _move(self, key: int) -> None:
        total = self._model.rowCount()
        if not total:
            return
        page = max(self._list.viewport().height() // _LINE - 1, 1)
        steps = dict(zip(_MOVES, (-1, 1, -page, page), strict=True))
        now = self._list.currentIndex().row()
        by = steps[Qt.Key(key)]
        # One step past an end comes in at the other; a page stops there.
        next_ = (now + by) % total if abs(by) == 1 else min(max(now + by, 0), total - 1)
        self._list.setCurrentIndex(self._model.index(next_, 0))

    @Slot(object)
    def _take(self, index: Index) -> None:
        if index.isValid():
            self.chosen = index.data(ITEM_ROLE)
            self.accept()


def _words(command: Command) -> str:
    return ", ".join(part for part in (command.text, command.group, command.hint) if part)
