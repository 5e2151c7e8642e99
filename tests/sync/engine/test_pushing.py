from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

import pytest

from koda_desktop.errors import KodaError, NotAllowed, ServerDown
from koda_desktop.marketplace.api import Actor, Edit, EditAnswer, EditResult
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.engine import applying
from koda_desktop.sync.merge import WEB_APPLICATION
from koda_desktop.sync.rows import ListingState, OperationState, Verb
from tests.sync import asking
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import ACTOR, FakeMarketplace, Server


def test_a_lost_reply_changes_the_server_once(desk: Desk, server: Server) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.lose_reply("push")
    assert desk.engine.run_round().waiting == 1
    desk.reopen()
    assert desk.engine.run_round().is_clean
    assert len(server.applied) == 1


def test_edits_of_different_fields_merge_at_the_server(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, price=77)
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (document["title"], document["price"]) == ("Mine", 77)
    assert desk.row(listing_id).price_minor == 7700


def test_the_same_change_on_both_sides_is_no_conflict(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "Same"})
    server.web_edit(listing_id, title="Same")
    assert desk.engine.run_round().is_clean
    assert server.applied == []
    assert desk.row(listing_id).state is ListingState.PUBLISHED


def test_a_server_owned_field_follows_the_server(desk: Desk, server: Server) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, averageRating=4.5, reviewCount=2)
    assert desk.engine.run_round().is_clean
    assert desk.reads.listing(listing_id).document["averageRating"] == 4.5


def conflicted(desk: Desk, server: Server) -> str:
    listing_id = desk.published(title="Base")
    desk.commands.edit(listing_id, {"title": "Mine", "price": 3})
    server.web_edit(listing_id, title="Theirs")
    desk.engine.run_round()
    return listing_id


def test_a_conflict_keeps_all_three_values_and_the_other_fields_go(
    desk: Desk, server: Server
) -> None:
    listing_id = conflicted(desk, server)
    assert server.products[listing_id]["price"] == 3
    assert server.products[listing_id]["title"] == "Theirs"
    detail = desk.reads.listing(listing_id)
    assert (detail.row.state, detail.row.title) == (ListingState.CONFLICT, "Mine")
    assert detail.error is not None
    [(name, sides)] = detail.error["facts"]["fields"].items()
    assert name == "title"
    assert (sides["base"], sides["mine"], sides["theirs"]) == ("Base", "Mine", "Theirs")
    assert sides["theirs_by"] == WEB_APPLICATION
    assert detail.pending_fields == ("title",)


def test_an_open_conflict_holds_up_nothing_and_survives_everything(
    desk: Desk, server: Server
) -> None:
    listing_id = conflicted(desk, server)
    desk.commands.edit(listing_id, {"price": 4})
    desk.commands.retry(listing_id)
    desk.reopen()
    report = desk.engine.run_round()
    assert server.products[listing_id]["price"] == 4
    assert [one.state for one in report.parked] == [OperationState.PARKED]
    server.web_edit(listing_id, title="Theirs again")
    desk.engine.run_round()
    detail = desk.reads.listing(listing_id)
    assert detail.error is not None
    sides = detail.error["facts"]["fields"]["title"]
    assert (sides["base"], sides["mine"], sides["theirs"]) == ("Base", "Mine", "Theirs again")
    assert sides["theirs_at"] == server.products[listing_id]["updatedAt"]
    assert server.products[listing_id]["title"] == "Theirs again"


@pytest.mark.parametrize("choice", ["Mine", "Theirs", "Both"])
def test_setting_the_field_settles_the_conflict(desk: Desk, server: Server, choice: str) -> None:
    listing_id = conflicted(desk, server)
    desk.commands.edit(listing_id, {"title": choice})
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == choice
    assert desk.row(listing_id).state is ListingState.PUBLISHED


def test_discarding_takes_the_servers_value(desk: Desk, server: Server) -> None:
    listing_id = conflicted(desk, server)
    desk.commands.discard_changes(listing_id)
    assert desk.row(listing_id).title == "Theirs"
    assert desk.engine.run_round().is_clean


def test_a_conflict_ends_when_the_server_goes_back(desk: Desk, server: Server) -> None:
    listing_id = conflicted(desk, server)
    server.web_edit(listing_id, title="Base")
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "Mine"


def test_a_settled_conflict_can_arise_anew(desk: Desk, server: Server) -> None:
    listing_id = conflicted(desk, server)
    desk.commands.edit(listing_id, {"title": "Both"})
    server.web_edit(listing_id, title="Theirs again")
    desk.engine.run_round()
    error: Any = desk.reads.listing(listing_id).error
    assert error["facts"]["fields"]["title"]["mine"] == "Both"
    assert server.products[listing_id]["title"] == "Theirs again"


def test_a_person_is_told_of_a_listing_that_is_gone_and_makes_a_draft_of_it_that_keeps_the_edit(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "New"})
    server.products.clear()
    [parked] = desk.engine.run_round().parked
    assert parked.listing_id == listing_id
    assert desk.row(listing_id).message == "The marketplace has this listing no more."
    desk.commands.retry(listing_id)
    assert len(desk.engine.run_round().parked) == 1
    desk.commands.discard_changes(listing_id)
    assert desk.row(listing_id).state is ListingState.DRAFT
    assert desk.row(listing_id).title == "New"
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().published == (listing_id,)
    assert server.products[listing_id]["title"] == "New"


def test_a_refused_edit_parks_its_lane_alone_and_can_be_changed(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = desk.published(), desk.published()
    desk.commands.edit(bad, {"title": "Forbidden word"})
    desk.commands.edit(good, {"title": "Fine"})
    push = FakeMarketplace.push

    def judged(self: FakeMarketplace, actor: Actor, edits: list[Edit]) -> tuple[EditAnswer, ...]:
        sound = [one for one in edits if one.changes.get("title") != "Forbidden word"]
        answers = iter(push(self, actor, sound))
        refusal = EditAnswer(EditResult.REFUSED, error=NotAllowed("Not this word.").as_json())
        return tuple(next(answers) if one in sound else refusal for one in edits)

    monkeypatch.setattr(FakeMarketplace, "push", judged)
    [parked] = desk.engine.run_round().parked
    assert parked.listing_id == bad
    assert desk.row(bad).state is ListingState.REFUSED
    assert server.products[good]["title"] == "Fine"
    assert desk.engine.run_round().sent == 0
    desk.commands.edit(bad, {"price": 5})
    assert desk.row(bad).state is ListingState.WAITING
    desk.commands.edit(bad, {"title": "Kind word"})
    assert desk.engine.run_round().is_clean
    document = server.products[bad]
    assert (document["title"], document["price"]) == ("Kind word", 5)


def test_a_refused_batch_parks_every_lane_in_it(desk: Desk, server: Server) -> None:
    first, second = desk.published(), desk.published()
    for listing_id in (first, second):
        desk.commands.edit(listing_id, {"title": "New"})
    server.users.documents["5e11e20000000000000000aa"]["isBanned"] = True
    report = desk.engine.run_round()
    assert {one.listing_id for one in report.parked} == {first, second}
    server.users.documents["5e11e20000000000000000aa"]["isBanned"] = False
    desk.commands.retry(first)
    assert desk.engine.run_round().sent == 1


def test_what_was_edited_behind_a_refused_edit_is_kept_with_it(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Old")
    desk.commands.edit(listing_id, {"title": "One"})
    desk.faults.refuse("push", ServerDown("Down."), once=True)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "Two", "price": 2})
    server.users.documents["5e11e20000000000000000aa"]["isBanned"] = True
    desk.engine.run_round()
    [operation] = desk.reads.operations(0)
    assert operation.fields == ("title", "price")
    server.users.documents["5e11e20000000000000000aa"]["isBanned"] = False
    desk.commands.retry(listing_id)
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "Two"


def test_many_edits_go_out_in_batches(desk: Desk, server: Server) -> None:
    ids = [f"{number:024x}" for number in range(1, 702)]
    for listing_id in ids:
        server.web_create(listing_id)
    desk.engine.run_round()
    for listing_id in ids:
        desk.commands.edit(listing_id, {"price": 8})
    desk.faults.calls.clear()
    assert desk.engine.run_round().sent == 701
    assert desk.faults.calls.count("push") == 2
    assert {document["price"] for document in server.products.values()} == {8}


def test_a_listing_that_never_holds_still_waits_for_the_next_round(
    desk: Desk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "Mine"})
    push = FakeMarketplace.push
    pushes: list[int] = []

    def moving(self: FakeMarketplace, actor: Actor, edits: list[Edit]) -> tuple[EditAnswer, ...]:
        pushes.append(len(edits))
        document = server.products[edits[0].listing_id]
        return (EditAnswer(EditResult.MOVED, dict(document)),)

    monkeypatch.setattr(FakeMarketplace, "push", moving)
    report = desk.engine.run_round()
    assert (len(pushes), report.waiting) == (3, 1)
    assert report.problem is not None
    monkeypatch.setattr(FakeMarketplace, "push", push)
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "Mine"


def test_an_edit_whose_answer_nobody_can_read_is_done_and_the_listing_is_set_apart(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="Before")
    desk.commands.edit(listing_id, {"title": "After"})
    real = server.collection.edit

    def edit(edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        refused = real(edits)
        server.web_edit(listing_id, price="a lot")
        return refused

    with mock.patch.object(server.collection, "edit", edit):
        report = desk.engine.run_round()
    assert (report.problem, report.parked, report.waiting) == (None, (), 0)
    assert desk.row(listing_id).title == "After"
    assert desk.store.read(applying.quarantined) == 1
    server.web_edit(listing_id, price=7)
    desk.engine.run_round()
    assert desk.reads.listing(listing_id).document["price"] == 7
    assert desk.store.read(applying.quarantined) == 0


def test_an_edit_of_a_listing_nobody_can_read_is_put_aside(desk: Desk, server: Server) -> None:
    listing_id = desk.published(title="Before")
    desk.commands.edit(listing_id, {"title": "Mine"})
    server.web_edit(listing_id, title="Theirs", price="a lot")
    report = desk.engine.run_round()
    assert report.problem is None
    assert [one.error and one.error["code"] for one in report.parked] == ["refused"]
    server.web_edit(listing_id, price=7)
    desk.commands.retry(listing_id)
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.CONFLICT


def test_a_late_arrival_of_a_refused_edit_does_not_pass_for_what_is_sent_next(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="Before")
    desk.commands.edit(listing_id, {"title": "First"})
    late: list[Sequence[DocumentEdit]] = []

    def too_slow(edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        late.append(edits)
        raise ServerDown("No answer within the time.")

    with mock.patch.object(server.collection, "edit", too_slow):
        desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "Second", "price": 77})
    server.users.documents[ACTOR.user_id]["isBanned"] = True
    assert [one.verb for one in desk.engine.run_round().parked] == [Verb.EDIT]
    server.collection.edit(late[0])
    server.users.documents[ACTOR.user_id]["isBanned"] = False
    desk.commands.retry(listing_id)
    desk.engine.run_round()

    assert server.products[listing_id]["price"] == 77
    document = desk.reads.listing(listing_id).document
    assert (document["title"], document["price"]) == ("Second", 77)


def test_a_late_arrival_of_an_edit_that_moved_does_not_pass_for_what_is_sent_next(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(tags=["x"])
    desk.commands.edit(listing_id, {"tags": ["x", "mine"]})
    late: list[Sequence[DocumentEdit]] = []

    def too_slow(edits: Sequence[DocumentEdit]) -> Mapping[str, KodaError]:
        late.append(edits)
        raise ServerDown("No answer within the time.")

    with mock.patch.object(server.collection, "edit", too_slow):
        desk.engine.run_round()
    desk.commands.edit(listing_id, {"price": 77})
    server.web_edit(listing_id, tags=["x", "theirs"])

    def arrive(step: str) -> None:
        if step == "edit.done" and late:
            server.web_edit(listing_id, tags=["x"])
            server.collection.edit(late.pop())

    desk.on_step = arrive
    desk.engine.run_round()
    assert not late
    assert server.products[listing_id]["price"] == 77
    assert "mine" in server.products[listing_id]["tags"]


def test_what_waits_behind_an_edit_under_way_is_not_merged_before_its_answer(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(title="Before")
    desk.commands.edit(listing_id, {"title": "First"})
    desk.faults.refuse("push", ServerDown("Down."), once=True)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "Second"})
    server.web_edit(listing_id, price=9)
    asking.pull(desk.session(), CancelToken())
    assert desk.row(listing_id).state is ListingState.WAITING
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert server.products[listing_id]["title"] == "Second"
