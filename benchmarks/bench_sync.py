"""Keeping up with 100,000 listings over a real mongod, beside the bare loops it cannot do without.

- cold: everything read into an empty store until all rows are there, shown and found; then how long
  the search index takes, which is filled after that (until then a search looks through the rows).
  Beside it two loops that find the same documents and insert them as JSON, checking nothing, making
  nothing searchable and keeping no place to go on from: one into a table of the same columns with
  the ids alone as an index, one into a table with all of the store's indexes;
- again: an unchanged marketplace compared with the store (the audit);
- push: 10,000 queued edits drained, counting the calls of the database;
- edit: how long one edit takes until it is durable, beside the smallest durable commit: one after
  the other, and now and then while the search index is filled;
- frames: the Listings page, repainted every 16 ms while a cold sync runs in its process, beside the
  same page at rest.

``--listings N`` for another size, ``--only cold,edit`` for some of it.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import pymongo
from bson import ObjectId
from pymongo import monitoring

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.turns import take_short_turns
from koda_desktop.runtime.work import CancelToken
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import create_indexes
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.mongodb.users import MongoUsers
from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.sync.engine.auditing import perform_audit
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.parts import Parts, Session
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.rows import SyncReport
from koda_desktop.sync.search import Indexer
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.http import HttpCarrier

SELLER = ObjectId("a" * 24)
DATABASE = "koda"
RUNS = 3
EDITS = 10_000
AT_ONCE = 500
_WORDS = (
    *("read", "mail", "write", "sheet", "send", "note", "when", "form", "comes", "post", "slack"),
    *("message", "every", "hour", "check", "stock", "price", "report", "customer", "order"),
    *("invoice", "sync", "contact", "calendar", "event", "remind", "team", "daily", "summary"),
)


def main() -> int:
    take_short_turns()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--only", default="cold,push,edit,frames")
    options = parser.parse_args()
    wanted = set(options.only.split(","))
    with tempfile.TemporaryDirectory() as temporary, running_mongod(Path(temporary)) as uri:
        fill(uri, options.listings)
        bench = Bench(Path(temporary), uri, options.listings)
        if "cold" in wanted:
            bench.cold()
        if "edit" in wanted:
            bench.edit()
        if "push" in wanted:
            bench.push()
        if "frames" in wanted:
            bench.frames()
    return 0


@contextmanager
def running_mongod(folder: Path) -> Iterator[str]:
    """The address of a replica set of one, gone afterwards."""
    server = Mongod(folder / "mongod", secrets.token_urlsafe(12))
    server.start()
    try:
        yield server.uri
    finally:
        server.kill()


def fill(uri: str, count: int) -> None:
    """The seller's account and listings as the web application writes them."""
    chance = random.Random(1)
    now = datetime.now(UTC)
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        database = client[DATABASE]
        database.users.insert_one({"_id": SELLER, "clerkId": "user", "onboardingComplete": True})
        for start in range(0, count, AT_ONCE):
            several = range(start, min(start + AT_ONCE, count))
            database.products.insert_many([document(n, chance, now) for n in several])
    connection = Connection(uri, DATABASE)
    create_indexes(connection)
    connection.close()


def document(number: int, chance: random.Random, now: datetime) -> dict[str, Any]:
    """One listing of about a kilobyte."""
    key = f"listings/{SELLER}/{number}"
    return {
        "_id": ObjectId(f"{number + 1:024x}"),
        "__v": 0,
        "title": f"{' '.join(chance.choices(_WORDS, k=5))} {number}",
        "description": " ".join(chance.choices(_WORDS, k=60)),
        "price": chance.randrange(100, 9_999) / 100,
        "category": chance.choice(["Productivity", "Sales", "Other"]),
        "tags": chance.sample(_WORDS, 4),
        "platform": chance.choice(["n8n", "Make", "Zapier"]),
        "version": "1.0.0",
        "active": True,
        "sellerId": SELLER,
        "productType": "Automation",
        "averageRating": 0,
        "reviewCount": 0,
        "fileUrl": key,
        "files": [{"key": key, "size": 1_000, "sha256": f"{number:064x}", "name": "flow.json"}],
        "createdAt": now,
        "updatedAt": now + timedelta(milliseconds=number),
        "_sync": {"d": {"device-0": {"s": number, "o": "an-operation"}}},
    }


class Desk:
    """An empty store of its own over the marketplace."""

    def __init__(self, folder: Path, uri: str) -> None:
        folder.mkdir(parents=True)
        self.store = Store(folder / "store.sqlite", derive_touched, Indexer())
        self.connection = Connection(uri, DATABASE)
        objects: Any = None  # nothing here goes to the object store
        products, users = MongoProducts(self.connection), MongoUsers(self.connection)
        marketplace = DirectMarketplace(users, products, objects)
        staging = Staging(folder / "staging")
        self.commands = ListingCommands(self.store, staging, Stamps())
        parts = Parts(self.store, staging, HttpCarrier(), Actor(str(SELLER)))
        self.session = Session(parts, marketplace, "device-1")
        self.engine = Engine(parts, lambda: marketplace, FileLock(folder / "lock"))

    def sync(self) -> SyncReport:
        """Send and read everything. Raises when something was in the way."""
        report = self.engine.run_round()
        if not report.is_clean:
            raise RuntimeError(f"not everything was done: {report}")
        return report

    def audit(self) -> None:
        self.store.write(perform_audit(self.session, CancelToken()))

    def wait_for_index(self) -> None:
        """Until the search index holds everything."""
        pending = "SELECT count(*) FROM listing_fts_pending"
        while self.store.read(lambda db: db.value(pending)):
            time.sleep(0.01)

    def indexes(self) -> str:
        """The SQL of the indexes that listings have here."""
        made = "SELECT group_concat(sql, ';') FROM sqlite_schema WHERE tbl_name = 'entity'"
        return str(self.store.read(lambda db: db.value(f"{made} AND type = 'index'")))

    def ids(self) -> list[str]:
        return [row[0] for row in self.store.read(lambda db: db.rows("SELECT id FROM entity"))]

    def close(self) -> None:
        self.engine.close()
        self.store.close()
        self.connection.close()


class Bench:
    """The figures that need no window."""

    def __init__(self, folder: Path, uri: str, count: int) -> None:
        self._folder = folder
        self._uri = uri
        self._count = count
        self._number = 0

    def _desk(self) -> Desk:
        self._number += 1
        return Desk(self._folder / f"desk-{self._number}", self._uri)

    def frames(self) -> None:
        """The page at rest and during a cold sync; Qt is imported for nothing else."""
        from benchmarks.sync_frames import watch

        desk = self._desk()
        watch(desk.store, partial(self._pull_all, desk))
        desk.close()

    def cold(self) -> None:
        """Cold sync and audit beside both bare loops, one after the other, RUNS times."""
        times: defaultdict[str, list[float]] = defaultdict(list)
        before = memory()
        for _ in range(RUNS):
            desk = self._desk()
            times["koda"].append(timed(partial(self._pull_all, desk)))
            times["memory"].append(memory() - before)
            times["index"].append(timed(desk.wait_for_index))
            times["audit"].append(timed(desk.audit))
            indexes = desk.indexes()
            desk.close()
            times["bare"].append(timed(partial(self._bare, "")))
            times["indexed"].append(timed(partial(self._bare, indexes)))
        median = {name: statistics.median(several) for name, several in times.items()}
        koda, bare, indexed = (median[name] for name in ("koda", "bare", "indexed"))
        print(f"cold: koda {koda:.2f} s for {self._count} listings ({self._count / koda:.0f}/s)")
        print(f"cold: bare loop {bare:.2f} s, ratio {koda / bare:.2f}")
        print(f"cold: bare loop with the same indexes {indexed:.2f} s, ratio {koda / indexed:.2f}")
        print(f"cold: search index filled after {median['index']:.2f} s more")
        print(f"cold: {times['memory'][0]:.0f} MiB more memory at the end of the first pull")
        print(f"again: unchanged {self._count} compared in {median['audit']:.2f} s")

    def _pull_all(self, desk: Desk) -> None:
        pulled = desk.sync().pulled
        if pulled != self._count:
            raise RuntimeError(f"{pulled} of {self._count} listings were read")

    def _bare(self, indexes: str) -> None:
        self._number += 1
        with pymongo.MongoClient[dict[str, Any]](self._uri) as client:
            connection = apsw.Connection(str(self._folder / f"bare-{self._number}.sqlite"))
            connection.execute("PRAGMA page_size=8192")
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(f"CREATE TABLE entity({_COLUMNS}); {indexes}")
            found = client[DATABASE].products.find({"sellerId": SELLER}, batch_size=AT_ONCE)
            for some in batches(found):
                rows = [bare_row(d) for d in some]
                with connection:
                    connection.executemany(_BARE_INSERT, rows)
            connection.close()

    def edit(self) -> None:
        """One edit after the other until it is durable, beside the smallest durable commit."""
        desk = self._desk()
        desk.sync()
        ids, chance = desk.ids(), random.Random(2)

        def edit(number: int) -> None:
            changes = {"title": f"New {number}", "price": chance.randrange(100, 999) / 100}
            desk.commands.edit(chance.choice(ids), changes)

        def commit(number: int) -> None:
            sql = "INSERT OR REPLACE INTO meta(key, value) VALUES ('bench', ?)"
            desk.store.write(lambda tx: tx.run(sql, (str(number),)))

        def edit_now_and_then(number: int) -> float:
            time.sleep(0.02)
            return timed(partial(edit, number))

        tell_edits("while the index is filled", map(edit_now_and_then, range(200)))
        desk.wait_for_index()
        for what, one in (("smallest durable commit", commit), ("edit until durable", edit)):
            tell_edits(what, (timed(partial(one, number)) for number in range(1_000)))
        desk.close()

    def push(self) -> None:
        """Drain queued edits with the engine and count what the database was asked."""
        calls = Calls()
        monitoring.register(calls)
        desk = self._desk()
        desk.sync()
        ids = desk.ids()[:EDITS]
        for number, listing_id in enumerate(ids):
            desk.commands.edit(listing_id, {"title": f"Drained {number}"})
        calls.count.clear()
        began = time.perf_counter()
        report = desk.sync()
        elapsed = time.perf_counter() - began
        if report.sent != len(ids):
            raise RuntimeError(f"{report.sent} of {len(ids)} edits were sent")
        trips = (calls.count["update"] + calls.count["find"]) / (len(ids) / AT_ONCE)
        print(f"push: {len(ids)} edits in {elapsed:.2f} s ({len(ids) / elapsed:.0f}/s)")
        print(f"push: {trips:.2f} trips to the listings per {AT_ONCE} edits; all: {calls.count}")
        desk.close()


class Calls(monitoring.CommandListener):
    """Counts the commands that the database is sent for ``products``."""

    def __init__(self) -> None:
        self.count: Counter[str] = Counter()

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name = event.command_name
        if "products" in (event.command.get(name), event.command.get("collection")):
            self.count[name] += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to count."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to count."""


_FROM_FILE = ("name", "size", "sha256")
_BARE = (
    *("id", "kind", "is_at_server", "server_at", "state", "title", "sort_title", "platform"),
    *("category", "tags", "price_minor", "currency", "version", "updated_at"),
    *(f"file_{name}" for name in _FROM_FILE),
    *("heard", "doc"),
)
"""The columns of a listing that hold something when it was read from the marketplace."""

_COLUMNS = (
    f"pk INTEGER PRIMARY KEY, id UNIQUE, {', '.join(_BARE[1:])},"
    " is_active DEFAULT 1, is_archived DEFAULT 0, possessions DEFAULT 8"
)
_BARE_INSERT = f"INSERT INTO entity({', '.join(_BARE)}) VALUES ({', '.join('?' * len(_BARE))})"


def bare_row(found: dict[str, Any]) -> tuple[Any, ...]:
    """A document as a row of the bare loop's table, by the shortest way."""
    [file] = found["files"]
    at = found["updatedAt"].isoformat()
    return (
        *(str(found["_id"]), "listing", 1, at, "published"),
        *(found["title"], found["title"].lower(), found["platform"], found["category"]),
        *(json.dumps(found["tags"]), round(found["price"] * 100), "EUR", found["version"], at),
        *(file[name] for name in _FROM_FILE),
        *(1, json.dumps(found, default=str)),
    )


def tell_edits(what: str, seconds: Iterable[float]) -> None:
    """Print how long edits took."""
    times = sorted(one * 1000 for one in seconds)
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"edit: {what}: p50 {p50:.2f} ms, p99 {p99:.2f} ms, most {times[-1]:.2f} ms")


def memory() -> float:
    """MiB that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def timed(work: Callable[[], object]) -> float:
    """Seconds that ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def batches(found: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """``found``, AT_ONCE at a time."""
    rest = iter(found)
    while some := list(islice(rest, AT_ONCE)):
        yield some


if __name__ == "__main__":
    sys.exit(main())
