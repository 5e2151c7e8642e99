"""One long piece of work of a dialog: on a pool, with its progress, and stopped when asked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport

T = TypeVar("T")

Work = Callable[[CancelToken, ProgressReport], T]
_BETWEEN = 0.05
"""Seconds between two reports to a view."""


class Working:
    """Runs one piece of work at a time; ``shown`` hears of its progress on the window's thread."""

    def __init__(self, tools: Tools, shown: Callable[[Progress], None]) -> None:
        self._tools = tools
        self._shown = shown
        self._cancel = CancelToken()

    async def run(self, work: Work[T]) -> T:
        """Await ``work``. Raises what it raises; Cancelled once ``stop`` was called."""
        self._cancel = cancel = CancelToken()
        report = self._reporter(asyncio.get_running_loop(), cancel)
        return await self._tools.pools.run("disk", work, cancel, report)

    def stop(self) -> None:
        """Have the work end between two steps; nothing happens where there is none."""
        self._cancel.cancel()

    def _reporter(self, loop: asyncio.AbstractEventLoop, cancel: CancelToken) -> ProgressReport:
        last = 0.0

        def report(progress: Progress) -> None:
            nonlocal last
            now = time.monotonic()
            if now - last >= _BETWEEN and not cancel.is_cancelled:
                last = now
                loop.call_soon_threadsafe(self._show, progress, cancel)

        return report

    def _show(self, progress: Progress, cancel: CancelToken) -> None:
        if cancel is self._cancel:
            self._shown(progress)
