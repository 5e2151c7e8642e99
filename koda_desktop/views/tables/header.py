"""The head of a table: quiet words, and arrows on the columns it is sorted by."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QHeaderView, QWidget

from koda_desktop.views.tables.lines import draw_line, fill
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme

_HEIGHT = 36
Sorts = Sequence[tuple[int, bool]]
"""Columns by which a table is sorted, the first one first, with True for descending."""


class TableHeader(QHeaderView):
    """Painted whole, because a styled header costs a style pass per section."""

    column_pressed = Signal(int, bool)
    """A column that was clicked, and whether Shift was held: it is to be one more to sort by."""

    changed_by_hand = Signal()
    """A person moved or sized a column."""

    scrolled = Signal()
    """The sections stand elsewhere, as the table was scrolled sideways."""
    sorted_anew = Signal()
    menu_asked = Signal(int, QPoint)
    """A column, and where its menu is to open, on the screen."""

    def __init__(
        self, theme: Theme, right: frozenset[int], first_left: int, parent: QWidget
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._right = right
        self._first_left = first_left
        self.last_right = 12
        """Pixels of air after the words of the last column."""
        self._font = sans(12, QFont.Weight.Medium)
        self._small = sans(10, QFont.Weight.Medium)
        self._sorts: Sorts = ()
        self._band = 0
        self.cover: QWidget | None = None
        """What lies over sections that are scrolled under the first one."""
        self._pressed_at: list[tuple[int, int]] = []
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(64)
        self.sectionClicked.connect(self._clicked)

    # -- the right edge --

    def end_at(self, margin: int, covered: int) -> None:
        """End so far from the table's right edge, of which a scroll bar has ``covered``."""
        self.last_right = max(margin - covered, 12)

    def is_last(self, section: int) -> bool:
        """Whether no other column that is shown stands at the right of this one."""
        return self.sectionPosition(section) + self.sectionSize(section) == self.length()

    # -- a band for fields under the words --

    @property
    def has_band(self) -> bool:
        return self._band > 0

    def set_band(self, height: int) -> None:
        """Leave so many pixels free under the words of all columns."""
        if height != self._band:
            self._band = height
            self.geometriesChanged.emit()

    def band_top(self) -> int:
        return _HEIGHT

    def span(self, section: int) -> tuple[int, int]:
        """Where a column begins in the head, as it is scrolled now, and how wide it is."""
        return self.sectionViewportPosition(section), self.sectionSize(section)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        section = self.logicalIndexAt(event.pos())
        if section >= 0:
            self.menu_asked.emit(section, event.globalPos())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if self._arrangement() != self._pressed_at:
            self.changed_by_hand.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._arrangement()
        super().mousePressEvent(event)

    def _arrangement(self) -> list[tuple[int, int]]:
        return [(self.visualIndex(n), self.sectionSize(n)) for n in range(self.count())]

    def show_sorts(self, sorts: Sorts) -> None:
        """Put arrows on these columns, with numbers where there are several."""
        if tuple(sorts) == self._sorts:
            return
        self._sorts = tuple(sorts)
        # Not viewport().update(): a widget of Qt's own that is handed to Python for the first time
        # has PySide set up every kind of widget there is.
        self.headerDataChanged(Qt.Orientation.Horizontal, 0, self.count() - 1)
        self.sorted_anew.emit()

    def sizeHint(self) -> QSize:
        # Qt's own asks the model for the words of every column, a hundred times before the paint.
        return QSize(self.length(), _HEIGHT + self._band)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        painter.save()
        fill(painter, rect, self._theme.color("canvas"))
        line = QRect(rect.left(), rect.bottom(), rect.width(), 1)
        fill(painter, line, self._theme.color("separator"))
        left, right = self.air(section)
        self._paint_words(painter, rect.adjusted(left, 0, -right, -self._band), section)
        painter.restore()

    def air(self, section: int) -> tuple[int, int]:
        """How far the words of a column are from its edges."""
        is_last = self.is_last(section)
        return self._first_left if section == 0 else 12, self.last_right if is_last else 12

    def _words(self, section: int) -> str:
        return str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")

    def width_of(self, section: int) -> int:
        """How wide a column is that has room for its words here."""
        words = QFontMetrics(self._font).horizontalAdvance(self._words(section))
        return words + 2 + sum(self.air(section))

    def _paint_words(self, painter: QPainter, area: QRect, section: int) -> None:
        text = self._words(section)
        place = next((n for n, (column, _) in enumerate(self._sorts) if column == section), -1)
        color = self._theme.color("text" if place >= 0 else "text-secondary")
        is_right = section in self._right
        align = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
        draw_line(painter, text, self._font, color, area, align)
        if place >= 0:
            width = QFontMetrics(self._font).horizontalAdvance(text)
            left = area.right() - width - 16 if is_right else area.left() + width + 4
            self._paint_arrow(painter, left, area.center().y(), place)

    def _paint_arrow(self, painter: QPainter, left: int, middle: int, place: int) -> None:
        name = "chevron-down" if self._sorts[place][1] else "chevron-up"
        ratio = painter.device().devicePixelRatioF()
        if len(self._sorts) > 1:
            number = str(place + 1)
            at = left - 7 if left > 20 and self._sorts[place][0] in self._right else left + 12
            painter.setFont(self._small)
            painter.setPen(self._theme.color("text-tertiary"))
            box = QRect(at, middle - 8, 8, 16)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), number)
        painter.drawPixmap(left, middle - 6, self._theme.pixmap(name, "text", 12, ratio))

    @Slot(int)
    def _clicked(self, section: int) -> None:
        held = QGuiApplication.keyboardModifiers()
        self.column_pressed.emit(section, bool(held & Qt.KeyboardModifier.ShiftModifier))
