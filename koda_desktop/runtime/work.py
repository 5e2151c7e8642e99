"""Long work that can be stopped and that says how far it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from koda_desktop.errors import Cancelled


class CancelToken:
    """Asks a long piece of work to stop. Workers read it between chunks; any thread may set it."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Raise Cancelled once cancel() was called."""
        if self._event.is_set():
            raise Cancelled("Stopped.")

    def wait(self, seconds: float) -> bool:
        """Wait up to ``seconds``; True as soon as the work is to stop."""
        return self._event.wait(seconds)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is. ``total`` is None while it is not known."""

    done: int
    total: int | None
    phase: str = ""


ProgressReport = Callable[[Progress], None]


def ignore_progress(_: Progress) -> None:
    """A ProgressReport for callers who do not look."""
