"""The Transfers screen: what is on its way, how far, and stopping or repeating it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from koda_desktop.controllers.tools import Tools
from koda_desktop.sync.rows import Changes, TransferRow
from koda_desktop.workspace.facade import Workspace

_PAUSE_SECONDS = 0.25


class TransfersView(Protocol):
    def show_transfers(self, rows: Sequence[TransferRow]) -> None: ...


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
            self._view.show_transfers(())

    def cancel(self, transfer_id: str) -> None:
        """Stop a transfer; its listing goes back to a draft."""
        if self._workspace is not None:
            self._tools.spawn(self._cancel(self._workspace, transfer_id), f"cancel.{transfer_id}")

    def retry(self, listing_id: str) -> None:
        """Send the parked work of a listing again."""
        if self._workspace is not None:
            self._tools.spawn(self._retry(self._workspace, listing_id), f"retry.{listing_id}")

    async def _cancel(self, workspace: Workspace, transfer_id: str) -> None:
        await self._tools.store(workspace.cancel_transfer, transfer_id)
        self.refresh()

    async def _retry(self, workspace: Workspace, listing_id: str) -> None:
        await self._tools.store(workspace.retry, listing_id)
        self.refresh()

    async def _read(self) -> None:
        while self._is_dirty and self._workspace is not None:
            self._is_dirty = False
            workspace = self._workspace
            rows = await self._tools.store(workspace.transfers)
            if workspace is self._workspace:
                self._view.show_transfers(rows)
            await asyncio.sleep(_PAUSE_SECONDS)

    def _changed(self, changes: Changes) -> None:
        if changes.transfers:
            self.refresh()
