"""No search for garbage while a large document is looked at.

A document and the report on it are a million values that refer to each other in one direction only:
they go when the last reference does. To look through all of them again and again for circles takes
a quarter of the time, and holds up every other thread, the window's too, while it lasts.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Pauses:
    """Counts who wants the search paused; it goes on when the last one is done."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._count = 0
        self._was_on = False

    def begin(self) -> None:
        with self._lock:
            if self._count == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._count += 1

    def end(self) -> None:
        with self._lock:
            self._count -= 1
            if self._count == 0 and self._was_on:
                gc.enable()

    @property
    def are_any(self) -> bool:
        return self._count > 0


_PAUSES = _Pauses()


def is_search_paused() -> bool:
    """Whether anybody paused the search who has not ended that yet."""
    return _PAUSES.are_any


@contextmanager
def no_garbage_search() -> Iterator[None]:
    """Pause the cyclic garbage collector of this process meanwhile. Any number of threads may."""
    _PAUSES.begin()
    try:
        yield
    finally:
        _PAUSES.end()
