from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from koda_desktop.errors import GatesUnmet, InputError, NotFound, Refused, ServerDown
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.rows import (
    Changes,
    ListingQuery,
    ListingState,
    OperationState,
    TransferState,
    Verb,
)
from koda_desktop.sync.stamps import Stamps
from tests.sync.desk import Desk, inspection
from tests.sync.fake_marketplace import Server


def lane(desk: Desk, listing_id: str) -> list[tuple[Verb, OperationState]]:
    return [
        (one.verb, one.state) for one in desk.reads.operations(0) if one.listing_id == listing_id
    ]


# -- drafts --


def test_a_draft_has_its_proposals_its_file_and_the_fields_given(desk: Desk) -> None:
    listing_id = desk.commands.draft(
        inspection(b"bytes"), {"title": " Mine ", "price": "12,50", "tags": ["a", "a"]}
    )
    detail = desk.reads.listing(listing_id)
    assert detail.document == {
        "_id": listing_id,
        "title": "Mine",
        "description": "What it does.",
        "price": 12.5,
        "category": "Productivity",
        "tags": ["a"],
        "platform": "n8n",
        "version": "1.0.0",
        "active": True,
    }
    assert (detail.row.state, detail.row.price_minor) == (ListingState.DRAFT, 1250)
    assert (detail.row.file_name, detail.row.file_size) == ("flow.json", 5)
    assert not detail.is_at_server
    assert detail.inspection is not None
    assert detail.inspection["publishable"]
    assert desk.staging.verify(detail.file_sha256, 5).read_bytes() == b"bytes"


def test_a_draft_may_lack_fields_but_not_have_wrong_ones(desk: Desk) -> None:
    listing_id = desk.commands.draft(inspection(b"1"), {})
    assert "price" not in desk.reads.listing(listing_id).document
    with pytest.raises(InputError) as caught:
        desk.commands.draft(inspection(b"2"), {"price": -1, "sellerId": "x"})
    fields: Any = caught.value.facts["fields"]
    assert set(fields) == {"price", "sellerId"}
    assert desk.reads.count(ListingQuery()) == 1


def test_an_edit_of_a_draft_changes_the_row_alone(desk: Desk) -> None:
    listing_id = desk.draft()
    heard: list[Changes] = []
    desk.store.subscribe(heard.append)
    desk.commands.edit(listing_id, {"title": "New"})
    assert desk.row(listing_id).title == "New"
    assert lane(desk, listing_id) == []
    assert heard == [Changes(listings=frozenset({listing_id}), history=True)]


def test_a_wrong_edit_changes_nothing(desk: Desk) -> None:
    listing_id = desk.draft()
    for changes in ({"title": ""}, {"title": "x", "price": "free"}, {"metadata": {"a": "\ud800"}}):
        with pytest.raises(InputError) as caught:
            desk.commands.edit(listing_id, changes)
        assert caught.value.facts["fields"]
    assert desk.row(listing_id).title == "A title"


def test_a_listing_is_named_by_a_unique_beginning_of_its_id(desk: Desk, server: Server) -> None:
    for listing_id in ("a" * 24, "ab" + "0" * 22, "b" * 24):
        server.web_create(listing_id)
    desk.engine.run_round()
    assert desk.reads.listing("b").row.id == "b" * 24
    assert desk.reads.listing("aa").row.id == "a" * 24
    for name in ("a", "c", "", "a" * 25):
        with pytest.raises(NotFound):
            desk.reads.listing(name)


def test_only_a_draft_is_deleted_and_its_file_once_that_cannot_be_undone(desk: Desk) -> None:
    first, second = desk.draft(data=b"same"), desk.draft(data=b"same")
    sha256 = desk.reads.listing(first).file_sha256
    desk.commands.delete_draft(first)
    assert desk.staging.has(sha256, 4)
    desk.commands.publish([second])
    with pytest.raises(Refused):
        desk.commands.delete_draft(second)
    desk.commands.withdraw(second)
    desk.commands.delete_draft(second)
    assert desk.staging.has(sha256, 4)
    desk.clock.wall += timedelta(days=31)
    desk.draft()
    ChangeSets(desk.store, desk.staging, Stamps(desk.clock)).forget_old()
    desk.staging.sweep(desk.store)
    assert not desk.staging.has(sha256, 4)
    published = desk.published()
    with pytest.raises(Refused):
        desk.commands.delete_draft(published)


# -- publishing --


def test_publishing_queues_three_operations_and_a_transfer_in_one_commit(desk: Desk) -> None:
    listing_id = desk.draft()
    heard: list[Changes] = []
    desk.store.subscribe(heard.append)
    desk.commands.publish([listing_id])
    waiting = OperationState.QUEUED
    assert lane(desk, listing_id) == [
        (Verb.UPLOAD, waiting),
        (Verb.REGISTER, waiting),
        (Verb.VERIFY, waiting),
    ]
    assert desk.row(listing_id).state is ListingState.WAITING
    [transfer] = desk.reads.transfers()
    assert (transfer.state, transfer.listing_id) == (TransferState.QUEUED, listing_id)
    assert len(heard) == 1
    assert desk.reads.status().waiting == 3


def test_publishing_twice_queues_once(desk: Desk) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id, listing_id])
    desk.commands.publish([listing_id])
    assert len(lane(desk, listing_id)) == 3


def test_all_are_queued_or_none_and_each_gate_is_named(desk: Desk) -> None:
    sound = desk.draft()
    incomplete = desk.commands.draft(inspection(b"1"), {})
    secret = desk.commands.draft(inspection(b"2", has_secret=True), {"price": 1})
    lost = desk.draft(data=b"lost")
    desk.staging.path(desk.reads.listing(lost).file_sha256).unlink()
    archived = desk.draft(deletedAt="2026-01-01T00:00:00.000Z")
    for listing_id, code in (
        (archived, "not-archived"),
        (incomplete, "document-valid"),
        (secret, "file-sound"),
        (lost, "file-staged"),
    ):
        with pytest.raises(GatesUnmet) as caught:
            desk.commands.publish([sound, listing_id])
        gates: Any = caught.value.facts["gates"]
        assert [gate["code"] for gate in gates] == [code]
        assert [gate.code for gate in desk.reads.gates(listing_id) if not gate.is_met] == [code]
    assert desk.reads.operations() == []


def test_an_edit_before_the_registration_goes_out_is_part_of_it(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.commands.edit(listing_id, {"title": "Better"})
    assert len(lane(desk, listing_id)) == 3
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "Better"
    assert server.applied == []


def test_a_queued_publication_is_withdrawn(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.commands.withdraw(listing_id)
    assert desk.row(listing_id).state is ListingState.DRAFT
    assert desk.reads.operations() == []
    assert [one.state for one in desk.reads.transfers()] == [TransferState.CANCELLED]
    desk.engine.run_round()
    assert server.products == {}
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().published == (listing_id,)


def test_a_registration_that_may_have_arrived_is_not_withdrawn(desk: Desk) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    with pytest.raises(Refused, match="registered"):
        desk.commands.withdraw(listing_id)
    published = desk.published()
    with pytest.raises(Refused, match="registered"):
        desk.commands.withdraw(published)


def test_cancelling_a_transfer_makes_a_draft_again(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    [transfer] = desk.reads.transfers()
    desk.commands.cancel_transfer(transfer.id)
    desk.commands.cancel_transfer(transfer.id)
    assert desk.row(listing_id).state is ListingState.DRAFT
    with pytest.raises(NotFound):
        desk.commands.cancel_transfer("nothing")


# -- edits of published listings --


def test_an_edit_queues_an_operation_with_the_base_values(desk: Desk, server: Server) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New", "price": 5})
    detail = desk.reads.listing(listing_id)
    assert (detail.row.title, detail.row.price_minor) == ("New", 500)
    assert detail.row.state is ListingState.WAITING
    assert detail.pending_fields == ("title", "price")
    assert desk.engine.run_round().is_clean
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert server.products[listing_id]["title"] == "New"


def test_queued_edits_of_a_listing_are_folded(desk: Desk, server: Server) -> None:
    listing_id = desk.published()
    for title in ("One", "Two", "Three"):
        desk.commands.edit(listing_id, {"title": title})
    desk.commands.edit(listing_id, {"active": False})
    [operation] = desk.reads.operations(0)
    assert operation.fields == ("title", "active")
    desk.engine.run_round()
    assert len(server.applied) == 1
    assert server.products[listing_id]["title"] == "Three"


def test_a_field_set_back_leaves_the_operation_and_an_empty_one_goes(desk: Desk) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New", "price": 5})
    desk.commands.edit(listing_id, {"title": "Old"})
    assert desk.reads.listing(listing_id).pending_fields == ("price",)
    desk.commands.edit(listing_id, {"price": 9.99})
    assert desk.reads.operations(0) == []
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    saved = desk.store.read(lambda db: db.value("SELECT count(edited) FROM entity"))
    assert saved == 0


def test_an_edit_that_changes_nothing_queues_nothing(desk: Desk) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "Old"})
    assert desk.reads.operations(0) == []


def test_an_edit_behind_a_frozen_one_is_based_on_it(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="A")
    desk.commands.edit(listing_id, {"title": "B"})
    desk.faults.lose_reply("push")
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "C"})
    assert [one.state for one in desk.reads.operations(0)] == [
        OperationState.SENDING,
        OperationState.QUEUED,
    ]
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "C"
    assert len(server.applied) == 2


def test_an_edit_behind_a_registration_on_its_way_follows_it(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(title="A")
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "B"})
    assert lane(desk, listing_id)[-1] == (Verb.EDIT, OperationState.QUEUED)
    assert desk.row(listing_id).title == "B"
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "B"
    assert server.inserts == [listing_id]


def test_discarding_shows_the_servers_copy_again(desk: Desk) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New"})
    desk.commands.discard_changes(listing_id)
    assert desk.row(listing_id).title == "Old"
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    with pytest.raises(Refused):
        desk.commands.discard_changes(listing_id)


def test_an_edit_that_is_on_its_way_is_not_discarded(desk: Desk) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    with pytest.raises(Refused):
        desk.commands.discard_changes(listing_id)
    assert desk.row(listing_id).title == "New"


def test_a_listing_of_an_unknown_type_is_read_only(desk: Desk, server: Server) -> None:
    server.web_create("a" * 24, productType="Hologram")
    desk.engine.run_round()
    with pytest.raises(Refused, match="Hologram"):
        desk.commands.edit("a" * 24, {"title": "New"})
