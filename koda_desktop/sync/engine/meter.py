"""How fast bytes move: measured over a window, reported a few times a second."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from koda_desktop.runtime.clock import Clock

WINDOW_SECONDS = 5.0
REPORT_SECONDS = 0.3


class Meter:
    """Turns byte counts into rare reports of (bytes done, bytes a second)."""

    def __init__(self, clock: Clock, report: Callable[[int, float], None]) -> None:
        self._clock = clock
        self._report = report
        self._samples: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])
        self._reported = clock.monotonic()

    def report(self, done: int) -> None:
        """``done`` bytes have gone in all."""
        now = self._clock.monotonic()
        if now - self._reported < REPORT_SECONDS:
            return
        self._reported = now
        self._samples.append((now, done))
        while len(self._samples) > 2 and now - self._samples[0][0] > WINDOW_SECONDS:
            self._samples.popleft()
        since, before = self._samples[0]
        # A new attempt counts from zero again.
        self._report(done, max(0.0, (done - before) / (now - since)))
