"""The lines of the Activity page: what is done to a listing, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from koda_desktop.sync.rows import OperationPage, OperationRow, OperationState, QuarantineRow
from koda_desktop.views.activity_words import note_words, operation_words, short_wait
from koda_desktop.views.format import ago, count
from koda_desktop.views.tables.keyed_list import KeyedListModel
from koda_desktop.views.tables.lines import draw_line, draw_pill, draw_row_ground, draw_separator
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.page_header import SIDE_MARGIN

_HEIGHT, _TALL, _HEAD = 44, 64, 40
_ICONS = {
    OperationState.QUEUED: ("clock", "text-tertiary"),
    OperationState.HELD: ("pause", "warning-text"),
    OperationState.SENDING: ("upload", "accent-text"),
    OperationState.PARKED: ("error", "danger-text"),
    OperationState.DONE: ("check-circle", "success"),
}
_TONES = {OperationState.HELD: "warning", OperationState.SENDING: "info"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names the group below it."""

    text: str
    remark: str = ""


Line = OperationRow | QuarantineRow | Heading
Lines = KeyedListModel[Line]


def grouped(page: OperationPage, unreadable: Sequence[QuarantineRow] = ()) -> list[Line]:
    """The rows under headings: what needs a person, what goes out in order, what is done."""
    found: list[Line] = []
    for text, group, total in (
        ("Needs you", page.parked, page.parked_total),
        ("Goes out next, in this order", page.waiting, page.waiting_total),
        ("Cannot be read by this version", unreadable, len(unreadable)),
        ("Done", page.done, page.done_total),
    ):
        if group:
            found += [Heading(text, _remark(len(group), total)), *group]
    return found


def _remark(shown: int, total: int) -> str:
    return f"the first {count(shown)} of {count(total)}" if shown < total else count(total)


def line_key(item: Line) -> Hashable:
    """What tells a line from the others."""
    if isinstance(item, OperationRow):
        return item.operation_id, item.state is OperationState.DONE
    return (item.source, item.id) if isinstance(item, QuarantineRow) else item.text


def line_words(item: Line) -> str:
    """A line for screen readers."""
    if isinstance(item, Heading):
        return item.text
    if isinstance(item, QuarantineRow):
        return f"Document {item.id} cannot be read: {item.reason}"
    return f"{operation_words(item)} {short_wait(item)}".strip()


class OperationDelegate(QStyledItemDelegate):
    """Icon, words, time; a second line where there is a note."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._text = sans(13)
        self._head = sans(12, QFont.Weight.DemiBold)
        self._small = tabular(sans(12))
        self._pill = sans(11, QFont.Weight.Medium)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        item: Line = index.data(ITEM_ROLE)
        if isinstance(item, Heading):
            return QSize(100, _HEAD)
        return QSize(100, _TALL if self._note(item) else _HEIGHT)

    def _note(self, item: OperationRow | QuarantineRow) -> str:
        return item.reason if isinstance(item, QuarantineRow) else note_words(item, self._now())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Line = index.data(ITEM_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_separator(painter, self._theme, rect)
        area = rect.adjusted(SIDE_MARGIN, 0, -SIDE_MARGIN, 0)
        if isinstance(item, Heading):
            self._paint_heading(painter, item, area.adjusted(0, 8, 0, 0))
        else:
            draw_row_ground(painter, self._theme, option)
            draw_separator(painter, self._theme, rect)
            self._paint_row(painter, item, area)
        painter.restore()

    def _paint_heading(self, painter: QPainter, item: Heading, area: QRect) -> None:
        tone = self._theme.color("text-secondary")
        width = draw_line(painter, item.text, self._head, tone, area)
        after = area.adjusted(width + 8, 0, 0, 0)
        draw_line(painter, item.remark, self._small, self._theme.color("text-tertiary"), after)

    def _paint_row(
        self, painter: QPainter, item: OperationRow | QuarantineRow, area: QRect
    ) -> None:
        note = self._note(item)
        middle = area.top() + (22 if note else area.height() // 2)
        self._paint_icon(painter, item, area.left(), middle - 9)
        right = self._paint_when(painter, item, area, middle)
        text = operation_words(item) if isinstance(item, OperationRow) else f"Document {item.id}"
        words = QRect(area.left() + 30, middle - 10, right - area.left() - 46, 20)
        draw_line(painter, text, self._text, self._theme.color("text"), words)
        if note:
            is_parked = isinstance(item, OperationRow) and item.state is OperationState.PARKED
            tone = self._theme.color("danger-text" if is_parked else "text-tertiary")
            below = QRect(area.left() + 30, middle + 11, area.width() - 30, 18)
            draw_line(painter, note, self._small, tone, below)

    def _paint_icon(
        self, painter: QPainter, item: OperationRow | QuarantineRow, left: int, top: int
    ) -> None:
        name, token = "alert", "warning-text"
        if isinstance(item, OperationRow):
            name, token = _ICONS[item.state]
            if item.is_conflict:
                name, token = "swap", "conflict-text"
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(left, top, self._theme.pixmap(name, token, 18, ratio))

    def _paint_when(
        self, painter: QPainter, item: OperationRow | QuarantineRow, area: QRect, middle: int
    ) -> int:
        """The time at the right and a word before it; answers where they begin."""
        at = item.at if isinstance(item, QuarantineRow) else item.finished_at or item.created_at
        when = ago(at, self._now())
        width = QFontMetrics(self._small).horizontalAdvance(when) + 4
        quiet = self._theme.color("text-tertiary")
        place = QRect(area.right() - width, middle - 10, width, 20)
        draw_line(painter, when, self._small, quiet, place, Qt.AlignmentFlag.AlignRight)
        word = short_wait(item) if isinstance(item, OperationRow) else ""
        if not word:
            return place.left()
        left = place.left() - QFontMetrics(self._pill).horizontalAdvance(word) - 16 - 10
        tone = _TONES.get(item.state, "neutral") if isinstance(item, OperationRow) else "neutral"
        draw_pill(painter, self._theme, word, tone, self._pill, left, middle)
        return left


def operations_view(theme: Theme, now: Callable[[], datetime]) -> tuple[QListView, Lines]:
    """The list of the Activity page and the model that fills it."""
    view = QListView()
    view.setObjectName("operations")
    view.setAccessibleName("Activity")
    model = Lines(line_key, line_words, lambda item: isinstance(item, Heading), view)
    delegate = OperationDelegate(theme, now)
    delegate.setParent(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setMouseTracking(True)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setLayoutMode(QListView.LayoutMode.Batched)
    view.setBatchSize(200)
    return view, model
