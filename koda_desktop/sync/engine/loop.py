"""The engine's own thread: keeps up while it may, and waits for the lock or the network."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import TracebackType

from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.sleep import SleepWatch
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.store.store import Store

LOOK_SECONDS = 1.0
"""How often another process's work is looked for."""

FAULT_SECONDS = 10.0
"""How long it waits after a fault of the store, or a bug, before it begins anew."""

ReportBug = Callable[[type[BaseException], BaseException, TracebackType | None], object]


class SyncLoop:
    """Runs an engine in the background from ``start`` to ``close``."""

    def __init__(
        self, engine: Engine, store: Store, clock: Clock, report_bug: ReportBug | None = None
    ) -> None:
        self._engine = engine
        self._store = store
        self._sleep = SleepWatch(clock)
        self._report_bug = report_bug or sys.excepthook
        self._look = threading.Event()
        self._is_stopping = False
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._unsubscribe = store.subscribe(self._heard)

    def start(self) -> None:
        """Keep up from now on. Nothing happens when it runs already."""
        with self._starting:
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._run, name="koda-engine", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Look again now, whatever the back-off says."""
        self._engine.wake()
        self._look.set()

    def close(self) -> None:
        """Stop between two steps and close the engine. Safe to call twice."""
        self._is_stopping = True
        self._unsubscribe()
        self._look.set()
        self._engine.stop()
        # Whoever starts it just now is let finish, or finds that it is to stop.
        with self._starting:
            thread = self._thread
        if thread is not None:
            thread.join()
        self._engine.close()

    def _heard(self, changes: Changes) -> None:
        if changes.operations:
            self._engine.wake(is_asked=False)

    def _run(self) -> None:
        while not self._is_stopping:
            self._look.wait(self._keep_up())
            self._look.clear()

    def _keep_up(self) -> float:
        """Keep up for as long as it goes; answers the seconds to wait before the next try."""
        try:
            self._store.notice_others()
            if self._engine.take_lock() and not self._engine.is_offline:
                self._engine.keep_up(self._has_ended, LOOK_SECONDS)
        except Cancelled:
            return 0
        except KodaError as problem:
            self._engine.note(problem)
            return FAULT_SECONDS
        except Exception as bug:  # noqa: BLE001 - told to the crash report; the work goes on
            self._report_bug(type(bug), bug, bug.__traceback__)
            return FAULT_SECONDS
        return LOOK_SECONDS

    def _has_ended(self) -> bool:
        self._store.notice_others()
        if self._sleep.has_slept():
            self._engine.wake()
        return self._is_stopping
