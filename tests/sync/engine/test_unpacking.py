"""A long snapshot unpacked by another process gives the rows it would give here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bson
import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.api import Actor, SnapshotPage
from koda_desktop.marketplace.packed import Packed
from koda_desktop.runtime.child import Child
from koda_desktop.runtime.work import CancelToken
from koda_desktop.services.mongodb.codec import encode
from koda_desktop.services.mongodb.reading import ends_of, read_batch
from koda_desktop.sync import doubts, entities, feed_state
from koda_desktop.sync.engine import applying, pulling, unpacking
from koda_desktop.sync.engine.parts import Session
from koda_desktop.sync.engine.unpacking import Unpacker
from koda_desktop.sync.feed_state import Snapshot
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import FakeMarketplace, Server

SECONDS_TO_START = 60
FILE = {"key": "k", "size": 7, "sha256": "0" * 64, "name": "f.json"}
MANY = [f"{number:024x}" for number in range(1, 251)]


def packed(documents: list[Json]) -> Packed:
    """As the adapter of MongoDB hands them on."""
    raw = b"".join(bson.encode(encode(one)) for one in documents)
    return Packed(raw, ends_of(raw), read_batch)


def wait_until_ready(*unpackers: Unpacker) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while not all(one.is_ready for one in unpackers) and time.monotonic() < end:
        time.sleep(0.01)
    assert all(one.is_ready for one in unpackers)


@pytest.fixture
def unpacker() -> Iterator[Unpacker]:
    unpacker = Unpacker()
    unpacker.begin()
    wait_until_ready(unpacker)
    yield unpacker
    unpacker.end()


@pytest.fixture
def documents(server: Server) -> list[Json]:
    """All kinds: with and without a file, with what nobody knows, and two that cannot be rows."""
    for number, listing_id in enumerate(MANY):
        fields: Json = {"files": [FILE]} if number % 3 else {}
        server.web_create(listing_id, title=f"Ünïcode {number}", flair={"deep": [1.5]}, **fields)
    server.products[MANY[7]]["price"] = "free"
    server.products[MANY[9]]["title"] = None
    return list(server.products.values())


def rows(db: Db) -> list[tuple[Any, ...]]:
    """All columns but the number of the answer, which depends on the size of pages."""
    found = db.rows("SELECT name FROM pragma_table_info('entity') WHERE name <> 'heard'")
    return db.rows(f"SELECT {', '.join(row[0] for row in found)} FROM entity ORDER BY pk")


def quarantine(db: Db) -> list[tuple[Any, ...]]:
    return db.rows("SELECT source, id, raw, reason FROM quarantine ORDER BY id")


def test_the_process_says_what_would_be_said_here(
    unpacker: Unpacker, documents: list[Json]
) -> None:
    assert unpacker.look_at(packed(documents))
    there = unpacker.looked_at()
    assert there is not None
    here = applying.look_at(documents)
    assert [one.id for one in there] == MANY
    assert [one.document for one in there] == [one.document for one in here]
    assert [one.new_row() for one in there if not one.problem] == [
        one.new_row() for one in here if not one.problem
    ]
    assert [one.problem for one in there] == [one.problem for one in here]
    assert sum(bool(one.problem) for one in there) == 2


class PackedSnapshots(FakeMarketplace):
    """Hands snapshots on packed, as MongoDB's adapter does; ``before`` is called for each page."""

    before: Callable[[int], None]
    pages = 0

    def snapshot(self, actor: Actor, after_id: str | None, limit: int) -> SnapshotPage:
        self.pages += 1
        self.before(self.pages)
        page = super().snapshot(actor, after_id, limit)
        return SnapshotPage(packed(list(page.documents)), page.has_more)


class Kept(Child):
    """Every process that was started."""

    started: list[Child]

    def __init__(self, task: str) -> None:
        super().__init__(task)
        self.started.append(self)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Child]:
    started: list[Child] = []
    monkeypatch.setattr(Kept, "started", started, raising=False)
    monkeypatch.setattr(unpacking, "Child", Kept)
    monkeypatch.setattr(pulling, "PAGE", 20)
    monkeypatch.setattr(pulling, "PAGES", 4)
    return started


def pull_all(desk: Desk, before: Callable[[int], None]) -> None:
    """The snapshot to its end, each page asked for once the process of the one before is ready."""
    marketplace = PackedSnapshots(desk.server)
    marketplace.before = before
    session = Session(desk.parts, marketplace, "device-1")
    desk.store.write(pulling.perform_open(session, CancelToken()))
    while desk.store.read(feed_state.load).snapshot is not Snapshot.DONE:
        desk.store.write(pulling.perform_snapshot(session, CancelToken()))


def ready(desk: Desk) -> Callable[[int], None]:
    return lambda page: wait_until_ready(*desk.parts.unpackers) if page > 2 else None


@pytest.fixture
def here(tmp_path: Path, server: Server, documents: list[Json]) -> Iterator[Desk]:
    """Another computer, which pulled the same without a process."""
    other = Desk(tmp_path / "other", server)
    other.engine.run_round()
    yield other
    other.close()


def assert_same(desk: Desk, here: Desk) -> None:
    assert desk.store.read(rows) == here.store.read(rows)
    assert desk.store.read(quarantine) == here.store.read(quarantine)
    assert len(desk.store.read(rows)) == len(MANY) - 2


def test_the_rows_are_those_of_a_pull_without_a_process(
    desk: Desk, here: Desk, children: list[Child]
) -> None:
    pull_all(desk, ready(desk))
    assert_same(desk, here)
    assert len(children) == 2
    assert not any(one.is_ready for one in desk.parts.unpackers), "they end with the snapshot"


def test_a_process_that_is_late_is_not_waited_for(
    desk: Desk, here: Desk, children: list[Child], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "START_SECONDS", 0)
    pull_all(desk, lambda _: None)
    assert_same(desk, here)
    assert len(children) == 2


def test_a_short_pull_starts_none(desk: Desk, server: Server, children: list[Child]) -> None:
    server.web_create(MANY[0])
    pull_all(desk, lambda _: None)
    assert children == []


@pytest.mark.expected_logs("the process that unpacks listings ended")
@pytest.mark.parametrize("killed", [[0], [1], [0, 1]])
@pytest.mark.parametrize("page", [4, 5, 6, 7])
def test_processes_that_are_killed_cost_nothing(
    desk: Desk, here: Desk, children: list[Child], page: int, killed: list[int]
) -> None:
    def before(number: int) -> None:
        if 2 < number <= page:
            wait_until_ready(*desk.parts.unpackers)
        if number == page:
            for one in killed:
                children[one].kill()

    pull_all(desk, before)
    assert_same(desk, here)
    assert len(children) == 2, "none is tried again"


@pytest.mark.expected_logs("the process that unpacks listings ended")
def test_without_a_process_everything_is_unpacked_here(
    desk: Desk, here: Desk, monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    monkeypatch.setattr("koda_desktop.runtime.child._program", lambda: ["/nowhere/at-all"])
    pull_all(desk, lambda _: None)
    assert_same(desk, here)


def test_what_was_told_while_a_page_is_unpacked_is_newer_than_the_page(
    desk: Desk, documents: list[Json], children: list[Child]
) -> None:
    edited = documents[70]["_id"]

    def before(number: int) -> None:
        ready(desk)(number)
        if number == 5:
            desk.server.web_edit(edited, title="Newer")
            told = applying.look_at([desk.server.products[edited]])
            heard = desk.store.read(entities.heard)
            desk.store.write(lambda tx: applying.write(tx, told, heard, desk.parts.stamps))

    pull_all(desk, before)
    assert children, "the page was unpacked by a process"
    row = desk.store.read(lambda db: entities.find(db, edited))
    assert row.document["title"] == "Newer"
    assert desk.store.read(lambda db: doubts.waiting(db, 9)) == [edited]


def test_a_fault_ends_the_process_and_the_snapshot_goes_on_later(
    desk: Desk, here: Desk, children: list[Child]
) -> None:
    def cut(number: int) -> None:
        if number == 5:
            wait_until_ready(*desk.parts.unpackers)
        if number == 6:
            raise ServerDown("The line is cut.")

    with pytest.raises(ServerDown):
        pull_all(desk, cut)
    assert not any(one.is_ready for one in desk.parts.unpackers)
    pull_all(desk, ready(desk))
    assert_same(desk, here)
    assert len(children) == 4


def test_it_can_be_ended_while_it_starts_and_while_it_works(
    documents: list[Json], children: list[Child]
) -> None:
    unpacker = Unpacker()
    unpacker.begin()
    unpacker.end()
    assert not unpacker.look_at(packed(documents))
    unpacker.begin()
    assert unpacker.look_at(packed(documents))
    unpacker.end()
    unpacker.end()
    assert unpacker.looked_at() is None
    assert len(children) == 2
