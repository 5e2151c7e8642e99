"""Settling in the background, where this computer holds the marketplace's Stripe key."""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from koda_desktop.errors import KodaError
from koda_desktop.runtime.clock import Clock
from koda_desktop.sync.backoff import Backoff
from koda_desktop.sync.engine.loop import FAULT_SECONDS, ReportBug

if TYPE_CHECKING:
    from koda_desktop.marketplace.trade import Trade
    from koda_desktop.marketplace.upkeep import Round, Upkeep

EVERY_SECONDS = 15.0
SOON_SECONDS = 2.0
"""While there is no way to the marketplace yet."""


class SettlingLoop:
    """Asks for reports and settles them, from ``start`` to ``close``.

    ``reach`` answers how to sell while that is possible and this computer's business.
    ``has_settled`` is told when there is something new to read. A host that does not answer is left
    alone as long as it asks for, or with full jitter up to a minute.
    """

    def __init__(
        self,
        reach: Callable[[], Trade | None],
        clock: Clock,
        has_settled: Callable[[], object],
        report_bug: ReportBug | None = None,
    ) -> None:
        self._reach = reach
        self._clock = clock
        self._has_settled = has_settled
        self._report_bug = report_bug or sys.excepthook
        self._backoff = Backoff(random.uniform)
        self._upkeep: Upkeep | None = None
        self._wake = threading.Event()
        self._is_stopping = False
        self._is_asked = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.problem: KodaError | None = None
        """What stands in the way now, for operators."""

    def start(self) -> None:
        """Keep up from now on. Nothing happens when it runs already, or was closed."""
        with self._lock:
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._run, name="koda-settling", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Do everything now, whatever the back-off says."""
        self._is_asked = True
        self._wake.set()

    def stop(self) -> None:
        """End after the step under way. Does not wait."""
        with self._lock:
            self._is_stopping = True
        self._wake.set()

    def join(self, seconds: float) -> None:
        """Wait for the end. A step that takes longer is left behind: to the marketplace it is as if
        the program had been killed in it.
        """
        self.stop()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.wait(self._look())
            self._wake.clear()

    def _look(self) -> float:
        """One round; answers the seconds to wait before the next."""
        try:
            trade = self._reach()
            if trade is None:
                return SOON_SECONDS
            self._note(self._upkeep_for().round(trade, lambda: self._is_stopping))
        except KodaError as problem:
            self.problem = problem
            return self._backoff.failed(self._clock.monotonic(), problem)
        except Exception as bug:  # noqa: BLE001 - told to the crash report; the work goes on
            self._report_bug(type(bug), bug, bug.__traceback__)
            return FAULT_SECONDS
        return EVERY_SECONDS

    def _upkeep_for(self) -> Upkeep:
        from koda_desktop.marketplace.upkeep import Upkeep

        if self._upkeep is None:
            self._upkeep = Upkeep(self._clock)
        if self._is_asked:
            self._is_asked = False
            self._upkeep.hurry()
        return self._upkeep

    def _note(self, done: Round) -> None:
        self._backoff.succeeded()
        self.problem = next(iter(done.faults.values()), None)
        if done.has_news:
            self._has_settled()
