"""Times and ids as the commands and the engine write them, from sources that tests own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from koda_desktop.runtime.clock import Clock, SystemClock, iso
from koda_desktop.runtime.ids import new_object_id, new_uuid


@dataclass(frozen=True, slots=True)
class Stamps:
    """The clock and the two kinds of id."""

    clock: Clock = field(default_factory=SystemClock)
    listing_id: Callable[[], str] = new_object_id
    """24 hex digits."""
    operation_id: Callable[[], str] = new_uuid

    def now(self) -> str:
        """The wall clock as ISO 8601, for records and people."""
        return iso(self.clock.now())
