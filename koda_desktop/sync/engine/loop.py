"""The engine's own thread: looks every second, and at once when something was queued."""

from __future__ import annotations

import threading

from koda_desktop.errors import Cancelled, KodaError
from koda_desktop.runtime.clock import Clock
from koda_desktop.sync import outbox
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.rows import Changes, Verb
from koda_desktop.sync.store.store import Store

LOOK_SECONDS = 1.0
"""How often the thread looks for another process's work while it is idle."""

PULL_SECONDS = 30.0
"""How often the marketplace is asked for news while nothing is to be sent."""


class SyncLoop:
    """Runs an engine in the background from ``start`` to ``close``."""

    def __init__(self, engine: Engine, store: Store, clock: Clock) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._look = threading.Event()
        self._is_asked = True
        self._is_stopping = False
        self._next_pull = 0.0
        self._thread: threading.Thread | None = None
        self._unsubscribe = store.subscribe(self._heard)

    def start(self) -> None:
        """Keep up from now on. Nothing happens when it runs already."""
        if self._thread is None and not self._is_stopping:
            self._thread = threading.Thread(target=self._run, name="koda-engine", daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Look again now, whatever the back-off says."""
        self._engine.backoff.clear()
        self._is_asked = True
        self._look.set()

    def close(self) -> None:
        """Stop between two steps and close the engine. Safe to call twice."""
        self._is_stopping = True
        self._unsubscribe()
        self._look.set()
        self._engine.stop()
        if self._thread is not None:
            self._thread.join()
        self._engine.close()

    def _heard(self, changes: Changes) -> None:
        if changes.operations:
            self._look.set()

    def _run(self) -> None:
        while not self._is_stopping:
            try:
                self._tick()
            except Cancelled:
                pass
            except KodaError as problem:
                self._engine.note(problem)
            self._look.wait(self._pause())
            self._look.clear()

    def _pause(self) -> float:
        waiting = self._engine.backoff.wait(self._clock.monotonic())
        return min(LOOK_SECONDS, waiting) if waiting else LOOK_SECONDS

    def _tick(self) -> None:
        self._store.notice_others()
        if not self._engine.take_lock() or self._engine.is_offline:
            return
        now = self._clock.monotonic()
        if self._engine.backoff.wait(now) == 0 and self._is_due(now):
            self._is_asked = False
            self._engine.run_round()
            self._next_pull = self._clock.monotonic() + PULL_SECONDS

    def _is_due(self, now: float) -> bool:
        if self._is_asked or now >= self._next_pull:
            return True
        return bool(self._store.read(lambda db: outbox.ready(db, tuple(Verb), 1)))
