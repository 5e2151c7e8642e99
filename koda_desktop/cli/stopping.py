"""Ctrl+C, or being told to end, as a request: what is being done is finished and reported."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from koda_desktop.runtime.work import CancelToken


@contextmanager
def stopped_by_interrupt() -> Iterator[CancelToken]:
    """A token that the first Ctrl+C or SIGTERM sets; a second Ctrl+C interrupts as usual."""
    stop = CancelToken()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # Signals are the main thread's alone.
        return

    def ask(_number: int, _frame: object) -> None:
        stop.cancel()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
