from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import doubts, entities, feed_state
from koda_desktop.sync.engine import applying, pulling
from koda_desktop.sync.rows import Changes, ListingQuery, ListingState
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db
from tests.sync import asking
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

A, B, C = "a" * 24, "b" * 24, "c" * 24


def ids(desk: Desk) -> set[str]:
    return {row.id for row in desk.reads.rows(desk.reads.keys(ListingQuery()))}


def quarantine(db: Db) -> list[tuple[Any, ...]]:
    return db.rows("SELECT id, reason FROM quarantine")


def test_listings_of_other_devices_appear_and_follow(desk: Desk, server: Server) -> None:
    server.web_create(
        A, title="Theirs", files=[{"key": "k", "size": 7, "sha256": "0" * 64, "name": "f.json"}]
    )
    assert desk.engine.run_round().pulled == 1
    row = desk.row(A)
    assert (row.title, row.state, row.file_name) == ("Theirs", ListingState.PUBLISHED, "f.json")
    server.web_edit(A, title="Theirs, later")
    assert desk.engine.run_round().pulled == 1
    assert desk.row(A).title == "Theirs, later"
    assert desk.row(A).updated_at == server.products[A]["updatedAt"]
    assert desk.reads.count(ListingQuery(text="later")) == 1


def test_nothing_new_changes_nothing(desk: Desk, server: Server) -> None:
    server.web_create(A)
    desk.engine.run_round()
    heard: list[Changes] = []
    desk.store.subscribe(heard.append)
    assert desk.engine.run_round().pulled == 0
    assert not any(changes.listings or changes.catalogue for changes in heard)


def test_unknown_fields_are_kept(desk: Desk, server: Server) -> None:
    server.web_create(A, flair={"deep": [1, {"$date": "x"}]})
    desk.engine.run_round()
    assert desk.reads.listing(A).document["flair"] == {"deep": [1, {"$date": "x"}]}


def test_pages_are_followed_to_the_end(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.feed.is_supported = False
    monkeypatch.setattr(pulling, "PAGE", 3)
    wanted = {f"{number:024x}" for number in range(1, 12)}
    for listing_id in sorted(wanted):
        server.web_create(listing_id, updatedAt="2026-01-01T00:00:00.000Z")
    assert desk.engine.run_round().pulled == 11
    assert ids(desk) == wanted


def test_rows_and_cursor_are_saved_together(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.feed.is_supported = False
    monkeypatch.setattr(pulling, "PAGE", 2)
    for number in range(1, 7):
        server.web_create(f"{number:024x}", updatedAt=f"2026-01-0{number}T00:00:00.000Z")
    saved: list[tuple[int, object]] = []

    def stop_at_the_second_page(name: str) -> None:
        if name == "pull.saved":
            rows = desk.reads.count(ListingQuery())
            cursor = desk.store.read(feed_state.load).page_after
            saved.append((rows, cursor.listing_id if cursor else None))
        if name == "pull.read" and len(saved) == 3:
            raise ServerDown("Cut.")

    desk.on_step = stop_at_the_second_page
    desk.engine.run_round()
    # The first answer was that there is no stream.
    assert saved == [(0, None), (2, f"{2:024x}"), (4, f"{4:024x}")]
    desk.on_step = lambda _: None
    desk.reopen()
    assert desk.engine.run_round().pulled == 2
    assert len(ids(desk)) == 6


@pytest.mark.parametrize("hours", [1, -1])
def test_a_write_that_became_visible_during_a_long_pass_is_found_by_the_next(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    server.feed.is_supported = False
    monkeypatch.setattr(pulling, "PAGE", 1)
    server.web_create(A, updatedAt="2026-01-01T00:00:30.000Z")
    server.web_create(C, updatedAt="2026-01-01T00:00:31.000Z")

    def sleep(name: str) -> None:
        if name == "pull.read":
            # The computer sleeps with A in its hands; whichever way its clock is set meanwhile.
            desk.on_step = lambda _: None
            desk.clock.wall += timedelta(hours=hours)
            server.web_create(B, updatedAt="2026-01-01T00:00:29.000Z")
            server.products[C] = {**server.products[C], "updatedAt": "2026-01-01T01:00:31.000Z"}

    desk.engine.run_round()
    desk.on_step = sleep
    desk.engine.run_round()
    desk.engine.run_round()
    assert ids(desk) == {A, B, C}


def test_a_write_that_became_visible_late_is_found_within_the_overlap(
    desk: Desk, server: Server
) -> None:
    server.web_create(A, updatedAt="2026-01-01T00:01:00.000Z")
    desk.engine.run_round()
    server.web_create(B, updatedAt="2026-01-01T00:00:31.000Z")
    desk.engine.run_round()
    assert ids(desk) == {A, B}


def test_two_writes_in_one_millisecond_are_both_seen(desk: Desk, server: Server) -> None:
    server.web_create(A, title="First", updatedAt="2026-01-01T00:01:00.000Z")
    desk.engine.run_round()
    server.products[A] = {**server.products[A], "title": "Second"}
    desk.engine.run_round()
    assert desk.row(A).title == "Second"


def test_the_servers_clock_may_be_put_back(desk: Desk, server: Server) -> None:
    server.web_create(A, title="Newer")
    desk.engine.run_round()
    server.collection.set_clock(datetime(2020, 1, 1, tzinfo=UTC))
    server.web_edit(A, title="Newest")
    desk.engine.run_round()
    assert desk.row(A).title == "Newest"


@pytest.mark.parametrize("read", [pulling.perform_snapshot, pulling.perform_page])
def test_a_page_that_was_read_before_a_newer_answer_never_replaces_it(
    desk: Desk, server: Server, read: pulling.Perform
) -> None:
    server.web_create(A, title="Old")
    desk.engine.run_round()
    pulled = partial(desk.store.read, doubts.any_waiting)
    late = read(desk.session(), CancelToken())
    server.web_edit(A, title="New")
    desk.engine.run_round()
    desk.store.write(late)
    assert desk.row(A).title == "New"
    assert pulled()
    desk.engine.run_round()
    assert desk.row(A).title == "New"
    assert not pulled()


def test_documents_without_a_time_are_read_too(desk: Desk, server: Server) -> None:
    server.web_create(A, updatedAt="1970-01-01T00:00:00.000Z")
    desk.engine.run_round()
    desk.engine.run_round()
    assert ids(desk) == {A}


@pytest.mark.parametrize(
    "poison",
    [{"price": "free"}, {"title": None}, {"tags": "no list"}, {"files": [{"key": 1}]}],
)
def test_a_document_that_cannot_be_read_is_put_in_quarantine_and_the_others_come(
    desk: Desk, server: Server, poison: dict[str, Any]
) -> None:
    server.web_create(A)
    server.web_create(B, **poison)
    server.web_create(C)
    assert desk.engine.run_round().is_clean
    assert ids(desk) == {A, C}
    [(listing_id, reason)] = desk.store.read(quarantine)
    assert listing_id == B
    assert next(iter(poison)) in reason
    server.web_edit(B, price=5, title="Well", tags=[], files=[])
    desk.engine.run_round()
    assert ids(desk) == {A, B, C}
    assert desk.store.read(quarantine) == []


def test_local_changes_stay_over_a_newer_copy(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Base")
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, price=50)
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    desk.faults.heal()
    desk.faults.refuse("push", ServerDown("Down."))
    # The marketplace's problem ends a round before its pull, so pull by itself.
    asking.pull(desk.session(), CancelToken())
    detail = desk.reads.listing(listing_id)
    assert (detail.document["title"], detail.document["price"]) == ("Mine", 50)
    assert detail.pending_fields == ("title",)
    desk.faults.heal()
    assert desk.engine.run_round().is_clean
    assert (server.products[listing_id]["title"], server.products[listing_id]["price"]) == (
        "Mine",
        50,
    )


def test_a_pulled_change_of_the_same_field_is_a_conflict_before_anything_is_sent(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="Base")
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, title="Theirs")
    asking.pull(desk.session(), CancelToken())
    assert desk.row(listing_id).state is ListingState.CONFLICT
    assert desk.row(listing_id).title == "Mine"
    assert server.applied == []


def test_while_an_edit_is_frozen_what_waits_behind_it_is_left_as_it_is(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="A")
    desk.commands.edit(listing_id, {"title": "B"})
    desk.faults.refuse("push", ServerDown("Down."), once=True)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "C"})
    server.web_edit(listing_id, price=2)
    asking.pull(desk.session(), CancelToken())
    assert desk.row(listing_id).state is ListingState.WAITING
    assert (desk.row(listing_id).title, desk.row(listing_id).price_minor) == ("C", 200)
    assert desk.engine.run_round().is_clean
    assert [values for _, values in server.collection.replaced] == [{"title": "A"}, {"title": "B"}]


def test_a_draft_whose_listing_came_back_keeps_both_versions(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Base")
    document = dict(server.products[listing_id])
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.products.clear()
    desk.engine.run_round()
    desk.commands.discard_changes(listing_id)
    assert (desk.row(listing_id).state, desk.row(listing_id).title) == (ListingState.DRAFT, "Mine")
    server.products[listing_id] = {**document, "updatedAt": server.collection.now()}
    desk.engine.run_round()
    detail = desk.reads.listing(listing_id)
    assert detail.row.state is ListingState.CONFLICT
    assert detail.error is not None
    sides = detail.error["facts"]["fields"]["title"]
    assert (sides["mine"], sides["theirs"]) == ("Mine", "Base")


def test_a_listing_being_published_waits_for_its_own_answer(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(title="A")
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    assert server.inserts == [listing_id]
    asking.pull(desk.session(), CancelToken())
    assert not desk.reads.listing(listing_id).is_at_server
    assert desk.engine.run_round().is_clean
    assert server.inserts == [listing_id]


def test_telling_in_any_order_and_twice_gives_the_same_rows(tmp_path: Path, server: Server) -> None:
    for number in range(1, 8):
        server.web_create(f"{number:024x}", title=f"T{number}")
    documents = list(server.products.values())
    orders: list[Sequence[int]] = [range(7), [6, 2, 0, 4, 1, 5, 3], [*range(7), *range(7)]]
    seen = []
    for place, order in enumerate(orders):
        desk = Desk(tmp_path / str(place), Server())
        told = applying.look_at([documents[index] for index in order])
        for one in told:
            asked_at = desk.store.read(entities.heard)
            write = partial(applying.write, told=[one], asked_at=asked_at, stamps=Stamps())
            desk.store.write(write)
        keys = desk.reads.keys(ListingQuery())
        seen.append({row.id: desk.reads.listing(row.id).document for row in desk.reads.rows(keys)})
        desk.close()
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 7
