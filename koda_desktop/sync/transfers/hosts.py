"""How many parts may be on their way to one host: halved when it asks, grown back slowly.

"Best practices design patterns" of the Amazon S3 User Guide: a 503 SlowDown asks for fewer
requests.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from koda_desktop.runtime.clock import Clock

MOST = 8
USUAL = 4
GROW_SECONDS = 30.0
"""How long a host must answer without complaint for one more part at a time."""


@dataclass(slots=True)
class _Host:
    width: int
    since: float
    """When the width was last changed, on the monotonic clock."""


class Hosts:
    """The width of each host. Safe to use from several threads."""

    def __init__(self, clock: Clock, usual: int = USUAL, most: int = MOST) -> None:
        self._clock = clock
        self._usual = usual
        self._most = most
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def width(self, url: str) -> int:
        """How many parts may be on their way to the URL's host just now; 1 at the least."""
        with self._lock:
            host = self._host(url)
            clean = self._clock.monotonic() - host.since
            grown = int(clean // GROW_SECONDS)
            if grown and host.width < self._most:
                host.width = min(self._most, host.width + grown)
                host.since += grown * GROW_SECONDS
            return host.width

    def slow_down(self, url: str) -> None:
        """The host asked for less."""
        with self._lock:
            host = self._host(url)
            host.width = max(1, host.width // 2)
            host.since = self._clock.monotonic()

    def _host(self, url: str) -> _Host:
        name = urlsplit(url).netloc
        return self._hosts.setdefault(name, _Host(self._usual, self._clock.monotonic()))
