"""Downloads over a bucket in memory: the final name never holds anything but the whole file."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import Cancelled, KodaError, ServerDown
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows, transfer_rows
from koda_desktop.sync.engine import abandoning
from koda_desktop.sync.engine.parts import StorageFault
from koda_desktop.sync.part_rows import Plan
from koda_desktop.sync.rows import TransferState
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.carrier import NOWHERE, Sink, Span
from tests.sync.engine.transfer_desk import SMALL, TransferDesk
from tests.sync.fake_marketplace import PART, FakeCarrier, Server

COUNT = 11
BY_PART = ("download.part", "download.written", "download.synced")
DATA = random.Random(9).randbytes((COUNT - 1) * PART + 5)
OTHER = random.Random(10).randbytes(3 * PART + 1)


class Crash(Exception):
    """The process ended here."""


class Noisy(FakeCarrier):
    """A carrier that hands over other bytes than the store has, or fails, where it is told to."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.flips: list[int] = []
        """Offsets of ranges to be spoilt, once for each mention."""
        self.fetched: list[int] = []

    def fetch(
        self,
        grant: Any,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        self.fetched.append(span.offset)

        def spoilt(view: memoryview) -> None:
            data = bytearray(view)
            if span.offset in self.flips:
                self.flips.remove(span.offset)
                data[0] ^= 1
            sink(memoryview(data))

        return super().fetch(grant, span, etag, spoilt, cancel)


class Cutting(FakeCarrier):
    """A way on which the second range is cut after some bytes."""

    def __init__(self, server: Server, after: int) -> None:
        super().__init__(server)
        self._after = after
        self.fetched: list[int] = []

    def width(self, url: str) -> int:
        return 1

    def fetch(
        self,
        grant: Any,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        self.fetched.append(span.offset)
        if len(self.fetched) != 2:
            return super().fetch(grant, span, etag, sink, cancel)
        super().fetch(grant, Span(span.offset, self._after), etag, sink, cancel)
        raise ServerDown("Cut.")


@pytest.fixture
def desk(tmp_path: Path, server: Server) -> Iterator[TransferDesk]:
    desk = TransferDesk(tmp_path / "desk", server)
    desk.carrier = Noisy(server, desk.faults)
    desk.parts = replace(desk.parts, carrier=desk.carrier)
    desk.session = replace(desk.session, parts=desk.parts)
    yield desk
    desk.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "Downloads"


@pytest.fixture
def plan(desk: TransferDesk, folder: Path) -> Plan:
    return desk.wanted(desk.published(DATA), folder)


def carrier(desk: TransferDesk) -> Noisy:
    assert isinstance(desk.carrier, Noisy)
    return desk.carrier


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def crash_at(desk: TransferDesk, step: str, times: int = 1) -> None:
    left = [times]

    def check(name: str) -> None:
        if name == step:
            left[0] -= 1
            if left[0] == 0:
                raise Crash

    desk.step = check


def test_the_file_arrives_whole_under_its_own_name(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    row = desk.download(plan)
    assert (folder / "flow.json").read_bytes() == DATA
    assert names(folder) == ["flow.json"]
    assert (row.state, row.bytes_done, row.size) == (TransferState.DONE, len(DATA), len(DATA))
    assert row.target == str(folder / "flow.json")
    assert desk.ready() == []


def test_another_file_of_that_name_is_left_alone(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    folder.mkdir()
    (folder / "flow.json").write_text("mine")
    (folder / "flow (2).json").symlink_to(folder / "nowhere")
    row = desk.download(plan)
    assert (folder / "flow.json").read_text() == "mine"
    assert (folder / "flow (3).json").read_bytes() == DATA
    assert row.target == str(folder / "flow (3).json")


def test_a_file_that_appears_at_the_last_moment_is_left_alone(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    def appear(name: str) -> None:
        if name == "download.placing" and not (folder / "flow.json").exists():
            (folder / "flow.json").write_text("mine")

    desk.step = appear
    desk.download(plan)
    assert (folder / "flow.json").read_text() == "mine"
    assert (folder / "flow (2).json").read_bytes() == DATA


@pytest.mark.parametrize(
    "step",
    [
        "download.part",
        "download.written",
        "download.synced",
        "download.verified",
        "download.placing",
        "download.renamed",
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_after_a_crash_only_what_was_not_written_is_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path, step: str, times: int
) -> None:
    crash_at(desk, step, times)
    if times == 1 or step in BY_PART:
        with pytest.raises(Crash):
            desk.download(plan)
    desk.step = lambda _: None
    recorded = desk.store.read(lambda db: part_rows.parts(db, plan.id))
    assert desk.store.read(lambda db: check_invariants(db, desk.staging)) == ()
    safe = {part.offset for part in recorded.values() if part.is_done or part.crc32}
    assert safe or step == "download.part" or times == 2
    carrier(desk).fetched.clear()
    if step != "download.renamed":
        assert not (folder / "flow.json").exists() or times == 2
    if desk.ready():
        assert desk.download(plan).state is TransferState.DONE
        assert not safe & set(carrier(desk).fetched)
    assert names(folder) == ["flow.json"]
    assert (folder / "flow.json").read_bytes() == DATA


def crashed_beside_another(desk: TransferDesk, plan: Plan, folder: Path, step: str) -> None:
    """A download that ended at ``step``, its name being taken; another file is sold since."""
    folder.mkdir()
    (folder / "flow.json").write_text("mine")
    crash_at(desk, step)
    with pytest.raises(Crash):
        desk.download(plan)
    desk.step = lambda _: None
    [file] = desk.server.products[plan.lane]["files"]
    key = f"{file['key']}-2"
    desk.server.bucket.put(key, OTHER)
    sold = {**file, "key": key, "size": len(OTHER), "sha256": hashlib.sha256(OTHER).hexdigest()}
    desk.server.web_edit(plan.lane, fileUrl=key, files=[sold])


@pytest.mark.parametrize("step", ["download.placing", "download.renamed"])
def test_a_file_that_has_its_name_stays_the_only_one_when_another_is_sold(
    desk: TransferDesk, plan: Plan, folder: Path, step: str
) -> None:
    crashed_beside_another(desk, plan, folder, step)
    if step == "download.placing":  # and had its second name, but kept the first one
        [part] = folder.glob("*.part")
        os.link(part, folder / "flow (2).json")
    assert desk.download(plan).state is TransferState.DONE
    assert names(folder) == ["flow (2).json", "flow.json"]
    assert (folder / "flow (2).json").read_bytes() == DATA


def test_what_came_of_a_file_makes_room_for_another_that_is_sold(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    crashed_beside_another(desk, plan, folder, "download.placing")
    assert desk.download(plan).state is TransferState.DONE
    assert names(folder) == ["flow (2).json", "flow.json"]
    assert (folder / "flow (2).json").read_bytes() == OTHER


def test_a_kill_while_another_file_is_begun_leaves_no_parts_of_the_first(
    desk: TransferDesk, plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crashed_beside_another(desk, plan, folder, "download.verified")
    (folder / "flow.json").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(part_rows, "forget_parts", killed)
        with pytest.raises(Crash):
            desk.download(plan)
    crash_at(desk, "download.renamed")
    with pytest.raises(Crash):
        desk.download(desk.ready()[0])
    desk.step = lambda _: None
    assert desk.download(desk.ready()[0]).state is TransferState.DONE
    assert names(folder) == ["flow.json"]
    assert (folder / "flow.json").read_bytes() == OTHER


def killed(*_: object) -> None:
    raise Crash


def test_a_download_that_was_killed_has_one_part_at_risk_at_first(tmp_path: Path) -> None:
    server = Server()
    pool = ThreadPoolExecutor(8)
    desk = TransferDesk(tmp_path / "desk", server, pool=pool)
    plan = desk.wanted(desk.published(DATA), tmp_path)
    crash_at(desk, "download.written")
    with pytest.raises(Crash):
        desk.download(plan)
    together = threading.Semaphore(1)

    def alone(name: str) -> None:
        if name == "download.part":
            assert together.acquire(blocking=False)
        elif name == "download.written":
            together.release()

    desk.step = alone
    desk.download(plan)
    assert (tmp_path / "flow.json").read_bytes() == DATA
    desk.close()


def test_what_came_of_a_range_before_it_was_cut_is_kept(tmp_path: Path, server: Server) -> None:
    sizes = replace(SMALL, range_size=4 * PART, count_size=PART)
    desk = TransferDesk(tmp_path / "desk", server, sizes=sizes)
    carrier = Cutting(server, 2 * PART + 7)
    desk.parts = replace(desk.parts, carrier=carrier)
    desk.session = replace(desk.session, parts=desk.parts)
    plan = desk.wanted(desk.published(DATA), tmp_path)
    assert desk.download(plan).state is TransferState.DONE
    # The first range says which object it is; of the second, two parts had come.
    assert carrier.fetched == [0, 4 * PART, 6 * PART, 10 * PART]
    assert (tmp_path / "flow.json").read_bytes() == DATA
    desk.close()


def test_data_is_on_the_disk_before_its_parts_count(
    desk: TransferDesk, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[int] = []
    real = os.fsync

    def done() -> int:
        recorded = desk.store.read(lambda db: part_rows.parts(db, plan.id))
        return sum(part.is_done for part in recorded.values())

    def fsync(descriptor: int) -> None:
        flushed.append(done())
        real(descriptor)

    monkeypatch.setattr("koda_desktop.sync.transfers.partial.os.fsync", fsync)
    counted: list[int] = []

    def count(name: str) -> None:
        if name == "download.synced":
            counted.append(done())

    desk.step = count
    desk.download(plan)
    # At each flush, no more was recorded than after the flush before.
    assert flushed[: len(counted)] == [0, *counted[:-1]]
    assert counted[-1] == COUNT


def test_what_was_written_down_and_never_reached_the_disk_is_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    crash_at(desk, "download.written", times=3)
    with pytest.raises(Crash):
        desk.download(plan)
    desk.step = lambda _: None
    recorded = desk.store.read(lambda db: part_rows.parts(db, plan.id))
    [written] = [part for part in recorded.values() if not part.is_done][-1:]
    [path] = folder.iterdir()
    data = bytearray(path.read_bytes())
    data[written.offset :] = bytes(len(data) - written.offset)
    path.write_bytes(data)
    carrier(desk).fetched.clear()
    desk.download(plan)
    assert min(carrier(desk).fetched) == written.offset
    assert (folder / "flow.json").read_bytes() == DATA


def test_a_part_spoilt_on_this_disk_is_the_only_one_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    crash_at(desk, "download.verified")
    with pytest.raises(Crash):
        desk.download(plan)
    desk.step = lambda _: None
    [part] = folder.iterdir()
    data = bytearray(part.read_bytes())
    data[3 * PART] ^= 1
    part.write_bytes(data)
    carrier(desk).fetched.clear()
    desk.download(plan)
    assert carrier(desk).fetched == [3 * PART]
    assert (folder / "flow.json").read_bytes() == DATA


def test_of_a_bit_that_flipped_on_the_way_only_its_part_is_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    carrier(desk).flips = [2 * PART]
    desk.download(plan)
    assert carrier(desk).fetched == [*(number * PART for number in range(COUNT)), 2 * PART]
    assert (folder / "flow.json").read_bytes() == DATA


def test_a_store_without_checksums_of_parts_has_everything_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    desk.server.bucket.habits = replace(desk.server.bucket.habits, keeps_part_checksums=False)
    carrier(desk).flips = [2 * PART]
    desk.download(plan)
    assert len(carrier(desk).fetched) == 2 * COUNT
    assert (folder / "flow.json").read_bytes() == DATA


def test_a_part_that_is_wrong_again_has_everything_fetched_again(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    carrier(desk).flips = [2 * PART] * 2
    desk.download(plan)
    assert len(carrier(desk).fetched) == 2 * COUNT + 1
    assert (folder / "flow.json").read_bytes() == DATA


def test_a_file_that_is_never_right_is_parked_and_never_shown(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    carrier(desk).flips = [2 * PART] * 5
    row = desk.download(plan)
    assert row.state is TransferState.PARKED
    assert row.error is not None
    assert "not the one that was registered" in row.error["what"]
    assert not (folder / "flow.json").exists()
    desk.store.write(lambda tx: transfer_rows.retry_download(tx, plan.id))
    carrier(desk).flips = []
    assert desk.download(desk.ready()[0]).state is TransferState.DONE


def test_an_object_that_was_replaced_meanwhile_is_begun_anew(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    bucket = desk.server.bucket
    [key] = bucket.objects

    def replace_it(name: str) -> None:
        if name == "download.part" and desk.steps.count(name) == 3:
            bucket.put(key, DATA)

    desk.step = replace_it
    desk.download(plan)
    assert (folder / "flow.json").read_bytes() == DATA


@pytest.mark.parametrize("error", [ServerDown("Cut."), GrantExpired("Lapsed.")])
def test_a_range_that_failed_once_is_fetched_again(
    desk: TransferDesk, plan: Plan, error: KodaError
) -> None:
    desk.faults.refuse("fetch", error, once=True)
    assert desk.download(plan).state is TransferState.DONE


def test_one_fresh_leave_serves_every_range(desk: TransferDesk, plan: Plan) -> None:
    asked = desk.faults.calls.count("read_back")

    def sleep(name: str) -> None:
        if name == "download.part" and desk.steps.count(name) == 2:
            desk.clock.seconds += 8 * 24 * 3600

    desk.step = sleep
    desk.download(plan)
    assert desk.faults.calls.count("read_back") - asked == 2


@pytest.mark.parametrize("error", [ServerDown("Down."), GrantExpired("Lapsed.")])
def test_a_store_that_stays_away_leaves_the_download_waiting(
    desk: TransferDesk, plan: Plan, error: KodaError
) -> None:
    desk.faults.refuse("fetch", error)
    with pytest.raises((StorageFault, KodaError)):
        desk.download(plan)
    assert [one.id for one in desk.ready()] == [plan.id]


def test_a_full_disk_parks_it_with_the_bytes_kept(
    desk: TransferDesk, plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.pwrite

    def pwrite(descriptor: int, view: memoryview, offset: int) -> int:
        if offset >= 6 * PART:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, view, offset)

    with monkeypatch.context() as patched:
        patched.setattr("koda_desktop.sync.transfers.partial.os.pwrite", pwrite)
        row = desk.download(plan)
    assert row.state is TransferState.PARKED
    assert row.error is not None
    assert (row.error["code"], row.error["kept"]) == (
        "disk-full",
        "What was downloaded so far is kept.",
    )
    carrier(desk).fetched.clear()
    desk.store.write(lambda tx: transfer_rows.retry_download(tx, plan.id))
    assert desk.download(plan).state is TransferState.DONE
    assert len(carrier(desk).fetched) == COUNT - 6
    assert (folder / "flow.json").read_bytes() == DATA


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_file_that_the_system_lets_grow_no_further_is_parked(
    tmp_path: Path, server: Server
) -> None:
    import resource

    mib = 1024 * 1024
    data = random.Random(1).randbytes(12 * mib)
    sizes = replace(SMALL, single_max=len(data), range_size=mib)
    desk = TransferDesk(tmp_path / "desk", server, sizes=sizes)
    plan = desk.wanted(desk.published(data), tmp_path / "in")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(data) - 1, limits[1]))
    try:
        row = desk.download(plan)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert row.state is TransferState.PARKED
    assert row.error is not None
    assert row.error["code"] == "disk-full"
    desk.store.write(lambda tx: transfer_rows.retry_download(tx, plan.id))
    assert Path(desk.download(plan).target).read_bytes() == data
    desk.close()


def test_too_little_room_is_seen_before_anything_is_fetched(
    desk: TransferDesk, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    usage = shutil.disk_usage(desk.folder)._replace(free=PART)
    monkeypatch.setattr("koda_desktop.sync.transfers.partial.shutil.disk_usage", lambda _: usage)
    row = desk.download(plan)
    assert row.state is TransferState.PARKED
    assert carrier(desk).fetched == []


def test_a_partial_file_that_was_deleted_is_fetched_from_the_beginning(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    crash_at(desk, "download.verified")
    with pytest.raises(Crash):
        desk.download(plan)
    desk.step = lambda _: None
    for part in folder.iterdir():
        part.unlink()
    desk.download(plan)
    assert (folder / "flow.json").read_bytes() == DATA


def test_a_cancelled_download_is_cleared_away(desk: TransferDesk, plan: Plan, folder: Path) -> None:
    cancel = CancelToken()

    def stop(name: str) -> None:
        if name == "download.part" and desk.steps.count(name) == 3:
            desk.store.write(lambda tx: transfer_rows.cancel_download(tx, plan.id, "now"))
            cancel.cancel()

    desk.step = stop
    with pytest.raises(Cancelled):
        desk.download(plan, cancel)
    assert desk.ready() == []
    [left] = desk.store.read(lambda db: part_rows.abandoned(db, 9))
    desk.store.write(abandoning.perform(desk.session, left, CancelToken()))
    assert names(folder) == []
    assert desk.store.read(lambda db: part_rows.abandoned(db, 9)) == []


def test_a_paused_download_waits_until_it_is_resumed(desk: TransferDesk, plan: Plan) -> None:
    desk.store.write(lambda tx: transfer_rows.set_paused(tx, plan.id, True))
    assert desk.ready() == []
    with pytest.raises(Cancelled):
        desk.download(plan)
    desk.store.write(lambda tx: transfer_rows.set_paused(tx, plan.id, False))
    assert desk.download(desk.ready()[0]).state is TransferState.DONE


def test_the_download_of_the_highest_priority_goes_first(
    desk: TransferDesk, plan: Plan, folder: Path
) -> None:
    [listing_id] = [plan.lane]
    second = desk.wanted(listing_id, folder / "other")
    assert second.id == plan.id
    other = next(one for one in desk.ready() if one.id != plan.id)
    desk.store.write(lambda tx: transfer_rows.set_priority(tx, other.id, 1))
    assert [one.id for one in desk.ready()] == [other.id, plan.id]


def test_ranges_run_side_by_side_on_a_pool(tmp_path: Path, server: Server) -> None:
    desk = TransferDesk(
        tmp_path / "desk", server, pool=ThreadPoolExecutor(8), sizes=replace(SMALL, sync_bytes=1)
    )
    plan = desk.wanted(desk.published(DATA), tmp_path)
    assert desk.download(plan).state is TransferState.DONE
    assert (tmp_path / "flow.json").read_bytes() == DATA
    desk.close()
