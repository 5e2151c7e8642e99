"""Which listings are shown, in which order: asked for, kept up to date, and never all read twice.

The first rows of a new query are shown as soon as they are found; the keys of all the others follow
from another thread. The next question interrupts what is still being read for the one before.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.rows import ListingQuery, ListingRow
from koda_desktop.workspace.facade import Workspace

_FIRST_LEAST = 30
"""So many rows are read first of a new query, or two screens full of them."""
_PAUSE_SECONDS = 0.12
"""Whoever types on within that time sees first rows only: the rest is not read for each key."""
_REST_SECONDS = 0.4
_REST_PER_READING = 2.0
"""However long reading takes, twice as long is rested: changes come faster than they are read."""


class LinesView(Protocol):
    """What shows the lines."""

    def lines_in_sight(self) -> int: ...
    def show_first(self, rows: Sequence[ListingRow], query: ListingQuery, whole: bool) -> None: ...
    def show_keys(self, keys: array[int], query: ListingQuery) -> None: ...
    def show_rows(self, keys: Sequence[int], rows: Sequence[ListingRow]) -> None: ...
    def show_counts(self, counts: Sequence[int]) -> None: ...
    def forget_rows(self, ids: frozenset[str]) -> None: ...
    def show_fault(self, error: KodaError) -> None: ...


class ListingLines:
    """Everything here is called on the loop's thread; reading happens on the store's pool.

    ``counted`` says which queries have their numbers shown.
    """

    def __init__(
        self, tools: Tools, view: LinesView, counted: Callable[[], Sequence[ListingQuery]]
    ) -> None:
        self._tools = tools
        self._view = view
        self._counted = counted
        self._workspace: Workspace | None = None
        self.query = ListingQuery()
        self._asked = Latest()
        self._rows_asked = Latest()
        self._reading = CancelToken()
        self._is_behind = False

    def use(self, workspace: Workspace | None, query: ListingQuery) -> None:
        self._workspace = workspace
        self.ask(query)

    def ask(self, query: ListingQuery) -> None:
        """Show what matches ``query``."""
        self.query = query
        self._reading.cancel()
        self._reading = CancelToken()
        number = self._asked.next()
        if self._workspace is None:
            # Not known to be empty: the next workspace may be on its way.
            self._view.show_first((), query, False)
            return
        # Begun before anything is painted: a key in the filter waits for nothing else.
        most = max(_FIRST_LEAST, 2 * self._view.lines_in_sight())
        first = self._tools.begin(self._workspace.first_rows, query, most, self._reading)
        work = self._show(self._workspace, query, number, self._reading, first, most)
        self._tools.spawn(work, f"listings.keys.{number}")

    def refresh(self) -> None:
        """Read again what is shown: at once, or as soon as the last reading has been rested."""
        self._is_behind = True
        if self._workspace is not None:
            self._tools.spawn(self._keep_up(), "listings.refresh")

    def forget(self, ids: frozenset[str]) -> None:
        """These listings are not what they were: read those in sight, then the order of all."""
        self._view.forget_rows(ids)
        self.refresh()

    def want_rows(self, keys: Sequence[int]) -> None:
        """Read the rows of ``keys`` and hand them to the view."""
        if self._workspace is not None:
            work = self._read_rows(self._workspace, tuple(keys))
            self._tools.spawn(work, f"listings.rows.{self._rows_asked.next()}")

    async def _show(
        self,
        workspace: Workspace,
        query: ListingQuery,
        number: int,
        cancel: CancelToken,
        first: Awaitable[list[ListingRow]],
        most: int,
    ) -> None:
        try:
            rows = await first
            if not self._asked.is_current(number):
                return
            is_whole = len(rows) < most
            self._view.show_first(rows, query, is_whole)
            await asyncio.sleep(_PAUSE_SECONDS)
            if not self._asked.is_current(number):
                return
            if not is_whole:
                await self._read_keys(workspace, query, number, cancel)
            await self._read_counts(workspace, number, cancel)
        except Cancelled:
            return
        except KodaError as error:
            self._view.show_fault(error)

    async def _keep_up(self) -> None:
        """Read again for as long as there is news, with a rest after each time."""
        clock = asyncio.get_running_loop()
        while self._is_behind and self._workspace is not None:
            self._is_behind = False
            began = clock.time()
            await self._read_again(self._workspace)
            await asyncio.sleep(max(_REST_SECONDS, _REST_PER_READING * (clock.time() - began)))

    async def _read_again(self, workspace: Workspace) -> None:
        number, cancel = self._asked.current, self._reading
        try:
            await self._read_keys(workspace, self.query, number, cancel)
            await self._read_counts(workspace, number, cancel)
        except Cancelled:
            return
        except KodaError as error:
            self._view.show_fault(error)

    async def _read_keys(
        self, workspace: Workspace, query: ListingQuery, number: int, cancel: CancelToken
    ) -> None:
        keys = await self._tools.store(workspace.keys, query, cancel)
        if self._asked.is_current(number):
            self._view.show_keys(keys, query)

    async def _read_counts(self, workspace: Workspace, number: int, cancel: CancelToken) -> None:
        queries = self._counted()

        def count_each() -> list[int]:
            return [workspace.count(query, cancel) for query in queries]

        counts = await self._tools.store(count_each)
        if self._asked.is_current(number):
            self._view.show_counts(counts)

    async def _read_rows(self, workspace: Workspace, keys: tuple[int, ...]) -> None:
        rows = await self._tools.store(workspace.rows, keys)
        if workspace is self._workspace:
            self._view.show_rows(keys, rows)
