"""The engine as the workspace holds it: rounds when asked, and keeping up in the background.

One process to a store: the lock is held while anything is sent or read.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial

from koda_desktop.errors import Cancelled, KodaError, Offline, Unavailable
from koda_desktop.runtime.daemons import DaemonExecutor
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync import outbox
from koda_desktop.sync.engine.core import PARALLEL, Core
from koda_desktop.sync.engine.driver import Driver
from koda_desktop.sync.engine.jobs import Wake
from koda_desktop.sync.engine.parts import LinkedToken, Parts
from koda_desktop.sync.engine.reaching import Connect
from koda_desktop.sync.engine.tally import Tally
from koda_desktop.sync.feed_state import MISSING_NOTE
from koda_desktop.sync.local import LAST_SYNC, EngineView, meta, parked_rows, save_meta
from koda_desktop.sync.rows import Changes, Link, OperationRow, SyncReport
from koda_desktop.sync.store.database import Db

_STATUS = Changes(status=True)

_THREADS = PARALLEL + 4
"""For publications and downloads, and one each for edits and for news."""

_LOOK_SECONDS = 0.1
"""How often a round looks whether it is to stop, while nothing comes back."""

_END_SECONDS = 0.9
"""How long closing waits for calls to servers; one that is left behind is as one cut off by a
crash, which the rows are written for."""


@dataclass(slots=True)
class _Request:
    """Somebody waits for everything to be sent and read once."""

    cancel: CancelToken
    progress: ProgressReport
    report: SyncReport | None = None
    is_begun: bool = False
    done: threading.Event = field(default_factory=threading.Event)


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
        self._uniform = uniform
        self._turn = threading.Lock()
        self._driver: Driver | None = None
        self._request: _Request | None = None
        self._stop = CancelToken()
        self._stopped_at: float | None = None
        self._offline = CancelToken()
        self._view = EngineView()
        self._was_settled = False
        self.set_offline(is_offline or connect is None)

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
        self._show(link=Link.OFFLINE if offline else Link.UNKNOWN, message="")
        self.wake()

    def wake(self, *, is_asked: bool = True) -> None:
        """Have whoever drives the engine look again. Safe from every thread."""
        driver = self._driver
        if driver is not None:
            driver.tell(Wake(is_asked))

    def take_lock(self) -> bool:
        """Become the one process that syncs this store; False, and said so, when another is."""
        if self._lock.acquire():
            return True
        self._show(message="The window or another command is syncing this workspace.")
        return False

    def note(self, problem: KodaError) -> None:
        """Show a problem met beside the work."""
        self._show(message=problem.what)

    # -- once --

    def run_round(
        self, cancel: CancelToken | None = None, progress: ProgressReport = ignore_progress
    ) -> SyncReport:
        """Send what waits and ask for news once, without regard to back-off.

        What stood in the way is in the report. Raises Cancelled alone.
        """
        request = _Request(LinkedToken(cancel or CancelToken()), progress)
        while not self._turn.acquire(timeout=_LOOK_SECONDS):
            if self._is_answered(request):
                return self._answer(request)
        held_before = self._lock.is_held
        try:
            self._refuse_cancelled(request)
            self._attempt(request)
        finally:
            if not held_before:
                self._lock.release()
            self._turn.release()
        return self._answer(request)

    def _is_answered(self, request: _Request) -> bool:
        """Ask whoever drives the engine in the background to do it; whether that is done."""
        self._refuse_cancelled(request)
        if self._request is None and not request.done.is_set():
            self._request = request
            self.wake()
        return request.done.is_set()

    def _answer(self, request: _Request) -> SyncReport:
        self._refuse_cancelled(request)
        assert request.report is not None
        return request.report

    def _refuse_cancelled(self, request: _Request) -> None:
        if request.cancel.is_cancelled or self._stop.is_cancelled:
            raise Cancelled("Stopped.", kept="What was not sent waits on this computer.")

    def _attempt(self, request: _Request) -> None:
        tally = Tally()
        try:
            self._refuse_offline()
            self._refuse_locked()
            driver = self._drive(request.cancel)
            driver.core.begin()
            driver.tell(Wake())
            self._run(driver, lambda: self._is_over(driver.core), request.progress)
            tally = driver.core.tally
            self._refuse_offline()
        except KodaError as error:
            tally.marketplace = error
            self._show(message=error.what)
        request.report = self._report(tally)

    def _refuse_offline(self) -> None:
        if self.is_offline:
            raise Offline("Koda is working offline.", remedy="Go online to send what waits.")

    def _refuse_locked(self) -> None:
        if not self._lock.acquire():
            raise Unavailable(
                "The window or another command is syncing this workspace.",
                remedy="It sends what waits; there is nothing to do.",
            )

    # -- in the background --

    def keep_up(self, is_ended: Callable[[], bool], look_seconds: float) -> None:
        """Send what is queued and follow the marketplace until ``is_ended`` or offline.

        The lock must have been taken. Raises faults of the store, and bugs.
        """
        with self._turn:
            driver = self._drive()
            driver.core.listens = True
            driver.tell(Wake())
            look = partial(self._has_ended, driver, is_ended)
            self._run(driver, look, ignore_progress, look_seconds)

    def _has_ended(self, driver: Driver, is_ended: Callable[[], bool]) -> bool:
        core = driver.core
        if is_ended() or core.stops.is_cancelled:
            core.stops.cancel()
            return self._is_over(core)
        self._serve(driver)
        return False

    def _serve(self, driver: Driver) -> None:
        """Do what somebody waits for in ``run_round``."""
        request = self._request
        if request is None:
            return
        if not request.is_begun:
            request.is_begun = True
            driver.core.begin()
            driver.tell(Wake())
        elif driver.core.is_settled or request.cancel.is_cancelled:
            request.report = self._report(driver.core.tally)
            self._request = None
            request.done.set()

    # -- both --

    def _drive(self, *stops: CancelToken) -> Driver:
        if self._driver is None:
            assert self._connect is not None
            core = Core(self._parts, self._connect, uniform=self._uniform)
            self._driver = Driver(core, self._pool())
        self._driver.core.listens = False
        self._driver.core.stops = LinkedToken(self._stop, self._offline, *stops)
        return self._driver

    def _pool(self) -> Executor:
        if self._executor is None:
            self._executor = DaemonExecutor(_THREADS, "koda-sync")
        return self._executor

    def _run(
        self,
        driver: Driver,
        is_done: Callable[[], bool],
        progress: ProgressReport,
        look_seconds: float = _LOOK_SECONDS,
    ) -> None:
        def look() -> bool:
            self._observe(driver.core, progress)
            return is_done()

        try:
            driver.run(look, look_seconds)
        except BaseException:
            # What it knew is in the store; a new core starts from there.
            self._driver = None
            raise
        finally:
            self._was_settled = False
            self._show(is_running=False)

    def _observe(self, core: Core, progress: ProgressReport) -> None:
        """Show how it stands, and remember when everything was last well."""
        problem = core.tally.problem
        is_settled = core.is_settled
        if problem is not None:
            link = Link.OFFLINE if isinstance(problem, Offline) else Link.UNREACHABLE
            self._show(link=link, message=problem.what, needs_keys=core.needs_keys)
        elif is_settled and not self._was_settled:
            now = self._parts.stamps.now()
            self._parts.store.write(lambda tx: save_meta(tx, LAST_SYNC, now), durable=False)
            note = self._parts.store.read(lambda db: meta(db, MISSING_NOTE)) or ""
            self._show(link=Link.ONLINE, message=note, needs_keys=False)
        self._was_settled = is_settled
        self._show(is_running=not is_settled, mode=core.mode)
        progress(Progress(core.tally.sent, None, "pull" if core.is_reading else "send"))

    def _report(self, tally: Tally) -> SyncReport:
        problem = tally.problem
        try:
            parked, waiting = self._parts.store.read(_left)
        except KodaError as error:
            # The store itself is in the way, so that it cannot be asked what is left.
            parked, waiting, problem = (), 0, error
        return SyncReport(
            sent=tally.sent,
            pulled=tally.pulled,
            parked=parked,
            waiting=waiting,
            problem=problem.as_json() if problem else None,
            published=tuple(tally.published),
        )

    def _show(
        self,
        link: Link | None = None,
        is_running: bool | None = None,
        message: str | None = None,
        needs_keys: bool | None = None,
        mode: str | None = None,
    ) -> None:
        before = self._view
        view = EngineView(
            before.link if link is None else link,
            before.is_running if is_running is None else is_running,
            before.message if message is None else message,
            before.needs_keys if needs_keys is None else needs_keys,
            before.mode if mode is None else mode,
        )
        if view != before:
            self._view = view
            self._parts.store.publish(_STATUS)

    def _is_over(self, core: Core) -> bool:
        if not core.stops.is_cancelled:
            return core.is_settled
        return not core.running or self._is_overdue()

    def _is_overdue(self) -> bool:
        """Whether closing has waited long enough for a server that says nothing."""
        now = self._parts.stamps.clock.monotonic()
        return self._stopped_at is not None and now - self._stopped_at >= _END_SECONDS

    def stop(self) -> None:
        """Have what is under way end now; nothing begins any more."""
        if self._stopped_at is None:
            self._stopped_at = self._parts.stamps.clock.monotonic()
        self._stop.cancel()
        self._parts.carrier.close()
        self.wake(is_asked=False)

    def close(self) -> None:
        """Stop, wait a little for everything to end and let go of it. Safe to call twice."""
        self.stop()
        with self._turn:
            self._lock.release()
        is_quiet = self._driver is None or not self._driver.core.running
        if self._owns_executor and self._executor is not None:
            self._executor.shutdown(wait=is_quiet)
        self._parts.transfer_pool.shutdown(wait=is_quiet)
        self._parts.end_unpackers()


def _left(db: Db) -> tuple[tuple[OperationRow, ...], int]:
    """The operations that are parked, and how many wait."""
    waiting, _ = outbox.counts(db)
    return tuple(parked_rows(db)), waiting
