"""How much of a transfer a crash may cost: what is on its way, or not written down yet."""

from __future__ import annotations

import sys

_SHARE = 20
"""At most this part of what an attempt has brought is at risk, so that a row of crashes, however
close, costs little beside what was sent between them."""


class Risk:
    """Counts bytes from when they are begun until they are safe. For one thread.

    A transfer that was never interrupted goes at full width, one that is taken up again
    (``is_limited``) earns it: it may have been killed, and may be again.
    """

    def __init__(self, least: int, *, is_limited: bool = False) -> None:
        self._least = least
        self._is_limited = is_limited
        self._at_risk = 0
        self._safe = 0

    @property
    def limit(self) -> int:
        """Bytes that may be at risk together: one part at the least."""
        return max(self._least, self._safe // _SHARE) if self._is_limited else sys.maxsize

    @property
    def room(self) -> int:
        """Bytes that may be begun now."""
        return self.limit - self._at_risk

    def begin(self, size: int) -> None:
        self._at_risk += size

    def lose(self, size: int) -> None:
        """It did not come; it is to be begun again."""
        self._at_risk -= size

    def keep(self, size: int) -> None:
        """It is safe: a crash costs it no more."""
        self._at_risk -= size
        self._safe += size
