"""A process that forks children which publish, edit, fetch and pull until they are killed.

Run as ``python -m tests.faults.victim FOLDER URL``. Each line on stdin is a JSON order; the answers
come on stdout, one JSON object a line. Forking a warm process makes a child in milliseconds. Parts
and ranges are of 1 KiB, so that a file of some KiB has many.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from koda_desktop.errors import KodaError
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.sync import feed_state
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.parts import Parts
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.pictures import NO_PICTURES, Pictures
from koda_desktop.sync.rows import ListingQuery, ListingRow, ListingState
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfer_commands import TransferCommands
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.sync.transfers.sizes import Sizes
from tests.pictures import png
from tests.sync.desk import inspection
from tests.sync.engine.wire import RemoteMarketplace
from tests.sync.fake_marketplace import ACTOR, PART

SMALL = Sizes(single_max=PART, range_size=PART, sync_bytes=4 * PART)
FILE_BYTES = (700, 10_000, 30_000)
EDITED = "title"
"""What the children edit; the marketplace's other writers leave it alone."""

Json = dict[str, Any]
Say = Callable[[Json], None]


def say(message: Json) -> None:
    """One line to the parent, in one write."""
    os.write(1, (json.dumps(message) + "\n").encode())


class Child:
    """One life: opens the store, works, and is killed or ends."""

    def __init__(self, folder: Path, url: str, order: Json) -> None:
        self._rng = random.Random(order["seed"])
        self._point = order.get("point")
        self._times = order.get("times", 1)
        self._target = folder / "in"
        self.store = Store(folder / "store.sqlite", derive_touched)
        staging = Staging(folder / "staging")
        stamps = Stamps()
        self.commands = ListingCommands(self.store, staging, stamps)
        self.transfers = TransferCommands(self.store, self.commands, stamps)
        self.reads = LocalReads(self.store, staging)
        parts = Parts(
            self.store, staging, HttpCarrier(), ACTOR, stamps, on_step=self._step, sizes=SMALL
        )
        self.engine = Engine(parts, lambda: RemoteMarketplace(url), FileLock(folder / "lock"))

    def _step(self, name: str) -> None:
        say({"step": name})
        if name == self._point:
            self._times -= 1
            if self._times == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def work(self, kind: str) -> None:
        """Queue some work of that kind and do it."""
        {
            "upload": self._publish,
            "push": self._edit_some,
            "download": self._download_some,
            "pull": self._ask_for_audit,
            "all": self._do_all,
        }[kind]()
        self.engine.run_round()

    def finish(self) -> None:
        """Send everything that waits, and pull."""
        for _ in range(3):
            rows = self.rows()
            self.commands.publish([row.id for row in rows if row.state is ListingState.DRAFT])
            for row in rows:
                self.commands.retry(row.id)
            report = self.engine.run_round()
        say({"waiting": report.waiting, "problem": report.problem})

    def close(self) -> None:
        self.engine.close()
        self.store.close()

    def rows(self) -> list[ListingRow]:
        return self.reads.rows(self.reads.keys(ListingQuery()))

    def _do_all(self) -> None:
        """A little of everything, so that every step is passed."""
        self._publish()
        self.engine.run_round()
        self._download_some()
        self._edit_some()
        self._ask_for_audit()

    def _publish(self) -> None:
        for size in self._rng.sample(FILE_BYTES, 2):
            self._draft(size)
        drafts = [row.id for row in self.rows() if row.state is ListingState.DRAFT]
        self.commands.publish(drafts)

    def _draft(self, size: int) -> None:
        data = self._rng.randbytes(size)
        fields = {"title": "A title", "price": 5, "description": "Words."}
        picture = Pictures(png(grey=data[0])) if size == FILE_BYTES[0] else NO_PICTURES
        listing_id = self.commands.draft(inspection(data), fields, picture)
        say({"made": listing_id})

    def _edit_some(self) -> None:
        rows = self.rows()
        for row in self._rng.sample(rows, min(6, len(rows))):
            self._edit(row.id, {EDITED: f"Title {self._rng.randrange(10**9)}"})
        there = [row for row in rows if row.state is ListingState.PUBLISHED]
        for row in self._rng.sample(there, min(2, len(there))):
            self._revise(row.id, f"{self._rng.randrange(1, 10**9)}.0.0")

    def _edit(self, listing_id: str, fields: Json) -> None:
        self._try(listing_id, fields, lambda: self.commands.edit(listing_id, fields))

    def _revise(self, listing_id: str, version: str) -> None:
        """Another file; the version, which goes with it, tells whether it arrived."""
        looked_at = inspection(self._rng.randbytes(self._rng.choice(FILE_BYTES)))
        revise = partial(self.commands.revise, listing_id, looked_at, version)
        self._try(listing_id, {"version": version}, revise)

    def _try(self, listing_id: str, fields: Json, command: Callable[[], None]) -> None:
        say({"tries": [listing_id, fields]})
        try:
            command()
        except KodaError as error:
            say({"refused": str(error)})
        else:
            say({"accepted": [listing_id, fields]})

    def _download_some(self) -> None:
        rows = self.rows()
        is_there = (row for row in rows if row.state is ListingState.PUBLISHED)
        there = [row for row in is_there if row.file_size > FILE_BYTES[0]]
        for row in self._rng.sample(there, min(2, len(there))):
            say({"wanted": self.transfers.download(row.id, self._target)})

    def _ask_for_audit(self) -> None:
        self.store.write(feed_state.ask_for_audit)


def live(folder: Path, url: str, order: Json) -> None:
    """What a forked child does."""
    child = Child(folder, url, order)
    if order.get("finish"):
        child.finish()
    else:
        child.work(order["kind"])
    child.close()


def main(folder: Path, url: str) -> None:
    """Fork a child for each order and tell of its end."""
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            try:
                live(folder, url, json.loads(line))
            except BaseException as error:  # noqa: BLE001 - the parent is told
                say({"bug": repr(error)})
            os._exit(0)
        say({"pid": pid})
        _, status = os.waitpid(pid, 0)
        say({"died": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
