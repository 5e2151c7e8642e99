"""Some indexes are left out of a long first pull, and are there when that is over."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import feed_state, queries
from koda_desktop.sync.engine import boxes, pulling
from koda_desktop.sync.engine.parts import Session
from koda_desktop.sync.feed_state import Snapshot
from koda_desktop.sync.rows import ListingQuery, SortColumn
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.store import Store
from tests.faults.simulation.store import copy_store
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import FakeMarketplace, Server

COUNT = 40
BY_TITLE = ListingQuery(sort=((SortColumn.TITLE, False),))


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulling, "PAGE", 4)
    monkeypatch.setattr(pulling, "PAGES", 3)
    monkeypatch.setattr(boxes, "AT_ONCE", 2)


@pytest.fixture(autouse=True)
def listings(server: Server) -> None:
    for number in range(COUNT):
        server.web_create(f"{number + 1:024x}", title=f"Title {number * 7 % COUNT:02}")


def missing(desk: Desk) -> tuple[str, ...]:
    return desk.store.read(late_indexes.missing)


def titles(desk: Desk) -> list[str]:
    def shown(db: Db) -> list[str]:
        return [row.title for row in queries.rows(db, queries.keys(db, BY_TITLE))]

    return desk.store.read(shown)


def pull(desk: Desk, questions: int) -> None:
    """So many questions of a snapshot, and the one before that opens the stream."""
    session = Session(desk.parts, FakeMarketplace(desk.server), "device-1")
    if desk.store.read(feed_state.load).mode is None:
        desk.store.write(pulling.perform_open(session, CancelToken()))
    for _ in range(questions):
        desk.store.write(pulling.perform_snapshot(session, CancelToken()))


def test_they_are_left_out_while_a_store_is_filled_and_made_with_the_last_page(desk: Desk) -> None:
    pull(desk, 1)
    assert not missing(desk), "a few listings are not worth it"
    pull(desk, 1)
    assert missing(desk) == late_indexes.NAMES
    found = titles(desk)
    assert found == sorted(found)
    assert desk.store.read(lambda db: check_invariants(db, desk.staging)) == ()
    pull(desk, 2)
    assert desk.store.read(feed_state.load).snapshot is Snapshot.DONE
    assert not missing(desk)
    assert titles(desk) == [f"Title {number:02}" for number in range(COUNT)]


def test_a_pull_that_was_cut_off_makes_them_when_it_is_taken_up(
    tmp_path: Path, server: Server
) -> None:
    first = Desk(tmp_path / "one", server)
    pull(first, 2)
    first.close()
    second = Desk(tmp_path / "one", server)
    assert missing(second) == late_indexes.NAMES
    second.engine.run_round()
    assert not missing(second)
    assert len(titles(second)) == COUNT
    second.close()


def test_a_store_that_was_killed_without_them_is_sound(tmp_path: Path, server: Server) -> None:
    desk = Desk(tmp_path / "one", server)
    pull(desk, 2)
    killed = tmp_path / "killed" / "store.sqlite"
    copy_store(desk.store.path, killed)
    desk.close()
    store = Store(killed, derive_touched)
    assert store.notice == ""
    assert store.read(late_indexes.missing) == late_indexes.NAMES
    store.close()


def test_a_full_store_that_is_read_again_keeps_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.engine.run_round()
    monkeypatch.setattr(late_indexes, "FEW_ROWS", COUNT - 1)
    desk.store.write(lambda tx: feed_state.begin_snapshot(tx, desk.parts.stamps.now()))
    pull(desk, 2)
    assert desk.store.read(feed_state.load).snapshot is Snapshot.UNDER_WAY
    assert not missing(desk)
