"""Runs a core with real threads: hands out its jobs, and hands back what became of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, wait
from queue import Empty, SimpleQueue

from koda_desktop.sync.engine.core import Core
from koda_desktop.sync.engine.jobs import Event, Finished, Job, Wake
from koda_desktop.sync.engine.parts import Apply


class Driver:
    """One core, one pool and the queue of what happened. For the control thread, save ``tell``."""

    def __init__(self, core: Core, pool: Executor) -> None:
        self.core = core
        self._pool = pool
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._lock = threading.Lock()
        self._futures: dict[Future[Apply], Job] = {}

    def tell(self, event: Event) -> None:
        """Have ``event`` taken in. Safe from every thread."""
        self._events.put(event)

    def run(self, is_done: Callable[[], bool], look_seconds: float) -> None:
        """Take in events until ``is_done``, which is asked after each and every ``look_seconds``.

        Raises what ``Core.step`` raises: nothing runs any more then, and the core is spent.
        """
        try:
            while not is_done():
                self._launch(self.core.step(self._next(look_seconds)))
        except BaseException:
            self.cancel()
            with self._lock:
                left = [*self._futures]
            wait(left)
            raise

    def cancel(self) -> None:
        """Have every job end at its next chunk."""
        with self._lock:
            jobs = [*self._futures.values()]
        for job in jobs:
            job.cancel.cancel()

    def _next(self, look_seconds: float) -> Event:
        try:
            return self._events.get(timeout=min(self.core.due_in(), look_seconds))
        except Empty:
            return Wake()

    def _launch(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            future = self._pool.submit(job.work)
            with self._lock:
                self._futures[future] = job
            future.add_done_callback(self._came_back)

    def _came_back(self, future: Future[Apply]) -> None:
        with self._lock:
            job = self._futures.pop(future)
        error = future.exception()
        apply = None if error else future.result()
        self._events.put(Finished(job, apply, error))
