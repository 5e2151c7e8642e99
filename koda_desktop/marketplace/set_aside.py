"""What failed a moment ago is left for a while, so that it holds up nothing that came after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from koda_desktop.errors import KodaError
from koda_desktop.runtime.clock import Clock


@dataclass(frozen=True, slots=True)
class _Left:
    until: float
    fault: KodaError


class SetAside:
    """Ids with the fault of each, and when it is looked at again. One thread."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._left: dict[str, _Left] = {}

    @property
    def faults(self) -> dict[str, KodaError]:
        return {one: left.fault for one, left in self._left.items()}

    def due(self, limit: int) -> list[str]:
        """Those whose time has come, longest left first."""
        now = self._clock.monotonic()
        due = [one for one, left in self._left.items() if left.until <= now]
        return sorted(due, key=lambda one: self._left[one].until)[:limit]

    def tried(self, ids: Iterable[str], faults: Mapping[str, KodaError]) -> None:
        """``ids`` were looked at again; whatever has a fault now is left for a while."""
        for one in ids:
            self._left.pop(one, None)
        until = self._clock.monotonic() + self._seconds
        self._left |= {one: _Left(until, fault) for one, fault in faults.items()}

    def hurry(self) -> None:
        """Everything is due now."""
        self._left = {one: _Left(float("-inf"), left.fault) for one, left in self._left.items()}
