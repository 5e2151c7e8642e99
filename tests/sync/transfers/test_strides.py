"""Strides fit the line: many bytes at once on a fast one, few on a slow one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.sync.transfers.strides import FIRST, LEAST, MOST, SECONDS, next_stride

BYTES = st.integers(1, MOST)


@given(sent=BYTES, seconds=st.floats(0, 1e6))
def test_a_stride_takes_no_longer_than_it_may_at_the_speed_of_the_last(
    sent: int, seconds: float
) -> None:
    stride = next_stride(sent, seconds)
    assert LEAST <= stride <= MOST
    assert stride == LEAST or stride <= 4 * sent
    assert stride == LEAST or stride * seconds <= sent * SECONDS * (1 + 1e-9)


def strides(bytes_per_second: int, count: int) -> list[int]:
    found = [FIRST]
    while len(found) < count:
        found.append(next_stride(found[-1], found[-1] / bytes_per_second))
    return found


def test_a_fast_line_is_soon_given_as_much_as_there_may_be() -> None:
    assert strides(10**9, 4) == [FIRST, 4 * FIRST, MOST, MOST]


def test_a_slow_line_is_given_little_and_more_when_it_gets_faster() -> None:
    assert strides(50_000, 3) == [FIRST, LEAST, LEAST]
    assert strides(5_000_000, 3) == [FIRST, 500_000, 500_000]
    assert next_stride(LEAST, LEAST / 10**9) == 4 * LEAST
