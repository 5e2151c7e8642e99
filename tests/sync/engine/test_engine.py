from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import Cancelled, DiskFull, ServerDown, VaultFault, WrongCredentials
from koda_desktop.marketplace.api import Marketplace
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.backoff import CAP_SECONDS, RETRY_AFTER, Backoff
from koda_desktop.sync.engine.engine import Engine
from koda_desktop.sync.engine.loop import SyncLoop
from koda_desktop.sync.rows import Changes, Link, ListingState
from tests.sync.desk import Desk, Inline
from tests.sync.fake_marketplace import FakeMarketplace, Server

DOWN = ServerDown("The marketplace does not answer.")

# -- back-off --


@given(failures=st.integers(1, 40), share=st.floats(0, 1))
def test_the_wait_is_full_jitter_under_the_cap(failures: int, share: float) -> None:
    backoff = Backoff(lambda low, high: low + share * (high - low))
    for _ in range(failures):
        wait = backoff.failed(100.0, DOWN)
    assert wait == pytest.approx(share * min(60, 0.5 * 2 ** (failures - 1)))
    assert backoff.wait(100.0) == pytest.approx(wait)
    assert backoff.wait(100.0 + CAP_SECONDS) == 0


def test_retry_after_is_a_floor_that_has_an_end() -> None:
    backoff = Backoff(lambda low, _: low)
    assert backoff.failed(0, ServerDown("Slow down.", facts={RETRY_AFTER: 7})) == 7
    assert backoff.failed(0, ServerDown("Slow down.", facts={RETRY_AFTER: 10**9})) == 900


def test_a_success_begins_again_from_the_beginning() -> None:
    backoff = Backoff(lambda _, high: high)
    waits = [backoff.failed(0, DOWN) for _ in range(3)]
    backoff.succeeded()
    assert waits == [0.5, 1, 2]
    assert backoff.wait(0) == 0
    assert backoff.failed(0, DOWN) == 0.5


def test_attempts_and_the_next_one_are_written_down(desk: Desk) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.refuse("push", DOWN)
    for attempts in (1, 2):
        desk.engine.run_round()
        [operation] = desk.reads.operations(0)
        assert operation.attempts == attempts
        assert operation.next_at is not None
        assert operation.error is not None
    assert desk.reads.status().link is Link.UNREACHABLE
    assert desk.reads.status().message == DOWN.what
    desk.faults.heal()
    assert desk.engine.run_round().is_clean
    assert desk.reads.status().link is Link.ONLINE
    assert desk.reads.status().message == ""


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta()])
def test_no_wall_clock_strands_work_after_a_restart(desk: Desk, jump: timedelta) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.refuse("push", DOWN)
    for _ in range(9):
        desk.engine.run_round()
    desk.clock.wall += jump
    desk.reopen()
    waiting = desk.core().marketplace.wait(desk.clock.monotonic())
    assert waiting <= CAP_SECONDS
    if jump == timedelta():
        assert waiting > CAP_SECONDS - 1


def test_sync_now_does_not_wait(desk: Desk) -> None:
    listing_id = desk.published()
    desk.commands.edit(listing_id, {"title": "New"})
    desk.faults.refuse("push", DOWN, once=True)
    assert not desk.engine.run_round().is_clean
    assert desk.core().marketplace.wait(desk.clock.monotonic()) > 0
    assert desk.engine.run_round().is_clean


# -- reaching the marketplace --


def test_faults_of_reaching_the_marketplace_are_reported_and_nothing_is_parked(
    desk: Desk,
) -> None:
    problems = [VaultFault("The keyring is locked."), DOWN]

    def connect() -> Marketplace:
        if problems:
            raise problems.pop(0)
        return FakeMarketplace(desk.server)

    engine = Engine(
        desk.parts, connect, FileLock(desk.folder / "lock"), executor=Inline(), uniform=max
    )
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    codes = []
    for _ in range(2):
        report = engine.run_round()
        assert report.problem is not None
        assert (report.waiting, report.parked) == (3, ())
        codes.append(report.problem["code"])
    assert codes == ["vault-fault", "server-down"]
    assert engine.run_round().published == (listing_id,)


def test_offline_sends_nothing_and_says_so(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.engine.set_offline(True)
    report = desk.engine.run_round()
    assert report.problem is not None
    assert report.problem["code"] == "offline"
    assert desk.faults.calls == []
    assert desk.reads.status().link is Link.OFFLINE
    desk.engine.set_offline(False)
    assert desk.engine.run_round().published == (listing_id,)


def test_going_offline_stops_a_round_under_way(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.carrier.on_put = lambda _, __: desk.engine.set_offline(True)
    report = desk.engine.run_round()
    assert report.problem is not None
    assert report.problem["code"] == "offline"
    assert server.puts == []


def test_a_workspace_without_a_marketplace_stays_offline(desk: Desk) -> None:
    engine = Engine(desk.parts, None, FileLock(desk.folder / "lock"), executor=Inline())
    engine.set_offline(False)
    assert engine.view.link is Link.OFFLINE
    assert engine.run_round().problem is not None


def test_a_second_process_is_refused_while_the_first_syncs(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    other = FileLock(desk.folder / "lock")
    assert other.acquire()
    report = desk.engine.run_round()
    assert report.problem is not None
    assert "syncing this workspace" in report.problem["what"]
    assert report.waiting == 3
    other.release()
    assert desk.engine.run_round().is_clean
    assert FileLock(desk.folder / "lock").acquire()


def test_a_store_that_cannot_be_written_is_reported(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])

    def full(*_: object, **__: object) -> None:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr(desk.store, "write", full)
    report = desk.engine.run_round()
    monkeypatch.undo()
    assert report.problem is not None
    assert report.problem["code"] == "disk-full"
    assert desk.engine.run_round().published == (listing_id,)


def test_a_bug_is_not_swallowed_and_leaves_the_engine_usable(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("register", ZeroDivisionError("bug"), once=True)
    with pytest.raises(ZeroDivisionError):
        desk.engine.run_round()
    assert not desk.engine.view.is_running
    assert desk.engine.run_round().is_clean
    assert server.inserts == [listing_id]


def test_a_round_cancelled_before_it_began_does_nothing(desk: Desk) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        desk.engine.run_round(token)
    assert desk.faults.calls == []


def test_several_publications_go_out_at_the_same_time(tmp_path: Path, server: Server) -> None:
    desk = Desk(tmp_path / "threads", server)
    engine = Engine(desk.parts, lambda: FakeMarketplace(server), FileLock(tmp_path / "lock"))
    ids = [desk.draft() for _ in range(12)]
    desk.commands.publish(ids)
    together = threading.Barrier(4, timeout=20)
    desk.carrier.on_put = lambda _, __: _meet(together)
    try:
        report = engine.run_round()
        assert set(report.published) == set(ids)
        assert report.is_clean
        assert sorted(server.inserts) == sorted(ids)
    finally:
        engine.close()
        desk.close()


def _meet(barrier: threading.Barrier) -> None:
    barrier.wait()


# -- in the background --


class Heard:
    """Waits for a condition to come true after some change, without polling."""

    def __init__(self, desk: Desk) -> None:
        self._changed = threading.Condition()
        self._desk = desk
        desk.store.subscribe(self._hear)

    def _hear(self, _: Changes) -> None:
        with self._changed:
            self._changed.notify_all()

    def state(self, listing_id: str, wanted: ListingState) -> bool:
        with self._changed:
            return self._changed.wait_for(
                lambda: self._desk.row(listing_id).state is wanted, timeout=30
            )


@pytest.fixture
def loop(desk: Desk) -> Iterator[SyncLoop]:
    loop = SyncLoop(desk.engine, desk.store, desk.clock)
    yield loop
    loop.close()


def test_the_loop_sends_what_is_queued_at_once(desk: Desk, loop: SyncLoop) -> None:
    heard = Heard(desk)
    loop.start()
    loop.start()
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    assert heard.state(listing_id, ListingState.PUBLISHED)
    desk.commands.edit(listing_id, {"title": "New"})
    assert heard.state(listing_id, ListingState.PUBLISHED)
    assert desk.server.products[listing_id]["title"] == "New"


def test_waking_the_loop_ends_the_wait(desk: Desk, loop: SyncLoop) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("request_upload", DOWN, once=True)
    heard = Heard(desk)
    # The clock of the test stands still, so that the back-off never ends by itself.
    loop.start()
    with heard._changed:
        assert heard._changed.wait_for(lambda: desk.engine.view.message == DOWN.what, timeout=30)
    loop.wake()
    assert heard.state(listing_id, ListingState.PUBLISHED)


def test_the_loop_finds_the_work_of_another_process(desk: Desk, loop: SyncLoop) -> None:
    heard = Heard(desk)
    loop.start()
    other = Desk(desk.folder, desk.server)
    try:
        listing_id = other.draft()
        other.commands.publish([listing_id])
        assert heard.state(listing_id, ListingState.PUBLISHED)
    finally:
        other.close()


def test_the_loop_waits_for_the_lock_and_says_so(desk: Desk, loop: SyncLoop) -> None:
    other = FileLock(desk.folder / "lock")
    assert other.acquire()
    heard = Heard(desk)
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    loop.start()
    with heard._changed:
        assert heard._changed.wait_for(
            lambda: "syncing this workspace" in desk.engine.view.message, timeout=30
        )
    other.release()
    assert heard.state(listing_id, ListingState.PUBLISHED)


def test_closing_stops_an_upload_and_can_be_done_twice(desk: Desk, loop: SyncLoop) -> None:
    started = threading.Event()

    def endless(cancel: CancelToken, _: object) -> None:
        started.set()
        while not cancel.is_cancelled:
            cancel.wait(0.01)

    desk.carrier.on_put = endless
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    loop.start()
    assert started.wait(30)
    loop.close()
    loop.close()
    assert desk.server.puts == []
    assert desk.row(listing_id).state in (ListingState.PUBLISHING, ListingState.WAITING)


def test_waking_from_sleep_tries_at_once(desk: Desk, loop: SyncLoop) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("request_upload", DOWN, once=True)
    heard = Heard(desk)
    loop.start()
    with heard._changed:
        assert heard._changed.wait_for(lambda: desk.engine.view.message == DOWN.what, timeout=30)
    # Only the wall clock goes on in sleep, so that the back-off has not ended by itself.
    desk.clock.wall += timedelta(hours=8)
    assert heard.state(listing_id, ListingState.PUBLISHED)


def test_a_bug_is_reported_and_the_loop_goes_on(desk: Desk) -> None:
    reported = threading.Event()
    loop = SyncLoop(desk.engine, desk.store, desk.clock, lambda *_: reported.set())
    desk.faults.refuse("register", ZeroDivisionError("bug"), once=True)
    heard = Heard(desk)
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    loop.start()
    try:
        assert reported.wait(30)
        loop.wake()
        assert heard.state(listing_id, ListingState.PUBLISHED)
    finally:
        loop.close()


def test_a_round_asked_for_while_keeping_up_is_done_by_the_loop(desk: Desk, loop: SyncLoop) -> None:
    heard = Heard(desk)
    loop.start()
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    assert heard.state(listing_id, ListingState.PUBLISHED)
    desk.server.web_edit(listing_id, title="From the web")
    report = desk.engine.run_round()
    assert report.is_clean
    assert desk.row(listing_id).title == "From the web"


# -- keys --


class Keyring:
    """A way to a marketplace that refuses its keys until they are others."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.reached = 0

    def connect(self) -> Marketplace:
        self.reached += 1
        return self._desk.marketplace()

    def engine(self) -> Engine:
        lock = FileLock(self._desk.folder / "lock")
        return Engine(self._desk.parts, self.connect, lock, executor=Inline(), uniform=max)


def test_refused_keys_are_read_again_once_for_everything_that_waits(desk: Desk) -> None:
    keyring = Keyring(desk)
    ids = [desk.draft() for _ in range(6)]
    desk.commands.publish(ids)
    desk.faults.refuse("request_upload", WrongCredentials("Refused."), once=True)
    report = keyring.engine().run_round()
    assert report.is_clean
    assert set(report.published) == set(ids)
    assert keyring.reached == 2


def test_keys_refused_again_pause_the_work_and_say_so(desk: Desk) -> None:
    keyring = Keyring(desk)
    engine = keyring.engine()
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.faults.refuse("request_upload", WrongCredentials("Refused."))
    assert not engine.run_round().is_clean
    assert engine.view.needs_keys
    assert keyring.reached == 2
    desk.faults.heal()
    assert engine.run_round().is_clean
    assert not engine.view.needs_keys
