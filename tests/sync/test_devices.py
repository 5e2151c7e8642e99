"""Stores put back from a copy: whole flows over the fake server, then random histories."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync import devices, edits, outbox
from koda_desktop.sync.local import meta
from koda_desktop.sync.rows import ListingState, OperationState, TransferState
from koda_desktop.sync.store.invariants import check_invariants
from tests.sync.desk import Desk
from tests.sync.engine.test_machine import CHANGES, SyncMachine

ENDINGS = ("", "-wal", "-shm")


def back_up(desk: Desk, copy: Path, *, is_raw: bool = False) -> Path:
    """Copy the store: closed, as a person would, or with its WAL while it is in use."""
    if not is_raw:
        desk.close()
    copy.mkdir()
    for ending in ENDINGS:
        file = desk.folder / f"store.sqlite{ending}"
        if file.exists():
            shutil.copy(file, copy)
    if not is_raw:
        desk.reopen()
    return copy


def put_back(desk: Desk, copy: Path) -> None:
    desk.close()
    for ending in ENDINGS:
        file = desk.folder / f"store.sqlite{ending}"
        file.unlink(missing_ok=True)
        if (copy / file.name).exists():
            shutil.copy(copy / file.name, file)
    desk.reopen()


def name_of(desk: Desk) -> str:
    return desk.store.read(devices.device_id)


def settle(desk: Desk) -> None:
    """Sync until nothing moves; only open conflicts may be left, and nothing happened twice."""
    for _ in range(3):
        report = desk.engine.run_round()
    assert report.problem is None
    assert report.waiting == 0
    assert {one.error and one.error["code"] for one in report.parked} <= {"conflict"}
    server = desk.server
    for counted in (server.applied, server.inserts, server.puts):
        assert all(times == 1 for times in Counter(counted).values())
    assert desk.store.read(lambda db: check_invariants(db, desk.staging)) == ()


def sides(desk: Desk, listing_id: str) -> dict[str, tuple[object, object]]:
    """Mine and theirs of each field in conflict."""
    lane = desk.store.read(lambda db: edits.of_lane(outbox.lane(db, listing_id)))
    found = edits.sides_of(lane.conflict) if lane.conflict else {}
    return {name: (one.get("mine"), one.get("theirs")) for name, one in found.items()}


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
    assert desk.row(listing_id).message == "Another account's listing has this id."
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


# -- random histories --


class RestoreMachine(SyncMachine):
    """The sync machine, with copies of the store taken and put back at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.copies = Path(tempfile.mkdtemp(prefix="koda-copies-"))
        self.saved: tuple[Path, list[str], dict[tuple[str, str], object]] | None = None
        self.count = 0
        self.was_restored = False

    def teardown(self) -> None:
        try:
            super().teardown()
        finally:
            shutil.rmtree(self.copies)

    @precondition(lambda self: self.ids)
    @rule(data=st.data(), changes=CHANGES)
    def edit(self, data: st.DataObject, changes: dict[str, Any]) -> None:
        """A title that nobody gave before: where it is, it was not lost."""
        self.count += 1
        listing_id = data.draw(st.sampled_from(self.ids))
        changes = {**changes, "title": f"Title {self.count}"}
        self.desk.commands.edit(listing_id, changes)
        self.last_edit |= {(listing_id, name): value for name, value in changes.items()}

    @rule(is_raw=st.booleans())
    def back_up(self, is_raw: bool) -> None:
        self.count += 1
        copy = back_up(self.desk, self.copies / str(self.count), is_raw=is_raw)
        self.saved = copy, list(self.ids), dict(self.last_edit)

    @precondition(lambda self: self.saved is not None)
    @rule()
    def put_back(self) -> None:
        """What was only here since the copy is gone with it; what arrived is not."""
        assert self.saved is not None
        copy, ids, self.last_edit = self.saved[0], list(self.saved[1]), dict(self.saved[2])
        put_back(self.desk, copy)
        self.ids = ids
        self.was_restored = True

    @invariant()
    def lanes_keep_their_order(self) -> None:
        """Each name's receipts grow; another name begins where its copy stood."""
        if not self.was_restored:
            super().lanes_keep_their_order()

    @invariant()
    def rows_are_sound(self) -> None:
        assert self.desk.store.read(lambda db: check_invariants(db, self.desk.staging)) == ()

    def settle(self) -> None:
        super().settle()
        for listing_id in self.server.products:
            assert self.desk.reads.listing(listing_id).is_at_server
        waits = {one.state for one in self.desk.reads.operations(0)}
        assert waits <= {OperationState.PARKED}


TestRestores = RestoreMachine.TestCase
TestRestores.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
