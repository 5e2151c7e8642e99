"""Lanes left alone for a moment: their work was stopped, or their listing never holds still."""

from __future__ import annotations

from collections import Counter

MOVES_MAX = 3
"""How often one listing may move under an edit before the edit rests."""

REST_SECONDS = 2.0


class Resting:
    """Which lanes rest until when, on the monotonic clock."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._moves: Counter[str] = Counter()

    @property
    def lanes(self) -> frozenset[str]:
        return frozenset(self._until)

    def rest(self, lane: str, now: float) -> None:
        """Leave ``lane`` alone for a moment."""
        self._until[lane] = now + REST_SECONDS

    def moved(self, lane: str, now: float) -> bool:
        """The listing moved under an edit; True when that was once too often, and it rests now."""
        self._moves[lane] += 1
        if self._moves[lane] < MOVES_MAX:
            return False
        self.arrived(lane)
        self.rest(lane, now)
        return True

    def arrived(self, lane: str) -> None:
        """The edit arrived: what moved before counts no more."""
        self._moves.pop(lane, None)

    def wake(self, now: float) -> None:
        """Lanes whose time is over rest no longer."""
        self._until = {lane: until for lane, until in self._until.items() if until > now}

    def clear(self) -> None:
        """Somebody wants everything tried now."""
        self._until.clear()
        self._moves.clear()

    def waits(self, now: float) -> list[float]:
        """Seconds until each lane goes on."""
        return [max(0.0, until - now) for until in self._until.values()]
