"""How long to wait after a failure: full jitter, compared with the monotonic clock alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from koda_desktop.errors import KodaError

CAP_SECONDS = 60.0
FIRST_SECONDS = 0.5
LONGEST_ASKED_SECONDS = 900.0
"""The most that a server's Retry-After is honoured."""

RETRY_AFTER = "retry_after"
"""The key in an error's facts of the seconds a server asked for."""

_EXPONENT_MAX = 16


class Backoff:
    """The wait of one marketplace. Full jitter as in "Exponential Backoff And Jitter" (AWS)."""

    def __init__(self, uniform: Callable[[float, float], float]) -> None:
        self._uniform = uniform
        self._failures = 0
        self._until: float | None = None

    def failed(self, monotonic: float, error: KodaError) -> float:
        """Another failure: answers the seconds until the next attempt."""
        ceiling = min(CAP_SECONDS, FIRST_SECONDS * 2 ** min(self._failures, _EXPONENT_MAX))
        self._failures += 1
        asked = error.facts.get(RETRY_AFTER, 0)
        floor = float(asked) if isinstance(asked, int | float) else 0.0
        wait = max(self._uniform(0, ceiling), min(floor, LONGEST_ASKED_SECONDS))
        self._until = monotonic + wait
        return wait

    def succeeded(self) -> None:
        """Something answered: the next failure starts from the beginning."""
        self._failures = 0
        self._until = None

    def clear(self) -> None:
        """Try at once: the network is back, or a person asked. Failures still count."""
        self._until = None

    def resume(self, monotonic: float, now: datetime, next_at: datetime | None) -> None:
        """Take up the wait an earlier run wrote down, never longer than the cap: a wall clock that
        was set cannot strand work.
        """
        if next_at is not None:
            left = (next_at - now).total_seconds()
            self._until = monotonic + min(max(left, 0.0), CAP_SECONDS)

    def wait(self, monotonic: float) -> float:
        """Seconds still to wait; 0 when an attempt is due."""
        return 0.0 if self._until is None else max(0.0, self._until - monotonic)
