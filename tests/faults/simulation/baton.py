"""Blocking code interleaved on purpose: many threads, of which only the one with the baton runs.

A task is a piece of blocking work on a thread of its own. Each of its calls to the outside gives
the baton back, so that whoever holds the schedule decides what happens next; the same decisions
give the same run. The thread that stops asks the schedule itself (``Baton.next_task``): often the
task goes on or another follows it, and the schedule's own thread need not be woken.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Crash(BaseException):
    """The process is gone: nothing after this runs, and memory is lost."""


class Task:
    """One piece of blocking work. ``until`` and ``wanted`` say when a pause may end."""

    def __init__(self, name: str, work: Callable[[], None], lane: Lane) -> None:
        self.name = name
        self.is_done = False
        self.is_killed = False
        self.bug: BaseException | None = None
        self.point = "begin"
        self.until: float | None = None
        self.wanted: Callable[[], bool] | None = None
        self._work = work
        self.lane = lane

    def perform(self) -> None:
        """The whole of the work, on the task's thread."""
        try:
            if not self.is_killed:
                self._work()
        except Crash:
            pass
        except BaseException as error:  # noqa: BLE001 - raised again where the baton is
            self.bug = error
        self.is_done = True

    def can_run(self, now: float) -> bool:
        """Whether what it waits for is there, or its time is over."""
        if self.wanted is None or self.wanted():
            return True
        return self.until is not None and now >= self.until


class Lane:
    """A thread that runs one task after another: to start one takes longer than most tasks."""

    def __init__(self, name: str, ended: Callable[[Task], None]) -> None:
        self.task: Task | None = None
        self.go = _taken_lock()
        self._ended = ended
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            self.go.acquire()
            if self.task is None:
                return
            self.task.perform()
            self._ended(self.task)

    def end(self) -> None:
        """End the thread; its task must be done."""
        self.task = None
        self.go.release()
        self._thread.join()


def _taken_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class Baton:
    """Hands the right to run to one task at a time, and takes it back."""

    def __init__(self) -> None:
        self.next_task: Callable[[], Task | None] = lambda: None
        """Asked by the thread of a task that stopped: what runs next, if it is a task."""
        self._running: Task | None = None
        self._is_alone = False
        self._bug: BaseException | None = None
        self._back = _taken_lock()
        self._idle: list[Lane] = []
        self._lanes = 0

    @property
    def running(self) -> Task | None:
        """The task that holds the baton; None while the schedule does."""
        return self._running

    def start(self, name: str, work: Callable[[], None]) -> Task:
        """A new task, which has not run yet."""
        task = Task(name, work, self._idle.pop() if self._idle else self._new_lane())
        task.lane.task = task
        return task

    def _new_lane(self) -> Lane:
        self._lanes += 1
        return Lane(f"koda-simulated-{self._lanes}", self._ended)

    def run(self, task: Task) -> None:
        """Let ``task`` run to its next pause or its end, and those that ``next_task`` names.

        Raises what one of them raised, Crash excepted.
        """
        self._give(task)
        self._back.acquire()
        bug, self._bug = self._bug, None
        if bug is not None:
            raise bug

    def kill(self, task: Task) -> None:
        """End ``task`` where it is: its pause raises Crash, as does every later one."""
        task.is_killed = True
        self._is_alone = True
        try:
            while not task.is_done:
                self.run(task)
        finally:
            self._is_alone = False

    def _give(self, task: Task) -> None:
        self._running = task
        task.lane.go.release()

    def _ended(self, task: Task) -> None:
        """Called on the task's thread, which waits for another task after this."""
        self._idle.append(task.lane)
        self._bug = task.bug
        self._hand_on(None if task.bug else self._following())

    def _following(self) -> Task | None:
        self._running = None
        return None if self._is_alone else self.next_task()

    def _hand_on(self, following: Task | None) -> None:
        if following is None:
            self._running = None
            self._back.release()
        else:
            self._give(following)

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
        following = self._following()
        if following is task:
            self._running = task
        else:
            self._hand_on(following)
            task.lane.go.acquire()
        task.wanted = task.until = None
        if task.is_killed:
            raise Crash

    def close(self) -> None:
        """End the threads of every task that is done."""
        for lane in self._idle:
            lane.end()
        self._idle.clear()
