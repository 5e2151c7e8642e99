"""Several children working through one list, their answers in the order of the questions.

As many questions wait as keep every child busy, so that memory does not grow with the list. A
child that dies costs one answer: it is replaced, and the others go on.
"""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from koda_desktop.runtime.child import Child, ChildEnded
from koda_desktop.runtime.work import CancelToken

_MOST = 8
_WAITING_PER_CHILD = 8
_TICK_SECONDS = 0.1


def processors() -> int:
    """How many children are worth having: one per core this process may use, at most 8."""
    usable = getattr(os, "sched_getaffinity", None)
    count = len(usable(0)) if usable else os.cpu_count()
    return min(count or 1, _MOST)


class Children:
    """``here`` answers in this process where a child cannot be started at all."""

    def __init__(self, task: str, count: int, here: Callable[[Any], Any]) -> None:
        self._task = task
        self._here = here
        self._count = count
        self._lock = threading.Lock()
        self._is_closing = False
        self._can_start = True
        self._started: list[Child] = []
        self._idle: queue.SimpleQueue[Child | None] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(None)

    def answers(self, questions: Iterable[Any], stop: CancelToken) -> Generator[Any, None, None]:
        """An answer, or a ChildEnded, per question. Ends early once ``stop`` is set."""
        pool = ThreadPoolExecutor(self._count, thread_name_prefix="koda-children")
        waiting: deque[Future[Any]] = deque()
        try:
            for question in questions:
                waiting.append(pool.submit(self._ask, question))
                if len(waiting) >= self._count * _WAITING_PER_CHILD:
                    if not _is_done(waiting[0], stop):
                        return
                    yield waiting.popleft().result()
            while waiting and _is_done(waiting[0], stop):
                yield waiting.popleft().result()
        finally:
            self._kill()
            pool.shutdown(cancel_futures=True)
            for child in self._started:
                child.close()

    def _ask(self, question: Any) -> Any:
        child = self._idle.get()
        try:
            child = child or self._start()
            return child.ask(question) if child else self._here(question)
        except ChildEnded as ended:
            child = None
            return ended
        finally:
            self._idle.put(child)

    def _start(self) -> Child | None:
        """A child that is ready, or None where none can be had. Raises ChildEnded when closing."""
        if not self._can_start:
            return None
        try:
            child = Child(self._task)
            child.ask(None)
        except ChildEnded:
            self._can_start = False
            return None
        with self._lock:
            self._started.append(child)
            if self._is_closing:
                raise ChildEnded(0, "")
        return child

    def _kill(self) -> None:
        with self._lock:
            self._is_closing = True
            for child in self._started:
                child.kill()


def _is_done(answer: Future[Any], stop: CancelToken) -> bool:
    """Wait for ``answer``; False once the work is to stop. Ctrl+C is heard between two ticks."""
    while not stop.is_cancelled:
        if wait((answer,), _TICK_SECONDS).done:
            return True
    return False
