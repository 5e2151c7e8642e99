"""Workspaces: adding, testing, using and removing a connection to a marketplace."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from koda_desktop.controllers.tools import Tools
from koda_desktop.errors import VaultFault
from koda_desktop.workspace.info import NewWorkspace, Places, WorkspaceInfo


class WorkspaceDesk(Protocol):
    """The list of workspaces. Every method blocks and may raise KodaErrors."""

    def all(self) -> list[WorkspaceInfo]: ...
    def current(self) -> WorkspaceInfo | None: ...
    def add(self, new: NewWorkspace) -> WorkspaceInfo:
        """Remember ``new``, its secrets in the keyring, and make it the one in use."""
        ...

    def update_keys(self, name: str, secrets: Mapping[str, str]) -> WorkspaceInfo:
        """Keep new secrets for a workspace; empty ones stay as they were."""
        ...

    def use(self, name: str) -> WorkspaceInfo: ...
    def remove(self, name: str) -> WorkspaceInfo:
        """Forget it and its secrets; its folder on disk stays."""
        ...

    def test(self, new: NewWorkspace) -> str:
        """Try every server; what was reached, in one sentence. Raises what stands in the way."""
        ...

    def places(self) -> Places: ...


OpenWorkspace = Callable[[WorkspaceInfo | None], Awaitable[None]]
"""Close the workspace in use and open this one; None when there is none left."""


class WorkspacesView(Protocol):
    def show_workspaces(self, known: list[WorkspaceInfo], current: str) -> None: ...
    def show_places(self, places: Places) -> None: ...


class WorkspacesController:
    """Used by Settings, by the first-run page and by the main menu."""

    def __init__(self, tools: Tools, desk: WorkspaceDesk, open_workspace: OpenWorkspace) -> None:
        self._tools = tools
        self._desk = desk
        self._open = open_workspace
        self._views: list[WorkspacesView] = []

    def add_view(self, view: WorkspacesView) -> None:
        """Keep ``view`` up to date as well, from the next reading on."""
        self._views.append(view)

    def refresh(self) -> None:
        self._tools.spawn(self._read(), "workspaces.read")

    def use(self, name: str) -> None:
        self._tools.spawn(self._use(name), "workspaces.use")

    def remove(self, name: str) -> None:
        self._tools.spawn(self._remove(name), "workspaces.remove")

    async def add(self, new: NewWorkspace) -> None:
        """Remember ``new`` and open it. Raises KodaErrors."""
        info: WorkspaceInfo | None
        try:
            info = await self._tools.pools.run("keyring", self._desk.add, new)
        except VaultFault as fault:
            # It was added; what was typed serves until Koda is closed.
            self._tools.messages.report(fault)
            info = await self._tools.pools.run("disk", self._desk.current)
        await self._open(info)
        await self._read()

    async def update_keys(self, name: str, secrets: Mapping[str, str]) -> None:
        """Keep new secrets for ``name``; one in use connects with them. Raises KodaErrors."""
        try:
            await self._tools.pools.run("keyring", self._desk.update_keys, name, secrets)
        except VaultFault as fault:
            # They were taken; what was typed serves until Koda is closed.
            self._tools.messages.report(fault)
        current = await self._tools.pools.run("disk", self._desk.current)
        if current is not None and current.name == name:
            await self._open(current)
        await self._read()

    async def test(self, new: NewWorkspace) -> str:
        """Try every server; what was reached. Raises KodaErrors."""
        return await self._tools.pools.run("network", self._desk.test, new)

    async def _use(self, name: str) -> None:
        info = await self._tools.pools.run("disk", self._desk.use, name)
        await self._open(info)
        await self._read()

    async def _remove(self, name: str) -> None:
        before = await self._tools.pools.run("disk", self._desk.current)
        await self._tools.pools.run("keyring", self._desk.remove, name)
        after = await self._tools.pools.run("disk", self._desk.current)
        if before is not None and before.name == name:
            await self._open(after)
        await self._read()

    async def _read(self) -> None:
        known = await self._tools.pools.run("disk", self._desk.all)
        current = await self._tools.pools.run("disk", self._desk.current)
        for view in self._views:
            view.show_workspaces(known, current.name if current else "")

    def refresh_places(self) -> None:
        """Read where things are kept, which asks the keyring: only once somebody wants to know."""
        self._tools.spawn(self._read_places(), "workspaces.places")

    async def _read_places(self) -> None:
        places = await self._tools.pools.run("keyring", self._desk.places)
        for view in self._views:
            view.show_places(places)
