"""What was typed beside the table and not saved: kept on this computer as it is typed.

It stands with the words of the editor, so that either shows what was typed in the other, and a
crash takes none of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import NotFound
from koda_desktop.sync.typed import Typed
from koda_desktop.workspace.facade import Workspace

KEEP_SECONDS = 0.4
"""How long a person pauses before what they typed is written to the disk."""
LONGEST_SECONDS = 2.0
"""After that long it is written even while they type on."""


class Unsaved:
    """Everything here is called on the loop's thread; writing happens on the store's pool."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._workspace: Workspace | None = None
        self._changes: dict[str, dict[str, Any]] = {}
        self._unkept: set[str] = set()
        self._unkept_since = 0.0
        self._typed = Latest()
        self._writing = asyncio.Lock()

    def __len__(self) -> int:
        """How many listings hold changes that were typed or seen, and not saved."""
        return len(self._changes)

    def __iter__(self) -> Iterator[str]:
        return iter([*self._changes])

    def use(self, workspace: Workspace | None) -> None:
        """Keep what is typed in ``workspace`` from now on; ``keep_now`` comes before."""
        self._workspace = workspace
        self._changes.clear()
        self._unkept.clear()

    def of(self, listing_id: str) -> Mapping[str, Any]:
        """What was typed for a listing; nothing where nothing was."""
        return self._changes.get(listing_id, {})

    def type(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Keep ``changes``, all that differs from what is stored, once the person pauses."""
        if changes == self.of(listing_id):
            return
        self._hold(listing_id, changes)
        if not self._unkept:
            self._unkept_since = asyncio.get_running_loop().time()
        self._unkept.add(listing_id)
        number = self._typed.next()
        self._tools.spawn(self._keep_after_pause(number), f"listings.keep.{number}")

    def _hold(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        if changes:
            self._changes[listing_id] = dict(changes)
        else:
            self._changes.pop(listing_id, None)

    def found(self, listing_id: str, typed: Typed | None) -> None:
        """The store holds ``typed`` for a listing; what was typed since then goes before that."""
        if listing_id not in self._unkept:
            self._hold(listing_id, typed.changes if typed is not None else {})

    async def _keep_after_pause(self, number: int) -> None:
        """Write once nothing was typed for a moment; who never pauses is not waited for."""
        await asyncio.sleep(KEEP_SECONDS)
        waited = asyncio.get_running_loop().time() - self._unkept_since
        if self._typed.is_current(number) or waited > LONGEST_SECONDS:
            await self.keep_now()

    async def keep_now(self) -> None:
        """Write what was typed to the disk. Raises KodaErrors; then it is still to be written."""
        async with self._writing:
            workspace = self._workspace
            while self._unkept and workspace is not None:
                listing_id = next(iter(self._unkept))
                changes = self.of(listing_id)
                await self._keep(workspace, listing_id, changes)
                if changes == self.of(listing_id):
                    self._unkept.discard(listing_id)
            self._unkept_since = asyncio.get_running_loop().time()

    async def _keep(
        self, workspace: Workspace, listing_id: str, changes: Mapping[str, Any]
    ) -> None:
        try:
            await self._tools.store(workspace.typed.keep, listing_id, changes)
        except NotFound:
            # The listing went meanwhile, and what was typed for it is of no use.
            self._hold(listing_id, {})
            self._unkept.discard(listing_id)

    async def forget(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """``changes`` were saved, or are not wanted; what was typed since then is kept."""
        async with self._writing:
            if self.of(listing_id) == changes and self._workspace is not None:
                self._hold(listing_id, {})
                self._unkept.discard(listing_id)
                await self._tools.store(self._workspace.typed.forget, listing_id)
