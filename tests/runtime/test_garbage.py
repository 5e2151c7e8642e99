"""The search for garbage rests while anybody wants it to, and goes on as it was before."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from koda_desktop.runtime.garbage import no_garbage_search


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    was_on = gc.isenabled()
    yield
    (gc.enable if was_on else gc.disable)()


def test_it_rests_meanwhile_and_goes_on_after_a_fault() -> None:
    gc.enable()
    states: list[bool] = []

    def fail() -> None:
        with no_garbage_search():
            states.append(gc.isenabled())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [*states, gc.isenabled()] == [False, True]


def test_what_was_off_stays_off() -> None:
    gc.disable()
    with no_garbage_search():
        assert not gc.isenabled()
    assert not gc.isenabled()


def test_it_goes_on_only_when_the_last_thread_is_done() -> None:
    gc.enable()
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with no_garbage_search():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=hold)
    with no_garbage_search():
        other.start()
        assert inside.wait(10)
    assert not gc.isenabled()
    leave.set()
    other.join(10)
    assert gc.isenabled()
