"""The engine: rounds one at a time, in the background or when asked, one process to a store."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta

from koda_desktop.errors import Cancelled, KodaError, Offline, Unavailable
from koda_desktop.marketplace.api import Marketplace
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync import outbox
from koda_desktop.sync.backoff import Backoff
from koda_desktop.sync.engine.parts import LinkedToken, Parts, Session
from koda_desktop.sync.engine.rounds import PARALLEL, Outcome, Round, hold
from koda_desktop.sync.local import LAST_SYNC, EngineView, meta, parked_rows, save_meta
from koda_desktop.sync.rows import Changes, Link, OperationRow, SyncReport
from koda_desktop.sync.store.database import Db

Connect = Callable[[], Marketplace]
"""Reaches the marketplace; may be slow and may raise KodaErrors. Called again after a fault."""

_STATUS = Changes(status=True)


class Engine:
    """Keeps one store and one marketplace in step.

    ``connect`` is None for a workspace without a marketplace. ``executor`` runs the slow calls;
    left out, the engine makes a pool of its own and closes it.
    """

    def __init__(
        self,
        parts: Parts,
        connect: Connect | None,
        lock: FileLock,
        *,
        executor: Executor | None = None,
        uniform: Callable[[float, float], float] = random.uniform,
        is_offline: bool = False,
    ) -> None:
        self._parts = parts
        self._connect = connect
        self._lock = lock
        self._executor = executor
        self._owns_executor = executor is None
        self.backoff = Backoff(uniform)
        self._marketplace: Marketplace | None = None
        self._turn = threading.Lock()
        self._stop = CancelToken()
        self._offline = CancelToken()
        self._view = EngineView()
        self.set_offline(is_offline or connect is None)
        self._resume()

    @property
    def view(self) -> EngineView:
        """Link, activity and message for the status button. Cheap."""
        return self._view

    @property
    def is_offline(self) -> bool:
        return self._offline.is_cancelled

    def set_offline(self, offline: bool) -> None:
        """Stop or resume using the network; what is on its way stops at the next chunk."""
        offline = offline or self._connect is None
        if offline:
            self._offline.cancel()
        elif self.is_offline:
            self._offline = CancelToken()
        self.backoff.clear()
        self._show(link=Link.OFFLINE if offline else Link.UNKNOWN, message="")

    def take_lock(self) -> bool:
        """Become the one process that syncs this store; False, and said so, when another is."""
        if self._lock.acquire():
            return True
        self._show(message="The window or another command is syncing this workspace.")
        return False

    def note(self, problem: KodaError) -> None:
        """Show a problem met beside the rounds."""
        self._show(message=problem.what)

    def run_round(
        self, cancel: CancelToken | None = None, progress: ProgressReport = ignore_progress
    ) -> SyncReport:
        """Send what waits and pull once, without regard to back-off.

        What stood in the way is in the report. Raises Cancelled alone.
        """
        token = LinkedToken(cancel or CancelToken())
        self._wait_for_turn(token)
        held_before = self._lock.is_held
        try:
            return self._round_in_turn(token, progress)
        finally:
            if not held_before:
                self._lock.release()
            self._turn.release()

    def stop(self) -> None:
        """Have a round under way end between two steps; none begins any more."""
        self._stop.cancel()

    def close(self) -> None:
        """Stop, wait for the round to end and let go of everything. Safe to call twice."""
        self.stop()
        with self._turn:
            self._lock.release()
        if self._owns_executor and self._executor is not None:
            self._executor.shutdown()
        self._parts.transfer_pool.shutdown()
        self._parts.carrier.close()

    # -- one round --

    def _wait_for_turn(self, token: CancelToken) -> None:
        while not self._turn.acquire(timeout=0.1):
            token.check()
        if token.is_cancelled or self._stop.is_cancelled:
            self._turn.release()
            raise Cancelled("Stopped.")

    def _round_in_turn(self, token: CancelToken, progress: ProgressReport) -> SyncReport:
        self._show(is_running=True)
        outcome = Outcome()
        try:
            self._attempt(outcome, token, progress)
        except KodaError as error:
            outcome.problem = error
        finally:
            self._show(is_running=False)
        if token.is_cancelled or self._stop.is_cancelled:
            raise Cancelled("Stopped.", kept="What was not sent waits on this computer.")
        try:
            self._take_stock(outcome)
            return self._report(outcome)
        except KodaError as error:
            # The store itself is in the way, so that it cannot be asked what is left.
            return _bare_report(outcome, error)

    def _attempt(self, outcome: Outcome, token: CancelToken, progress: ProgressReport) -> None:
        offline = self._offline
        _refuse_offline(offline)
        if not self._lock.acquire():
            raise Unavailable(
                "The window or another command is syncing this workspace.",
                remedy="It sends what waits; there is nothing to do.",
            )
        stops = LinkedToken(token, offline, self._stop)
        Round(self._session(), self._pool(), stops, progress, outcome).run()
        _refuse_offline(offline)

    def _session(self) -> Session:
        if self._marketplace is None:
            assert self._connect is not None
            self._marketplace = self._connect()
        device_id = self._parts.store.read(lambda db: meta(db, "device_id"))
        return Session(self._parts, self._marketplace, str(device_id))

    def _pool(self) -> Executor:
        if self._executor is None:
            # One thread for edits beside those of the publications.
            self._executor = ThreadPoolExecutor(PARALLEL + 1, thread_name_prefix="koda-sync")
        return self._executor

    def _take_stock(self, outcome: Outcome) -> None:
        """Back off or not, and say how it went."""
        problem = outcome.problem
        if problem is None:
            self.backoff.succeeded()
            self._note_success()
            return
        clock = self._parts.stamps.clock
        pause = self.backoff.failed(clock.monotonic(), problem)
        # A connection may have gone stale, or its keys may be others by the next attempt.
        self._marketplace = None
        link = Link.OFFLINE if isinstance(problem, Offline) else Link.UNREACHABLE
        self._show(link=link, message=problem.what)
        if outcome.held:
            next_at = iso(clock.now() + timedelta(seconds=pause))
            self._parts.store.write(lambda tx: hold(tx, outcome.held, next_at))

    def _note_success(self) -> None:
        now = self._parts.stamps.now()
        self._parts.store.write(lambda tx: save_meta(tx, LAST_SYNC, now), durable=False)
        self._show(link=Link.ONLINE, message="")

    def _report(self, outcome: Outcome) -> SyncReport:
        parked, waiting = self._parts.store.read(_left)
        return SyncReport(
            sent=outcome.sent,
            pulled=outcome.pulled,
            parked=parked,
            waiting=waiting,
            problem=outcome.problem.as_json() if outcome.problem else None,
            published=tuple(outcome.published),
        )

    def _resume(self) -> None:
        clock = self._parts.stamps.clock
        latest = self._parts.store.read(lambda db: db.value("SELECT max(next_at) FROM outbox"))
        self.backoff.resume(clock.monotonic(), clock.now(), from_iso(latest) if latest else None)

    def _show(
        self,
        link: Link | None = None,
        is_running: bool | None = None,
        message: str | None = None,
    ) -> None:
        view = EngineView(
            self._view.link if link is None else link,
            self._view.is_running if is_running is None else is_running,
            self._view.message if message is None else message,
        )
        if view != self._view:
            self._view = view
            self._parts.store.publish(_STATUS)


def _refuse_offline(offline: CancelToken) -> None:
    if offline.is_cancelled:
        raise Offline("Koda is working offline.", remedy="Go online to send what waits.")


def _left(db: Db) -> tuple[tuple[OperationRow, ...], int]:
    """The operations that are parked, and how many wait."""
    waiting, _ = outbox.counts(db)
    return tuple(parked_rows(db)), waiting


def _bare_report(outcome: Outcome, error: KodaError) -> SyncReport:
    return SyncReport(
        sent=outcome.sent,
        pulled=outcome.pulled,
        problem=error.as_json(),
        published=tuple(outcome.published),
    )
