"""Ctrl+C as a request: what is being done is finished, and what was done is reported."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from koda_desktop.runtime.work import CancelToken


@contextmanager
def stopped_by_interrupt() -> Iterator[CancelToken]:
    """A token that the first Ctrl+C sets; the second one interrupts as usual."""
    stop = CancelToken()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # Signals are the main thread's alone.
        return

    def ask(_number: int, _frame: object) -> None:
        stop.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
