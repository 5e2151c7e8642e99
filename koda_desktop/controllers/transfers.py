"""The Transfers screen: what is on its way in both directions, how far, and how it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Tools
from koda_desktop.sync.rows import Changes, TransferRow
from koda_desktop.workspace.facade import Workspace

_PAUSE_SECONDS = 0.25


class TransfersView(Protocol):
    def show_transfers(self, rows: Sequence[TransferRow], limit: int | None) -> None: ...


class TransfersController:
    """Reads the transfers again when they changed, at most four times a second."""

    def __init__(self, tools: Tools, view: TransfersView) -> None:
        self._tools = tools
        self._view = view
        self._workspace: Workspace | None = None
        self._is_dirty = False
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the transfers of ``workspace`` from now on."""
        self._workspace = workspace
        self.refresh()

    def refresh(self) -> None:
        self._is_dirty = True
        if self._workspace is not None:
            self._tools.spawn(self._read(), "transfers.read")
        else:
            self._view.show_transfers((), None)

    # -- what a person asks --

    def cancel(self, transfer_id: str) -> None:
        """Stop a transfer; the listing of an upload goes back to a draft."""
        self._do(f"cancel.{transfer_id}", lambda one: one.cancel_transfer(transfer_id))

    def retry(self, transfer_id: str) -> None:
        """Send or fetch a parked transfer again."""
        self._do(f"retry.{transfer_id}", lambda one: one.retry_transfer(transfer_id))

    def pause(self, transfer_id: str, paused: bool) -> None:
        """Stop a transfer, or let it go on."""
        self._do(f"pause.{transfer_id}", lambda one: one.pause_transfer(transfer_id, paused))

    def prioritise(self, transfer_id: str, priority: int) -> None:
        """Have a transfer go before those of a lower number."""
        self._do(f"prior.{transfer_id}", lambda one: one.prioritise_transfer(transfer_id, priority))

    def limit(self, bytes_per_second: int | None) -> None:
        """Keep all transfers together under this speed; None for no limit."""
        self._do("limit", lambda one: one.limit_bandwidth(bytes_per_second))

    def download(self, listing_id: str, folder: Path, show: Callable[[], None]) -> None:
        """Fetch the file of a listing into ``folder``; ``show`` brings the transfers into view."""

        def queued() -> None:
            self._tools.messages.tell(
                Level.INFO,
                "The file is on its way",
                f"It is checked and then put into {folder}.",
                MessageAction("Show transfers", show),
                key="download",
            )

        self._do(f"download.{listing_id}", lambda one: one.download(listing_id, folder), queued)

    def _do(
        self, name: str, work: Callable[[Workspace], Any], then: Callable[[], None] | None = None
    ) -> None:
        if self._workspace is not None:
            change = self._tools.change(self._workspace, work, self.refresh, then)
            self._tools.spawn(change, f"transfers.{name}")

    # -- reading --

    async def _read(self) -> None:
        while self._is_dirty and self._workspace is not None:
            self._is_dirty = False
            workspace = self._workspace
            rows = await self._tools.store(workspace.transfers)
            limit = await self._tools.store(workspace.bandwidth_limit)
            if workspace is self._workspace:
                self._view.show_transfers(rows, limit)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _changed(self, changes: Changes) -> None:
        if changes.transfers:
            self.refresh()
