"""The lines of the Activity page: what is done to a listing, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from koda_desktop.sync.rows import OperationRow, OperationState, Verb
from koda_desktop.views.format import ago, counted, moment
from koda_desktop.views.tables.lines import draw_line, draw_row_ground, draw_separator
from koda_desktop.views.tables.object_list import ITEM_ROLE, Index, ObjectListModel
from koda_desktop.views.theme.fonts import sans, tabular
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.page_header import SIDE_MARGIN

_HEIGHT, _TALL, _HEAD = 44, 64, 40
_PENDING = {
    Verb.UPLOAD: "Upload the file of",
    Verb.REGISTER: "Register",
    Verb.VERIFY: "Read back",
    Verb.EDIT: "Change",
}
_PAST = {
    Verb.UPLOAD: "Uploaded the file of",
    Verb.REGISTER: "Registered",
    Verb.VERIFY: "Read back",
    Verb.EDIT: "Changed",
}
_ICONS = {
    OperationState.QUEUED: ("clock", "text-tertiary"),
    OperationState.SENDING: ("upload", "accent-text"),
    OperationState.PARKED: ("alert", "danger-text"),
    OperationState.DONE: ("check-circle", "success"),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names the group below it."""

    text: str


Line = OperationRow | Heading


def grouped(rows: Sequence[OperationRow]) -> list[Line]:
    """The rows under headings: what needs a person, what goes out in order, what is done."""
    parked = [row for row in rows if row.state is OperationState.PARKED]
    waiting = [r for r in rows if r.state in (OperationState.QUEUED, OperationState.SENDING)]
    done = [row for row in rows if row.state is OperationState.DONE]
    found: list[Line] = []
    for text, group in (
        ("Needs you", parked),
        ("Goes out next, in this order", waiting),
        ("Done", done),
    ):
        if group:
            found += [Heading(text), *group]
    return found


def operation_words(row: OperationRow) -> str:
    """``Registered “Invoice reminder”``."""
    verbs = _PAST if row.state is OperationState.DONE else _PENDING
    fields = f" ({', '.join(row.fields)})" if row.fields else ""
    return f"{verbs[row.verb]} “{row.listing_title}”{fields}"


def note_words(row: OperationRow, now: datetime) -> str:
    """The second line: why it waits or stopped; empty when there is nothing to say."""
    if row.state is OperationState.DONE or row.error is None:
        return ""
    what = str(row.error.get("what", ""))
    if row.state is OperationState.PARKED:
        return f"{what} {row.error.get('remedy', '')}".strip()
    return f"{what} {_next_words(row, now)}".strip()


def _next_words(row: OperationRow, now: datetime) -> str:
    due = moment(row.next_at or "")
    tries = counted(row.attempts, "attempt")
    if due is None or due <= now:
        return f"Next try now, after {tries}."
    return f"Next try in {max(1, round((due - now).total_seconds()))} s, after {tries}."


class OperationDelegate(QStyledItemDelegate):
    """Icon, words, time; a second line where there is a note."""

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._theme = theme
        self._now = now
        self._text = sans(13)
        self._head = sans(12, QFont.Weight.DemiBold)
        self._small = tabular(sans(12))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        item: Line = index.data(ITEM_ROLE)
        if isinstance(item, Heading):
            return QSize(100, _HEAD)
        return QSize(100, _TALL if note_words(item, self._now()) else _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: Line = index.data(ITEM_ROLE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_separator(painter, self._theme, rect)
        if isinstance(item, Heading):
            area = rect.adjusted(SIDE_MARGIN, 8, 0, 0)
            draw_line(painter, item.text, self._head, self._theme.color("text-secondary"), area)
        else:
            draw_row_ground(painter, self._theme, option)
            draw_separator(painter, self._theme, rect)
            self._paint_row(painter, item, rect.adjusted(SIDE_MARGIN, 0, -SIDE_MARGIN, 0))
        painter.restore()

    def _paint_row(self, painter: QPainter, row: OperationRow, area: QRect) -> None:
        name, token = _ICONS[row.state]
        ratio = painter.device().devicePixelRatioF()
        note = note_words(row, self._now())
        middle = area.top() + (22 if note else area.height() // 2)
        painter.drawPixmap(area.left(), middle - 9, self._theme.pixmap(name, token, 18, ratio))
        when = ago(row.finished_at or row.created_at, self._now())
        width = QFontMetrics(self._small).horizontalAdvance(when) + 4
        quiet = self._theme.color("text-tertiary")
        right = QRect(area.right() - width, middle - 10, width, 20)
        draw_line(painter, when, self._small, quiet, right, Qt.AlignmentFlag.AlignRight)
        words = QRect(area.left() + 30, middle - 10, area.width() - 30 - width - 16, 20)
        draw_line(painter, operation_words(row), self._text, self._theme.color("text"), words)
        if note:
            tone = "danger-text" if row.state is OperationState.PARKED else "text-tertiary"
            below = QRect(area.left() + 30, middle + 11, area.width() - 30, 18)
            draw_line(painter, note, self._small, self._theme.color(tone), below)


def _spoken(item: Line) -> str:
    return item.text if isinstance(item, Heading) else operation_words(item)


def operations_view(
    theme: Theme, now: Callable[[], datetime]
) -> tuple[QListView, ObjectListModel[Line]]:
    """The list of the Activity page and the model that fills it."""
    view = QListView()
    view.setObjectName("operations")
    view.setAccessibleName("Activity")
    model: ObjectListModel[Line] = ObjectListModel(_spoken, view)
    delegate = OperationDelegate(theme, now)
    delegate.setParent(view)
    view.setModel(model)
    view.setItemDelegate(delegate)
    view.setMouseTracking(True)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    return view, model
