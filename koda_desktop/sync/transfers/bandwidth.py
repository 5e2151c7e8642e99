"""One limit for the bytes of all transfers: a token bucket, changed while they run."""

from __future__ import annotations

import threading
from collections.abc import Callable

from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.work import CancelToken

BURST_SECONDS = 0.25
"""How much of an unused allowance is kept."""

AHEAD_SECONDS = 0.5
"""How long what is taken before it goes may need at the limit."""

_SLICE_SECONDS = 0.1

Wait = Callable[[CancelToken, float], None]
"""Waits some seconds. Raises Cancelled as soon as the work is to stop."""


def pause(cancel: CancelToken, seconds: float) -> None:
    """The ``Wait`` of a real computer; a token that follows others is looked at in between."""
    while seconds > 0:
        cancel.check()
        part = min(seconds, _SLICE_SECONDS)
        cancel.wait(part)
        seconds -= part
    cancel.check()


class Bandwidth:
    """Shared by every transfer of a workspace. Safe to use from several threads."""

    def __init__(self, clock: Clock, wait: Wait = pause) -> None:
        self._clock = clock
        self._wait = wait
        self._lock = threading.Lock()
        self._rate: int | None = None
        self._free_at = 0.0
        """When everything that was taken so far is paid for, on the monotonic clock."""

    @property
    def rate(self) -> int | None:
        """Bytes a second in all, or None for as fast as it goes."""
        return self._rate

    def set_rate(self, bytes_per_second: int | None) -> None:
        """Change the limit, also of what runs; None lifts it. Raises ValueError below 1."""
        if bytes_per_second is not None and bytes_per_second < 1:
            raise ValueError("a limit is at least one byte a second")
        with self._lock:
            self._rate = bytes_per_second
            self._free_at = self._clock.monotonic()

    def take_ahead(self, count: int, cancel: CancelToken) -> bool:
        """Account for ``count`` bytes before they go, and wait until they may go at once.

        False without a limit, or when that were longer than ``AHEAD_SECONDS``: they are to be taken
        as they go, so that a limit that is changed meanwhile holds. Raises as ``take``.
        """
        rate = self._rate
        if rate is None or count > rate * AHEAD_SECONDS:
            return False
        self.take(count, cancel)
        return True

    def take(self, count: int, cancel: CancelToken) -> None:
        """Account for ``count`` bytes that went; wait as long as they are ahead of the limit.

        Raises Cancelled while waiting.
        """
        if self._rate is None:
            return
        with self._lock:
            if self._rate is None:
                return
            now = self._clock.monotonic()
            self._free_at = max(self._free_at, now - BURST_SECONDS) + count / self._rate
            ahead = self._free_at - now
        while ahead > 0:
            # In short steps, so that a limit that was lifted frees those who wait.
            self._wait(cancel, min(ahead, _SLICE_SECONDS))
            if self._rate is None:
                return
            ahead -= _SLICE_SECONDS
