"""Another file for a published listing: sent once, proved, in conflict with others', taken back."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from koda_desktop.errors import InputError, Refused, ServerDown
from koda_desktop.sync import outbox, revision_rows
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import SetKind
from koda_desktop.sync.conflict_rows import Choice, Resolution
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import ListingQuery, ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.work import WorkCommands
from tests.sync.desk import Desk, inspection
from tests.sync.fake_marketplace import Server

OLD, NEW, THEIRS = b"the first file", b"the second file", b"a file of the web's"


def revise(desk: Desk, listing_id: str, data: bytes = NEW, version: str = "1.1.0") -> None:
    desk.commands.revise(listing_id, inspection(data), version, "Changed.")


def lane(desk: Desk, listing_id: str) -> list[Operation]:
    return desk.store.read(lambda db: outbox.lane(db, listing_id))


def verbs(desk: Desk, listing_id: str) -> list[Verb]:
    return [one.verb for one in lane(desk, listing_id)]


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def web_file(server: Server, listing_id: str, data: bytes = THEIRS, version: str = "2.0.0") -> None:
    """The web application gives the listing another file."""
    server.bucket.put("web-key", data)
    file = {"key": "web-key", "size": len(data), "sha256": sha256(data), "name": "web.json"}
    server.web_edit(listing_id, fileUrl="web-key", files=[file], version=version)


def revised_once(desk: Desk, server: Server, listing_id: str) -> None:
    document = server.products[listing_id]
    assert server.objects[document["fileUrl"]] == NEW
    assert document["version"] == "1.1.0"
    assert len(server.applied) == 1
    assert len(server.puts) == len(server.objects) == 2
    detail = desk.reads.listing(listing_id)
    assert (detail.row.state, detail.document) == (ListingState.PUBLISHED, document)
    assert detail.file_sha256 == sha256(NEW)
    assert detail.inspection
    assert detail.inspection["sha256"] == sha256(NEW)
    assert lane(desk, listing_id) == []
    assert not check_store(desk.folder / "store.sqlite")


def test_a_new_file_is_sent_set_and_read_back(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    first = server.products[listing_id]["fileUrl"]
    revise(desk, listing_id)
    assert verbs(desk, listing_id) == [Verb.UPLOAD, Verb.REVISE, Verb.VERIFY]
    row = desk.row(listing_id)
    assert (row.state, row.version) == (ListingState.WAITING, "1.1.0")
    assert desk.reads.listing(listing_id).file_sha256 == sha256(OLD)
    report = desk.engine.run_round()
    assert (report.is_clean, report.published) == (True, (listing_id,))
    revised_once(desk, server, listing_id)
    assert server.objects[first] == OLD
    assert desk.carrier is not None
    assert {one.state for one in desk.reads.transfers()} == {TransferState.DONE}


@pytest.mark.parametrize("call", ["request_upload", "put", "revise", "read_back", "digest"])
@pytest.mark.parametrize("is_lost", [True, False], ids=["reply lost", "never arrived"])
def test_whatever_fails_once_it_is_revised_once(
    desk: Desk, server: Server, call: str, is_lost: bool
) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    if is_lost:
        desk.faults.lose_reply(call)
    else:
        desk.faults.refuse(call, ServerDown("Down."), once=True)
    assert desk.engine.run_round().problem is not None
    desk.reopen()
    assert desk.engine.run_round().is_clean
    revised_once(desk, server, listing_id)


def test_a_frozen_revision_goes_out_again_as_it_was(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    desk.faults.refuse("revise", ServerDown("Down."), once=True)
    desk.engine.run_round()
    [frozen] = [one for one in lane(desk, listing_id) if one.verb is Verb.REVISE]
    assert frozen.is_frozen
    desk.commands.edit(listing_id, {"version": "1.2.0", "title": "Later"})
    with pytest.raises(Refused, match="on its way"):
        revise(desk, listing_id, b"a third", "3.0.0")
    with pytest.raises(Refused, match="on its way"):
        desk.commands.withdraw(listing_id)
    [again] = [one for one in lane(desk, listing_id) if one.verb is Verb.REVISE]
    assert again.payload == frozen.payload
    desk.reopen()
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (document["version"], document["title"]) == ("1.2.0", "Later")
    assert server.objects[document["fileUrl"]] == NEW


def test_other_fields_go_before_it_and_a_version_goes_with_it(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    desk.commands.edit(listing_id, {"title": "T", "version": "1.0.5"})
    revise(desk, listing_id)
    assert verbs(desk, listing_id) == [Verb.EDIT, Verb.UPLOAD, Verb.REVISE, Verb.VERIFY]
    desk.commands.edit(listing_id, {"version": "4.0.0", "price": 3})
    assert desk.row(listing_id).version == "4.0.0"
    assert lane(desk, listing_id)[0].changes == {"title": "T", "price": 3}
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (document["title"], document["price"], document["version"]) == ("T", 3, "4.0.0")
    assert server.collection.replaced[-1][1]["version"] == "1.0.0"


def test_a_file_revised_elsewhere_is_a_conflict_with_three_sides(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    desk.commands.edit(listing_id, {"title": "Mine"})
    web_file(server, listing_id)
    desk.engine.run_round()
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.CONFLICT
    assert server.products[listing_id]["title"] == "Mine"
    assert server.products[listing_id]["fileUrl"] == "web-key"
    [row] = desk.reads.conflicts()
    assert row.field == "file"
    sides = [row.base.value, row.mine.value, row.theirs.value]
    assert [one["sha256"] for one in sides] == [sha256(OLD), sha256(NEW), sha256(THEIRS)]
    assert [one["version"] for one in sides] == ["1.0.0", "1.1.0", "2.0.0"]
    assert row.theirs_by == "the web application"
    assert not check_store(desk.folder / "store.sqlite")


def in_conflict(desk: Desk, server: Server) -> str:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    web_file(server, listing_id)
    desk.engine.run_round()
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.CONFLICT
    return listing_id


def settle(desk: Desk, listing_id: str, choice: Choice) -> None:
    work = WorkCommands(desk.store, Stamps(desk.clock))
    work.resolve([Resolution(listing_id, "file", choice)])


def test_mine_is_sent_over_what_was_seen(desk: Desk, server: Server) -> None:
    listing_id = in_conflict(desk, server)
    settle(desk, listing_id, Choice.MINE)
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (server.objects[document["fileUrl"]], document["version"]) == (NEW, "1.1.0")
    assert server.objects["web-key"] == THEIRS


def test_theirs_takes_the_marketplaces_file(desk: Desk, server: Server) -> None:
    listing_id = in_conflict(desk, server)
    settle(desk, listing_id, Choice.THEIRS)
    assert lane(desk, listing_id) == []
    detail = desk.reads.listing(listing_id)
    assert (detail.file_sha256, detail.row.version) == (sha256(THEIRS), "2.0.0")
    assert detail.inspection is None
    assert server.products[listing_id]["fileUrl"] == "web-key"
    with pytest.raises(Refused, match="between two files"):
        WorkCommands(desk.store, Stamps(desk.clock)).undo_resolve()
    ChangeSets(desk.store, desk.staging, Stamps(desk.clock)).undo()
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (server.objects[document["fileUrl"]], document["version"]) == (NEW, "1.1.0")


@pytest.mark.parametrize("choice", [Choice.BOTH, Choice.VALUE])
def test_of_two_files_one_is_chosen(desk: Desk, server: Server, choice: Choice) -> None:
    listing_id = in_conflict(desk, server)
    with pytest.raises(InputError):
        settle(desk, listing_id, choice)
    assert desk.row(listing_id).state is ListingState.CONFLICT


def test_another_file_settles_the_conflict(desk: Desk, server: Server) -> None:
    listing_id = in_conflict(desk, server)
    revise(desk, listing_id, b"a third", "3.0.0")
    assert desk.engine.run_round().is_clean
    assert server.objects[server.products[listing_id]["fileUrl"]] == b"a third"


def test_the_same_file_set_elsewhere_is_no_conflict(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    file = {"key": "k", "size": len(NEW), "sha256": sha256(NEW), "name": "flow.json"}
    server.bucket.put("k", NEW)
    server.web_edit(listing_id, fileUrl="k", files=[file], version="1.1.0")
    desk.engine.run_round()
    desk.engine.run_round()
    assert lane(desk, listing_id) == []
    assert server.products[listing_id]["fileUrl"] == "k"


def test_a_reply_that_was_lost_and_overwritten_since_is_a_conflict(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    [before] = [one for one in lane(desk, listing_id) if one.verb is Verb.REVISE]
    desk.faults.refuse("revise", ServerDown("Down."), once=True)
    desk.engine.run_round()
    web_file(server, listing_id)
    desk.engine.run_round()
    [aside] = lane(desk, listing_id)
    assert aside.is_conflict
    assert aside.sequence > before.sequence
    assert aside.operation_id != before.operation_id


def test_a_refusal_puts_it_aside_and_trying_again_begins_with_the_upload(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    server.onboard(False)
    assert desk.engine.run_round().parked
    assert desk.row(listing_id).state is ListingState.REFUSED
    server.onboard(True)
    desk.commands.retry(listing_id)
    desk.on_step = lambda name: server.onboard(False) if name == "upload.done" else None
    desk.engine.run_round()
    desk.on_step = lambda _: None
    [aside] = lane(desk, listing_id)
    assert (aside.verb, aside.state) == (Verb.REVISE, OperationState.PARKED)
    server.onboard(True)
    desk.commands.retry(listing_id)
    assert verbs(desk, listing_id) == [Verb.UPLOAD, Verb.REVISE, Verb.VERIFY]
    assert desk.engine.run_round().is_clean
    revised_once(desk, server, listing_id)


def test_a_listing_that_is_gone_is_told_and_becomes_a_draft_with_the_new_file(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    server.web_delete(listing_id)
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.REFUSED
    assert "no more" in desk.row(listing_id).message
    desk.commands.discard_changes(listing_id)
    detail = desk.reads.listing(listing_id)
    assert (detail.row.state, detail.file_sha256) == (ListingState.DRAFT, sha256(NEW))
    assert lane(desk, listing_id) == []
    assert not check_store(desk.folder / "store.sqlite")


@pytest.mark.parametrize("first", ["a file", "a version"])
def test_a_file_that_is_dropped_before_its_answer_leaves_no_listing_that_is_gone(
    desk: Desk, server: Server, first: str
) -> None:
    """What was put aside for want of the listing gave way to the file, and with it the news."""
    listing_id = desk.published(data=OLD)
    if first == "a file":
        revise(desk, listing_id)
    else:
        desk.commands.edit(listing_id, {"version": "1.0.5"})
    server.web_delete(listing_id)
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.REFUSED
    revise(desk, listing_id, THEIRS, "1.2.0")
    desk.commands.discard_changes(listing_id)
    desk.engine.run_round()
    assert desk.reads.count(ListingQuery()) == 0


def test_a_listing_that_comes_back_gets_its_file(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    document = dict(server.products[listing_id])
    revise(desk, listing_id)
    server.web_delete(listing_id)
    desk.engine.run_round()
    server.web_create(listing_id, **document)
    desk.engine.run_round()
    assert desk.engine.run_round().is_clean
    assert server.objects[server.products[listing_id]["fileUrl"]] == NEW


def test_it_is_taken_back_while_it_waits(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    before = desk.reads.listing(listing_id).document
    revise(desk, listing_id)
    desk.commands.edit(listing_id, {"title": "Stays"})
    desk.commands.withdraw(listing_id)
    assert verbs(desk, listing_id) == [Verb.EDIT]
    assert desk.reads.listing(listing_id).document == {**before, "title": "Stays"}
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["files"] == before["files"]
    assert len(server.objects) == 1


def test_cancelling_its_transfer_takes_it_back(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    [transfer] = [one for one in desk.reads.transfers() if one.state is TransferState.QUEUED]
    desk.commands.cancel_transfer(transfer.id)
    assert lane(desk, listing_id) == []
    assert desk.row(listing_id).state is ListingState.PUBLISHED


def test_undo_sets_the_old_file_back_as_another_revision(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    first = server.products[listing_id]
    revise(desk, listing_id)
    sets = ChangeSets(desk.store, desk.staging, Stamps(desk.clock))
    sets.undo()
    assert lane(desk, listing_id) == []
    sets.redo()
    assert desk.engine.run_round().is_clean
    revised_once(desk, server, listing_id)
    sets.undo()
    assert desk.engine.run_round().is_clean
    after = server.products[listing_id]
    assert (after["fileUrl"], after["version"]) == (first["fileUrl"], first["version"])
    assert len(server.puts) == 2
    assert desk.reads.listing(listing_id).file_sha256 == sha256(OLD)
    assert [one.kind for one in sets.listed(4)] == [
        SetKind.UNDO,
        SetKind.REDO,
        SetKind.UNDO,
        SetKind.EDIT,
    ]


def test_a_file_that_only_the_marketplace_has_can_be_set_back(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    web_file(server, listing_id)
    desk.engine.run_round()
    assert desk.reads.listing(listing_id).file_sha256 == sha256(THEIRS)
    server.web_edit(listing_id, sellerId=server.products[listing_id]["sellerId"])
    key = f"listings/{server.products[listing_id]['sellerId']}/{listing_id}/{sha256(THEIRS)}/f.json"
    server.bucket.put(key, THEIRS)
    file = {"key": key, "size": len(THEIRS), "sha256": sha256(THEIRS), "name": "f.json"}
    server.web_edit(listing_id, fileUrl=key, files=[file])
    desk.engine.run_round()
    revise(desk, listing_id)
    assert desk.engine.run_round().is_clean
    ChangeSets(desk.store, desk.staging, Stamps(desk.clock)).undo()
    assert verbs(desk, listing_id) == [Verb.REVISE, Verb.VERIFY]
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["fileUrl"] == key


def test_undo_leaves_a_file_that_somebody_else_set(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    desk.engine.run_round()
    web_file(server, listing_id)
    desk.engine.run_round()
    with pytest.raises(Refused, match="changed since"):
        ChangeSets(desk.store, desk.staging, Stamps(desk.clock)).undo()


def test_versions_are_kept_with_their_files(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)
    desk.staging.sweep(desk.store)
    assert desk.staging.has(sha256(NEW), len(NEW))
    desk.engine.run_round()
    web_file(server, listing_id)
    desk.engine.run_round()
    found = desk.store.read(lambda db: revision_rows.of_listing(db, listing_id))
    known = [(one.version, one.file.sha256, one.changelog) for one in found]
    assert known == [("1.1.0", sha256(NEW), "Changed."), ("1.0.0", sha256(OLD), "")]
    desk.reopen()
    desk.store.write(lambda tx: tx.run("DELETE FROM change_row"))
    desk.staging.sweep(desk.store)
    assert desk.staging.has(sha256(OLD), len(OLD))
    assert desk.staging.has(sha256(NEW), len(NEW))


def test_a_draft_gets_its_file_at_once(desk: Desk) -> None:
    listing_id = desk.draft(data=OLD)
    revise(desk, listing_id)
    detail = desk.reads.listing(listing_id)
    assert (detail.file_sha256, detail.row.version) == (sha256(NEW), "1.1.0")
    assert lane(desk, listing_id) == []


def test_what_may_not_be_sold_changes_nothing(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    with pytest.raises(InputError, match="cannot be the file"):
        desk.commands.revise(listing_id, inspection(NEW, has_secret=True), "1.1.0")
    with pytest.raises(InputError) as error:
        revise(desk, listing_id, version="next")
    fields: Any = error.value.facts["fields"]
    assert set(fields) == {"version"}
    assert lane(desk, listing_id) == []


def test_the_same_file_and_version_is_no_change(desk: Desk) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id, OLD, "1.0.0")
    assert lane(desk, listing_id) == []
    revise(desk, listing_id)
    revise(desk, listing_id, OLD, "1.0.0")
    assert lane(desk, listing_id) == []


def test_a_held_lane_holds_it_too(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    desk.commands.edit(listing_id, {"title": "T"})
    WorkCommands(desk.store, Stamps(desk.clock)).hold([lane(desk, listing_id)[0].operation_id])
    revise(desk, listing_id)
    assert {one.state for one in lane(desk, listing_id)} == {OperationState.HELD}
    desk.engine.run_round()
    assert server.products[listing_id]["version"] == "1.0.0"


def test_what_changed_beside_a_revision_that_waits_is_found_without_the_stream(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.published(data=OLD)
    server.feed.forget()
    server.web_edit(listing_id, title="From the web")
    revise(desk, listing_id)
    WorkCommands(desk.store, Stamps(desk.clock)).hold([lane(desk, listing_id)[0].operation_id])
    for _ in range(3):
        desk.engine.run_round()
    assert desk.row(listing_id).title == "From the web"
    assert verbs(desk, listing_id) == [Verb.UPLOAD, Verb.REVISE, Verb.VERIFY]


def test_what_others_revised_since_is_not_called_mangled(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    revise(desk, listing_id)

    def revised_meanwhile(name: str) -> None:
        if name == "revise.done":
            web_file(server, listing_id)

    desk.on_step = revised_meanwhile
    assert desk.engine.run_round().is_clean
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert desk.reads.listing(listing_id).file_sha256 == sha256(THEIRS)


def test_a_draft_of_a_listing_that_is_gone_keeps_its_edits_too(desk: Desk, server: Server) -> None:
    listing_id = desk.published(data=OLD)
    desk.commands.edit(listing_id, {"title": "Edited"})
    revise(desk, listing_id)
    server.web_delete(listing_id)
    desk.engine.run_round()
    (revision,) = (one for one in lane(desk, listing_id) if one.verb is Verb.REVISE)
    WorkCommands(desk.store, Stamps(desk.clock)).drop([revision.operation_id])
    detail = desk.reads.listing(listing_id)
    assert (detail.row.state, detail.file_sha256) == (ListingState.DRAFT, sha256(NEW))
    assert detail.row.title == "Edited"
    assert lane(desk, listing_id) == []
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == "Edited"


def test_a_drafts_own_file_is_laid_beside_that_of_a_copy_at_the_server(
    desk: Desk, server: Server
) -> None:
    """A restored backup may hold as a draft what was published after it was made."""
    listing_id = desk.draft(data=NEW)
    server.web_create(listing_id)
    web_file(server, listing_id)
    desk.engine.run_round()
    (revision,) = (one for one in lane(desk, listing_id) if one.verb is Verb.REVISE)
    sides = revision.payload["conflicts"]["file"]
    assert (sides["mine"]["sha256"], sides["theirs"]["sha256"]) == (sha256(NEW), sha256(THEIRS))
    assert desk.row(listing_id).state is ListingState.CONFLICT
    assert not check_store(desk.folder / "store.sqlite")
