"""The window around the screens: the workspace in use, the sync status, and syncing now."""

from __future__ import annotations

from typing import Protocol

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.sync.rows import Changes, Link, SyncStatus
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo


class ShellView(Protocol):
    def show_workspace(self, info: WorkspaceInfo | None) -> None: ...
    def show_status(self, status: SyncStatus | None) -> None: ...


class ShellController:
    """Keeps the status button true."""

    def __init__(self, tools: Tools, view: ShellView) -> None:
        self._tools = tools
        self._view = view
        self._workspace: Workspace | None = None
        self._status: SyncStatus | None = None
        self._asked = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on; None while there is none yet."""
        self._workspace = workspace
        self._view.show_workspace(workspace.info if workspace else None)
        self.refresh()

    def refresh(self) -> None:
        """Read the status again."""
        if self._workspace is None:
            self._view.show_status(None)
        else:
            work = self._read(self._workspace)
            self._tools.spawn(work, f"shell.status.{self._asked.next()}")

    def sync_now(self) -> None:
        """Have the engine look again now."""
        if self._workspace is not None:
            self._tools.spawn(self._wake(self._workspace), "shell.wake")

    def toggle_offline(self) -> None:
        """Stop using the network, or use it again."""
        if self._workspace is not None and self._status is not None:
            offline = self._status.link is not Link.OFFLINE
            work = self._set_offline(self._workspace, offline)
            self._tools.spawn(work, "shell.offline")

    async def _read(self, workspace: Workspace) -> None:
        status = await self._tools.store(workspace.status)
        if workspace is self._workspace:
            self._status = status
            self._view.show_status(status)

    async def _wake(self, workspace: Workspace) -> None:
        await self._tools.store(workspace.wake)
        await self._read(workspace)

    async def _set_offline(self, workspace: Workspace, offline: bool) -> None:
        await self._tools.store(workspace.set_offline, offline)
        await self._read(workspace)

    def _changed(self, changes: Changes) -> None:
        if changes.status or changes.operations:
            self.refresh()
