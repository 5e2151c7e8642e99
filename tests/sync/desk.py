"""One computer for the tests: a store, its commands, its reads and an engine over a fake server."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.ids import new_uuid
from koda_desktop.sync import devices
from koda_desktop.sync.engine.core import Core
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.parts import Parts, Session, no_step
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.pictures import NO_PICTURES, Pictures
from koda_desktop.sync.previews import PreviewCommands
from koda_desktop.sync.rows import ListingRow
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.workflows.inspection import Graph, Inspection, PackagedFile, Proposal
from tests.sync.fake_marketplace import ACTOR, FakeCarrier, FakeMarketplace, Faults, Server


class Inline(Executor):
    """Runs work where it is submitted, so that a test sees one order of things."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised again by result()
            future.set_exception(error)
        return future


class ManualClock:
    """Wall and monotonic time that only tests move."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 6, 1, tzinfo=UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        # Each look is a little later, as on a real computer.
        self.wall += timedelta(milliseconds=1)
        return self.wall

    def monotonic(self) -> float:
        return self.seconds


class Desk:
    """A workspace without a window; ``reopen`` is what a restart does."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        *,
        on_step: Callable[[str], None] = no_step,
        executor: Executor | None = None,
    ) -> None:
        self.folder = folder
        self.server = server
        self.faults = Faults()
        self.clock = ManualClock()
        self.on_step = on_step
        self._executor = executor or Inline()
        self._open()

    def _open(self) -> None:
        self.store = Store(self.folder / "store.sqlite", derive_touched)
        self.staging = Staging(self.folder / "staging")
        stamps = Stamps(self.clock)
        self.commands = ListingCommands(self.store, self.staging, stamps)
        self.previews = PreviewCommands(self.store, self.staging, stamps)
        self.carrier = FakeCarrier(self.server, self.faults)
        self.parts = Parts(self.store, self.staging, self.carrier, ACTOR, stamps, self._step)
        self.engine = Engine(
            self.parts,
            self.marketplace,
            FileLock(self.folder / "lock"),
            executor=self._executor,
            uniform=_most,
        )
        self.reads = LocalReads(self.store, self.staging, lambda: self.engine.view)

    def marketplace(self) -> FakeMarketplace:
        """A connection through this computer's faults."""
        return FakeMarketplace(self.server, self.faults)

    def session(self) -> Session:
        """What a job works with."""
        name = self.store.read(devices.device_id)
        return Session(self.parts, self.marketplace(), name)

    def core(self) -> Core:
        """Another core over the same store."""
        return Core(self.parts, self.marketplace, uniform=_most)

    def _step(self, name: str) -> None:
        self.on_step(name)

    def index(self) -> None:
        """Have the search index take in what is pending."""
        indexer = Indexer()
        while self.store.write(indexer):
            pass

    def close(self) -> None:
        self.engine.close()
        self.store.close()

    def reopen(self) -> None:
        self.close()
        self._open()

    def row(self, listing_id: str) -> ListingRow:
        return self.reads.listing(listing_id).row

    def draft(
        self,
        title: str = "A title",
        data: bytes = b"",
        pictures: Pictures = NO_PICTURES,
        **fields: Any,
    ) -> str:
        given = {"title": title, "price": 9.99, "description": "Words.", **fields}
        return self.commands.draft(inspection(data or new_uuid().encode()), given, pictures)

    def published(self, **fields: Any) -> str:
        listing_id = self.draft(**fields)
        self.commands.publish([listing_id])
        report = self.engine.run_round()
        assert report.is_clean, report
        return listing_id


def _most(_: float, most: float) -> float:
    return most


def inspection(data: bytes, *, has_secret: bool = False) -> Inspection:
    """What the intake hands over for a small sound file."""
    from koda_desktop.workflows.inspection import SecretFinding

    sha256 = hashlib.sha256(data).hexdigest()
    return Inspection(
        file_name="flow.json",
        size=len(data),
        sha256=sha256,
        platform="n8n",
        sub_kind="plain",
        confidence=1.0,
        reasons=(),
        name="Flow",
        node_count=2,
        integrations=(),
        triggers=("Webhook",),
        credentials=(),
        problems=(),
        secrets=(SecretFinding("api-key", "nodes[0]", "sk_***"),) if has_secret else (),
        removed=(),
        graph=Graph(),
        proposal=Proposal("Flow", "What it does.", ("slack",), "Productivity"),
        fingerprint="f",
        packaged=PackagedFile("flow.json", "application/json", data, sha256),
    )
