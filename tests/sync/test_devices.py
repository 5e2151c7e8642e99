"""Stores put back from a copy: whole flows over the fake server, then random histories."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync import devices, edits, outbox
from koda_desktop.sync.local import meta
from koda_desktop.sync.rows import ListingState, TransferState
from koda_desktop.sync.store.invariants import check_invariants
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

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

CALLS = ("push", "register", "request_upload", "put", "read_back")
LISTINGS = 3
EDITS = st.tuples(
    st.just("edit"), st.integers(0, LISTINGS - 1), st.sampled_from(["title", "description"])
)
ACTIONS = st.one_of(
    EDITS,
    EDITS,
    st.tuples(
        st.just("web"), st.integers(0, LISTINGS - 1), st.sampled_from(["title", "description"])
    ),
    st.tuples(st.sampled_from(["publish", "retry"]), st.integers(0, LISTINGS - 1)),
    st.tuples(st.just("sync")),
    st.tuples(st.just("lose"), st.sampled_from(CALLS)),
    st.tuples(st.just("crash"), st.integers(1, 8)),
)
HISTORY = st.lists(ACTIONS, max_size=6)


class Crash(BaseException):
    """The process is gone: nothing after it runs, and memory is lost."""


class Timeline:
    """A seller's days. Every value is given once, so that where it is seen, it was not lost."""

    def __init__(self, folder: Path) -> None:
        self._count = 0
        self._left: int | None = None
        self.reached: set[str] = set()
        """Every value that was at the server at some moment."""
        self.server = Server()
        self.desk = Desk(folder / "desk", self.server, on_step=self._note)
        self.ids = [self.desk.draft(title=f"T{n}") for n in range(LISTINGS)]
        self.desk.commands.publish(self.ids[:1])
        self.desk.engine.run_round()
        self.accepted: dict[tuple[str, str], str] = {}
        """The last value that was accepted here for a field, as far as this timeline goes."""

    def live(self, history: list[tuple[Any, ...]]) -> None:
        for action in history:
            self._do(action)
            self._see()

    def _do(self, action: tuple[Any, ...]) -> None:
        match action:
            case "edit", number, field:
                self._edit(self.ids[number], field)
            case "web", number, field if self.ids[number] in self.server.products:
                self.server.web_edit(self.ids[number], **{field: self._value()})
            case "publish", number:
                self.desk.commands.publish([self.ids[number]])
            case "retry", number:
                self.desk.commands.retry(self.ids[number])
            case "lose", call:
                self.desk.faults.lose_reply(call)
                self.desk.engine.run_round()
                self.desk.faults.heal()
            case "crash", step:
                self._crash(step)
            case _:
                self.desk.engine.run_round()

    def _see(self) -> None:
        for document in self.server.products.values():
            self.reached |= {document["title"], document["description"]}

    def _note(self, _: str) -> None:
        self._see()
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                raise Crash

    def _value(self) -> str:
        self._count += 1
        return f"Value {self._count}"

    def _edit(self, listing_id: str, field: str) -> None:
        value = self._value()
        self.desk.commands.edit(listing_id, {field: value})
        self.accepted[listing_id, field] = value

    def _crash(self, step: int) -> None:
        self._left = step
        try:
            self.desk.engine.run_round()
        except Crash:
            self.desk.reopen()
        self._left = None

    def check(self) -> None:
        """What was accepted is in the row, which shows it until it is settled, or it arrived."""
        settle(self.desk)
        for (listing_id, field), value in self.accepted.items():
            shown = self.desk.reads.listing(listing_id).document[field]
            assert shown == value or value in self.reached
        for listing_id, document in self.server.products.items():
            detail = self.desk.reads.listing(listing_id)
            assert detail.is_at_server
            for field in {"title", "description"} - {*detail.pending_fields}:
                assert detail.document[field] == document[field]


@given(before=HISTORY, lost=HISTORY, after=HISTORY, raw=st.booleans(), again=st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_happened_around_a_copy_nothing_is_lost_or_done_twice(
    before: list[tuple[Any, ...]],
    lost: list[tuple[Any, ...]],
    after: list[tuple[Any, ...]],
    raw: bool,
    again: bool,
) -> None:
    """What was only here since the copy is gone with it; all else is kept. ``again``: put back
    twice.
    """
    folder = Path(tempfile.mkdtemp(prefix="koda-copies-"))
    time = Timeline(folder)
    try:
        time.live(before)
        copy = back_up(time.desk, folder / "copy", is_raw=raw)
        accepted = dict(time.accepted)
        for future in (lost, after) if again else (lost,):
            time.live(future)
            put_back(time.desk, copy)
            time.accepted = dict(accepted)
        time.live(after)
        time.check()
    finally:
        time.desk.close()
        shutil.rmtree(folder)
