"""The Activity screen: what waits to go out, in order, and what went; and news from it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Tools
from koda_desktop.sync.rows import Changes, OperationRow, OperationState, Verb
from koda_desktop.workspace.facade import Workspace

_PAUSE_SECONDS = 0.25
_MOST_NEWS = 3


class ActivityView(Protocol):
    def show_operations(self, rows: Sequence[OperationRow]) -> None: ...


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
        self._before: dict[str, OperationState] | None = None
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the work of ``workspace`` from now on."""
        self._workspace = workspace
        self._before = None
        self.refresh()

    def refresh(self) -> None:
        self._is_dirty = True
        if self._workspace is not None:
            self._tools.spawn(self._read(), "activity.read")
        else:
            self._view.show_operations(())

    def retry(self, listing_id: str) -> None:
        """Send the parked work of a listing again."""
        if self._workspace is not None:
            work = self._tools.store(self._workspace.retry, listing_id)
            self._tools.spawn(work, f"activity.retry.{listing_id}")

    async def _read(self) -> None:
        while self._is_dirty and self._workspace is not None:
            self._is_dirty = False
            workspace = self._workspace
            rows = await self._tools.store(workspace.operations)
            if workspace is self._workspace:
                self._view.show_operations(rows)
                self._tell_news(rows)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _tell_news(self, rows: Sequence[OperationRow]) -> None:
        """Tell what came to its end or stopped since the last look; nothing at the first look."""
        before = self._before
        self._before = {row.operation_id: row.state for row in rows}
        if before is None:
            return
        new = [row for row in rows if before.get(row.operation_id) is not row.state]
        published = [r for r in new if r.verb is Verb.VERIFY and r.state is OperationState.DONE]
        self._tell_published(published)
        for row in [r for r in new if r.state is OperationState.PARKED][:_MOST_NEWS]:
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
        if changes.operations:
            self.refresh()
