"""The History page: what was done in the last 30 days, and what it did to each listing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.views import change_words
from koda_desktop.views.format import ago, count, counted
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button, Kind
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.labels import ElidedLabel, label
from koda_desktop.views.widgets.layouts import column, row
from koda_desktop.views.widgets.page_header import SIDE_MARGIN, PageHeader

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.rows import ChangeSet, ChangeSetDetail, UndoState

_KEPT = "Everything of the last 30 days can be undone, also after a restart and after a sync."


class HistoryIntents(Protocol):
    """What the page asks of its controller."""

    def open(self, set_id: int) -> None: ...
    def undo(self, set_id: int | None = None) -> None: ...
    def redo(self) -> None: ...
    def settle(self, set_id: int) -> None: ...


class HistoryPage(QWidget):
    """``opened`` carries the id of a listing."""

    opened = Signal(str)

    def __init__(self, theme: Theme, now: Callable[[], datetime], intents: HistoryIntents) -> None:
        super().__init__()
        self._now = now
        self._intents = intents
        self.setObjectName("history-page")
        self.undo_button = Button(theme, "Undo", "history-undo", icon="undo")
        self.redo_button = Button(theme, "Redo", "history-redo", icon="redo")
        self.undo_button.clicked.connect(self._undo_last)
        self.redo_button.clicked.connect(intents.redo)
        self._header = PageHeader("History", self.undo_button, self.redo_button)
        headings = ("What", "Listings", "Who", "When", "")
        self.table = PlainTable(
            theme, headings, (0, 80, 116, 116, 140), "history-table", "Change sets"
        )
        self.panel = _Panel(theme)
        self.panel.undo_asked.connect(self._undo_shown)
        self.panel.settle_asked.connect(self._settle_shown)
        self.panel.table.opened.connect(self._open_listing)
        self.table.picked.connect(self._picked)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(theme, "clock", "Nothing has been done yet", _KEPT))
        self._stack.addWidget(self._split())
        self.setLayout(column(self._header, self._stack, gap=0))

    def _split(self) -> QSplitter:
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.table)
        splitter.addWidget(self.panel)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([380, 340])
        self.panel.hide()
        return splitter

    # -- what the controller shows --

    def show_history(self, sets: Sequence[ChangeSet], state: UndoState) -> None:
        now = self._now()
        self.table.show_lines([_line(one, now) for one in sets])
        self._stack.setCurrentIndex(1 if sets else 0)
        self._header.set_remark("Kept for 30 days" if sets else "")
        for button, verb, one in (
            (self.undo_button, "Undo", state.undo),
            (self.redo_button, "Redo", state.redo),
        ):
            button.setVisible(bool(sets))
            button.setEnabled(one is not None)
            name = change_words.whole_name(one) if one else ""
            button.setToolTip(f"{verb} {name}" if one else "")
            button.setAccessibleName(f"{verb} {name}".strip())

    def show_set(self, detail: ChangeSetDetail | None) -> None:
        self.panel.setVisible(detail is not None)
        if detail is not None:
            self.panel.show_detail(detail)

    def select(self, set_id: int) -> None:
        """Show the change set of that id."""
        self.table.pick(set_id)
        self._intents.open(set_id)

    # -- inside --

    @Slot(object)
    def _picked(self, key: object) -> None:
        if isinstance(key, int):
            self._intents.open(key)

    @Slot()
    def _undo_last(self) -> None:
        self._intents.undo()

    @Slot(int)
    def _undo_shown(self, set_id: int) -> None:
        self._intents.undo(set_id)

    @Slot(int)
    def _settle_shown(self, set_id: int) -> None:
        self._intents.settle(set_id)

    @Slot(object)
    def _open_listing(self, key: object) -> None:
        if isinstance(key, tuple):
            self.opened.emit(str(key[0]))


class _Panel(QWidget):
    """One change set: what it did to each listing, and what it left as it was."""

    undo_asked = Signal(int)
    settle_asked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown = 0
        self.setObjectName("history-panel")
        self._heading = ElidedLabel(role="heading")
        self._remark = label("", "secondary", wrap=True)
        self._undo = Button(theme, "Undo this", "history-undo-this", icon="undo", kind=Kind.QUIET)
        self._undo.clicked.connect(self._ask_undo)
        self._settle = Button(
            theme, "Settle what was left…", "history-settle", icon="swap", kind=Kind.QUIET
        )
        self._settle.clicked.connect(self._ask_settle)
        self.table = PlainTable(
            theme, change_words.HEADINGS, change_words.WIDTHS, "history-rows", "Changes"
        )
        head = row(self._heading, self._settle, self._undo, gap=8)
        head.setStretch(0, 1)
        margins = (SIDE_MARGIN, 12, SIDE_MARGIN, 8)
        words = column(head, self._remark, gap=4, margins=margins)
        self.setLayout(column(words, self.table, gap=0))

    def sizeHint(self) -> QSize:
        return QSize(600, 340)

    def show_detail(self, detail: ChangeSetDetail) -> None:
        one = detail.set
        self._shown = one.id
        self._heading.set_full_text(change_words.set_name(one))
        shown = len(detail.rows)
        parts = [counted(one.count, "listing")]
        if one.left:
            parts.append(f"{counted(one.left, 'value')} left as they were")
        if one.count > shown:
            parts.append(f"the first {count(shown)} are shown")
        if one.undone_by is not None:
            parts.append("taken back since")
        self._remark.setText("  ·  ".join(parts))
        changed = [left for left in detail.left if left.why == "changed" and left.field]
        self._settle.setVisible(one.undoes is not None and bool(changed))
        self._undo.setVisible(one.can_undo)
        verb = "Redo" if one.kind == "undo" else "Undo"
        self._undo.setText(f"{verb} this")
        self._undo.setAccessibleName(self._undo.text())
        self._undo.show_icon(verb.lower())
        lines = [change_words.left_line(left) for left in detail.left]
        lines += [line for each in detail.rows for line in change_words.row_lines(each)]
        self.table.show_lines(lines)

    @Slot()
    def _ask_settle(self) -> None:
        self.settle_asked.emit(self._shown)

    @Slot()
    def _ask_undo(self) -> None:
        self.undo_asked.emit(self._shown)


def _line(one: ChangeSet, now: datetime) -> Line:
    badge = change_words.set_badge(one)
    quiet = "text-secondary"
    return Line(
        one.id,
        (
            Cell(change_words.set_name(one), is_strong=True),
            Cell(count(one.count), quiet),
            Cell(one.who, quiet),
            Cell(ago(one.at, now), quiet),
            Cell(badge.text, pill=badge.tone),
        ),
    )
