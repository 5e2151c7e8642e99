from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.sync.marks import joined, mark

KEYS = st.lists(st.integers(1, 60_000), max_size=30)


def marked(keys: list[int]) -> bytearray:
    marks = bytearray()
    mark(marks, array("q", keys))
    return marks


def keys_of(marks: bytearray) -> set[int]:
    return {key for key, is_marked in enumerate(marks) if is_marked}


@given(KEYS, KEYS)
def test_holds_what_either_of_two_marks(some: list[int], others: list[int]) -> None:
    assert keys_of(joined(marked(some), marked(others))) == {*some, *others}


def test_keys_that_rise_and_fall_over_many_turns_are_all_marked() -> None:
    keys = [*range(1, 40_000, 3), *range(90_000, 50_000, -2)]
    assert keys_of(marked(keys)) == {*keys}
