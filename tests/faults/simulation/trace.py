"""What happened, in words, and one number for all of it: same seed, same number."""

from __future__ import annotations

import hashlib
from collections import Counter, deque

KEPT = 60
"""Lines that are kept for a report."""


class Trace:
    """A log that is hashed as it grows. ``keep`` lines are held for the report, None for all."""

    def __init__(self, keep: int | None = KEPT) -> None:
        self._digest = hashlib.sha256()
        self.lines: deque[str] = deque(maxlen=keep)
        self.counts: Counter[str] = Counter()

    def note(self, text: str) -> None:
        """Something happened. ``text`` must not hold anything that differs between two runs."""
        self._digest.update(text.encode("utf-8", "backslashreplace"))
        self._digest.update(b"\n")
        self.lines.append(text)

    def count(self, what: str) -> None:
        """A fault fired, or a crash point was passed; for the runner's table."""
        self.counts[what] += 1

    @property
    def digest(self) -> str:
        """16 hex digits over every line so far."""
        return self._digest.hexdigest()[:16]
