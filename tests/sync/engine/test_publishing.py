from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.errors import (
    Cancelled,
    ClockWrong,
    LocalFault,
    ServerDown,
    WrongCredentials,
)
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import transfer_rows
from koda_desktop.sync.rows import ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.carrier import BytesReport
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


def published_once(desk: Desk, server: Server, listing_id: str) -> None:
    assert desk.row(listing_id).state is ListingState.PUBLISHED
    assert server.inserts == [listing_id]
    assert len(server.puts) == 1
    assert len(server.objects) == 1
    assert desk.reads.operations(0) == []


def test_a_draft_is_uploaded_registered_and_read_back(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(data=b"the file", title="Mine")
    desk.commands.publish([listing_id])
    report = desk.engine.run_round()
    assert (report.sent, report.published, report.is_clean) == (3, (listing_id,), True)
    published_once(desk, server, listing_id)
    document = server.products[listing_id]
    assert document["title"] == "Mine"
    assert server.objects[document["fileUrl"]] == b"the file"
    detail = desk.reads.listing(listing_id)
    assert detail.verified_at
    assert detail.document["sellerId"] == document["sellerId"]
    assert [one.verb for one in desk.reads.operations()] == [
        Verb.VERIFY,
        Verb.REGISTER,
        Verb.UPLOAD,
    ]
    [transfer] = desk.reads.transfers()
    assert (transfer.state, transfer.bytes_done) == (TransferState.DONE, transfer.size)


@pytest.mark.parametrize("call", ["request_upload", "put", "register", "read_back", "digest"])
@pytest.mark.parametrize("is_lost", [True, False], ids=["reply lost", "never arrived"])
def test_whatever_fails_once_it_is_published_once(
    desk: Desk, server: Server, call: str, is_lost: bool
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    if is_lost:
        desk.faults.lose_reply(call)
    else:
        desk.faults.refuse(call, ServerDown("Down."), once=True)
    first = desk.engine.run_round()
    assert first.problem is not None
    assert not first.parked
    assert desk.row(listing_id).state is ListingState.WAITING
    assert desk.row(listing_id).message == first.problem["what"]
    desk.reopen()
    assert desk.engine.run_round().is_clean
    published_once(desk, server, listing_id)


def test_a_frozen_registration_goes_out_again_byte_for_byte(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(title="A")
    desk.commands.publish([listing_id])
    desk.faults.refuse("register", ServerDown("Down."), once=True)
    desk.engine.run_round()
    frozen = desk.store.read(_register_payload)
    desk.commands.edit(listing_id, {"title": "B"})
    desk.reopen()
    assert desk.store.read(_register_payload) == frozen
    assert '"title":"A"' in frozen
    assert '"receipt":[' in frozen
    assert desk.engine.run_round().is_clean
    assert server.collection.replaced == [(listing_id, {"title": "A"})]
    assert server.products[listing_id]["title"] == "B"


def _register_payload(db: Any) -> str:
    return str(db.value("SELECT payload FROM outbox WHERE verb = 'register'"))


def test_an_object_that_is_there_is_not_sent_again(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("put")
    desk.engine.run_round()
    desk.engine.run_round()
    assert desk.faults.calls.count("put") == 1


def test_a_412_is_settled_by_asking_again(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(data=b"bytes")
    desk.commands.publish([listing_id])

    def someone_else_was_first(_: CancelToken, __: BytesReport) -> None:
        sha256 = desk.reads.listing(listing_id).file_sha256
        key = f"listings/5e11e20000000000000000aa/{listing_id}/{sha256}/flow.json"
        server.store(key, b"bytes")

    desk.carrier.on_put = someone_else_was_first
    assert desk.engine.run_round().is_clean
    published_once(desk, server, listing_id)


def test_another_object_under_the_key_parks_and_is_never_overwritten(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft(data=b"bytes")
    desk.commands.publish([listing_id])
    sha256 = desk.reads.listing(listing_id).file_sha256
    key = f"listings/5e11e20000000000000000aa/{listing_id}/{sha256}/flow.json"
    server.store(key, b"BYTES")
    [parked] = desk.engine.run_round().parked
    assert (parked.verb, parked.error and parked.error["code"]) == (Verb.UPLOAD, "unverified")
    assert server.objects[key] == b"BYTES"
    assert server.products == {}


@pytest.mark.parametrize("damage", ["missing", "changed"])
def test_a_staged_file_that_is_gone_parks_its_lane_alone(
    desk: Desk, server: Server, damage: str
) -> None:
    bad, good = desk.draft(data=b"bad file"), desk.draft(data=b"good file")
    desk.commands.publish([bad, good])
    path = desk.staging.path(desk.reads.listing(bad).file_sha256)
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"BAD FILE")
    report = desk.engine.run_round()
    assert report.published == (good,)
    [parked] = report.parked
    assert parked.listing_id == bad
    assert desk.row(bad).state is ListingState.REFUSED
    assert "on this computer" in desk.row(bad).message
    assert len(server.objects) == 1


def test_an_unmet_gate_parks_with_the_marketplaces_words_and_goes_on_retry(
    desk: Desk, server: Server
) -> None:
    server.onboard(False)
    first, second = desk.draft(), desk.draft()
    desk.commands.publish([first, second])
    report = desk.engine.run_round()
    assert [one.listing_id for one in report.parked] == [first, second]
    assert "Payouts" in desk.row(first).message
    assert desk.row(first).state is ListingState.REFUSED
    gates = desk.reads.account_gates()
    assert gates is not None
    assert [gate["code"] for gate in gates if not gate["met"]] == ["onboarded"]
    server.onboard(True)
    assert desk.engine.run_round().sent == 0
    desk.commands.retry(first)
    desk.commands.publish([second])
    assert desk.engine.run_round().published == (first, second)


def test_a_refused_registration_can_be_corrected_and_sent_again(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(title="A")
    desk.commands.publish([listing_id])
    server_down = ServerDown("Down.")
    desk.faults.refuse("register", server_down, once=True)
    desk.engine.run_round()
    desk.commands.edit(listing_id, {"title": "B"})
    server.onboard(False)
    [parked] = desk.engine.run_round().parked
    assert parked.verb is Verb.REGISTER
    server.onboard(True)
    desk.commands.edit(listing_id, {"price": 3})
    desk.commands.retry(listing_id)
    assert desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (document["title"], document["price"]) == ("B", 3)
    published_once(desk, server, listing_id)


def test_an_object_that_vanished_before_the_registration_is_sent_again_on_retry(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("register", ServerDown("Down."), once=True)
    desk.engine.run_round()
    server.objects.clear()
    [parked] = desk.engine.run_round().parked
    assert parked.error is not None
    assert "storage" in parked.error["what"]
    desk.commands.retry(listing_id)
    assert desk.engine.run_round().is_clean
    assert len(server.puts) == 2
    assert server.inserts == [listing_id]


def test_a_copy_that_differs_is_parked_and_the_difference_named(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(title="Mine")
    desk.commands.publish([listing_id])
    desk.faults.refuse("read_back", ServerDown("Down."), once=True)
    desk.engine.run_round()
    server.products[listing_id] = {**server.products[listing_id], "title": "Not mine"}
    [parked] = desk.engine.run_round().parked
    assert parked.error is not None
    assert (parked.error["code"], parked.error["facts"]) == ("unverified", {"differs": ["title"]})
    assert desk.row(listing_id).state is ListingState.REFUSED
    assert desk.reads.listing(listing_id).verified_at is None


def test_a_file_that_differs_is_parked_and_the_difference_named(desk: Desk, server: Server) -> None:
    listing_id = desk.draft(data=b"bytes")
    desk.commands.publish([listing_id])
    desk.faults.refuse("read_back", ServerDown("Down."), once=True)
    desk.engine.run_round()
    key = server.products[listing_id]["fileUrl"]
    server.bucket.put(key, b"BYTES")
    [parked] = desk.engine.run_round().parked
    assert parked.error is not None
    assert parked.error["facts"] == {"differs": ["file checksum"]}
    server.bucket.put(key, b"bytes")
    desk.commands.retry(listing_id)
    assert desk.engine.run_round().published == (listing_id,)


def test_an_edit_by_the_web_before_the_read_back_is_no_difference(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft(title="Mine")
    desk.commands.publish([listing_id])
    desk.faults.refuse("read_back", ServerDown("Down."), once=True)
    desk.engine.run_round()
    server.web_edit(listing_id, title="Edited on the web")
    assert desk.engine.run_round().is_clean
    assert desk.row(listing_id).title == "Edited on the web"


def test_a_lapsed_leave_is_asked_for_again_once(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("put", GrantExpired("Lapsed."), once=True)
    assert desk.engine.run_round().is_clean
    published_once(desk, server, listing_id)


def test_a_leave_that_always_lapses_means_a_wrong_clock_and_work_waits(desk: Desk) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("put", GrantExpired("Lapsed."))
    report = desk.engine.run_round()
    assert report.problem is not None
    assert report.problem["code"] == ClockWrong.code
    assert report.waiting == 3
    assert not report.parked


@pytest.mark.parametrize("call", ["request_upload", "put", "register", "changes"])
def test_wrong_keys_stop_the_round_and_park_nothing(desk: Desk, call: str) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse(call, WrongCredentials("Refused keys."))
    report = desk.engine.run_round()
    assert report.problem is not None
    assert report.problem["code"] == "wrong-credentials"
    assert not report.parked
    assert desk.reads.status().message == "Refused keys."
    desk.faults.heal()
    assert desk.engine.run_round().is_clean


def test_the_object_store_down_holds_up_no_edit_and_no_pull(desk: Desk, server: Server) -> None:
    old = desk.published(title="Old")
    new = desk.draft()
    desk.commands.publish([new])
    desk.commands.edit(old, {"title": "New"})
    server.web_create("c" * 24)
    desk.faults.refuse("put", ServerDown("The object store cannot be reached."))
    report = desk.engine.run_round()
    assert report.problem is not None
    assert server.products[old]["title"] == "New"
    assert desk.row("c" * 24).title == "From the web"
    assert desk.row(new).state is ListingState.WAITING


def test_an_upload_cancelled_by_a_person_stops_at_the_next_chunk(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    [transfer] = desk.reads.transfers()

    def cancelled_in_the_middle(cancel: CancelToken, report: BytesReport) -> None:
        report(1)
        desk.commands.cancel_transfer(transfer.id)
        desk.clock.seconds += 1
        report(2)

    desk.carrier.on_put = cancelled_in_the_middle
    desk.engine.run_round()
    assert server.puts == []
    assert desk.row(listing_id).state is ListingState.DRAFT
    assert [one.state for one in desk.reads.transfers()] == [TransferState.CANCELLED]


def test_an_upload_withdrawn_while_its_last_bytes_arrive_stays_withdrawn(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.carrier.on_put = lambda _, __: desk.commands.withdraw(listing_id)
    assert desk.engine.run_round().is_clean
    assert desk.row(listing_id).state is ListingState.DRAFT
    assert desk.reads.operations() == []
    assert server.products == {}
    desk.carrier.on_put = lambda _, __: None
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().published == (listing_id,)
    assert len(server.puts) == 1


def test_progress_is_written_a_few_times_a_second_with_its_speed(desk: Desk) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    seen: list[tuple[int, float]] = []

    def moving(_: CancelToken, report: BytesReport) -> None:
        for number in range(1, 101):
            desk.clock.seconds += 0.01
            report(number * 1000)
            [row] = desk.store.read(lambda db: transfer_rows.listed(db, 0))
            if not seen or seen[-1][0] != row.bytes_done:
                seen.append((row.bytes_done, round(row.bytes_per_second)))

    desk.carrier.on_put = moving
    desk.engine.run_round()
    assert len(seen) == 4
    assert all(speed in (0, 100_000) for _, speed in seen)
    assert seen[-1][1] == 100_000


def test_a_round_cancelled_while_uploading_leaves_the_work_waiting(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    token = CancelToken()
    desk.carrier.on_put = lambda _, __: token.cancel()
    with pytest.raises(Cancelled):
        desk.engine.run_round(token)
    assert server.puts == []
    [upload, *_] = desk.reads.operations(0)
    assert (upload.state, upload.error) == (OperationState.SENDING, None)
    desk.carrier.on_put = lambda _, __: None
    assert desk.engine.run_round().published == (listing_id,)


def test_a_disk_fault_while_reading_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])

    def no_rights(*_: object) -> None:
        raise LocalFault("The staged file could not be read.")

    monkeypatch.setattr(desk.staging, "verify", no_rights)
    [parked] = desk.engine.run_round().parked
    assert parked.error is not None
    assert parked.error["code"] == "local-fault"


def test_a_registration_that_passed_for_refused_is_taken_up_with_later_edits_beside_it(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft(title="Sent")
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    server.onboard(False)
    report = desk.engine.run_round()
    assert [one.verb for one in report.parked] == [Verb.REGISTER]
    desk.commands.edit(listing_id, {"title": "Edited since"})
    server.onboard(True)
    desk.commands.publish([listing_id])
    desk.engine.run_round()

    detail = desk.reads.listing(listing_id)
    assert server.inserts == [listing_id]
    assert detail.row.state is ListingState.CONFLICT
    assert detail.error is not None
    sides = detail.error["facts"]["fields"]["title"]
    assert (sides["mine"], sides["theirs"]) == ("Edited since", "Sent")


def test_an_edit_behind_a_registration_whose_answer_nobody_can_read_is_kept(
    desk: Desk, server: Server
) -> None:
    listing_id = desk.draft(title="A", tags=["sent"])
    desk.commands.publish([listing_id])
    desk.faults.lose_reply("register")
    desk.engine.run_round()
    sound = server.products[listing_id]
    server.products[listing_id] = {**sound, "title": 7}
    desk.commands.edit(listing_id, {"tags": ["mine"]})
    desk.engine.run_round()
    server.web_edit(listing_id, title="A")
    desk.commands.retry(listing_id)
    desk.engine.run_round()
    assert server.products[listing_id]["tags"] == ["mine"]
    assert desk.reads.listing(listing_id).document["tags"] == ["mine"]
