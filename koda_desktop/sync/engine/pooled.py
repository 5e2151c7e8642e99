"""Pieces of one transfer on the threads of a pool, a bounded number at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from types import TracebackType
from typing import Any, Generic, TypeVar

from koda_desktop.errors import KodaError
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.engine.parts import LinkedToken

Item = TypeVar("Item")
Result = TypeVar("Result")

LOOK_SECONDS = 0.3
"""How often the transfer is looked at while nothing comes back."""


class Pooled(Generic[Item, Result]):
    """Starts pieces and hands back those that are finished. Leaving it stops the others.

    ``token`` is for the pieces: it stops with ``cancel``, or when this is left by an error.
    """

    def __init__(self, pool: Executor, cancel: CancelToken) -> None:
        self._pool = pool
        self._running: dict[Future[Result], Item] = {}
        self.token = LinkedToken(cancel)

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def items(self) -> Collection[Item]:
        """What is under way."""
        return self._running.values()

    def start(self, item: Item, work: Callable[[Item], Result]) -> None:
        self._running[self._pool.submit(work, item)] = item

    def finished(
        self, seconds: float = LOOK_SECONDS, other: Future[None] | None = None
    ) -> list[tuple[Item, Result | KodaError]]:
        """What came back since, in the order it was started; waits a little when nothing did, and
        no longer than until ``other`` is done.

        Raises what a piece raised that is no KodaError.
        """
        awaited: set[Future[Any]] = {*self._running, *(() if other is None else (other,))}
        if not awaited:
            return []
        done, _ = wait(awaited, seconds, FIRST_COMPLETED)
        back = [future for future in self._running if future in done]
        outcomes: list[tuple[Item, Result | KodaError]] = []
        for future in back:
            item = self._running.pop(future)
            try:
                outcomes.append((item, future.result()))
            except KodaError as error:
                outcomes.append((item, error))
        return outcomes

    def __enter__(self) -> Pooled[Item, Result]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.token.cancel()
        wait(self._running)
