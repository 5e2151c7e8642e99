"""Where work runs: named pools for what blocks, and background tasks for what awaits.

Blocking code (stores, disks, SDKs, keyrings) runs on a pool named after what it waits for, so that
a slow network never holds up the store. Controllers await it from the one asyncio loop.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import Any, ParamSpec, TypeVar

from koda_desktop.errors import Cancelled
from koda_desktop.runtime.daemons import DaemonExecutor

P = ParamSpec("P")
T = TypeVar("T")

DEFAULT_SIZES: Mapping[str, int] = {"store": 4, "disk": 2, "network": 4, "keyring": 1}
"""Threads per pool. A keyring answers one question at a time, and may ask the person."""

UNNAMED_SIZE = 2

NETWORK = "network"
"""The pool whose calls are left behind when the program ends and a server says nothing."""


class Pools:
    """Worker threads by name, each pool made when it is first used."""

    def __init__(self, sizes: Mapping[str, int] = DEFAULT_SIZES) -> None:
        self._sizes = dict(sizes)
        self._lock = threading.Lock()
        self._pools: dict[str, ThreadPoolExecutor | DaemonExecutor] = {}
        self._running: set[Future[Any]] = set()
        self._closed = False

    def submit(
        self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Run ``function`` on the pool ``name``. Raises Cancelled once close() was called."""
        with self._lock:
            if self._closed:
                raise Cancelled("Koda is closing; the work was not started.")
            future = self._pool(name).submit(function, *args, **kwargs)
            self._running.add(future)
        future.add_done_callback(self._forget)
        return future

    async def run(
        self, name: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Await ``function`` run on the pool ``name``.

        Cancelling the awaiting task drops work that has not begun; work that has goes on to its
        end, unseen. Whatever may take long takes a CancelToken too.
        """
        return await asyncio.wrap_future(self.submit(name, function, *args, **kwargs))

    def close(self, within: float) -> bool:
        """Start nothing more, drop what waits, and wait up to ``within`` seconds for the rest.

        True when every worker came to its end. Set the cancel tokens first.
        """
        with self._lock:
            self._closed = True
            pools = list(self._pools.values())
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = set(self._running)
        return not wait(running, within).not_done

    def _pool(self, name: str) -> Executor:
        if name not in self._pools:
            make = DaemonExecutor if name == NETWORK else ThreadPoolExecutor
            self._pools[name] = make(self._sizes.get(name, UNNAMED_SIZE), f"koda-{name}")
        return self._pools[name]

    def _forget(self, future: Future[Any]) -> None:
        with self._lock:
            self._running.discard(future)


class Background:
    """Tasks nobody awaits: each kept alive, named, and heard when it fails.

    ``on_error`` is called with the task's name and what it raised; stopping is not an error.
    """

    def __init__(self, on_error: Callable[[str, BaseException], None]) -> None:
        self._on_error = on_error
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    def spawn(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T] | None:
        """Start ``work``; None, and nothing started, while a task of that name still runs.

        So a second click on the same button does nothing. Must be called with the loop running.
        """
        if self.is_running(name):
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(self._finished)
        return task

    def is_running(self, name: str) -> bool:
        """Whether a task of that name has not come to its end."""
        task = self._tasks.get(name)
        # One that has ended stands there until the loop comes to its callbacks.
        return task is not None and not task.done()

    def cancel(self, name: str) -> None:
        """Stop the task of that name, if there is one."""
        if name in self._tasks:
            self._tasks[name].cancel()

    async def close(self, within: float) -> bool:
        """Stop every task and wait up to ``within`` seconds; True when all have ended."""
        current = asyncio.current_task()
        tasks = [task for task in self._tasks.values() if task is not current]
        for task in tasks:
            task.cancel()
        if not tasks:
            return True
        _, pending = await asyncio.wait(tasks, timeout=within)
        return not pending

    def _finished(self, task: asyncio.Task[Any]) -> None:
        if self._tasks.get(task.get_name()) is task:
            del self._tasks[task.get_name()]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, Cancelled):
            self._on_error(task.get_name(), error)
