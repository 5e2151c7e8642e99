"""A whole desk against real servers, each behind a proxy: pymongo, presigned HTTP, SQLite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bson import ObjectId

from koda_desktop.marketplace.api import Actor, Marketplace
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.mongodb.users import MongoUsers
from koda_desktop.services.s3.objects import Bucket, S3Objects
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.parts import Parts, no_step
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.rows import ListingQuery, ListingRow, SyncReport
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier
from tests.faults.chaos import FINE, Address, ChaosProxy, Trouble
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.sync.desk import inspection

SELLER = "5e11e20000000000000000aa"


def address_of(url: str) -> Address:
    """Host and port of a URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


@dataclass
class Rig:
    """Everything of one desk. ``connections`` are the marketplace's that were ever made."""

    store: Store
    commands: ListingCommands
    reads: LocalReads
    engine: Engine
    mongo: ChaosProxy
    s3: ChaosProxy
    documents: Callable[[], list[dict[str, Any]]]
    """The products as they are at the server, read past the proxy."""

    def bad(self, mongo: Trouble = FINE, s3: Trouble = FINE) -> None:
        """New connections meet this from now on, and the old ones end."""
        self.mongo.usual, self.s3.usual = mongo, s3
        self.mongo.cut_all()
        self.s3.cut_all()

    def fine(self) -> None:
        """All is well again."""
        self.bad()

    def rows(self) -> list[ListingRow]:
        return self.reads.rows(self.reads.keys(ListingQuery()))

    def draft(self, data: bytes, title: str) -> str:
        fields = {"title": title, "price": 5, "description": "Words."}
        return self.commands.draft(inspection(data), fields)

    def round(self) -> SyncReport:
        return self.engine.run_round()

    def until_clean(self, most: int = 8) -> SyncReport:
        """Rounds until nothing is left; parked work is tried again as a person would."""
        for _ in range(most):
            report = self.round()
            if report.is_clean:
                return report
            for one in report.parked:
                self.commands.retry(one.listing_id)
        raise AssertionError(report)


@contextmanager
def rig_at(
    folder: Path,
    database: MongodbDatabase,
    bucket: S3Bucket,
    on_step: Callable[[str], None] = no_step,
) -> Iterator[Rig]:
    """A rig over one database and one bucket."""
    with (
        ChaosProxy(address_of(database.uri)) as mongo,
        ChaosProxy(address_of(bucket.endpoint)) as s3,
        connected(database.uri) as past,
    ):
        raw = past[database.name]
        raw.users.insert_one(
            {"_id": ObjectId(SELLER), "clerkId": "user_1", "onboardingComplete": True}
        )
        closers: list[Callable[[], None]] = []

        def connect() -> Marketplace:
            port = address_of(database.uri)[1]
            uri = database.uri.replace(f":{port}/", f":{mongo.port}/")
            connection = Connection(uri, database.name)
            objects = S3Objects(_behind(bucket, s3.port), SystemClock())
            closers.extend([connection.close, objects.close])
            return DirectMarketplace(MongoUsers(connection), MongoProducts(connection), objects)

        store = Store(folder / "store.sqlite", derive_touched)
        staging = Staging(folder / "staging")
        stamps = Stamps()
        parts = Parts(store, staging, HttpCarrier(), Actor(SELLER), stamps, on_step)
        engine = Engine(parts, connect, FileLock(folder / "lock"))
        rig = Rig(
            store,
            ListingCommands(store, staging, stamps),
            LocalReads(store, staging),
            engine,
            mongo,
            s3,
            lambda: list(raw.products.find()),
        )
        try:
            yield rig
        finally:
            engine.close()
            store.close()
            for close in closers:
                close()


def _behind(bucket: S3Bucket, port: int) -> Bucket:
    return Bucket(
        bucket.name,
        bucket.region,
        f"http://127.0.0.1:{port}",
        bucket.access_key_id,
        bucket.secret_access_key,
    )
