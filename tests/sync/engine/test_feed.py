"""Stream, snapshot, audit and questions by id over the feed in memory."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from koda_desktop.errors import Cancelled, FeedUnsupported, NotAllowed, ServerDown
from koda_desktop.runtime.clock import from_iso
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import doubts, entities, feed_state
from koda_desktop.sync.engine import applying, auditing, boxes, pulling
from koda_desktop.sync.engine.auditing import perform_audit
from koda_desktop.sync.engine.jobs import Event, Finished, JobKind, Wake
from koda_desktop.sync.feed_state import FeedState, Mode, Snapshot
from koda_desktop.sync.local import meta
from koda_desktop.sync.merge import OTHER_DEVICE
from koda_desktop.sync.rows import Json, ListingQuery, ListingState
from koda_desktop.sync.work import WorkCommands
from tests.sync import asking
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

A, B, C = "a" * 24, "b" * 24, "c" * 24
MANY = [f"{number:024x}" for number in range(1, 31)]


def ids(desk: Desk) -> set[str]:
    return {row.id for row in desk.reads.rows(desk.reads.keys(ListingQuery()))}


def state(desk: Desk) -> FeedState:
    return desk.store.read(feed_state.load)


def pull(desk: Desk) -> int:
    return asking.pull(desk.session(), CancelToken())


def run(desk: Desk, question: pulling.Perform) -> object:
    return desk.store.write(question(desk.session(), CancelToken()))


def removed(desk: Desk) -> set[str]:
    return {row[0] for row in desk.store.read(lambda db: db.rows("SELECT id FROM removed"))}


def in_doubt(desk: Desk) -> set[str]:
    return {row[0] for row in desk.store.read(lambda db: db.rows("SELECT id FROM doubt"))}


@pytest.fixture(params=["stream", "paging"])
def mode(request: pytest.FixtureRequest, server: Server) -> str:
    server.feed.is_supported = request.param == "stream"
    return str(request.param)


def due(desk: Desk) -> None:
    """Six hours go by."""
    desk.clock.wall += timedelta(hours=7)


def test_the_stream_is_opened_before_the_snapshot_and_followed_after_it(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 2)
    monkeypatch.setattr(pulling, "FIRST_PAGES", 1)
    monkeypatch.setattr(pulling, "PAGES", 1)
    for listing_id in (A, B, C):
        server.web_create(listing_id)
    run(desk, pulling.perform_open)
    run(desk, pulling.perform_snapshot)
    # Behind the snapshot's back, and before its eyes.
    server.web_edit(A, title="Later")
    server.web_create("d" * 24)
    run(desk, pulling.perform_snapshot)
    assert state(desk).snapshot is Snapshot.DONE
    assert desk.row(A).title == "From the web"
    pull(desk)
    assert desk.row(A).title == "Later"
    assert ids(desk) == {A, B, C, "d" * 24}
    assert desk.faults.calls.count("snapshot") == 2


def test_a_snapshot_goes_on_after_a_restart(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 10)
    monkeypatch.setattr(pulling, "FIRST_PAGES", 1)
    monkeypatch.setattr(pulling, "PAGES", 1)
    for listing_id in MANY:
        server.web_create(listing_id)
    run(desk, pulling.perform_open)
    run(desk, pulling.perform_snapshot)
    desk.reopen()
    assert pull(desk) == 20
    assert ids(desk) == set(MANY)


def test_following_an_idle_stream_writes_nothing(desk: Desk, server: Server) -> None:
    server.web_create(A)
    pull(desk)
    before = state(desk)
    heard: list[object] = []
    desk.store.subscribe(heard.append)
    server.products["f" * 24] = {"_id": "f" * 24, "sellerId": "somebody else"}
    run(desk, pulling.perform_follow)
    assert state(desk) == before
    desk.clock.wall += timedelta(seconds=61)
    run(desk, pulling.perform_follow)
    assert state(desk).token != before.token
    assert heard == []


def test_rows_and_token_are_written_together(desk: Desk, server: Server) -> None:
    server.web_create(A)
    pull(desk)
    server.web_edit(A, title="B")
    token = state(desk).token
    apply = pulling.perform_follow(desk.session(), CancelToken())

    def cut(tx: Any) -> None:
        apply(tx)
        raise RuntimeError("cut")

    with pytest.raises(RuntimeError):
        desk.store.write(cut)
    assert (desk.row(A).title, state(desk).token) == ("From the web", token)
    desk.store.write(apply)
    assert desk.row(A).title == "B"
    assert state(desk).token != token


def test_a_batch_that_takes_long_is_cut_and_nothing_of_it_is_lost(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "AT_ONCE", 3)
    monkeypatch.setattr(boxes, "BOX_SECONDS", -1)
    pull(desk)
    for listing_id in MANY:
        server.web_create(listing_id)
    server.web_delete(MANY[0])
    seen: list[int] = []
    desk.on_step = lambda name: seen.append(len(ids(desk))) if name == "pull.saved" else None
    pulling.perform_follow(desk.session(), CancelToken())
    assert seen == [*range(3, 28, 3)]
    # What was the answer is lost in a crash.
    desk.on_step = lambda _: None
    desk.reopen()
    assert pull(desk) == 2
    assert ids(desk) == set(MANY[1:])


@pytest.mark.parametrize("question", [pulling.perform_page, pulling.perform_snapshot])
def test_a_page_that_takes_long_is_cut_and_nothing_of_it_is_lost(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch, question: pulling.Perform
) -> None:
    monkeypatch.setattr(boxes, "AT_ONCE", 4)
    monkeypatch.setattr(boxes, "BOX_SECONDS", -1)
    server.feed.is_supported = question is not pulling.perform_page
    for listing_id in MANY:
        server.web_create(listing_id)
    run(desk, pulling.perform_open)
    question(desk.session(), CancelToken())
    assert ids(desk) == set(MANY[:28])
    # What was the answer is lost in a crash.
    desk.reopen()
    assert pull(desk) == 2
    assert ids(desk) == set(MANY)


def test_a_pass_lasts_as_long_as_its_first_page_was_on_its_way(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 20)
    server.feed.is_supported = False
    server.web_create(A)
    pull(desk)
    for listing_id in MANY:
        server.web_create(listing_id)

    def take_seven_hours(step: str) -> None:
        """And the clock is put back by one of them meanwhile."""
        if step == "pull.read":
            desk.clock.wall += timedelta(hours=6)
            desk.clock.seconds += timedelta(hours=7).total_seconds()

    desk.on_step = take_seven_hours
    run(desk, pulling.perform_page)
    desk.on_step = lambda _: None
    [(began,)] = desk.store.read(
        lambda db: db.rows("SELECT saved_at FROM cursor WHERE stream = ?", (feed_state._PASS,))
    )
    # Each look at the clock takes a millisecond.
    assert desk.clock.now() - from_iso(began) > timedelta(hours=7, seconds=-1)


def test_a_crash_between_two_pieces_of_a_batch_skips_no_event(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boxes, "AT_ONCE", 1)
    monkeypatch.setattr(boxes, "BOX_SECONDS", -1)
    pull(desk)
    server.web_create(A)
    server.web_create(B)
    server.web_edit(A, title="Once more")
    pulling.perform_follow(desk.session(), CancelToken())
    # What was written is kept; the rest was the answer, which is lost in a crash.
    assert ids(desk) == {A}
    desk.reopen()
    run(desk, pulling.perform_follow)
    assert ids(desk) == {A, B}
    assert desk.row(A).title == "Once more"


def test_a_gap_in_the_stream_is_closed_by_an_audit(desk: Desk, server: Server) -> None:
    for listing_id in (A, B, C):
        server.web_create(listing_id)
    pull(desk)
    server.web_edit(A, title="Missed")
    server.web_delete(B)
    server.web_create("d" * 24)
    server.feed.forget()
    pull(desk)
    assert ids(desk) == {A, C, "d" * 24}
    assert desk.row(A).title == "Missed"
    assert removed(desk) == {B}
    assert state(desk).has_stream
    assert state(desk).audited_at is not None
    server.web_edit(C, title="Heard")
    pull(desk)
    assert desk.row(C).title == "Heard"


@pytest.mark.parametrize(
    ("since", "is_due"),
    [
        (timedelta(hours=5, minutes=59), False),
        (timedelta(hours=6), True),
        (timedelta(seconds=-59), False),
        (timedelta(minutes=-2), True),
        (timedelta(days=-1), True),
    ],
)
def test_when_an_audit_is_due(desk: Desk, since: timedelta, is_due: bool) -> None:
    pull(desk)
    audited_at = from_iso(state(desk).audited_at or "")
    assert state(desk).is_audit_due(audited_at + since) is is_due


def test_a_server_that_loses_its_stream_is_paged_and_followed_again_when_it_has_one(
    desk: Desk, server: Server
) -> None:
    server.web_create(A)
    pull(desk)
    server.feed.is_supported = False
    server.web_create(B)
    pull(desk)
    assert state(desk).mode is Mode.PAGING
    assert ids(desk) == {A, B}
    assert "change streams" in str(desk.store.read(lambda db: meta(db, feed_state.NOTE)))
    server.feed.is_supported = True
    server.web_create(C)
    pull(desk)
    assert state(desk).mode is Mode.STREAM
    assert ids(desk) == {A, B, C}
    assert desk.faults.calls.count("snapshot") == 2
    assert desk.store.read(lambda db: meta(db, feed_state.NOTE)) == ""


def test_a_hard_deletion_takes_a_clean_row_and_keeps_a_copy(
    desk: Desk, server: Server, mode: str
) -> None:
    server.web_create(A, title="Gone soon")
    server.web_create(B)
    pull(desk)
    server.web_delete(A)
    due(desk)
    pull(desk)
    assert ids(desk) == {B}
    [copy] = desk.store.read(lambda db: db.rows("SELECT id, doc FROM removed"))
    assert copy[0] == A
    assert "Gone soon" in copy[1]
    server.web_create(A, title="Back")
    due(desk)
    pull(desk)
    assert desk.row(A).title == "Back"
    assert removed(desk) == set()


def test_deletion_against_edit_keeps_the_edit_and_says_so(
    desk: Desk, server: Server, mode: str
) -> None:
    server.web_create(A, title="Base", price=5)
    pull(desk)
    desk.commands.edit(A, {"title": "Mine"})
    server.web_delete(A)
    due(desk)
    pull(desk)
    assert (desk.row(A).state, desk.row(A).title) == (ListingState.REFUSED, "Mine")
    [waiting] = desk.reads.operations(0)
    assert waiting.error is not None
    assert waiting.error["code"] == "not-found"
    assert waiting.fields == ("title",)
    assert removed(desk) == {A}
    WorkCommands(desk.store, desk.parts.stamps).drop([waiting.operation_id])
    assert (desk.row(A).state, desk.row(A).title) == (ListingState.DRAFT, "Mine")
    assert desk.reads.operations(0) == []


@pytest.mark.parametrize("how", ["edit", "retry"])
def test_a_change_that_is_dropped_on_its_second_way_leaves_no_listing_that_is_gone(
    desk: Desk, server: Server, how: str
) -> None:
    server.web_create(A, title="Base")
    pull(desk)
    desk.commands.edit(A, {"title": "Mine"})
    server.web_delete(A)
    pull(desk)
    assert desk.row(A).state is ListingState.REFUSED
    if how == "edit":
        desk.commands.edit(A, {"title": "Mine again"})
    else:
        desk.commands.retry(A)
    desk.commands.discard_changes(A)
    pull(desk)
    assert ids(desk) == set()
    assert removed(desk) == {A}


def test_a_deletion_heard_beside_an_edit_that_is_then_refused_is_not_forgotten(
    desk: Desk, server: Server
) -> None:
    server.web_create(A, title="Base")
    pull(desk)
    server.web_delete(A)
    run(desk, pulling.perform_follow)
    answer = pulling.perform_fetch(desk.session(), CancelToken())
    # While the answer is on its way an edit goes out.
    desk.commands.edit(A, {"title": "Mine"})
    desk.faults.refuse("push", ServerDown("Down."), once=True)
    desk.engine.run_round()
    desk.store.write(answer)
    assert in_doubt(desk) == {A}
    desk.faults.refuse("push", NotAllowed("Not now."), once=True)
    desk.engine.run_round()
    [waiting] = desk.reads.operations(0)
    assert waiting.error is not None
    assert waiting.error["code"] == "not-found"


def test_deletion_against_a_conflict_keeps_my_side_and_says_so(desk: Desk, server: Server) -> None:
    server.web_create(A, title="Base", price=5)
    pull(desk)
    desk.commands.edit(A, {"title": "Mine"})
    server.web_edit(A, title="Theirs")
    pull(desk)
    assert desk.row(A).state is ListingState.CONFLICT
    desk.commands.edit(A, {"price": 7})
    server.web_delete(A)
    pull(desk)
    assert (desk.row(A).state, desk.row(A).title) == (ListingState.REFUSED, "Mine")
    [waiting] = desk.reads.operations(0)
    assert set(waiting.fields) == {"title", "price"}


def test_an_edit_that_was_put_aside_goes_out_when_its_listing_is_back(
    desk: Desk, server: Server, mode: str
) -> None:
    server.web_create(A, title="Base", price=5)
    pull(desk)
    desk.commands.edit(A, {"title": "Mine"})
    server.web_delete(A)
    due(desk)
    pull(desk)
    server.web_create(A, title="Base", price=6)
    due(desk)
    pull(desk)
    assert desk.row(A).state is ListingState.WAITING
    desk.engine.run_round()
    assert server.products[A]["title"] == "Mine"
    assert server.products[A]["price"] == 6
    assert desk.row(A).state is ListingState.PUBLISHED


def test_a_deletion_while_an_edit_is_under_way_waits_for_its_answer(
    desk: Desk, server: Server
) -> None:
    server.web_create(A, title="Base")
    pull(desk)
    desk.commands.edit(A, {"title": "Mine"})
    desk.faults.refuse("push", ServerDown("Down."), once=True)
    desk.engine.run_round()
    server.web_delete(A)
    pull(desk)
    assert desk.row(A).state is ListingState.WAITING
    desk.engine.run_round()
    assert (desk.row(A).state, desk.row(A).title) == (ListingState.REFUSED, "Mine")


def test_a_deletion_of_somebody_elses_listing_is_nothing_to_us(desk: Desk, server: Server) -> None:
    pull(desk)
    draft = desk.draft()
    server.products[B] = {"_id": B, "sellerId": "somebody else"}
    server.web_delete(B)
    assert pull(desk) == 0
    assert ids(desk) == {draft}
    assert in_doubt(desk) == set()


def test_a_listing_that_was_given_away_goes(desk: Desk, server: Server, mode: str) -> None:
    server.web_create(A)
    pull(desk)
    server.web_edit(A, sellerId="b" * 24)
    due(desk)
    pull(desk)
    assert ids(desk) == set()
    assert removed(desk) == {A}


def test_a_writer_who_forgot_the_time_is_noticed(desk: Desk, server: Server, mode: str) -> None:
    server.web_create(A)
    # Its time puts the other one out of the overlap's reach.
    server.web_create(B, updatedAt="2027-01-01T00:00:00.000Z")
    pull(desk)
    server.products[A] = {**server.products[A], "title": "Silent"}
    if mode == "paging":
        pull(desk)
        assert desk.row(A).title == "From the web"
        due(desk)
    pull(desk)
    assert desk.row(A).title == "Silent"
    assert state(desk).snapshot is Snapshot.DONE


@pytest.mark.parametrize("is_lost", [True, False])
def test_after_a_gap_even_a_writer_who_forgot_the_time_is_noticed(
    desk: Desk, server: Server, is_lost: bool
) -> None:
    server.feed.is_supported = is_lost
    server.web_create(A)
    pull(desk)
    # The stream tells nothing of it, and neither does its time.
    dict.__setitem__(server.products, A, {**server.products[A], "title": "Unheard"})
    if is_lost:
        due(desk)
        pull(desk)
        assert desk.row(A).title == "From the web"
        server.feed.forget()
    server.feed.is_supported = True
    pull(desk)
    assert desk.row(A).title == "Unheard"
    assert state(desk).snapshot is Snapshot.DONE


def test_an_audit_asks_only_for_what_differs(desk: Desk, server: Server) -> None:
    for listing_id in MANY:
        server.web_create(listing_id)
    pull(desk)
    server.web_edit(MANY[3], title="Other")
    run(desk, perform_audit)
    assert in_doubt(desk) == {MANY[3]}
    run(desk, pulling.perform_fetch)
    assert desk.row(MANY[3]).title == "Other"
    assert in_doubt(desk) == set()


def test_an_audit_that_would_take_more_than_half_takes_nothing_and_says_so(
    desk: Desk, server: Server, mode: str
) -> None:
    for listing_id in MANY:
        server.web_create(listing_id)
    pull(desk)
    for listing_id in MANY[:16]:
        # As a restored or another database has it: nothing is told of it.
        dict.__delitem__(server.products, listing_id)
    server.web_edit(MANY[20], title="Still read")
    due(desk)
    pull(desk)
    assert ids(desk) == set(MANY)
    assert desk.row(MANY[20]).title == "Still read"
    note = desk.store.read(lambda db: meta(db, feed_state.MISSING_NOTE))
    assert note is not None
    assert "16 of your 30 listings" in note
    desk.engine.run_round()
    assert desk.reads.status().message == note
    server.web_create(MANY[0])
    due(desk)
    pull(desk)
    assert ids(desk) == {MANY[0], *MANY[16:]}
    assert desk.store.read(lambda db: meta(db, feed_state.MISSING_NOTE)) == ""


def test_what_is_missing_is_asked_for_by_name_before_it_goes(desk: Desk, server: Server) -> None:
    server.web_create(A)
    server.web_create(B)
    pull(desk)
    hidden = dict(server.products[A])
    dict.__delitem__(server.products, A)
    run(desk, perform_audit)
    assert ids(desk) == {A, B}
    dict.__setitem__(server.products, A, hidden)
    run(desk, pulling.perform_fetch)
    assert ids(desk) == {A, B}
    assert in_doubt(desk) == set()


def test_what_was_registered_during_an_audit_is_not_missing(desk: Desk, server: Server) -> None:
    server.web_create(A)
    pull(desk)
    listing_id = ""

    def publish_meanwhile(name: str) -> None:
        nonlocal listing_id
        if name == "audit.read":
            desk.on_step = lambda _: None
            listing_id = desk.published()

    desk.on_step = publish_meanwhile
    run(desk, perform_audit)
    assert in_doubt(desk) == {listing_id}
    run(desk, pulling.perform_fetch)
    assert in_doubt(desk) == set()
    assert ids(desk) == {A, listing_id}


def test_what_was_told_during_an_audit_may_be_older_than_the_audit(
    desk: Desk, server: Server
) -> None:
    server.web_create(A)
    pull(desk)
    asked = desk.store.read(entities.heard)
    before = dict(server.products[A])
    server.web_edit(A, title="In the gap")

    def tell_of_before(name: str) -> None:
        if name == "audit.read":
            row = desk.store.read(lambda db: entities.find(db, A))
            desk.store.write(lambda tx: entities.save_server_facts(tx, [_facts(row.pk, before)]))

    desk.on_step = tell_of_before
    run(desk, perform_audit)
    assert desk.store.read(entities.heard) > asked
    run(desk, pulling.perform_fetch)
    assert desk.row(A).title == "In the gap"


def _facts(pk: int, document: dict[str, Any]) -> tuple[int, str, entities.StagedFile]:
    return pk, str(document["updatedAt"]), entities.NO_FILE


def test_writes_that_become_visible_late_are_found(desk: Desk, server: Server, mode: str) -> None:
    server.web_create(A)
    pull(desk)
    document = {**server.products[A], "_id": B}
    server.collection.put_late(document)
    server.web_create(C)
    pull(desk)
    assert ids(desk) == {A, C}
    server.collection.show_late()
    pull(desk)
    assert ids(desk) == {A, B, C}


def test_a_stream_that_lags_catches_up(desk: Desk, server: Server) -> None:
    server.web_create(A)
    pull(desk)
    server.feed.hold()
    server.web_edit(A, title="Late")
    assert pull(desk) == 0
    server.feed.let_go()
    pull(desk)
    assert desk.row(A).title == "Late"


@pytest.mark.parametrize("late", ["answer", "news"])
def test_an_answer_and_the_news_of_another_change_agree_in_the_end(
    desk: Desk, server: Server, late: str
) -> None:
    listing_id = desk.published(title="A", price=1)
    desk.commands.edit(listing_id, {"title": "B"})

    def meanwhile(name: str) -> None:
        if name == "edit.sent":
            desk.on_step = lambda _: None
            server.web_edit(listing_id, price=7)
            if late == "answer":
                # The news is written while the answer of the edit, which is older, is under way.
                pull(desk)

    desk.on_step = meanwhile
    desk.engine.run_round()
    desk.engine.run_round()
    assert (desk.row(listing_id).title, desk.row(listing_id).price_minor) == ("B", 700)
    assert in_doubt(desk) == set()


def test_the_echo_of_our_own_edit_asks_for_nothing(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="A")
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "B"})
    asked: list[set[str]] = []

    def meanwhile(name: str) -> None:
        if name == "edit.sent":
            desk.on_step = lambda _: None
            run(desk, pulling.perform_follow)
            asked.append(in_doubt(desk))

    desk.on_step = meanwhile
    desk.engine.run_round()
    assert asked == [set()]
    assert desk.row(listing_id).title == "B"


def test_a_conflict_says_who_wrote_theirs_and_when(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Base")
    desk.commands.edit(listing_id, {"title": "Mine"})
    mark = {"d": {**server.products[listing_id]["_sync"]["d"], "laptop": {"s": 3, "o": "x"}}}
    server.web_edit(listing_id, title="Theirs", _sync=mark)
    then = server.products[listing_id]["updatedAt"]
    pull(desk)
    assert conflict(desk, listing_id) == {
        "base": "Base",
        "mine": "Mine",
        "theirs": "Theirs",
        "theirs_at": then,
        "theirs_by": OTHER_DEVICE,
    }
    server.web_edit(listing_id, price=50)
    pull(desk)
    assert conflict(desk, listing_id)["theirs_at"] == then
    assert conflict(desk, listing_id)["theirs_by"] == OTHER_DEVICE


def conflict(desk: Desk, listing_id: str) -> Json:
    from koda_desktop.sync import lane_parts, outbox

    lane = desk.store.read(lambda db: outbox.lane(db, listing_id))
    found = lane_parts.of_lane(lane).conflict
    assert found is not None
    return lane_parts.sides_of(found)["title"]


def test_poison_never_stops_the_stream_and_leaves_quarantine_when_it_is_repaired(
    desk: Desk, server: Server, mode: str
) -> None:
    pull(desk)
    server.web_create(A)
    server.web_create(B, **{"title": None, "$unreadable": "Its bytes cannot be read."})
    server.web_create(C, price=float("nan"))
    server.web_create("d" * 24, category="Brand new", files=[{"size": 2**70}])
    pull(desk)
    assert ids(desk) == {A}
    assert desk.store.read(applying.quarantined) == 3
    server.web_create(B)
    server.web_create(C)
    pull(desk)
    assert ids(desk) == {A, B, C}
    assert desk.store.read(applying.quarantined) == 1


@pytest.mark.parametrize(
    "question",
    [
        pulling.perform_open,
        pulling.perform_follow,
        pulling.perform_page,
        pulling.perform_snapshot,
        pulling.perform_fetch,
        perform_audit,
    ],
)
def test_a_question_that_is_stopped_asks_nothing(
    desk: Desk, server: Server, question: pulling.Perform
) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        question(desk.session(), cancel)
    assert desk.faults.calls == []


def test_a_refused_stream_is_no_fault_in_the_middle_either(desk: Desk, server: Server) -> None:
    server.web_create(A)
    pull(desk)
    desk.faults.refuse("changes", FeedUnsupported("Rights were taken."))
    server.web_edit(A, title="Paged")
    pull(desk)
    assert desk.row(A).title == "Paged"


def test_many_stamps_come_page_by_page(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "STAMPS", 7)
    for listing_id in MANY:
        server.web_create(listing_id)
    pull(desk)
    server.web_delete(MANY[-1])
    run(desk, perform_audit)
    assert in_doubt(desk) == {MANY[-1]}
    assert desk.store.read(doubts.any_waiting)


def test_the_core_rests_while_a_question_is_out(desk: Desk, server: Server) -> None:
    core = desk.core()
    event: Event = Wake(is_asked=True)
    kinds = []
    for _ in range(3):
        [job] = core.step(event)
        assert core.due_in() > 0
        kinds.append(job.kind)
        event = Finished(job, job.work())
    assert kinds == [JobKind.CONNECT, JobKind.FOLLOW, JobKind.FOLLOW]
