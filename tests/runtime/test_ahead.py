"""What is made ahead comes in order, once each, and its thread ends with whoever used it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from koda_desktop.errors import NotFound
from koda_desktop.runtime.ahead import one_ahead


def following(last: int) -> Callable[[], int | None]:
    numbers = iter(range(1, last + 1))
    return lambda: next(numbers, None)


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not [one for one in threading.enumerate() if one.name.startswith("koda-ahead")]


@pytest.mark.parametrize("last", [0, 1, 5])
def test_everything_comes_once_and_in_order(last: int) -> None:
    assert list(one_ahead(0, following(last))) == list(range(last + 1))


def test_the_next_is_made_while_one_is_used_and_no_more_than_that() -> None:
    begun = [threading.Event() for _ in range(4)]
    numbers = iter(range(1, 4))

    def make() -> int | None:
        number = next(numbers, None)
        if number is not None:
            begun[number].set()
        return number

    with closing(one_ahead(0, make)) as found:
        next(found)
        assert begun[1].wait(5)
        next(found)
        assert begun[2].wait(5)
        assert not begun[3].is_set()


def test_a_fault_is_raised_where_the_result_is_used() -> None:
    def fail() -> int | None:
        raise NotFound("It is gone.")

    found = one_ahead(0, fail)
    assert next(found) == 0
    with pytest.raises(NotFound):
        next(found)
