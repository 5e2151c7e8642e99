"""The bandwidth limit and the width of a host, on a clock that only the test moves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import Cancelled
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.bandwidth import (
    AHEAD_SECONDS,
    BURST_SECONDS,
    Bandwidth,
    pause,
)
from koda_desktop.sync.transfers.hosts import GROW_SECONDS, MOST, USUAL, Hosts
from tests.sync.desk import ManualClock

URL = "https://bucket.example:9000/key?X-Amz-Signature=1"


class Limited:
    """A bandwidth whose waits move its clock."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.bandwidth = Bandwidth(self.clock, self._wait)

    def _wait(self, cancel: CancelToken, seconds: float) -> None:
        cancel.check()
        self.clock.seconds += seconds

    def take(self, count: int) -> float:
        """Seconds that taking ``count`` bytes waited."""
        before = self.clock.seconds
        self.bandwidth.take(count, CancelToken())
        return self.clock.seconds - before


@given(blocks=st.lists(st.integers(1, 5_000_000), min_size=1, max_size=50))
def test_bytes_never_run_ahead_of_the_limit(blocks: list[int]) -> None:
    limited = Limited()
    limited.bandwidth.set_rate(1_000_000)
    for count in blocks:
        limited.take(count)
    needed = sum(blocks) / 1_000_000
    assert needed - BURST_SECONDS <= limited.clock.seconds <= needed + 1e-6 * len(blocks)


def test_without_a_limit_nothing_waits() -> None:
    limited = Limited()
    assert limited.take(10**12) == 0
    limited.bandwidth.set_rate(1000)
    assert limited.take(2000) > 1
    limited.bandwidth.set_rate(None)
    assert limited.take(10**12) == 0
    assert limited.bandwidth.rate is None


def test_what_the_limit_lets_through_soon_is_waited_for_before_it_goes() -> None:
    limited, cancel = Limited(), CancelToken()
    assert not limited.bandwidth.take_ahead(1, cancel)
    limited.bandwidth.set_rate(1000)
    assert not limited.bandwidth.take_ahead(int(1000 * AHEAD_SECONDS) + 1, cancel)
    assert limited.clock.seconds == Limited().clock.seconds
    for _ in range(8):
        assert limited.bandwidth.take_ahead(500, cancel)
    waited = limited.clock.seconds - Limited().clock.seconds
    assert 4 - BURST_SECONDS <= waited <= 4 + 1e-6


def test_an_unused_allowance_is_kept_for_a_moment_only() -> None:
    limited = Limited()
    limited.bandwidth.set_rate(1000)
    limited.clock.seconds += 3600
    assert limited.take(1000) == pytest.approx(1 - BURST_SECONDS)


def test_a_limit_that_is_lifted_frees_those_who_wait() -> None:
    limited = Limited()
    waits: list[float] = []

    def lift(_: CancelToken, seconds: float) -> None:
        waits.append(seconds)
        bandwidth.set_rate(None)

    bandwidth = Bandwidth(limited.clock, lift)
    bandwidth.set_rate(1)
    bandwidth.take(10**9, CancelToken())
    assert len(waits) == 1


def test_waiting_stops_when_the_work_does() -> None:
    cancel = CancelToken()
    cancel.cancel()
    limited = Limited()
    limited.bandwidth.set_rate(1)
    with pytest.raises(Cancelled):
        limited.bandwidth.take(100, cancel)
    with pytest.raises(Cancelled):
        pause(cancel, 60)


@pytest.mark.parametrize("rate", [0, -5])
def test_a_limit_that_would_stop_everything_is_refused(rate: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        Limited().bandwidth.set_rate(rate)


def test_a_host_that_asks_for_less_gets_half_and_grows_back_slowly() -> None:
    clock = ManualClock()
    hosts = Hosts(clock)
    assert hosts.width(URL) == USUAL
    hosts.slow_down(URL)
    assert hosts.width(URL) == USUAL // 2
    clock.seconds += GROW_SECONDS - 1
    assert hosts.width(URL) == USUAL // 2
    clock.seconds += 1
    assert hosts.width(URL) == USUAL // 2 + 1
    clock.seconds += 3600
    assert hosts.width(URL) == MOST


def test_a_host_never_gets_less_than_one_part_and_others_keep_theirs() -> None:
    hosts = Hosts(ManualClock())
    for _ in range(9):
        hosts.slow_down(URL)
    assert hosts.width(URL) == 1
    assert hosts.width("https://other.example/key") == USUAL
