"""Virtual time: one true time that only the schedule moves, and each device's own idea of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = 86_400.0


class TrueTime:
    """Seconds since the beginning of the run; the servers' clock reads it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)


class DeviceClock:
    """``Clock`` of one device: its wall clock may be set, its monotonic one never goes back."""

    def __init__(self, time: TrueTime) -> None:
        self._time = time
        self.skew = 0.0
        """Seconds the wall clock is ahead of the truth."""
        self.booted = 0.0
        """True time at which the monotonic clock was zero."""

    def now(self) -> datetime:
        return self._time.now() + timedelta(seconds=self.skew)

    def monotonic(self) -> float:
        return self._time.seconds - self.booted
