"""A process that publishes and edits over real HTTP and kills itself at a named step.

Run as ``child.py FOLDER URL STEP TIMES``: the marketplace behind URL lives in the test.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from koda_desktop.runtime.filelock import FileLock
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.pictures import Pictures
from koda_desktop.sync.rows import ListingQuery, ListingState
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.pictures import png
from tests.sync.desk import inspection
from tests.sync.engine.wire import RemoteMarketplace
from tests.sync.fake_marketplace import ACTOR


def main(folder: Path, url: str, step: str, times: int) -> None:
    left = [times]

    def on_step(name: str) -> None:
        if name == step:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    store = Store(folder / "store.sqlite", derive_touched)
    staging = Staging(folder / "staging")
    carrier = HttpCarrier()
    commands = ListingCommands(store, staging, Stamps())
    parts = Parts(store, staging, carrier, ACTOR, Stamps(), on_step)
    engine = Engine(parts, lambda: RemoteMarketplace(url), FileLock(folder / "lock"))
    reads = LocalReads(store, staging)
    keys = reads.keys(ListingQuery())
    if not keys:
        ids = [
            commands.draft(
                inspection(f"file {n}".encode()),
                {"title": f"T{n}", "price": 5},
                Pictures(png(grey=n)),
            )
            for n in range(3)
        ]
        commands.publish(ids)
        on_step("queued")
    engine.run_round()
    for row in reads.rows(reads.keys(ListingQuery())):
        if row.state is ListingState.PUBLISHED and not row.title.startswith("Edited"):
            commands.edit(row.id, {"title": f"Edited {row.title}"})
    on_step("edit.queued")
    engine.run_round()
    for row in reads.rows(reads.keys(ListingQuery())):
        if row.state is ListingState.PUBLISHED and row.version != "2.0.0":
            revised = inspection(f"revised {row.title}".encode())
            commands.revise(row.id, revised, "2.0.0")
    on_step("revise.queued")
    engine.run_round()
    engine.close()
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]))
