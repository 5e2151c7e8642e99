"""Leave to carry bytes, which lapses: asked for anew once, for everyone who uses it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from koda_desktop.errors import ClockWrong, KodaError
from koda_desktop.marketplace.api import DownloadGrant, UploadGrant
from koda_desktop.runtime.clock import Clock, from_iso
from koda_desktop.sync.engine.parts import StorageFault, must_wait
from koda_desktop.sync.transfers.answers import GrantExpired

T = TypeVar("T")
Grant = TypeVar("Grant", UploadGrant, DownloadGrant)

_LIFE_USED = 0.7
"""Leave is renewed before a request when this much of its life is over."""

_LIFE_SECONDS = (10.0, 7 * 24 * 3600.0)
"""What a life can be; anything else is a clock that is wrong, and the store is asked."""


def with_fresh_grant(
    grant: Grant, ask_again: Callable[[], Grant], carry: Callable[[Grant], T]
) -> T:
    """Carry bytes by ``grant``; one that has lapsed is replaced once."""
    try:
        return carried(lambda: carry(grant))
    except GrantExpired:
        fresh = ask_again()
    try:
        return carried(lambda: carry(fresh))
    except GrantExpired as error:
        raise clock_is_wrong(error) from error


def carried(carry: Callable[[], T]) -> T:
    """What ``carry`` answers; a fault of the object store is told apart from the marketplace's."""
    try:
        return carry()
    except GrantExpired:
        raise
    except KodaError as error:
        if must_wait(error):
            raise StorageFault(error) from error
        raise


def clock_is_wrong(error: GrantExpired) -> ClockWrong:
    """What it means that fresh leave has lapsed."""
    return ClockWrong(
        "The object store says that a leave given just now has lapsed: this computer’s clock "
        "or the server’s is wrong.",
        facts=error.facts,
    )


class Lifetime:
    """When leave that was given now should be renewed, on the monotonic clock.

    The wall clock is read once, at the beginning: setting it later changes nothing.
    """

    def __init__(self, grant: DownloadGrant, clock: Clock) -> None:
        self._clock = clock
        life = (from_iso(grant.expires_at) - clock.now()).total_seconds()
        shortest, longest = _LIFE_SECONDS
        is_sound = shortest <= life <= longest
        self._until = clock.monotonic() + (life if is_sound else longest) * _LIFE_USED

    @property
    def is_over(self) -> bool:
        return self._clock.monotonic() >= self._until


class SharedGrant(Generic[T]):
    """One leave to download for several threads: renewed by the first that needs it."""

    def __init__(
        self, grant: DownloadGrant, ask: Callable[[], DownloadGrant], clock: Clock
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._grant = grant
        self._life = Lifetime(grant, clock)
        self._is_proved = True

    @property
    def url(self) -> str:
        """Where it leads just now. A secret."""
        return self._grant.url

    def use(self, carry: Callable[[DownloadGrant], T]) -> T:
        """Carry bytes; leave that has lapsed is renewed. Raises ClockWrong when fresh leave has."""
        grant = self._current(None)
        try:
            answer = carry(grant)
        except GrantExpired as error:
            grant = self._renewed(grant, error)
            answer = carry(grant)
        self._is_proved = True
        return answer

    def _current(self, stale: DownloadGrant | None) -> DownloadGrant:
        with self._lock:
            if self._life.is_over or self._grant is stale:
                self._grant = self._ask()
                self._life = Lifetime(self._grant, self._clock)
            return self._grant

    def _renewed(self, stale: DownloadGrant, error: GrantExpired) -> DownloadGrant:
        with self._lock:
            if not self._is_proved and self._grant is stale:
                raise clock_is_wrong(error)
            self._is_proved = False
        return self._current(stale)
