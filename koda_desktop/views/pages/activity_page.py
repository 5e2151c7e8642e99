"""The Activity page: what needs you, what goes out and in which order, what was done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from PySide6.QtCore import QModelIndex, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from koda_desktop.sync.rows import OperationRow, OperationState
from koda_desktop.views.format import count
from koda_desktop.views.tables.object_list import ITEM_ROLE
from koda_desktop.views.tables.operations import grouped, operations_view
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.widgets.empty_state import EmptyState
from koda_desktop.views.widgets.layouts import column
from koda_desktop.views.widgets.page_header import PageHeader


class ActivityPage(QWidget):
    """``opened`` carries the id of a listing whose line was pressed."""

    opened = Signal(str)
    sync_asked = Signal()

    def __init__(self, theme: Theme, now: Callable[[], datetime]) -> None:
        super().__init__()
        self.setObjectName("activity-page")
        sync = Button(theme, "Sync now", "activity-sync", icon="refresh")
        sync.setToolTip("Sync now (F5)")
        sync.clicked.connect(self.sync_asked)
        self._header = PageHeader("Activity", sync)
        self.list, self._model = operations_view(theme, now)
        self.list.activated.connect(self._open)
        self.list.clicked.connect(self._open)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                theme,
                "activity",
                "Nothing has happened yet",
                "Whatever you publish or change waits here until it has gone out, in order. "
                "It also goes on after a restart.",
            )
        )
        self._stack.addWidget(self.list)
        self.setLayout(column(self._header, self._stack, gap=0))

    def show_operations(self, rows: Sequence[OperationRow]) -> None:
        self._model.set_items(grouped(rows))
        self._stack.setCurrentIndex(1 if rows else 0)
        self._header.set_remark(_summary(rows))

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        item = index.data(ITEM_ROLE)
        if isinstance(item, OperationRow):
            self.opened.emit(item.listing_id)


def _summary(rows: Sequence[OperationRow]) -> str:
    waiting = sum(row.state in (OperationState.QUEUED, OperationState.SENDING) for row in rows)
    parked = sum(row.state is OperationState.PARKED for row in rows)
    parts = []
    if waiting:
        parts.append(f"{count(waiting)} waiting")
    if parked:
        parts.append(f"{count(parked)} need you" if parked > 1 else "1 needs you")
    return "  ·  ".join(parts)
