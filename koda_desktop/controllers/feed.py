"""What changed, carried from the thread that committed it to the pages, in bundles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from koda_desktop.sync.rows import Changes
from koda_desktop.workspace.facade import Unsubscribe, Workspace

Listener = Callable[[Changes], None]
_BUNDLE_SECONDS = 0.05


class ChangeFeed:
    """Listens to a workspace on any thread and tells listeners on the loop's own.

    Changes that come within a twentieth of a second are told as one, so that a page which syncs a
    thousand listings is not repainted a thousand times.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._pending: Changes | None = None
        self._unsubscribe: Unsubscribe | None = None
        self._followed: Workspace | None = None

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def follow(self, workspace: Workspace | None) -> None:
        """Listen to ``workspace`` instead of the one before, of which nothing more is told.

        Must be called on the loop.
        """
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._pending = None
        self._followed = workspace
        if workspace is None:
            return
        loop = asyncio.get_running_loop()

        def arrived(changes: Changes) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._add, workspace, changes, loop)

        self._unsubscribe = workspace.subscribe(arrived)

    def _add(self, source: Workspace, changes: Changes, loop: asyncio.AbstractEventLoop) -> None:
        if source is not self._followed:
            return
        if self._pending is not None:
            self._pending = self._pending.joined(changes)
            return
        self._pending = changes
        loop.call_later(_BUNDLE_SECONDS, self._tell)

    def _tell(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            for listener in [*self._listeners]:
                listener(pending)
