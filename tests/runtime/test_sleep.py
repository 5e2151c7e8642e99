from __future__ import annotations

from datetime import timedelta

import pytest

from koda_desktop.runtime.sleep import SleepWatch
from tests.sync.desk import ManualClock


@pytest.mark.parametrize(
    ("wall", "monotonic", "slept"),
    [(1, 1, False), (3_600, 0, True), (3_600, 3_600, True), (-3_600, 1, False), (0, 0, False)],
)
def test_sleep_is_a_gap_in_either_clock(wall: int, monotonic: int, slept: bool) -> None:
    clock = ManualClock()
    watch = SleepWatch(clock)
    clock.wall += timedelta(seconds=wall)
    clock.seconds += monotonic
    assert watch.has_slept() is slept
    assert not watch.has_slept()
