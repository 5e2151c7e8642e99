"""One round: everything that may go out goes out, several lanes at a time, then one pull.

The control thread alone decides and writes outcomes; the pool's threads talk to the outside. An
operation is committed as frozen before it is handed to the pool.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field
from functools import partial

from koda_desktop.errors import Cancelled, KodaError, ServerDown
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport
from koda_desktop.sync import edits, entities, outbox, transfer_rows
from koda_desktop.sync.engine import publishing, pulling, pushing
from koda_desktop.sync.engine.parts import (
    Apply,
    LinkedToken,
    Session,
    StorageFault,
    must_wait,
)
from koda_desktop.sync.local import ACCOUNT_GATES, meta, save_meta
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, TransferState, Verb
from koda_desktop.sync.store.database import Tx

PARALLEL = 4
"""Publications that go out at the same time."""

_MOVES_MAX = 3
"""How often one listing may move under an edit before the edit rests until the next round."""


@dataclass(slots=True)
class Outcome:
    """What a round did."""

    sent: int = 0
    pulled: int = 0
    published: list[str] = field(default_factory=list)
    held: list[tuple[Operation, KodaError]] = field(default_factory=list)
    """Operations that wait for another attempt, with what was in the way."""
    problem: KodaError | None = None
    """What the marketplace, or else the object store, said."""


@dataclass(frozen=True, slots=True)
class _Task:
    """Frozen operations that go out in one piece, and the token that stops them."""

    operations: tuple[Operation, ...]
    cancel: CancelToken


class Round:
    """See the module. Used once."""

    def __init__(
        self,
        session: Session,
        executor: Executor,
        cancel: CancelToken,
        progress: ProgressReport,
        outcome: Outcome,
    ) -> None:
        self._session = session
        self._store = session.parts.store
        self._executor = executor
        self._cancel = cancel
        self._progress = progress
        self._running: dict[Future[Apply], _Task] = {}
        self._resting: set[str] = set()
        self._moves: dict[str, int] = {}
        self._storage_problem: KodaError | None = None
        self._restless: KodaError | None = None
        self.outcome = outcome

    def run(self) -> None:
        """Send and pull until nothing is left to do or something is in the way."""
        try:
            self._send()
            if self.outcome.problem is None and not self._cancel.is_cancelled:
                self._pull()
                # What was pulled may have freed work, such as a conflict that the server dropped.
                self._send()
        finally:
            self._abandon()
        self.outcome.problem = self.outcome.problem or self._storage_problem or self._restless

    def _send(self) -> None:
        self._start()
        while self._running:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            # In the order in which they were started, so that a run can be replayed.
            for future in [one for one in self._running if one in done]:
                self._finish(self._running.pop(future), future)
            self._start()

    def _pull(self) -> None:
        self._progress(Progress(self.outcome.sent, None, "pull"))
        try:
            self._ask_gates()
            self.outcome.pulled = pulling.pull(self._session, self._cancel)
        except Cancelled:
            return
        except KodaError as error:
            self.outcome.problem = error

    def _ask_gates(self) -> None:
        """Keep what the account still lacks for publishing, for the checklist of a draft."""
        gates = self._session.marketplace.gates(self._session.parts.actor)
        text = outbox.encode([gate.as_json() for gate in gates])
        if text != self._store.read(lambda db: meta(db, ACCOUNT_GATES)):
            self._store.write(lambda tx: save_meta(tx, ACCOUNT_GATES, text), durable=False)

    def _abandon(self) -> None:
        """After a fault of the program: stop what runs before its store is taken away."""
        for task in self._running.values():
            task.cancel.cancel()
        wait(self._running)

    # -- starting --

    def _start(self) -> None:
        if self._cancel.is_cancelled or self.outcome.problem is not None:
            return
        self._start_edits()
        self._start_publications()

    def _start_edits(self) -> None:
        if any(task.operations[0].verb is Verb.EDIT for task in self._running.values()):
            return
        ready = self._ready((Verb.EDIT,), pushing.BATCH)
        if ready:
            frozen = self._freeze(ready, lambda _, one: pushing.payload(self._session, one))
            self._session.parts.on_step("edit.frozen")
            self._run(frozen, lambda task: self._push(task.operations))

    def _start_publications(self) -> None:
        verbs = (Verb.REGISTER,) if self._storage_problem else publishing.VERBS
        free = PARALLEL - len(self._running)
        ready = self._ready(verbs, free) if free > 0 else []
        if not ready:
            return
        frozen = self._freeze(ready, lambda tx, one: publishing.payload(tx, self._session, one))
        for operation in frozen:
            self._session.parts.on_step(f"{operation.verb}.frozen")
            self._run((operation,), self._publish)

    def _ready(self, verbs: Sequence[Verb], limit: int) -> list[Operation]:
        busy = self._resting | {
            one.lane for task in self._running.values() for one in task.operations
        }
        ready = self._store.read(lambda db: outbox.ready(db, verbs, limit + len(busy)))
        return [one for one in ready if one.lane not in busy][:limit]

    def _freeze(
        self, ready: Sequence[Operation], payload: Callable[[Tx, Operation], Json]
    ) -> tuple[Operation, ...]:
        """Commit what is going to be sent; what was frozen before goes out as it was."""
        return self._store.write(lambda tx: _frozen(tx, ready, payload))

    def _run(self, operations: tuple[Operation, ...], work: Callable[[_Task], Apply]) -> None:
        task = _Task(operations, LinkedToken(self._cancel))
        if operations:
            self._running[self._executor.submit(work, task)] = task

    def _publish(self, task: _Task) -> Apply:
        operation = task.operations[0]
        return publishing.perform(self._session, operation, task.cancel)

    def _push(self, operations: Sequence[Operation]) -> Apply:
        answers = pushing.send(self._session, operations)

        def apply(tx: Tx) -> None:
            for operation, answer in zip(operations, answers, strict=True):
                pushing.settle(tx, self._session, operation, answer)

        return apply

    # -- finishing --

    def _finish(self, task: _Task, future: Future[Apply]) -> None:
        try:
            apply = future.result()
        except Cancelled:
            self._rest(task, None)
        except StorageFault as fault:
            self._storage_problem = fault.error
            self._rest(task, fault.error)
        except KodaError as error:
            if must_wait(error):
                self.outcome.problem = error
                self._rest(task, error)
            else:
                self._park(task, error)
        else:
            self._settle(task, apply)

    def _settle(self, task: _Task, apply: Apply) -> None:
        done = self._store.write(partial(_apply, task=task, apply=apply))
        for operation in task.operations:
            if operation.operation_id in done:
                self._count(operation)
            else:
                self._count_move(operation)
        self._session.parts.on_step(f"{task.operations[0].verb}.done")
        self._progress(Progress(self.outcome.sent, None, "send"))

    def _count(self, operation: Operation) -> None:
        self.outcome.sent += 1
        if operation.verb is Verb.VERIFY:
            self.outcome.published.append(operation.lane)

    def _count_move(self, operation: Operation) -> None:
        moves = self._moves[operation.lane] = self._moves.get(operation.lane, 0) + 1
        if moves >= _MOVES_MAX:
            self._resting.add(operation.lane)
            self._restless = ServerDown("A listing keeps changing in the marketplace.")

    def _rest(self, task: _Task, error: KodaError | None) -> None:
        """Leave the operations as they are until the next round."""
        for operation in task.operations:
            self._resting.add(operation.lane)
            if error is not None:
                self.outcome.held.append((operation, error))
        self._store.write(partial(_rest_transfers, operations=task.operations), durable=False)

    def _park(self, task: _Task, error: KodaError) -> None:
        self._store.write(partial(_park, operations=task.operations, error=error.as_json()))


def _frozen(
    tx: Tx, ready: Sequence[Operation], payload: Callable[[Tx, Operation], Json]
) -> tuple[Operation, ...]:
    frozen = []
    for seen in ready:
        # The row decides: a person may have withdrawn or changed it since it was listed.
        operation = outbox.find(tx, seen.operation_id)
        if operation is not None and operation.state == seen.state:
            content = operation.payload if operation.is_frozen else payload(tx, operation)
            frozen.append(outbox.freeze(tx, operation, content))
    return tuple(frozen)


def _apply(tx: Tx, task: _Task, apply: Apply) -> set[str]:
    """Write an answer, unless its operation was withdrawn meanwhile; the ids that are done."""
    ids = [operation.operation_id for operation in task.operations]
    if all(outbox.find(tx, one) is not None for one in ids):
        apply(tx)
        return {one for one in ids if tx.row("SELECT 1 FROM op_log WHERE op_id = ?", (one,))}
    return set()


def _rest_transfers(tx: Tx, operations: Sequence[Operation]) -> None:
    for operation in operations:
        if operation.verb is Verb.UPLOAD:
            transfer_rows.move(tx, operation.operation_id, TransferState.QUEUED)


def _park(tx: Tx, operations: Sequence[Operation], error: Json) -> None:
    for seen in operations:
        operation = outbox.find(tx, seen.operation_id)
        if operation is None:
            continue
        if operation.verb is Verb.EDIT:
            edits.park(tx, operation, error)
            continue
        outbox.park(tx, operation, error)
        transfer_rows.move(tx, operation.operation_id, TransferState.PARKED, error)
        if operation.verb is Verb.REGISTER:
            edits.withdraw_unsent(tx, entities.find(tx, operation.lane))


def hold(tx: Tx, held: Sequence[tuple[Operation, KodaError]], next_at: str) -> None:
    """Note on each operation what was in its way and when it is tried next."""
    for seen, error in held:
        operation = outbox.find(tx, seen.operation_id)
        if operation is not None and operation.is_frozen:
            outbox.hold(tx, operation, error, next_at)
