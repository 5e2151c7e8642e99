"""What is written of operations before they go out and after they came back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from koda_desktop.errors import KodaError
from koda_desktop.sync import edits, entities, outbox, revisions, transfer_rows
from koda_desktop.sync.engine.parts import Apply
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.publication import SENDING
from koda_desktop.sync.rows import Json, TransferState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

Payload = Callable[[Tx, Operation], Json]
"""What an operation will send, from the rows as they stand."""


def freeze(tx: Tx, ready: Sequence[Operation], payload: Payload) -> tuple[Operation, ...]:
    """Commit what is going to be sent; what was frozen before goes out as it was."""
    frozen = []
    for seen in ready:
        # The row decides: a person may have withdrawn or changed it since it was listed.
        operation = outbox.find(tx, seen.operation_id)
        if operation is not None and operation.state == seen.state:
            content = operation.payload if operation.is_frozen else payload(tx, operation)
            frozen.append(outbox.freeze(tx, operation, content))
    return tuple(frozen)


def settle(tx: Tx, operations: Sequence[Operation], apply: Apply) -> frozenset[str]:
    """Write an answer, unless its operations were withdrawn meanwhile; the ids that are done."""
    ids = [operation.operation_id for operation in operations]
    if not all(outbox.find(tx, one) is not None for one in ids):
        return frozenset()
    apply(tx)
    return frozenset(one for one in ids if tx.row("SELECT 1 FROM op_log WHERE op_id = ?", (one,)))


def rest(tx: Tx, operations: Sequence[Operation]) -> None:
    """Uploads among ``operations`` wait for another attempt."""
    for operation in operations:
        if operation.verb in SENDING:
            transfer_rows.move(tx, operation.operation_id, TransferState.QUEUED)


def hold(tx: Tx, operations: Sequence[Operation], error: KodaError, next_at: str) -> None:
    """Note on each operation what was in its way and when it is tried next."""
    for seen in operations:
        operation = outbox.find(tx, seen.operation_id)
        if operation is not None and operation.is_frozen:
            outbox.hold(tx, operation, error, next_at)


def give_way(tx: Tx, registration: Operation, document: Json, stamps: Stamps) -> None:
    """The listing was published by other work: the publication ends, and the server's copy is
    taken. Whatever differs here is laid beside it.
    """
    entity = entities.find(tx, registration.lane)
    for one in reversed(outbox.lane(tx, entity.id)):
        if one.verb is not Verb.EDIT:
            outbox.drop(tx, one)
            moment = stamps.now()
            transfer_rows.end(tx, one.operation_id, TransferState.CANCELLED, moment)
    edits.withdraw_unsent(tx, entity)
    edits.adopt(tx, entity, document, stamps)
    edits.take_server_copy(tx, entity, document, stamps)


def park(tx: Tx, operations: Sequence[Operation], error: Json, stamps: Stamps) -> None:
    """The marketplace refused: put the work aside until a person acts."""
    for seen in operations:
        operation = outbox.find(tx, seen.operation_id)
        if operation is None:
            continue
        if operation.verb is Verb.EDIT:
            edits.park(tx, operation, error, stamps)
            continue
        if operation.verb is Verb.REVISE:
            revisions.park(tx, operation, error, stamps)
            continue
        outbox.park(tx, operation, error)
        transfer_rows.move(tx, operation.operation_id, TransferState.PARKED, error)
        if operation.verb is Verb.REGISTER:
            edits.withdraw_unsent(tx, entities.find(tx, operation.lane))
