"""What every controller is handed, and the few steps they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.messages import Messages
from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.runtime.work import Progress

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Tools:
    """Pools for what blocks, background for what awaits, the message door and the change feed."""

    pools: Pools
    background: Background
    messages: Messages
    feed: ChangeFeed

    async def store(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Await a call of the workspace on the store's pool."""
        return await self.pools.run("store", function, *args, **kwargs)

    def begin(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> asyncio.Future[T]:
        """Start a call of the workspace at once, before the loop comes to anything else.

        The answer may be awaited, or left alone. Once the pools are closed that raises Cancelled.
        """
        loop = asyncio.get_running_loop()
        try:
            begun = asyncio.wrap_future(
                self.pools.submit("store", function, *args, **kwargs), loop=loop
            )
        except Cancelled as error:
            begun = loop.create_future()
            begun.set_exception(error)
        begun.add_done_callback(_heard)
        return begun

    async def change(
        self,
        workspace: Workspace,
        work: Callable[[Workspace], Any],
        refresh: Callable[[], None],
        then: Callable[[], None] | None = None,
    ) -> None:
        """Change something in ``workspace``, show it, and have the engine look at once.

        ``then`` is called once it is done. Raises what ``work`` raises, shown or not.
        """
        try:
            await self.store(work, workspace)
        finally:
            refresh()
        await self.store(workspace.wake)
        if then is not None:
            then()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Start ``work`` unless a task of that name runs; a KodaError in it is told."""
        task = self.background.spawn(self._told(work), name)
        if task is None:
            work.close()
        else:
            # A task that is stopped before its first step never comes to await ``work``.
            task.add_done_callback(lambda _: work.close())

    async def _told(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except KodaError as error:
            self.messages.report(error)


def _heard(begun: asyncio.Future[Any]) -> None:
    """What it raised is known, so that nothing is logged where nobody waits for the answer."""
    if not begun.cancelled():
        begun.exception()


def to_loop(show: Callable[[Progress], None]) -> Callable[[Progress], None]:
    """``show`` on this loop's thread, for reports from another one."""
    loop = asyncio.get_running_loop()

    def report(progress: Progress) -> None:
        loop.call_soon_threadsafe(show, progress)

    return report


class Latest:
    """Numbers the answers of one question, so that a late answer to an older one is dropped."""

    def __init__(self) -> None:
        self._number = 0

    def next(self) -> int:
        self._number += 1
        return self._number

    @property
    def current(self) -> int:
        return self._number

    def is_current(self, number: int) -> bool:
        return number == self._number
