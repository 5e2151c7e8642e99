"""The Activity page: what needs you, what goes out and in which order, what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from koda_desktop.sync.rows import OperationPage, OperationRow, QuarantineRow
from koda_desktop.views.format import count
from koda_desktop.views.pages.activity_panel import ActivityPanel
from koda_desktop.views.tables.object_list import ITEM_ROLE
from koda_desktop.views.tables.operations import Heading, Line, grouped, operations_view
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.layouts import column, holder
from koda_desktop.views.widgets.page_header import PageHeader


class ActivityIntents(Protocol):
    """What the page asks of its controller."""

    def hold(self, rows: Sequence[OperationRow]) -> None: ...
    def let_go(self, rows: Sequence[OperationRow]) -> None: ...
    def retry_all(self, rows: Sequence[OperationRow]) -> None: ...
    def pause_sending(self, paused: bool) -> None: ...
    def more(self) -> None: ...


class ActivityPage(QWidget):
    """``opened`` carries a listing's id, ``drop_asked`` the OperationRows to be dropped."""

    opened = Signal(str)
    sync_asked = Signal()
    drop_asked = Signal(object)
    settle_asked = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime], intents: ActivityIntents) -> None:
        super().__init__()
        self._intents = intents
        self._is_paused = False
        self.setObjectName("activity-page")
        self._make_head(theme)
        self.list, self.model = operations_view(theme, now)
        self.panel = ActivityPanel(theme, now)
        frame = holder(column(self.panel, gap=0), "inspector", "activity-frame")
        self._frame = frame
        frame.hide()
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        self.list.setMinimumWidth(360)
        self._splitter.addWidget(self.list)
        self._splitter.addWidget(frame)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setSizes([640, 396])
        self._stack = QStackedWidget()
        self._stack.addWidget(_empty(theme))
        self._stack.addWidget(self._splitter)
        self.setLayout(column(self._header, self._stack, gap=0))
        self._connect()

    def _make_head(self, theme: Theme) -> None:
        self._pause = Button(theme, "Pause sending", "activity-pause", icon="pause")
        self._resume = Button(theme, "Resume sending", "activity-resume", icon="play")
        self._resume.hide()
        sync = Button(theme, "Sync now", "activity-sync", icon="refresh")
        sync.setToolTip("Sync now (F5)")
        sync.clicked.connect(self.sync_asked)
        self._pause.clicked.connect(self._toggle_pause)
        self._resume.clicked.connect(self._toggle_pause)
        self._header = PageHeader("Activity", self._pause, self._resume, sync)

    def _connect(self) -> None:
        panel = self.panel
        self.list.activated.connect(self._open)
        self.list.selectionModel().selectionChanged.connect(self._selected)
        self.model.more_wanted.connect(self._intents.more)
        panel.hold_asked.connect(self._hold)
        panel.let_go_asked.connect(self._let_go)
        panel.drop_asked.connect(self._drop)
        panel.retry_asked.connect(self._retry)
        panel.edit_asked.connect(self._edit)
        panel.settle_asked.connect(self.settle_asked)
        panel.copy_asked.connect(self._copy)
        panel.close_asked.connect(self._close_panel)

    # -- what the controller shows --

    def show_activity(
        self, page: OperationPage, unreadable: Sequence[QuarantineRow], is_paused: bool
    ) -> None:
        """Show the work; while sending is paused the head says so."""
        lines = grouped(page, unreadable)
        shown = len(page.parked) + len(page.waiting) + len(page.done)
        total = page.parked_total + page.waiting_total + page.done_total
        self.model.set_items(lines, has_more=shown < total)
        self._stack.setCurrentIndex(1 if lines else 0)
        self._is_paused = is_paused
        self._pause.setVisible(not is_paused)
        self._resume.setVisible(is_paused)
        self._header.set_remark(_summary(page, is_paused))
        self._selected()

    def selected(self) -> list[Line]:
        """The selected lines, in order; headings are none."""
        indexes = sorted(self.list.selectionModel().selectedIndexes(), key=lambda one: one.row())
        return [item for one in indexes if not isinstance(item := one.data(ITEM_ROLE), Heading)]

    def _operations(self) -> list[OperationRow]:
        return [one for one in self.selected() if isinstance(one, OperationRow)]

    @Slot()
    def _selected(self) -> None:
        lines = self.selected()
        if lines:
            self.panel.show_lines(lines)
        self._frame.setVisible(bool(lines))

    # -- what the person asks --

    @Slot()
    def _toggle_pause(self) -> None:
        self._intents.pause_sending(not self._is_paused)

    @Slot()
    def _hold(self) -> None:
        self._intents.hold(self._operations())

    @Slot()
    def _let_go(self) -> None:
        self._intents.let_go(self._operations())

    @Slot()
    def _retry(self) -> None:
        self._intents.retry_all(self._operations())

    @Slot()
    def _drop(self) -> None:
        rows = [row for row in self._operations() if row.can_drop]
        if rows:
            self.drop_asked.emit(rows)

    @Slot()
    def _edit(self) -> None:
        for row in self._operations()[:1]:
            self.opened.emit(row.listing_id)

    @Slot()
    def _copy(self) -> None:
        for one in self.selected()[:1]:
            if isinstance(one, QuarantineRow):
                QGuiApplication.clipboard().setText(one.raw)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        item = index.data(ITEM_ROLE)
        if isinstance(item, OperationRow):
            self.opened.emit(item.listing_id)

    @Slot()
    def _close_panel(self) -> None:
        self.list.selectionModel().clear()
        self._selected()
        self.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.selected():
            self._close_panel()
        elif event.key() == Qt.Key.Key_Delete:
            self._drop()
        else:
            super().keyPressEvent(event)

    def select(self, row: int) -> None:
        """Select the line ``row`` alone."""
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(self.model.index(row), flag)


def _empty(theme: Theme) -> EmptyState:
    return EmptyState(
        theme,
        "activity",
        "Nothing has happened yet",
        "Whatever you publish or change waits here until it has gone out, in order, with the very "
        "values. You can hold it back, change it or drop it before it goes.",
    )


def _summary(page: OperationPage, is_paused: bool) -> str:
    waiting = page.waiting_total - page.held_total
    parts = ["Sending is paused"] if is_paused else []
    if waiting:
        parts.append(f"{count(waiting)} waiting")
    if page.held_total:
        parts.append(f"{count(page.held_total)} held")
    if page.parked_total:
        parts.append("1 needs you" if page.parked_total == 1 else f"{page.parked_total} need you")
    return "  ·  ".join(parts)
