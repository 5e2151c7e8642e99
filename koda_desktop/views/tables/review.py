"""The lines of a review: what becomes of each row of a file, or each file of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from koda_desktop.controllers.importing import PAGE
from koda_desktop.controllers.reviewing import Note, ReviewLine, Verdict
from koda_desktop.sync.rows import FieldChange
from koda_desktop.views.tables.lines import draw_line, draw_pill, draw_row_ground, draw_separator
from koda_desktop.views.tables.object_list import ITEM_ROLE
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.value_words import field_name, value_words
from koda_desktop.views.widgets.pill import Badge

Index = QModelIndex | QPersistentModelIndex

BADGES = {
    Verdict.NEW: Badge("New", "success"),
    Verdict.CHANGED: Badge("Changed", "info"),
    Verdict.GONE: Badge("Gone", "warning"),
    Verdict.CONFLICT: Badge("Conflict", "conflict"),
    Verdict.REFUSED: Badge("Refused", "danger"),
    Verdict.SAME: Badge("Same", "neutral"),
}
FAULTY = (Verdict.CONFLICT, Verdict.REFUSED)

_HEIGHT = 58
_SIDE = 14
_PILLS = 84
_SHORT = 40


def summary(line: ReviewLine) -> str:
    """The second line: why not, or what changes, as far as it fits."""
    told = note_words(line)
    if not told or line.verdict not in FAULTY:
        told += [_change_words(change) for change in line.changes]
    return "  ·  ".join(told)


def note_words(line: ReviewLine) -> list[str]:
    """The notes of a line, each with the name of its field before it."""
    return [_note_words(note) for note in line.notes]


def _note_words(note: Note) -> str:
    name = field_name(note.field)
    return f"{name[0].upper()}{name[1:]}: {note.text}" if name else note.text


def _change_words(change: FieldChange) -> str:
    after = _one_line(value_words(change.field, change.after))
    if not change.before.is_set:
        return f"{field_name(change.field)}: {_short(after)}"
    before = _one_line(value_words(change.field, change.before))
    start = _differing(before, after)
    return f"{field_name(change.field)}: {_short(before, start)} → {_short(after, start)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _differing(before: str, after: str) -> int:
    """From where on both are shown: from their beginnings, or where those would be cut alike."""
    pairs = enumerate(zip(before, after, strict=False))
    shorter = min(len(before), len(after))
    same = next((place for place, (one, other) in pairs if one != other), shorter)
    if max(len(before), len(after)) <= _SHORT or same <= _SHORT // 2:
        return 0
    return max(before.rfind(" ", 0, same) + 1, same - _SHORT // 2)


def _short(text: str, start: int = 0) -> str:
    shown = ("…" if start else "") + text[start:]
    return shown if len(shown) <= _SHORT else shown[: _SHORT - 1] + "…"


def _spoken(line: ReviewLine) -> str:
    return f"{BADGES[line.verdict].text}: {line.title}, {line.place}. {summary(line)}"


class ReviewModel(QAbstractListModel):
    """``more_wanted`` carries the number of the first line that is missing."""

    more_wanted = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._lines: list[ReviewLine] = []
        self._is_whole = True
        self._is_asked = False

    def show_lines(self, lines: Sequence[ReviewLine], start: int) -> None:
        """Show lines from the ``start``-th on; fewer than a page are the last."""
        self._is_asked = False
        self._is_whole = len(lines) < PAGE
        if start == 0:
            self.beginResetModel()
            self._lines = list(lines)
            self.endResetModel()
        elif lines and start == len(self._lines):
            self.beginInsertRows(QModelIndex(), start, start + len(lines) - 1)
            self._lines += lines
            self.endInsertRows()

    def line(self, index: Index) -> ReviewLine | None:
        return self._lines[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._lines)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._is_whole and not self._is_asked

    def fetchMore(self, parent: Index) -> None:
        self._is_asked = True
        self.more_wanted.emit(len(self._lines))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.line(index)
        if line is None:
            return None
        if role == ITEM_ROLE:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(line)
        return None


class ReviewDelegate(QStyledItemDelegate):
    """A pill, the title and the place; below it what changes, or why not."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = sans(13, QFont.Weight.Medium)
        self._small = tabular(sans(12))
        self._pill = sans(11, QFont.Weight.Medium)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: ReviewLine = index.data(ITEM_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_row_ground(painter, self._theme, option)
        rect: QRect = option.rect
        draw_separator(painter, self._theme, rect)
        area = rect.adjusted(_SIDE, 8, -_SIDE, -8)
        badge = BADGES[line.verdict]
        middle = area.top() + 10
        draw_pill(painter, self._theme, badge.text, badge.tone, self._pill, area.left(), middle)
        self._paint_words(painter, line, area.adjusted(_PILLS, 0, 0, 0))
        painter.restore()

    def _paint_words(self, painter: QPainter, line: ReviewLine, area: QRect) -> None:
        metrics = QFontMetrics(self._small)
        room = min(metrics.horizontalAdvance(line.place) + 2, area.width() // 2)
        place = QRect(area.right() - room, area.top(), room, 20)
        faint, text = self._theme.color("text-tertiary"), self._theme.color("text")
        right, middle = Qt.AlignmentFlag.AlignRight, Qt.TextElideMode.ElideMiddle
        draw_line(painter, line.place, self._small, faint, place, right, middle)
        title = QRect(area.left(), area.top(), area.width() - room - 12, 20)
        draw_line(painter, line.title or "Without a title", self._title, text, title)
        token = "danger-text" if line.verdict is Verdict.REFUSED else "text-secondary"
        below = QRect(area.left(), area.top() + 22, area.width(), 18)
        draw_line(painter, summary(line), self._small, self._theme.color(token), below)


class ReviewList(QListView):
    """``line_chosen`` carries the ReviewLine that is the current one, None for none."""

    line_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("review-lines")
        self.setAccessibleName("What would change")
        self.lines = ReviewModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(ReviewDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.lines.modelReset.connect(self._choose_first)
        self.selectionModel().currentChanged.connect(self._tell)

    def _choose_first(self) -> None:
        self.setCurrentIndex(self.lines.index(0))
        if not self.lines.rowCount():
            self.line_chosen.emit(None)

    def _tell(self, current: Index) -> None:
        self.line_chosen.emit(self.lines.line(current))
