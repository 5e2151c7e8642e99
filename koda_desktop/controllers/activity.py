"""The Activity screen: what waits to go out, in order, and what went; and news from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Tools
from koda_desktop.sync.rows import Changes, OperationPage, OperationRow, QuarantineRow, Verb
from koda_desktop.workspace.facade import Workspace

_PAUSE_SECONDS = 0.25
_MOST_NEWS = 3
FIRST = 200
"""How many operations of each kind are read at first, and how many more with each look further."""


class ActivityView(Protocol):
    def show_activity(
        self, page: OperationPage, unreadable: Sequence[QuarantineRow], is_paused: bool
    ) -> None: ...


class ActivityController:
    """``open_listing`` shows a listing when a message about it is pressed."""

    def __init__(
        self, tools: Tools, view: ActivityView, open_listing: Callable[[str], None]
    ) -> None:
        self._tools = tools
        self._view = view
        self._open_listing = open_listing
        self._workspace: Workspace | None = None
        self._is_dirty = False
        self._limit = FIRST
        self._seen: frozenset[str] | None = None
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the work of ``workspace`` from now on."""
        self._workspace = workspace
        self._seen = None
        self._limit = FIRST
        self.refresh()

    def refresh(self) -> None:
        self._is_dirty = True
        if self._workspace is not None:
            self._tools.spawn(self._read(), "activity.read")
        else:
            self._view.show_activity(OperationPage(), (), False)

    def more(self) -> None:
        """Read further: the person scrolled to the end."""
        self._limit += FIRST
        self._seen = None
        self.refresh()

    # -- what a person asks --

    def retry(self, listing_id: str) -> None:
        """Send the parked work of a listing again."""
        self._do("retry", lambda workspace: workspace.retry(listing_id))

    def retry_all(self, rows: Sequence[OperationRow]) -> None:
        """Send the parked work of these listings again."""
        ids = tuple(dict.fromkeys(row.listing_id for row in rows))

        def retry(workspace: Workspace) -> None:
            for listing_id in ids:
                workspace.retry(listing_id)

        self._do("retry", retry)

    def hold(self, rows: Sequence[OperationRow]) -> None:
        """Keep the queued work of these listings back."""
        ids = [row.operation_id for row in rows]
        self._do("hold", lambda workspace: workspace.hold(ids))

    def let_go(self, rows: Sequence[OperationRow]) -> None:
        """Queue the held work of these listings again."""
        ids = [row.operation_id for row in rows]
        self._do("let-go", lambda workspace: workspace.let_go(ids))

    def drop(self, rows: Sequence[OperationRow], then: Callable[[], None]) -> None:
        """Take ``rows`` out before they go; ``then`` is called when it is done."""
        ids = [row.operation_id for row in rows]
        self._do("drop", lambda workspace: workspace.drop(ids), then)

    def pause_sending(self, paused: bool) -> None:
        """Send nothing more until sending is resumed."""
        self._do("pause", lambda workspace: workspace.pause_sending(paused))

    def _do(
        self, name: str, work: Callable[[Workspace], Any], then: Callable[[], None] | None = None
    ) -> None:
        if self._workspace is not None:
            change = self._tools.change(self._workspace, work, self.refresh, then)
            self._tools.spawn(change, f"activity.{name}")

    # -- reading, and news --

    async def _read(self) -> None:
        while self._is_dirty and self._workspace is not None:
            self._is_dirty = False
            workspace = self._workspace
            page, unreadable, is_paused = await self._tools.store(_look, workspace, self._limit)
            if workspace is self._workspace:
                self._view.show_activity(page, unreadable, is_paused)
                self._tell_news(page)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _tell_news(self, page: OperationPage) -> None:
        """Tell what came to its end or stopped since the last look; nothing at the first look."""
        seen = self._seen
        parked = [row for row in page.parked if not row.is_conflict]
        self._seen = frozenset([*map(_mark, page.done), *map(_mark, parked)])
        if seen is None:
            return
        new = takewhile(lambda row: _mark(row) not in seen, page.done)
        self._tell_published([row for row in new if row.verb is Verb.VERIFY])
        for row in [row for row in parked if _mark(row) not in seen][:_MOST_NEWS]:
            self._tell_parked(row)

    def _tell_published(self, rows: Sequence[OperationRow]) -> None:
        if len(rows) > _MOST_NEWS:
            text = f"{len(rows)} listings are published"
            self._tools.messages.tell(Level.SUCCESS, text, "Each was read back and is identical.")
            return
        for row in rows:
            self._tools.messages.tell(
                Level.SUCCESS,
                f"“{row.listing_title}” is published",
                "It was read back from the marketplace and is identical.",
                self._shows(row),
                key=f"published-{row.listing_id}",
            )

    def _tell_parked(self, row: OperationRow) -> None:
        error = row.error or {}
        self._tools.messages.tell(
            Level.DANGER,
            f"“{row.listing_title}” needs you",
            f"{error.get('what', '')} {error.get('remedy', '')}".strip(),
            self._shows(row),
            key=f"parked-{row.listing_id}",
        )

    def _shows(self, row: OperationRow) -> MessageAction:
        return MessageAction("Show listing", lambda: self._open_listing(row.listing_id))

    def _changed(self, changes: Changes) -> None:
        if changes.operations or changes.status:
            self.refresh()


def _look(workspace: Workspace, limit: int) -> tuple[OperationPage, Sequence[QuarantineRow], bool]:
    status = workspace.status()
    unreadable = workspace.quarantined() if status.quarantined else ()
    return workspace.activity(waiting=limit, done=limit), unreadable, status.is_paused


def _mark(row: OperationRow) -> str:
    return f"{row.operation_id} {row.state}"
