"""What happens next: decided by one thread from the rows, the clock and what came back.

The core talks to nobody. It is told events, writes their outcomes, and answers the jobs that are to
be done outside. Everything it must not forget is in the store, so that it can be dropped at any
moment and made anew; what it keeps in memory is only what runs, what rests and how long to wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from koda_desktop.errors import Cancelled, KodaError, ServerDown, WrongCredentials
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import feed_state, outbox
from koda_desktop.sync.backoff import CAP_SECONDS, Backoff
from koda_desktop.sync.engine import carrying, publishing, pulling, pushing, reaching, settling
from koda_desktop.sync.engine.following import Following, Question, ask_gates
from koda_desktop.sync.engine.jobs import Event, Finished, Job, JobKind, Wake
from koda_desktop.sync.engine.parts import (
    Apply,
    LinkedToken,
    Parts,
    Session,
    StorageFault,
    must_wait,
)
from koda_desktop.sync.engine.reaching import Connect
from koda_desktop.sync.engine.resting import Resting
from koda_desktop.sync.engine.tally import Tally
from koda_desktop.sync.feed_state import Mode
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Verb

PARALLEL = 4
"""Publications that go out at the same time."""

GRACE_SECONDS = 5.0
"""How long news may wait for what is being sent, so that an answer is not asked for twice."""

STORED = (Verb.UPLOAD, Verb.PREVIEW, Verb.VERIFY)
"""Operations whose bytes go to the object store or come from there."""

SENDING = (JobKind.CONNECT, JobKind.EDITS, JobKind.PUBLISH)

Work = Callable[[CancelToken], Apply]


class Core:
    """See the module. Every method is for the control thread alone."""

    def __init__(
        self,
        parts: Parts,
        connect: Connect,
        *,
        uniform: Callable[[float, float], float],
    ) -> None:
        self._parts = parts
        self._store = parts.store
        self._clock = parts.stamps.clock
        self._reach = connect
        self.marketplace = Backoff(uniform)
        self.storage = Backoff(uniform)
        self.tally = Tally()
        self.needs_keys = False
        self.mode: Mode | None = None
        """How the marketplace is followed, as of the last question."""
        self.listens = False
        """Whether the stream is listened to while there is nothing to ask."""
        self.stops = CancelToken()
        """Stops every job handed out from now on; nothing is handed out once it is cancelled."""
        self._session: Session | None = None
        self._is_stale = False
        self._is_refreshed = False
        self._is_checked = False
        self._last_miss = 0
        self._running: dict[int, Job] = {}
        self._numbers = 0
        self._resting = Resting()
        self._following = Following(self._clock.monotonic())
        self._question: Question | None = None
        self._listen_at = 0.0
        self._resume()

    # -- what the driver needs --

    def step(self, event: Event) -> list[Job]:
        """Take in one event; answers what is to be done outside now.

        Raises a fault of the store, and whatever else a job raised that is no KodaError: the core
        is to be dropped then, and a new one made.
        """
        if isinstance(event, Wake):
            self._woken(event)
        self._forget_what_is_over()
        if isinstance(event, Finished):
            self._finished(event)
        return self._start()

    @property
    def running(self) -> Sequence[Job]:
        """What was handed out and has not come back."""
        return tuple(self._running.values())

    @property
    def is_reading(self) -> bool:
        """Whether news is being read."""
        return self._runs(JobKind.FOLLOW)

    @property
    def is_settled(self) -> bool:
        """Whether nothing runs, and nothing is left to do or something is in the way."""
        if any(job.kind is not JobKind.LISTEN for job in self._running.values()):
            return False
        return self.tally.problem is not None or self._following.is_done

    def due_in(self) -> float:
        """Seconds until a ``Wake`` is wanted, if nothing else happens."""
        now = self._clock.monotonic()
        blocked = self.marketplace.wait(now)
        waits = [max(blocked, self._news_in(now)), *self._resting.waits(now)]
        waits += [one for one in (blocked, self.storage.wait(now)) if one > 0]
        return max(0.0, min(waits))

    def _news_in(self, now: float) -> float:
        """Seconds until there is something to ask. What runs brings an event when it ends."""
        if self.is_reading or self._runs(JobKind.LISTEN) or self._runs(JobKind.CONNECT):
            return CAP_SECONDS
        wait = self._following.due_in(now)
        if self._is_sending():
            # Neither a question nor listening begins before that.
            return max(wait, GRACE_SECONDS - self._following.lateness(now))
        hears = self.listens and self.mode is Mode.STREAM
        return min(wait, self._listen_at - now) if hears else wait

    def _is_sending(self) -> bool:
        return any(job.kind in SENDING for job in self._running.values())

    def begin(self) -> None:
        """Do everything now, and count anew what is done from now on."""
        self._woken(Wake(is_asked=True))
        self.tally = Tally()

    # -- events --

    def _woken(self, event: Wake) -> None:
        now = self._clock.monotonic()
        if event.is_asked:
            self.marketplace.clear()
            self.storage.clear()
            self._resting.clear()
            self._following.ask_now(now)
            self.needs_keys = False

    def _forget_what_is_over(self) -> None:
        """Waits that have ended stand in nobody's way, whatever event comes next."""
        now = self._clock.monotonic()
        if self.marketplace.wait(now) == 0:
            self.tally.marketplace = None
        if self.storage.wait(now) == 0:
            self.tally.storage = None
        self._resting.wake(now)

    def _finished(self, event: Finished) -> None:
        job, error = event.job, event.error
        self._running.pop(job.number, None)
        if error is None:
            assert event.apply is not None
            self._settle(job, event.apply)
        elif isinstance(error, Cancelled):
            self._put_off(job)
        elif isinstance(error, StorageFault):
            self._missed(job, error.error, is_storage=True)
        elif isinstance(error, KodaError) and (must_wait(error) or not job.operations):
            self._missed(job, error, is_storage=False)
        elif isinstance(error, KodaError):
            self._refused(job, error)
        else:
            raise error

    def _refused(self, job: Job, error: KodaError) -> None:
        stamps = self._parts.stamps
        self._store.write(lambda tx: settling.park(tx, job.operations, error.as_json(), stamps))

    def _settle(self, job: Job, apply: Apply) -> None:
        if job.kind is JobKind.CONNECT:
            self._connected(apply)
        elif job.kind in (JobKind.FOLLOW, JobKind.LISTEN):
            self._told(job, apply)
            self._answered(job)
        elif job.kind is JobKind.DOWNLOAD:
            self._store.write(apply)
            self._answered(job)
        else:
            self._sent(job, apply)
            self._answered(job)

    def _told(self, job: Job, apply: Apply) -> None:
        answer = self._store.write(apply, durable=False)
        changed = answer if isinstance(answer, int) else 0
        self.tally.pulled += changed
        if self._question is not ask_gates:
            self._parts.on_step("pull.saved")
        if job.kind is JobKind.FOLLOW and self._question is not None:
            self._following.answered(self._question)
            return
        now = self._clock.monotonic()
        if changed:
            self._listen_at = now
        state = self._store.read(feed_state.load)
        if state.has_doubts or not state.has_stream:
            self._following.ask_now(now)

    def _answered(self, job: Job) -> None:
        """What answers after the last fault is not in the way any more."""
        if job.number <= self._last_miss:
            return
        self._is_refreshed = self.needs_keys = False
        self.tally.marketplace = None
        self.marketplace.succeeded()
        if job.kind is JobKind.DOWNLOAD or any(one.verb in STORED for one in job.operations):
            self.tally.storage = None
            self.storage.succeeded()

    def _missed(self, job: Job, error: KodaError, *, is_storage: bool) -> None:
        """The outside was in the way: keep the work as it is for another attempt."""
        self._last_miss = self._numbers
        # A connection may have gone stale, or its keys may be others by the next attempt.
        self._is_stale = True
        if isinstance(error, WrongCredentials) and not self._is_refreshed:
            self._is_refreshed = True
            self._store.write(partial(settling.rest, operations=job.operations), durable=False)
            return
        self.needs_keys = isinstance(error, WrongCredentials)
        backoff = self.storage if is_storage else self.marketplace
        if is_storage:
            self.tally.storage = error
        else:
            self.tally.marketplace = error
        pause = backoff.failed(self._clock.monotonic(), error)
        next_at = iso(self._clock.now() + timedelta(seconds=pause))
        held = partial(settling.hold, operations=job.operations, error=error, next_at=next_at)
        self._store.write(held, durable=False)

    def _sent(self, job: Job, apply: Apply) -> None:
        settle = partial(settling.settle, operations=job.operations, apply=apply)
        done = self._store.write(settle)
        for operation in job.operations:
            if operation.operation_id in done:
                self._count(operation)
            else:
                self._moved(operation.lane)
        self._parts.on_step(f"{job.operations[0].verb}.done")

    def _count(self, operation: Operation) -> None:
        self.tally.sent += 1
        self._resting.arrived(operation.lane)
        if operation.verb is Verb.VERIFY:
            self.tally.published.append(operation.lane)

    def _moved(self, lane: str) -> None:
        if self._resting.moved(lane, self._clock.monotonic()):
            self.tally.restless = ServerDown("A listing keeps changing in the marketplace.")

    def _put_off(self, job: Job) -> None:
        """A job was stopped: its lanes wait a little, the rows stay as they are."""
        for lane in job.lanes:
            self._resting.rest(lane, self._clock.monotonic())
        self._store.write(partial(settling.rest, operations=job.operations), durable=False)

    # -- starting --

    def _start(self) -> list[Job]:
        now = self._clock.monotonic()
        if self.stops.is_cancelled or self.tally.marketplace or self.marketplace.wait(now) > 0:
            return []
        if self._session is None or (self._is_stale and not self._running):
            return [] if self._running else [self._job(JobKind.CONNECT, self._reaching())]
        if self._runs(JobKind.CONNECT):
            return []
        jobs = [*self._edits(self._session), *self._publications(self._session, now)]
        jobs += self._files(self._session, now)
        return jobs or self._news(self._session, now)

    def _reaching(self) -> Work:
        is_checked = self._is_checked
        return lambda _: reaching.reach(self._parts, self._reach, is_checked=is_checked)

    def _connected(self, apply: Apply) -> None:
        session = self._store.write(apply, durable=False)
        assert isinstance(session, Session)
        self._session = session
        self._is_stale = False
        self._is_checked = True

    def _edits(self, session: Session) -> list[Job]:
        if self._runs(JobKind.EDITS):
            return []
        ready = self._ready((Verb.EDIT,), pushing.BATCH)
        frozen = self._freeze(ready, lambda _, one: pushing.payload(session, one))
        if not frozen:
            return []
        self._parts.on_step("edit.frozen")
        work = partial(pushing.perform, session, frozen)
        return [self._job(JobKind.EDITS, work, frozen)]

    def _publications(self, session: Session, now: float) -> list[Job]:
        is_blocked = self.tally.storage is not None or self.storage.wait(now) > 0
        verbs = publishing.RULED if is_blocked else publishing.VERBS
        busy = [job for job in self._running.values() if job.kind is JobKind.PUBLISH]
        ready = self._ready(verbs, PARALLEL - len(busy)) if len(busy) < PARALLEL else []
        frozen = self._freeze(ready, lambda tx, one: publishing.payload(tx, session, one))
        return [self._publication(session, one) for one in frozen]

    def _files(self, session: Session, now: float) -> list[Job]:
        """Downloads, and what cancelled transfers left behind."""
        if self.tally.storage is not None or self.storage.wait(now) > 0:
            return []
        running = [job for job in self._running.values() if job.kind is JobKind.DOWNLOAD]
        busy = {job.lanes[0] for job in running} | self._resting.lanes
        return [
            self._job(JobKind.DOWNLOAD, work, lanes=(transfer_id,))
            for transfer_id, work in carrying.ready(session, busy, len(running))
        ]

    def _publication(self, session: Session, operation: Operation) -> Job:
        self._parts.on_step(f"{operation.verb}.frozen")
        work = partial(publishing.perform, session, operation)
        return self._job(JobKind.PUBLISH, work, (operation,))

    def _news(self, session: Session, now: float) -> list[Job]:
        """The next question, once what is being sent is out, or when that takes long.

        Where there is nothing to ask, the stream is listened to.
        """
        is_late = self._following.lateness(now) >= GRACE_SECONDS
        is_busy = self._is_sending() and not is_late
        if self.is_reading or self._runs(JobKind.LISTEN) or is_busy:
            return []
        state = self._store.read(feed_state.load)
        self.mode = state.mode
        question = self._following.question(state, now, self._clock.now())
        if question is not None:
            self._question = question
            return [self._job(JobKind.FOLLOW, partial(question, session))]
        if self.listens and state.has_stream and now >= self._listen_at:
            self._listen_at = now + pulling.POLL_SECONDS
            wait = partial(pulling.perform_follow, session, wait_seconds=pulling.POLL_SECONDS)
            return [self._job(JobKind.LISTEN, wait)]
        return []

    def _runs(self, kind: JobKind) -> bool:
        return any(job.kind is kind for job in self._running.values())

    def _ready(self, verbs: Sequence[Verb], limit: int) -> list[Operation]:
        busy = {lane for job in self._running.values() for lane in job.lanes} | self._resting.lanes
        ready = self._store.read(lambda db: outbox.ready(db, verbs, limit + len(busy)))
        return [one for one in ready if one.lane not in busy][:limit]

    def _freeze(
        self, ready: Sequence[Operation], payload: settling.Payload
    ) -> tuple[Operation, ...]:
        if not ready:
            return ()
        return self._store.write(lambda tx: settling.freeze(tx, ready, payload))

    def _job(
        self,
        kind: JobKind,
        work: Work,
        operations: tuple[Operation, ...] = (),
        lanes: tuple[str, ...] = (),
    ) -> Job:
        self._numbers += 1
        cancel = LinkedToken(self.stops)
        lanes = lanes or tuple(one.lane for one in operations)
        job = Job(self._numbers, kind, lanes, cancel, partial(work, cancel), operations)
        self._running[job.number] = job
        return job

    def _resume(self) -> None:
        """Take up the wait that an earlier run wrote down."""
        latest = self._store.read(lambda db: db.value("SELECT max(next_at) FROM outbox"))
        now = self._clock.monotonic()
        self.marketplace.resume(now, self._clock.now(), from_iso(latest) if latest else None)
