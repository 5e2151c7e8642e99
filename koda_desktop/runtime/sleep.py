"""Whether this computer slept since somebody last looked."""

from __future__ import annotations

from koda_desktop.runtime.clock import Clock

GAP_SECONDS = 20.0
"""A gap between two looks that no busy computer makes by itself."""


class SleepWatch:
    """Compares two looks at the clocks.

    While a computer sleeps its wall clock goes on; the monotonic one does on some systems and not
    on others. A wall clock that somebody set looks like sleep too: one attempt too many is cheap.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = self._look()

    def has_slept(self) -> bool:
        """Whether more time went by than between two looks of one awake. To be asked often."""
        before, self._seen = self._seen, self._look()
        return any(now - then > GAP_SECONDS for then, now in zip(before, self._seen, strict=True))

    def _look(self) -> tuple[float, float]:
        return self._clock.now().timestamp(), self._clock.monotonic()
