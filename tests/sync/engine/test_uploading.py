"""Uploads in parts over a bucket in memory: every accident between the first byte and the last."""

from __future__ import annotations

import hashlib
import itertools
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from koda_desktop.errors import (
    Cancelled,
    ClockWrong,
    GatesUnmet,
    KodaError,
    LocalFault,
    Misconfigured,
    ServerDown,
    Unverified,
)
from koda_desktop.marketplace.api import FileFacts, PartGrant, UploadLost
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import outbox, part_rows, transfer_rows
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine import abandoning
from koda_desktop.sync.engine.parts import StorageFault
from koda_desktop.sync.rows import TransferState, Verb
from koda_desktop.sync.transfer_commands import TransferCommands
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.carrier import BytesReport, SentPart
from koda_desktop.sync.work import WorkCommands
from tests.marketplace.memory_objects import Habits, MemoryObjects, crc32
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.fake_marketplace import PART, FakeCarrier, Server

COUNT = 11
DATA = random.Random(7).randbytes((COUNT - 1) * PART + 5)


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Iterator[TransferDesk]:
    desk = TransferDesk(tmp_path / "desk", server)
    yield desk
    desk.close()


class Crash(Exception):
    """The process ended here."""


def crash_at(desk: TransferDesk, step: str, times: int = 1) -> None:
    left = [times]

    def check(name: str) -> None:
        if name == step:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

    desk.step = check


def stored(desk: TransferDesk) -> bytes:
    [data] = desk.server.objects.values()
    return data


def test_a_large_file_arrives_in_parts_with_the_checksum_of_the_whole(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    file = desk.upload(listing_id)
    assert stored(desk) == DATA
    assert file.crc32 == crc32(DATA)
    assert desk.server.part_bytes == len(DATA)
    assert desk.server.bucket.uploads == {}
    row = desk.row(listing_id)
    assert (row.state, row.bytes_done) == (TransferState.DONE, len(DATA))


def test_a_small_file_goes_out_in_one_request(desk: TransferDesk) -> None:
    desk.upload(desk.queued(b"small"))
    assert "put_part" not in desk.faults.calls
    assert stored(desk) == b"small"


def test_parts_run_side_by_side_on_a_pool(tmp_path: Path, server: Server) -> None:
    desk = TransferDesk(tmp_path / "desk", server, pool=ThreadPoolExecutor(4))
    desk.upload(desk.queued(DATA))
    assert stored(desk) == DATA
    desk.close()


def test_leave_is_asked_for_just_before_it_is_used(desk: TransferDesk) -> None:
    desk.upload(desk.queued(DATA))
    order = [step for step in desk.steps if step in ("part.signed", "part.sent")]
    assert order == ["part.signed", "part.sent"] * COUNT


def test_a_marketplace_that_gives_no_leave_is_not_taken_for_the_store(desk: TransferDesk) -> None:
    error = ServerDown("The marketplace is away.")
    desk.faults.refuse("sign_parts", error)
    with pytest.raises(ServerDown) as caught:
        desk.upload(desk.queued(DATA))
    assert caught.value is error
    assert desk.waits == []


@pytest.mark.parametrize(
    "step",
    [
        "parts.begun",
        "parts.saved",
        "upload.granted",
        "part.signed",
        "part.sent",
        "part.recorded",
        "parts.completing",
        "parts.completed",
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_after_a_crash_only_what_the_store_lacks_is_sent(
    desk: TransferDesk, step: str, times: int
) -> None:
    listing_id = desk.queued(DATA)
    crash_at(desk, step, times)
    if times == 1 or step in ("part.signed", "part.sent"):
        with pytest.raises(Crash):
            desk.upload(listing_id)
        desk.step = lambda _: None
        before = desk.server.part_bytes
        there = sum(
            len(p) for one in desk.server.bucket.uploads.values() for p in one.parts.values()
        )
        desk.upload(listing_id)
        if step not in ("parts.completed",):
            assert desk.server.part_bytes - before == len(DATA) - there
    else:
        desk.upload(listing_id)
    assert stored(desk) == DATA
    assert len(desk.server.bucket.completions) == 1
    assert desk.server.bucket.uploads == {}


def test_a_part_that_differs_from_the_file_is_sent_again(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    crash_at(desk, "parts.completing")
    with pytest.raises(Crash):
        desk.upload(listing_id)
    [upload] = desk.server.bucket.uploads.values()
    upload.parts[3] = bytes(PART)
    del upload.parts[5]
    desk.step = lambda _: None
    before = desk.server.part_bytes
    desk.upload(listing_id)
    assert stored(desk) == DATA
    assert desk.server.part_bytes - before == 2 * PART


@pytest.mark.parametrize(("md5", "resent"), [(True, 0), (False, len(DATA))])
def test_without_checksums_a_part_is_known_by_its_md5_or_sent_again(
    tmp_path: Path, md5: bool, resent: int
) -> None:
    server = Server(MemoryObjects(Habits(keeps_checksums=False, has_md5_etags=md5)))
    desk = TransferDesk(tmp_path / "desk", server)
    listing_id = desk.queued(DATA)
    crash_at(desk, "parts.completing")
    with pytest.raises(Crash):
        desk.upload(listing_id)
    desk.step = lambda _: None
    before = server.part_bytes
    desk.upload(listing_id)
    assert stored(desk) == DATA
    assert server.part_bytes - before == resent
    desk.close()


class Flipping(FakeCarrier):
    """A way on which a bit of a part flips, as often as it is told."""

    times = 1

    def _put_part(self, grant: PartGrant, data: bytes) -> SentPart:
        if grant.url.endswith(":3") and self.times:
            self.times -= 1
            data = bytes([data[0] ^ 1]) + data[1:]
        return super()._put_part(grant, data)


def test_without_checksums_a_part_that_arrived_otherwise_is_sent_again(tmp_path: Path) -> None:
    server = Server(MemoryObjects(Habits(keeps_checksums=False)))
    desk = TransferDesk(tmp_path / "desk", server, carrier=Flipping(server))
    desk.upload(desk.queued(DATA))
    assert stored(desk) == DATA
    assert server.part_bytes == len(DATA) + PART
    desk.close()


class Renaming(FakeCarrier):
    """Names parts by what looks like an MD5 and is none."""

    def _put_part(self, grant: PartGrant, data: bytes) -> SentPart:
        sent = super()._put_part(grant, data)
        return SentPart(sent.etag[::-1], is_checked=False)


def test_names_that_look_like_md5s_and_are_none_cost_what_is_under_way(tmp_path: Path) -> None:
    server = Server(MemoryObjects(Habits(keeps_checksums=False)))
    desk = TransferDesk(tmp_path / "desk", server, carrier=Renaming(server))
    crash_at(desk, "parts.completing")
    with pytest.raises(Crash):
        desk.upload(desk.queued(DATA))
    assert server.part_bytes == len(DATA) + desk.carrier.width("") * PART
    desk.close()


def test_an_upload_that_was_killed_has_one_part_under_way_at_first(
    tmp_path: Path, server: Server
) -> None:
    desk = TransferDesk(tmp_path / "desk", server, pool=ThreadPoolExecutor(8))
    listing_id = desk.queued(DATA)
    crash_at(desk, "part.sent", 3)
    with pytest.raises(Crash):
        desk.upload(listing_id)
    numbers, another = itertools.count(), threading.Event()

    def check(name: str) -> None:
        if name == "part.signed" and next(numbers):
            another.set()
        elif name == "part.signed":
            assert not another.wait(0.3)

    desk.step = check
    desk.upload(listing_id)
    assert another.is_set()
    assert stored(desk) == DATA
    desk.close()


def test_pausing_all_sending_holds_a_large_file_between_two_parts(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    work = WorkCommands(desk.store, desk.parts.stamps)

    def pause(name: str) -> None:
        desk.clock.seconds += 1.0
        if name == "part.sent" and desk.steps.count(name) == 4:
            work.pause_sending(True)

    desk.step = pause
    with pytest.raises(Cancelled):
        desk.upload(listing_id)
    sent = desk.server.part_bytes
    assert 4 * PART <= sent <= 8 * PART
    work.pause_sending(False)
    desk.upload(listing_id)
    assert stored(desk) == DATA
    assert desk.server.part_bytes == len(DATA)


def test_a_completion_whose_answer_was_lost_is_settled_by_looking(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    desk.faults.lose_reply("complete_parts")
    with pytest.raises(ServerDown):
        desk.upload(listing_id)
    desk.upload(listing_id)
    assert len(desk.server.bucket.completions) == 1


def test_another_object_in_the_way_is_told(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)

    def intrude(name: str) -> None:
        if name == "parts.completing":
            [upload] = desk.server.bucket.uploads.values()
            desk.server.bucket.put(upload.key, b"x" * len(DATA))

    desk.step = intrude
    with pytest.raises(Unverified, match="Another file"):
        desk.upload(listing_id)


@pytest.mark.parametrize("when", ["part.sent", "parts.completing"])
def test_an_upload_the_store_gave_up_is_begun_anew(desk: TransferDesk, when: str) -> None:
    listing_id = desk.queued(DATA)
    done: list[str] = []

    def give_up(name: str) -> None:
        if name == when and not done:
            done.append(name)
            desk.server.bucket.uploads.clear()

    desk.step = give_up
    desk.upload(listing_id)
    assert stored(desk) == DATA


def test_a_store_that_gives_every_upload_up_is_in_the_way(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    desk.step = lambda name: desk.server.bucket.uploads.clear() if name == "part.sent" else None
    with pytest.raises(StorageFault) as caught:
        desk.upload(listing_id)
    assert isinstance(caught.value.error, UploadLost)


def test_orphans_of_the_listing_are_aborted(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    crash_at(desk, "parts.begun")
    with pytest.raises(Crash):
        desk.upload(listing_id)
    [mine] = desk.server.bucket.uploads.values()
    file = FileFacts("other", "application/zip", 1, "0" * 64)
    for name in ("-older", "-oldest"):
        desk.server.bucket.create_upload(mine.key + name, file)
    desk.step = lambda _: None
    desk.upload(listing_id)
    assert desk.server.bucket.uploads == {}
    assert len(desk.server.bucket.completions) == 1


def test_a_store_that_lists_no_uploads_costs_nothing_but_orphans(tmp_path: Path) -> None:
    server = Server(MemoryObjects(Habits(lists_uploads=False)))
    desk = TransferDesk(tmp_path / "desk", server)
    listing_id = desk.queued(DATA)
    crash_at(desk, "parts.begun")
    with pytest.raises(Crash):
        desk.upload(listing_id)
    desk.step = lambda _: None
    desk.upload(listing_id)
    assert stored(desk) == DATA
    desk.close()


# -- the file --


def damage(desk: TransferDesk, how: str, data: bytes = DATA) -> None:
    path = desk.staging.path(hashlib.sha256(data).hexdigest())
    if how == "gone":
        path.unlink(missing_ok=True)
    elif how == "shorter":
        path.write_bytes(data[:-1])
    else:
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.mark.parametrize("how", ["gone", "shorter", "flipped"])
@pytest.mark.parametrize("when", ["part.sent", "parts.completing"])
def test_a_file_that_changed_after_its_parts_went_out_is_told(
    desk: TransferDesk, how: str, when: str
) -> None:
    listing_id = desk.queued(DATA)
    crash_at(desk, when, COUNT if when == "part.sent" else 1)
    with pytest.raises(Crash):
        desk.upload(listing_id)
    desk.step = lambda _: None
    damage(desk, how)
    with pytest.raises(LocalFault, match="on this computer"):
        desk.upload(listing_id)
    assert desk.server.objects == {}


@pytest.mark.parametrize("how", ["gone", "shorter", "flipped"])
def test_a_file_that_changes_between_leave_and_sending_is_told(
    desk: TransferDesk, how: str
) -> None:
    listing_id = desk.queued(DATA)

    def change(name: str) -> None:
        if name == "part.signed" and desk.steps.count(name) == COUNT:
            damage(desk, how)

    desk.step = change
    with pytest.raises(LocalFault):
        desk.upload(listing_id)
    assert desk.server.objects == {}


@pytest.fixture
def staged_with_sums(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks and large files are small here, so that a staged file has its checksums beside it."""
    monkeypatch.setattr("koda_desktop.sync.staging.SINGLE_MAX", PART)
    monkeypatch.setattr("koda_desktop.sync.staging.BLOCK", PART // 2)


@pytest.mark.usefixtures("staged_with_sums")
@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_a_file_that_changed_after_staging_is_not_completed(
    tmp_path: Path, keeps_checksums: bool
) -> None:
    server = Server(MemoryObjects(Habits(keeps_checksums=keeps_checksums)))
    desk = TransferDesk(tmp_path / "desk", server)
    listing_id = desk.queued(DATA)
    damage(desk, "flipped")
    with pytest.raises(LocalFault, match="has changed"):
        desk.upload(listing_id)
    assert server.objects == {}
    desk.close()


@pytest.mark.usefixtures("staged_with_sums")
def test_a_sound_file_is_read_once_where_the_store_compares(
    desk: TransferDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> str:
        raise AssertionError("the file was read to compute a checksum")

    monkeypatch.setattr("koda_desktop.sync.engine.sending.crc32_of", read)
    file = desk.upload(desk.queued(DATA))
    assert (stored(desk), file.crc32) == (DATA, crc32(DATA))


# -- the way --


@pytest.mark.parametrize(
    "error",
    [
        ServerDown("Cut."),
        Unverified("Flipped on the way."),
        GrantExpired("Lapsed."),
    ],
)
def test_a_part_that_failed_once_is_sent_again_in_the_same_attempt(
    desk: TransferDesk, error: Exception
) -> None:
    desk.faults.refuse("put_part", error, once=True)
    desk.upload(desk.queued(DATA))
    assert stored(desk) == DATA
    assert desk.waits == ([] if isinstance(error, GrantExpired) else [1.0])


@pytest.mark.parametrize(
    ("error", "tries"),
    [(ServerDown("Down."), 5), (ServerDown("Later.", facts={RETRY_AFTER: 30}), 1)],
)
def test_a_store_that_stays_away_ends_the_attempt(
    desk: TransferDesk, error: KodaError, tries: int
) -> None:
    desk.faults.refuse("put_part", error)
    with pytest.raises(StorageFault) as caught:
        desk.upload(desk.queued(DATA))
    assert caught.value.error is error
    assert desk.faults.calls.count("put_part") <= 2 * tries + 4


def test_leave_that_has_always_lapsed_is_a_clock(desk: TransferDesk) -> None:
    desk.faults.refuse("put_part", GrantExpired("Lapsed."))
    with pytest.raises(StorageFault) as caught:
        desk.upload(desk.queued(DATA))
    assert isinstance(caught.value.error, ClockWrong)


def test_other_bytes_again_and_again_are_unverified(desk: TransferDesk) -> None:
    desk.faults.refuse("put_part", Unverified("Flipped on the way."))
    with pytest.raises(Unverified):
        desk.upload(desk.queued(DATA))


@pytest.mark.parametrize("error", [Misconfigured("Keys."), GatesUnmet("No.")])
def test_what_trying_again_cannot_help_is_told_at_once(
    desk: TransferDesk, error: KodaError
) -> None:
    desk.faults.refuse("put_part", error)
    with pytest.raises((StorageFault, GatesUnmet)):
        desk.upload(desk.queued(DATA))
    assert desk.waits == []


def test_a_store_without_conditional_writes_is_asked_without(desk: TransferDesk) -> None:
    unable = Misconfigured("Cannot.", facts={"status": 501})
    desk.faults.refuse("put", unable, once=True)
    desk.upload(desk.queued(b"small"))
    assert stored(desk) == b"small"


# -- the person --


def test_a_cancelled_upload_stops_and_leaves_nothing_in_the_store(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    cancel = CancelToken()

    def stop(_: CancelToken, __: BytesReport) -> None:
        if len(desk.steps) > 8:
            desk.commands.cancel_transfer(desk.row(listing_id).id)
            cancel.cancel()

    assert isinstance(desk.carrier, FakeCarrier)
    desk.carrier.on_put = stop
    with pytest.raises(Cancelled):
        desk.upload(listing_id, cancel)
    assert desk.server.bucket.uploads == {}
    assert desk.store.read(lambda db: part_rows.abandoned(db, 9)) == []


def test_what_could_not_be_aborted_is_cleared_away_later(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    crash_at(desk, "part.sent")
    with pytest.raises(Crash):
        desk.upload(listing_id)
    desk.step = lambda _: None
    desk.commands.cancel_transfer(desk.row(listing_id).id)
    [left] = desk.store.read(lambda db: part_rows.abandoned(db, 9))
    desk.store.write(abandoning.perform(desk.session, left, CancelToken()))
    assert desk.server.bucket.uploads == {}
    assert desk.store.read(lambda db: part_rows.abandoned(db, 9)) == []


def test_a_paused_upload_stops_and_goes_on_where_it_was(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    transfer_id = desk.row(listing_id).id

    def pause(name: str) -> None:
        desk.clock.seconds += 1
        if name == "part.sent" and desk.steps.count(name) == 3:
            desk.store.write(lambda tx: transfer_rows.set_paused(tx, transfer_id, True))

    desk.step = pause
    with pytest.raises(Cancelled):
        desk.upload(listing_id)
    assert desk.row(listing_id).state is TransferState.PAUSED
    assert desk.store.read(lambda db: outbox.ready(db, (Verb.UPLOAD,), 9)) == []
    with pytest.raises(Cancelled):
        desk.upload(listing_id)
    before = desk.server.part_bytes
    assert 0 < before < len(DATA)
    desk.store.write(lambda tx: transfer_rows.set_paused(tx, transfer_id, False))
    assert len(desk.store.read(lambda db: outbox.ready(db, (Verb.UPLOAD,), 9))) == 1
    desk.upload(listing_id)
    assert desk.server.part_bytes == len(DATA)


def test_a_paused_upload_stays_paused_when_its_operation_rests(desk: TransferDesk) -> None:
    row = desk.row(desk.queued(DATA))
    operation = desk.plan(row.listing_id).operation_id
    desk.store.write(lambda tx: transfer_rows.set_paused(tx, row.id, True))
    desk.store.write(lambda tx: transfer_rows.move(tx, operation, TransferState.QUEUED))
    assert desk.row(row.listing_id).state is TransferState.PAUSED


def test_the_upload_of_the_highest_priority_goes_first(desk: TransferDesk) -> None:
    ids = [desk.queued(data) for data in (b"first", b"second", b"third")]
    third = desk.row(ids[2]).id
    desk.store.write(lambda tx: transfer_rows.set_priority(tx, third, 5))
    ready = desk.store.read(lambda db: outbox.ready(db, (Verb.UPLOAD,), 9))
    assert [one.lane for one in ready] == [ids[2], ids[0], ids[1]]


def test_the_limit_a_person_sets_holds_for_what_runs(desk: TransferDesk) -> None:
    listing_id = desk.queued(DATA)
    commands = TransferCommands(desk.store, desk.commands, desk.parts.stamps)
    commands.limit(5_000)

    def lift(name: str) -> None:
        desk.clock.seconds += 1
        if name == "part.sent" and desk.steps.count(name) == 5:
            commands.limit(None)

    desk.step = lift
    desk.upload(listing_id)
    assert isinstance(desk.carrier, FakeCarrier)
    assert desk.carrier.limited[0] == 5_000
    assert desk.carrier.limited[-1] is None
