"""A marketplace that says nothing does not hold up the end of the program."""

from __future__ import annotations

import threading
from pathlib import Path

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.api import Marketplace
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.loop import SyncLoop
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from tests.sync.fake_marketplace import ACTOR, FakeCarrier, Server


def test_closing_leaves_a_call_behind_that_nothing_can_interrupt(
    tmp_path: Path, server: Server
) -> None:
    asked, answered = threading.Event(), threading.Event()

    def reach() -> Marketplace:
        asked.set()
        answered.wait(60)
        raise ServerDown("The marketplace does not answer.")

    clock = SystemClock()
    store = Store(tmp_path / "store.sqlite", derive_touched)
    parts = Parts(store, Staging(tmp_path / "staging"), FakeCarrier(server), ACTOR, Stamps(clock))
    lock = FileLock(tmp_path / "lock")
    engine = Engine(parts, reach, lock)
    loop = SyncLoop(engine, store, clock)
    loop.start()
    assert asked.wait(30)
    loop.close()
    assert not answered.is_set()
    assert FileLock(tmp_path / "lock").acquire()
    store.close()
    answered.set()
    for thread in threading.enumerate():
        if thread.name.startswith("koda-sync"):
            thread.join(30)
