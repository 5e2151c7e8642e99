"""The Listings page in an offscreen window: how late its frames are while listings stream in.

A timer asks for a frame every 16 ms. What the page shows anew is painted in between, as in use.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from koda_desktop.app import loop_runner, make_application
from koda_desktop.app.garbage import GarbageSearch
from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.listings import ListingsController
from koda_desktop.controllers.messages import Messages
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.resources import resources_root
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.sync import saved_views
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.store.store import Store
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workspace.facade import Workspace

FRAME_MS = 16
REST_SECONDS = 5.0


class Reads(LocalReads):
    """As much of a workspace as the page reads."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, cast("Any", None))
        self.subscribe = store.subscribe
        self.views = lambda: saved_views.BUILT_IN


class Frames:
    """Notes how late each frame comes."""

    def __init__(self) -> None:
        self._seen = self._worked = 0.0
        self.gaps: list[float] = []
        self.own: list[float] = []
        """Milliseconds that the window's thread itself worked for each frame."""
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._note)
        self._timer.start(FRAME_MS)

    def begin(self) -> None:
        self.gaps, self.own, self._seen = [], [], 0.0

    def stop(self) -> None:
        self._timer.stop()

    def _note(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        if self._seen:
            self.own.append((worked - self._worked) * 1000)
            # What the timer itself leaves between two frames is no delay.
            self.gaps.append(max(0.0, (now - self._seen) * 1000 - FRAME_MS))
        self._seen, self._worked = now, worked


def watch(store: Store, work: Callable[[], object]) -> None:
    """Print how late frames of the page over ``store`` are while ``work`` runs, and at rest."""
    application = make_application()
    search = GarbageSearch()  # as the session does
    search.start()
    with loop_runner(application) as runner:
        runner.run(_watch(application, store, work))
    search.stop()


async def _watch(application: QApplication, store: Store, work: Callable[[], object]) -> None:
    theme = Theme(application, resources_root(), Scheme.LIGHT)
    page = ListingsPage(theme, lambda: datetime.now(UTC), lambda *_: None)
    background = Background(print)
    tools = Tools(Pools(), background, Messages(), ChangeFeed())
    controller = ListingsController(tools, page, lambda: datetime.now(UTC))
    page.connect_intents(controller)
    page.resize(1280, 800)
    page.show()
    workspace = cast("Workspace", Reads(store))
    tools.feed.follow(workspace)
    controller.use(workspace)
    frames = Frames()
    await asyncio.sleep(1)
    frames.begin()
    await asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), work)
    say("during a cold sync", frames)
    await asyncio.sleep(1)
    frames.begin()
    await asyncio.sleep(REST_SECONDS)
    say("at rest, all listings shown", frames)
    frames.stop()
    tools.feed.follow(None)
    await background.close(5)
    tools.pools.close(5)
    page.close()


def say(what: str, frames: Frames) -> None:
    """Print the delays of frames in milliseconds."""
    ordered, own = sorted(frames.gaps), sorted(frames.own)
    p99 = ordered[int(len(ordered) * 0.99)]
    over = sum(gap > 50 for gap in ordered)
    print(
        f"frames: {what}: {len(ordered)} frames, p50 {ordered[len(ordered) // 2]:.1f} ms late,"
        f" p99 {p99:.1f} ms, most {ordered[-1]:.1f} ms, {over} over 50 ms;"
        f" own work p99 {own[int(len(own) * 0.99)]:.1f} ms, most {own[-1]:.1f} ms"
    )
