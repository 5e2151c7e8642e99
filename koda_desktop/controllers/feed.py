"""What changed, carried from the thread that committed it to the pages, in bundles."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from koda_desktop.sync.rows import Changes
from koda_desktop.workspace.facade import Unsubscribe, Workspace

Listener = Callable[[Changes], None]
_BUNDLE_SECONDS = 0.05


def merge(one: Changes, two: Changes) -> Changes:
    """Both changes as one."""
    return Changes(
        listings=one.listings | two.listings,
        catalogue=one.catalogue or two.catalogue,
        operations=one.operations or two.operations,
        transfers=one.transfers or two.transfers,
        status=one.status or two.status,
    )


class ChangeFeed:
    """Listens to a workspace on any thread and tells listeners on the loop's own.

    Changes that come within a twentieth of a second are told as one, so that a page which syncs a
    thousand listings is not repainted a thousand times.
    """

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._pending: Changes | None = None
        self._unsubscribe: Unsubscribe | None = None

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def follow(self, workspace: Workspace | None) -> None:
        """Listen to ``workspace`` instead of the one before. Must be called on the loop."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        # What the one before still had to tell concerns nobody any more.
        self._pending = None
        if workspace is None:
            return
        loop = asyncio.get_running_loop()

        def arrived(changes: Changes) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._add, changes, loop)

        self._unsubscribe = workspace.subscribe(arrived)

    def _add(self, changes: Changes, loop: asyncio.AbstractEventLoop) -> None:
        if self._pending is not None:
            self._pending = merge(self._pending, changes)
            return
        self._pending = changes
        loop.call_later(_BUNDLE_SECONDS, self._tell)

    def _tell(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            for listener in [*self._listeners]:
                listener(pending)
