"""Stores put back from a copy: whole flows over the fake server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync.local import meta
from koda_desktop.sync.rows import ListingState, TransferState
from tests.sync.desk import Desk
from tests.sync.restoring import back_up, name_of, put_back, settle, sides


@pytest.fixture(params=[False, True], ids=["clean", "raw"])
def is_raw(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_edits_made_in_a_copy_arrive_though_their_numbers_were_given_out(
    desk: Desk, tmp_path: Path, is_raw: bool
) -> None:
    ids = [desk.published(title=f"T{n}") for n in range(3)]
    before = name_of(desk)
    copy = back_up(desk, tmp_path / "copy", is_raw=is_raw)
    for number in range(5):
        desk.commands.edit(ids[0], {"title": f"Lost future {number}"})
        assert desk.engine.run_round().is_clean

    put_back(desk, copy)
    desk.commands.edit(ids[0], {"price": 3})
    desk.commands.edit(ids[1], {"title": "New"})
    draft = desk.draft(title="New draft")
    desk.commands.publish([draft])
    settle(desk)

    assert desk.server.products[ids[0]]["title"] == "Lost future 4"
    assert desk.server.products[ids[0]]["price"] == 3
    assert desk.server.products[ids[1]]["title"] == "New"
    assert desk.server.products[draft]["title"] == "New draft"
    assert desk.row(draft).state is ListingState.PUBLISHED
    assert name_of(desk) != before
    assert desk.store.read(lambda db: meta(db, "incarnation")) == "2"


def test_a_number_below_the_highest_that_was_given_out_is_noticed_too(
    desk: Desk, tmp_path: Path, is_raw: bool
) -> None:
    first = desk.published(title="First")
    draft = desk.draft(title="Draft")
    desk.commands.publish([draft])
    desk.faults.refuse("request_upload", ServerDown("Down."), once=True)
    desk.commands.edit(first, {"title": "Edited"})
    # The edit has the higher number and arrives; the registration waits behind its upload.
    desk.engine.run_round()
    assert desk.server.products[first]["title"] == "Edited"
    assert draft not in desk.server.products
    before, copy = name_of(desk), back_up(desk, tmp_path / "copy", is_raw=is_raw)
    settle(desk)
    assert draft in desk.server.products

    put_back(desk, copy)
    desk.commands.edit(draft, {"title": "New"})
    settle(desk)
    assert name_of(desk) != before
    assert sides(desk, draft) == {"title": ("New", "Draft")}


def test_the_same_field_changed_in_the_lost_future_is_a_conflict(
    desk: Desk, tmp_path: Path, is_raw: bool
) -> None:
    listing_id = desk.published()
    copy = back_up(desk, tmp_path / "copy", is_raw=is_raw)
    desk.commands.edit(listing_id, {"title": "Lost future"})
    desk.engine.run_round()
    put_back(desk, copy)
    desk.commands.edit(listing_id, {"title": "New"})
    settle(desk)
    assert desk.server.products[listing_id]["title"] == "Lost future"
    assert sides(desk, listing_id) == {"title": ("New", "Lost future")}


def test_an_edit_that_waited_in_the_copy_and_was_changed_before_it_went_out_is_merged(
    desk: Desk, tmp_path: Path, is_raw: bool
) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "Waited", "price": 4})
    copy = back_up(desk, tmp_path / "copy", is_raw=is_raw)
    desk.commands.edit(listing_id, {"title": "Changed"})
    desk.engine.run_round()
    put_back(desk, copy)
    desk.commands.edit(listing_id, {"tags": ["new"]})
    settle(desk)
    document = desk.server.products[listing_id]
    assert (document["title"], document["price"], document["tags"]) == ("Changed", 4, ["new"])
    assert sides(desk, listing_id) == {"title": ("Waited", "Changed")}


def test_an_edit_that_was_frozen_in_the_copy_is_not_done_twice(
    desk: Desk, tmp_path: Path, is_raw: bool
) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "Sent"})
    desk.faults.lose_reply("push")
    desk.engine.run_round()
    copy = back_up(desk, tmp_path / "copy", is_raw=is_raw)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"price": 3})
    desk.engine.run_round()
    desk.server.web_edit(listing_id, title="From the web")
    put_back(desk, copy)
    desk.commands.edit(listing_id, {"tags": ["new"]})
    settle(desk)
    document = desk.server.products[listing_id]
    assert (document["title"], document["price"], document["tags"]) == (
        "From the web",
        3,
        ["new"],
    )


@pytest.mark.parametrize("was_queued", [False, True])
def test_a_draft_that_was_published_in_the_lost_future_is_adopted(
    desk: Desk, tmp_path: Path, is_raw: bool, was_queued: bool
) -> None:
    listing_id = desk.draft(title="Draft")
    if was_queued:
        desk.commands.publish([listing_id])
    copy = back_up(desk, tmp_path / "copy", is_raw=is_raw)
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().is_clean
    desk.commands.edit(listing_id, {"title": "Edited later", "price": 7})
    assert desk.engine.run_round().is_clean

    put_back(desk, copy)
    if not was_queued:
        desk.commands.edit(listing_id, {"price": 3})
        desk.commands.publish([listing_id])
    settle(desk)
    mine = 9.99 if was_queued else 3
    assert sides(desk, listing_id) == {"title": ("Draft", "Edited later"), "price": (mine, 7)}
    assert desk.reads.listing(listing_id).document["title"] == "Draft"
    assert desk.server.products[listing_id]["price"] == 7
    assert {one.state for one in desk.reads.transfers()} <= {
        TransferState.DONE,
        TransferState.CANCELLED,
    }


def test_edits_behind_a_publication_that_gives_way_are_kept(desk: Desk, tmp_path: Path) -> None:
    listing_id = desk.draft(title="Draft")
    copy = back_up(desk, tmp_path / "copy")
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().is_clean
    put_back(desk, copy)
    desk.commands.publish([listing_id])
    desk.faults.refuse("register", ServerDown("Down."))
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "While it was being registered"})
    desk.faults.heal()
    settle(desk)
    assert sides(desk, listing_id) == {"title": ("While it was being registered", "Draft")}


def test_a_listing_of_another_account_under_this_id_still_refuses(desk: Desk) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("register", ServerDown("Down."), once=True)
    desk.engine.run_round()
    desk.server.web_create(listing_id, sellerId="5e11e20000000000000000bb")
    desk.engine.run_round()
    assert desk.row(listing_id).message == "Another account’s listing has this id."
    assert desk.reads.listing(listing_id).is_at_server is False


# -- no false alarm --


def unchanged(desk: Desk, work: Callable[[], None]) -> None:
    before = name_of(desk)
    work()
    desk.reopen()
    settle(desk)
    desk.reopen()
    settle(desk)
    assert name_of(desk) == before


def test_an_ordinary_restart_keeps_the_name(desk: Desk) -> None:
    listing_id = desk.published()

    def work() -> None:
        desk.commands.edit(listing_id, {"title": "Edited"})
        desk.engine.run_round()
        desk.commands.edit(listing_id, {"title": "Waits"})

    unchanged(desk, work)


def test_an_empty_server_keeps_the_name(desk: Desk) -> None:
    unchanged(desk, lambda: None)


@pytest.mark.parametrize("what", ["parked", "discarded", "taken back", "deleted"])
def test_work_that_ended_otherwise_keeps_the_name(desk: Desk, what: str) -> None:
    listing_id = desk.published()

    def work() -> None:
        desk.commands.edit(listing_id, {"title": "Mine"})
        if what == "taken back":
            desk.server.web_edit(listing_id, title="Theirs")
        elif what == "deleted":
            desk.server.web_delete(listing_id)
        else:
            desk.faults.refuse("push", Refused("No."), once=True)
        desk.engine.run_round()
        if what == "parked":
            desk.commands.retry(listing_id)
        if what == "discarded":
            desk.commands.discard_changes(listing_id)

    unchanged(desk, work)


@pytest.mark.parametrize("call", ["push", "register", "request_upload", "read_back"])
def test_a_crash_between_the_server_and_the_store_keeps_the_name(desk: Desk, call: str) -> None:
    listing_id = desk.published()

    def work() -> None:
        desk.commands.edit(listing_id, {"title": "Mine"})
        desk.commands.publish([desk.draft(title="Another")])
        desk.faults.lose_reply(call)
        desk.engine.run_round()

    unchanged(desk, work)
