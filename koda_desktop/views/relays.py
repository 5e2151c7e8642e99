"""Between controllers that always run and pages that are made when first shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from koda_desktop.sync.conflict_rows import ConflictRow
from koda_desktop.sync.rows import OperationPage, QuarantineRow, TransferRow, TransferState
from koda_desktop.views.format import count, counted
from koda_desktop.views.widgets.sidebar import Sidebar

if TYPE_CHECKING:
    from koda_desktop.views.pages.activity_page import ActivityPage
    from koda_desktop.views.pages.conflicts_page import ConflictsPage
    from koda_desktop.views.pages.transfers_page import TransfersPage

_MOVING = (TransferState.ACTIVE, TransferState.QUEUED)


class TransfersRelay:
    """Keeps the badge of Transfers true, and the page once there is one."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        self._page: TransfersPage | None = None
        self._rows: Sequence[TransferRow] = ()
        self._limit: int | None = None

    def attach(self, page: TransfersPage) -> None:
        self._page = page
        page.show_transfers(self._rows, self._limit)

    def show_transfers(self, rows: Sequence[TransferRow], limit: int | None) -> None:
        self._rows, self._limit = rows, limit
        moving = sum(row.state in _MOVING and not row.is_paused for row in rows)
        words = f"{moving} on the way" if moving else ""
        self._sidebar.set_badge("transfers", count(moving) if moving else "", "neutral", words)
        if self._page is not None:
            self._page.show_transfers(rows, limit)


class ConflictsRelay:
    """Keeps the badge of Conflicts true, and the page once there is one."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        self._page: ConflictsPage | None = None
        self._shown: tuple[Sequence[ConflictRow], int] = ((), 0)

    def attach(self, page: ConflictsPage) -> None:
        self._page = page
        page.show_conflicts(*self._shown)

    def show_conflicts(self, rows: Sequence[ConflictRow], undoable: int) -> None:
        self._shown = (rows, undoable)
        words = f"{counted(len(rows), 'field')} in conflict" if rows else ""
        self._sidebar.set_badge("conflicts", count(len(rows)) if rows else "", "conflict", words)
        if self._page is not None:
            self._page.show_conflicts(rows, undoable)


class ActivityRelay:
    """Keeps the badge of Activity true, and the page once there is one."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        self._page: ActivityPage | None = None
        self._shown: tuple[OperationPage, Sequence[QuarantineRow], bool]
        self._shown = (OperationPage(), (), False)

    def attach(self, page: ActivityPage) -> None:
        self._page = page
        page.show_activity(*self._shown)

    def show_activity(
        self, page: OperationPage, unreadable: Sequence[QuarantineRow], is_paused: bool
    ) -> None:
        self._shown = (page, unreadable, is_paused)
        self._show_badge(page)
        if self._page is not None:
            self._page.show_activity(page, unreadable, is_paused)

    def _show_badge(self, page: OperationPage) -> None:
        parked, waiting = page.parked_total, page.waiting_total
        if parked:
            self._sidebar.set_badge("activity", count(parked), "danger", f"{parked} need you")
        else:
            words = f"{waiting} waiting" if waiting else ""
            badge = count(waiting) if waiting else ""
            self._sidebar.set_badge("activity", badge, "neutral", words)
