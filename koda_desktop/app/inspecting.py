"""Files of the intake looked at by processes of their own: the window's is never held up by them.

Python runs one thread at a time, and a look at a file is all work: beside it the window would wait
for its turn at every step. A few small files are looked at here, before a process would be up.
"""

from __future__ import annotations

import logging
import threading
import traceback
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.child import Child, ChildEnded, answer_questions

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workflows.kept import Kept

_log = logging.getLogger(__name__)

TASK = "inspect"
_SMALL_BYTES = 64 * 1024
_FEW = 8
_SOON_SECONDS = 10.0
_REST_SECONDS = 30.0
"""A process that nobody asked anything for so long ends: it takes some 50 MB of memory."""

Question = tuple[Path, frozenset[str], "Kept"]


class Inspectors:
    """Answers what is in a file. Called on the threads of a pool, each with a process of its own.

    ``allowed`` gives the digests of values that are no secrets; ``clock`` counts seconds.
    """

    def __init__(self, allowed: Callable[[], frozenset[str]], clock: Callable[[], float]) -> None:
        self._allowed = allowed
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: deque[float] = deque(maxlen=_FEW)
        self._idle: list[Child] = []
        self._rest: threading.Timer | None = None
        self._can_start = True
        self._is_closed = False

    @property
    def processes(self) -> list[Child]:
        """Those that wait for the next file."""
        with self._lock:
            return list(self._idle)

    def __call__(self, path: Path, kept: Kept) -> Inspection:
        """Raises LocalFault where the process ended over the file, for want of memory mostly."""
        question = (path, self._allowed(), kept)
        return self._look_here(question) if self._is_soon_done(path) else self._ask(question)

    def close(self) -> None:
        """End the processes; those that are at work end with the answer they give."""
        with self._lock:
            self._is_closed = True
            if self._rest is not None:
                self._rest.cancel()
        self._end_idle()

    def _is_soon_done(self, path: Path) -> bool:
        """Whether the file is small and one of a few."""
        now = self._clock()
        with self._lock:
            is_burst = len(self._recent) == _FEW and now - self._recent[0] < _SOON_SECONDS
            self._recent.append(now)
        return not is_burst and _is_small(path)

    def _look_here(self, question: Question) -> Inspection:
        from koda_desktop.workflows.inspect import inspect_path

        path, allowed, kept = question
        return inspect_path(path, allowed=allowed, kept=kept)

    def _ask(self, question: Question) -> Inspection:
        child = self._taken()
        if child is None:
            return self._look_here(question)
        try:
            answer: Inspection | str = child.ask(question)
        except ChildEnded as ended:
            raise LocalFault(
                f"The process that looked at {question[0].name} was ended, probably for want of "
                "memory.",
                kept="The other files are not concerned.",
                remedy="Close other programs and add the file again.",
                facts={"exit_code": ended.code},
            ) from None
        self._give_back(child)
        if isinstance(answer, str):
            raise RuntimeError(answer)
        return answer

    def _taken(self) -> Child | None:
        """A process that is ready; None where none can be started."""
        with self._lock:
            if self._idle or not self._can_start:
                return self._idle.pop() if self._idle else None
        try:
            child = Child(TASK)
            child.ask(None)
        except ChildEnded as ended:
            _log.warning("no process to look at files could be started: code %s", ended.code)
            self._can_start = False
            return None
        return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            if not self._is_closed:
                self._idle.append(child)
                if self._rest is None:
                    self._rest = threading.Timer(_REST_SECONDS, self._rest_or_wait)
                    self._rest.daemon = True
                    self._rest.start()
                return
        child.close()

    def _rest_or_wait(self) -> None:
        with self._lock:
            self._rest = None
        self._end_idle()

    def _end_idle(self) -> None:
        with self._lock:
            ending, self._idle = self._idle, []
        for child in ending:
            child.close()


def _is_small(path: Path) -> bool:
    try:
        return path.stat().st_size <= _SMALL_BYTES and not path.is_dir()
    except (OSError, ValueError):
        return True


def serve() -> int:
    """Be a child that looks at files."""
    return answer_questions(_inspected)


def _inspected(question: Question) -> Inspection | str:
    from koda_desktop.workflows.inspect import inspect_path

    path, allowed, kept = question
    try:
        return inspect_path(path, allowed=allowed, kept=kept)
    except Exception:  # noqa: BLE001 - handed to the window, whose crash report tells it
        return traceback.format_exc()
