"""Blocking code interleaved on purpose: many threads, of which only the one with the baton runs.

A task is a piece of blocking work on a thread of its own. Each of its calls to the outside gives
the baton back, so that whoever holds the schedule decides what happens next; the same decisions
give the same run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Crash(BaseException):
    """The process is gone: nothing after this runs, and memory is lost."""


class Task:
    """One piece of blocking work. ``until`` and ``wanted`` say when a pause may end."""

    def __init__(self, name: str, work: Callable[[], None]) -> None:
        self.name = name
        self.is_done = False
        self.is_killed = False
        self.bug: BaseException | None = None
        self.point = "begin"
        self.until: float | None = None
        self.wanted: Callable[[], bool] | None = None
        self._work = work
        self.go = threading.Lock()
        self.go.acquire()
        self.thread = threading.Thread(target=self._run, name=f"koda-{name}", daemon=True)
        self.back = threading.Lock()
        self.back.acquire()

    def _run(self) -> None:
        self.go.acquire()
        try:
            if not self.is_killed:
                self._work()
        except Crash:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where the baton is
            self.bug = error
        self.is_done = True
        self.back.release()

    def can_run(self, now: float) -> bool:
        """Whether what it waits for is there, or its time is over."""
        if self.wanted is None or self.wanted():
            return True
        return self.until is not None and now >= self.until


class Baton:
    """Hands the right to run to one task at a time, and takes it back."""

    def __init__(self) -> None:
        self._running: Task | None = None

    @property
    def running(self) -> Task | None:
        """The task that holds the baton; None while the schedule does."""
        return self._running

    def start(self, name: str, work: Callable[[], None]) -> Task:
        """A new task, which has not run yet."""
        task = Task(name, work)
        task.thread.start()
        return task

    def run(self, task: Task) -> None:
        """Let ``task`` run to its next pause or its end. Raises what it raised, Crash excepted."""
        self._running = task
        task.go.release()
        task.back.acquire()
        self._running = None
        if task.is_done:
            task.thread.join()
        if task.bug is not None:
            raise task.bug

    def kill(self, task: Task) -> None:
        """End ``task`` where it is: its pause raises Crash, as does every later one."""
        task.is_killed = True
        while not task.is_done:
            self.run(task)

    def pause(
        self, point: str, wanted: Callable[[], bool] | None = None, until: float | None = None
    ) -> None:
        """Give the baton back; comes back when the schedule says so. Raises Crash.

        Nothing happens outside of a task.
        """
        task = self._running
        if task is None:
            return
        if task.is_killed:
            raise Crash
        task.point, task.wanted, task.until = point, wanted, until
        task.back.release()
        task.go.acquire()
        task.wanted = task.until = None
        if task.is_killed:
            raise Crash
