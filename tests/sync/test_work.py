"""Work that waits: shown with its values, held, let go, dropped and paused."""

from __future__ import annotations

import pytest

from koda_desktop.errors import Refused, ServerDown
from koda_desktop.sync.conflict_rows import Choice, Resolution
from koda_desktop.sync.rows import (
    FieldChange,
    ListingState,
    OperationRow,
    OperationState,
    Side,
    TransferState,
    Verb,
    Wait,
)
from koda_desktop.sync.work import WorkCommands
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


@pytest.fixture
def work(desk: Desk) -> WorkCommands:
    return WorkCommands(desk.store, desk.parts.stamps)


def waiting(desk: Desk) -> list[OperationRow]:
    return desk.reads.operations(0)


def ids(desk: Desk) -> list[str]:
    return [row.operation_id for row in waiting(desk)]


def test_an_edit_shows_its_very_values(desk: Desk) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New", "previewImageUrl": "https://a"})
    [row] = waiting(desk)
    assert row.changes == (
        FieldChange("title", Side(True, "Old"), Side(True, "New")),
        FieldChange("previewImageUrl", Side(False), Side(True, "https://a")),
    )
    assert row.wait is Wait.NOTHING


def test_a_publication_shows_its_file_its_fields_and_its_turn(desk: Desk) -> None:
    listing_id = desk.draft(data=b"12345")
    desk.commands.publish([listing_id])
    upload, register, verify = waiting(desk)
    assert upload.file is not None
    assert (upload.file.name, upload.file.size) == ("flow.json", 5)
    assert upload.file.sha256 == desk.reads.listing(listing_id).file_sha256
    assert [row.wait for row in (upload, register, verify)] == [
        Wait.NOTHING,
        Wait.TURN,
        Wait.TURN,
    ]
    shown = {change.field: change.after.value for change in register.changes}
    assert (shown["title"], shown["price"]) == ("A title", 9.99)
    desk.commands.edit(listing_id, {"title": "Better"})
    shown = {change.field: change.after.value for change in waiting(desk)[1].changes}
    assert shown["title"] == "Better"


def test_an_attempt_that_failed_says_when_the_next_is_due(desk: Desk) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    [row] = waiting(desk)
    assert (row.state, row.wait, row.attempts) == (OperationState.SENDING, Wait.ANSWER, 1)
    assert row.next_at is not None
    assert not row.can_hold
    assert not row.can_drop


def test_held_work_stays_until_it_is_let_go(desk: Desk, server: Server, work: WorkCommands) -> None:
    listing_id, other = desk.published(title="Old"), desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.commands.edit(other, {"title": "Goes"})
    assert work.hold(ids(desk)[:1]) == 1
    assert desk.row(listing_id).message == "Held back until you let it go."
    report = desk.engine.run_round()
    assert report.is_clean
    assert server.products[listing_id]["title"] == "Old"
    assert server.products[other]["title"] == "Goes"
    assert desk.reads.status().held == 1
    desk.commands.edit(listing_id, {"price": 3})
    assert [row.state for row in waiting(desk)] == [OperationState.HELD]
    assert work.let_go(ids(desk)) == 1
    desk.engine.run_round()
    assert server.products[listing_id]["title"] == "New"


def test_a_held_publication_is_held_whole(desk: Desk, server: Server, work: WorkCommands) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    assert work.hold(ids(desk)[1:2]) == 3
    assert desk.row(listing_id).state is ListingState.WAITING
    desk.engine.run_round()
    assert server.products == {}
    work.let_go(ids(desk)[:1])
    assert desk.engine.run_round().published == (listing_id,)


def test_what_joins_a_held_lane_is_held_too(desk: Desk, work: WorkCommands) -> None:
    listing_id = desk.draft(title="A")
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    assert work.hold(ids(desk)) == 1
    desk.commands.edit(listing_id, {"title": "B"})
    assert [row.state for row in waiting(desk)] == [
        OperationState.SENDING,
        OperationState.HELD,
        OperationState.HELD,
    ]


def test_a_dropped_change_shows_the_servers_value_again(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New"})
    work.drop(ids(desk))
    assert desk.row(listing_id).title == "Old"
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert waiting(desk) == []


def test_a_dropped_publication_leaves_a_draft(desk: Desk, work: WorkCommands) -> None:
    listing_id = desk.draft(data=b"kept")
    desk.commands.publish([listing_id])
    work.drop(ids(desk))
    assert desk.row(listing_id).state is ListingState.DRAFT
    assert [one.state for one in desk.reads.transfers()] == [TransferState.CANCELLED]
    assert desk.staging.has(desk.reads.listing(listing_id).file_sha256, 4)


def test_what_may_have_gone_out_is_not_dropped_and_nothing_with_it(
    desk: Desk, work: WorkCommands
) -> None:
    first, second = desk.published(title="A"), desk.published(title="B")
    desk.commands.edit(first, {"title": "A2"})
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    desk.commands.edit(second, {"title": "B2"})
    with pytest.raises(Refused, match="may have gone out"):
        work.drop(reversed_ids(desk))
    assert desk.row(second).title == "B2"
    with pytest.raises(Refused, match="gone out"):
        work.drop(["no-such-operation"])


def reversed_ids(desk: Desk) -> list[str]:
    return ids(desk)[::-1]


def test_a_conflict_is_settled_not_dropped(desk: Desk, server: Server, work: WorkCommands) -> None:
    listing_id = desk.published(title="Base")
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, title="Theirs")
    desk.engine.run_round()
    [row] = waiting(desk)
    assert (row.is_conflict, row.can_drop, row.wait) == (True, False, Wait.PERSON)
    with pytest.raises(Refused, match="conflict"):
        work.drop([row.operation_id])
    work.resolve([Resolution(listing_id, "title", Choice.THEIRS)])
    assert waiting(desk) == []


def test_nothing_goes_out_while_sending_is_paused(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New"})
    work.pause_sending(True)
    server.web_create("a" * 24)
    desk.engine.run_round()
    assert server.products[listing_id]["title"] == "Old"
    assert desk.row("a" * 24).title == "From the web"
    assert [row.wait for row in waiting(desk)] == [Wait.PAUSED]
    assert desk.reads.status().is_paused
    work.pause_sending(False)
    desk.engine.run_round()
    assert server.products[listing_id]["title"] == "New"


def test_a_page_of_activity_counts_all_and_reads_what_is_asked(
    desk: Desk, work: WorkCommands
) -> None:
    for listing_id in [desk.published(title="Old") for _ in range(3)]:
        desk.commands.edit(listing_id, {"title": "New"})
    work.hold(ids(desk)[:1])
    page = desk.reads.activity(2, 4)
    assert (len(page.waiting), page.waiting_total, page.held_total) == (2, 3, 1)
    assert (len(page.done), page.done_total) == (4, 9)
    assert [row.verb for row in page.done[:3]] == [Verb.VERIFY, Verb.REGISTER, Verb.UPLOAD]
