"""Between controllers that always run and pages that are made when first shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from koda_desktop.sync.rows import OperationRow, OperationState, TransferRow, TransferState
from koda_desktop.views.format import count
from koda_desktop.views.widgets.sidebar import Sidebar

if TYPE_CHECKING:
    from koda_desktop.views.pages.activity_page import ActivityPage
    from koda_desktop.views.pages.transfers_page import TransfersPage


class TransfersRelay:
    """Keeps the badge of Transfers true, and the page once there is one."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        self._page: TransfersPage | None = None
        self._rows: Sequence[TransferRow] = ()

    def attach(self, page: TransfersPage) -> None:
        self._page = page
        page.show_transfers(self._rows)

    def show_transfers(self, rows: Sequence[TransferRow]) -> None:
        self._rows = rows
        moving = sum(row.state in (TransferState.ACTIVE, TransferState.QUEUED) for row in rows)
        words = f"{moving} on the way" if moving else ""
        self._sidebar.set_badge("transfers", count(moving) if moving else "", "neutral", words)
        if self._page is not None:
            self._page.show_transfers(rows)


class ActivityRelay:
    """Keeps the badge of Activity true, and the page once there is one."""

    def __init__(self, sidebar: Sidebar) -> None:
        self._sidebar = sidebar
        self._page: ActivityPage | None = None
        self._rows: Sequence[OperationRow] = ()

    def attach(self, page: ActivityPage) -> None:
        self._page = page
        page.show_operations(self._rows)

    def show_operations(self, rows: Sequence[OperationRow]) -> None:
        self._rows = rows
        self._show_badge(rows)
        if self._page is not None:
            self._page.show_operations(rows)

    def _show_badge(self, rows: Sequence[OperationRow]) -> None:
        parked = sum(row.state is OperationState.PARKED for row in rows)
        waiting = sum(r.state in (OperationState.QUEUED, OperationState.SENDING) for r in rows)
        if parked:
            self._sidebar.set_badge("activity", count(parked), "danger", f"{parked} need you")
        else:
            words = f"{waiting} waiting" if waiting else ""
            badge = count(waiting) if waiting else ""
            self._sidebar.set_badge("activity", badge, "neutral", words)
