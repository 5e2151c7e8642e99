"""The performers of transfers over a real store, with a marketplace and a carrier of choice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from koda_desktop.marketplace.api import FileFacts, Marketplace
from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.ids import new_uuid
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import entities, outbox, part_rows, transfer_rows
from koda_desktop.sync.engine import downloading, publishing, uploading
from koda_desktop.sync.engine.parts import Parts, Session, no_step
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.part_rows import Part, Plan
from koda_desktop.sync.rows import TransferRow, Verb
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.carrier import Carrier
from koda_desktop.sync.transfers.sizes import Sizes
from tests.sync.desk import Inline, ManualClock, inspection
from tests.sync.fake_marketplace import ACTOR, PART, FakeCarrier, FakeMarketplace, Faults, Server

SMALL = Sizes(single_max=PART, range_size=PART, sync_bytes=4 * PART, retry_seconds=1.0)


class TransferDesk:
    """One computer; ``step`` and ``waits`` see what the performers do."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        *,
        market: Marketplace | None = None,
        carrier: Carrier | None = None,
        pool: Executor | None = None,
        sizes: Sizes = SMALL,
        clock: Clock | None = None,
    ) -> None:
        self.folder = folder
        self.server = server
        self.faults = Faults()
        self.clock = ManualClock()
        self.step: Callable[[str], None] = no_step
        self.steps: list[str] = []
        self.waits: list[float] = []
        self.store = Store(folder / "store.sqlite", derive_touched)
        self.staging = Staging(folder / "staging")
        stamps = Stamps(clock or self.clock)
        self.commands = ListingCommands(self.store, self.staging, stamps)
        self.market = market or FakeMarketplace(server, self.faults)
        self.carrier = carrier or FakeCarrier(server, self.faults)
        self.parts = Parts(
            self.store,
            self.staging,
            self.carrier,
            ACTOR,
            stamps,
            self._step,
            pool or Inline(),
            self._wait,
            sizes,
        )
        self.session = Session(self.parts, self.market, "device")

    def _step(self, name: str) -> None:
        self.steps.append(name)
        self.step(name)

    def _wait(self, cancel: CancelToken, seconds: float) -> None:
        cancel.check()
        self.waits.append(seconds)
        self.clock.seconds += seconds

    def close(self) -> None:
        self.parts.transfer_pool.shutdown()
        self.carrier.close()
        self.store.close()

    # -- uploads --

    def queued(self, data: bytes) -> str:
        """A listing with that file, queued for publication."""
        listing_id = self.commands.draft(inspection(data), {"title": "A", "price": 5})
        self.commands.publish([listing_id])
        return listing_id

    def operation(self, listing_id: str) -> Operation:
        """The upload of a listing, frozen."""

        def freeze(tx: Tx) -> Operation:
            head = outbox.lane(tx, listing_id)[0]
            assert head.verb is Verb.UPLOAD
            content = head.payload if head.is_frozen else publishing.payload(tx, self.session, head)
            return outbox.freeze(tx, head, content)

        return self.store.write(freeze)

    def upload(self, listing_id: str, cancel: CancelToken | None = None) -> FileFacts:
        """Run the upload to its end; what the registration is handed of the file."""
        operation = self.operation(listing_id)
        apply = uploading.perform(self.session, operation, cancel or CancelToken())
        self.store.write(apply)
        register = self.store.read(lambda db: outbox.lane(db, listing_id))[0]
        assert register.verb is Verb.REGISTER
        return FileFacts(**register.payload["file"])

    def plan(self, listing_id: str) -> Plan:
        transfer_id = self.row(listing_id).id
        found = self.store.read(lambda db: part_rows.plan(db, _operation(db, transfer_id)))
        assert found is not None
        return found

    def recorded(self, listing_id: str) -> dict[int, Part]:
        return self.store.read(lambda db: part_rows.parts(db, self.row(listing_id).id))

    def row(self, listing_id: str) -> TransferRow:
        rows = self.store.read(lambda db: transfer_rows.listed(db, 9))
        return next(row for row in rows if row.listing_id == listing_id)

    # -- downloads --

    def published(self, data: bytes) -> str:
        """A listing that went through every step of its publication."""
        listing_id = self.queued(data)
        self.upload(listing_id)
        for _ in range(2):
            self.advance(listing_id)
        assert self.store.read(lambda db: outbox.lane(db, listing_id)) == []
        self.store.write(lambda tx: tx.run("DELETE FROM transfer"))
        return listing_id

    def advance(self, listing_id: str) -> None:
        """Do the next operation of a publication whose file is stored."""

        def freeze(tx: Tx) -> Operation:
            head = outbox.lane(tx, listing_id)[0]
            return outbox.freeze(tx, head, publishing.payload(tx, self.session, head))

        operation = self.store.write(freeze)
        self.store.write(publishing.perform(self.session, operation, CancelToken()))

    def wanted(self, listing_id: str, folder: Path) -> Plan:
        """A download of the listing's file into ``folder``, queued."""
        transfer_id = new_uuid()
        self.store.write(
            lambda tx: transfer_rows.add_download(
                tx,
                entities.find(tx, listing_id),
                transfer_id=transfer_id,
                target=str(folder / "flow.json"),
                created_at=self.parts.stamps.now(),
            )
        )
        return self.ready()[0]

    def ready(self) -> list[Plan]:
        return self.store.read(lambda db: transfer_rows.ready_downloads(db, 9))

    def download(self, plan: Plan, cancel: CancelToken | None = None) -> TransferRow:
        """Run a download to its end, or to where it is parked."""
        current = self.store.read(lambda db: part_rows.plan(db, plan.operation_id))
        assert current is not None
        apply = downloading.perform(self.session, current, cancel or CancelToken())
        self.store.write(apply)
        return self.store.read(lambda db: transfer_rows.find(db, plan.id))


def _operation(db: Db, transfer_id: str) -> str:
    return str(db.value("SELECT op_id FROM transfer WHERE id = ?", (transfer_id,)))
