"""The outbox: what will go out, lane by lane. The SQL of operations and of what they wait for.

An operation is *queued* (or *held* back by a person), then *sending* (frozen: its payload is
committed before it goes out, and it goes out again byte for byte after a crash), then done, or
*parked* until a person acts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from koda_desktop.errors import KodaError
from koda_desktop.sync.rows import Json, OperationState, Verb
from koda_desktop.sync.store.database import Db, Tx

CONFLICT = "conflict"
"""``Conflict.code``: a conflict holds back its own fields and nothing else of its lane."""


DISPUTED = (Verb.EDIT, Verb.REVISE)
"""Operations that can be in conflict with what the marketplace has."""

IN_CONFLICT = (
    "{row}.state = 'parked' AND {row}.verb IN ('edit', 'revise')"
    f" AND coalesce({{row}}.last_error ->> '$.code', '') = '{CONFLICT}'"
)
"""The SQL condition of an operation ``{row}`` that is in conflict."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the outbox."""

    sequence: int
    operation_id: str
    lane: str
    verb: Verb
    payload: Json
    base: Json
    state: OperationState
    attempts: int
    next_at: str | None
    error: Json | None
    created_at: str

    @property
    def changes(self) -> Json:
        """For EDIT: the fields it changes."""
        return dict(self.payload.get("changes") or {})

    @property
    def is_frozen(self) -> bool:
        """Whether it may have gone out, so that its payload must stay as it is."""
        return self.state is OperationState.SENDING

    @property
    def is_conflict(self) -> bool:
        """Whether it holds fields in conflict; a registration may be refused with that code too."""
        is_parked = self.verb in DISPUTED and self.state is OperationState.PARKED
        return is_parked and (self.error or {}).get("code") == CONFLICT


COLUMNS = (
    "op_seq, op_id, lane, verb, payload, base_fields, state, attempts, next_at, last_error, "
    "created_at"
)
"""What ``read`` takes, in this order."""

SENDING_PAUSED = "sending_paused"
"""The key in ``meta`` that is there while a person paused sending."""


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def encode(value: Any) -> str:
    """JSON as the store keeps it. Raises ValueError for what JSON or UTF-8 cannot hold."""
    text = _ENCODER.encode(value)
    text.encode()
    return text


def read(row: Sequence[Any]) -> Operation:
    """The operation in a row of COLUMNS."""
    return Operation(
        sequence=row[0],
        operation_id=row[1],
        lane=row[2],
        verb=Verb(row[3]),
        payload=json.loads(row[4]),
        base=json.loads(row[5]),
        state=OperationState(row[6]),
        attempts=row[7],
        next_at=row[8],
        error=json.loads(row[9]) if row[9] else None,
        created_at=row[10],
    )


Move = Callable[[Tx, Operation], None]
"""Takes an operation to another state."""


def lane(db: Db, listing_id: str) -> list[Operation]:
    """The operations of a listing, in order."""
    sql = f"SELECT {COLUMNS} FROM outbox WHERE lane = ? ORDER BY op_seq"
    return [read(row) for row in db.rows(sql, (listing_id,))]


def every(db: Db) -> list[Operation]:
    """All operations, in the order in which they go out."""
    return [read(row) for row in db.rows(f"SELECT {COLUMNS} FROM outbox ORDER BY op_seq")]


def find(db: Db, operation_id: str) -> Operation | None:
    """The operation of that id, while it is in the outbox."""
    row = db.row(f"SELECT {COLUMNS} FROM outbox WHERE op_id = ?", (operation_id,))
    return read(row) if row else None


def ready(db: Db, verbs: Iterable[Verb], limit: int) -> list[Operation]:
    """The operations that may go out now: the heads of their lanes whose needs are all met.

    A parked or held head holds its lane, as does one whose upload is paused; an open conflict does
    not, for its fields are in no other operation. Uploads of a higher priority come first. While
    sending is paused there are none.
    """
    names = [verb.value for verb in verbs]
    marks = ", ".join("?" * len(names))
    sql = f"""
      SELECT {COLUMNS} FROM outbox AS o
      WHERE o.state NOT IN ('parked', 'held') AND o.verb IN ({marks})
        AND NOT EXISTS (
          SELECT 1 FROM outbox AS before WHERE before.lane = o.lane AND before.op_seq < o.op_seq
            AND NOT ({IN_CONFLICT.format(row="before")}))
        AND NOT EXISTS (SELECT 1 FROM outbox_dep AS d WHERE d.op_id = o.op_id)
        AND NOT EXISTS (SELECT 1 FROM meta WHERE key = '{SENDING_PAUSED}')
        AND NOT EXISTS (SELECT 1 FROM transfer AS t WHERE t.op_id = o.op_id AND t.is_paused)
      ORDER BY coalesce((SELECT t.priority FROM transfer AS t WHERE t.op_id = o.op_id), 0) DESC,
        o.op_seq LIMIT ?"""
    return [read(row) for row in db.rows(sql, (*names, limit))]


def is_sending_paused(db: Db) -> bool:
    """Whether a person paused sending."""
    return db.row("SELECT 1 FROM meta WHERE key = ?", (SENDING_PAUSED,)) is not None


def counts(db: Db) -> tuple[int, int]:
    """How many operations will go out by themselves, and how many are parked; held ones do not."""
    row = db.row(
        "SELECT coalesce(sum(state NOT IN ('parked', 'held')), 0),"
        " coalesce(sum(state = 'parked'), 0) FROM outbox"
    )
    return row[0:2] if row else (0, 0)


def append(
    tx: Tx,
    listing_id: str,
    verb: Verb,
    *,
    operation_id: str,
    created_at: str,
    payload: Json | None = None,
    base: Json | None = None,
    needs: Sequence[str] = (),
) -> Operation:
    """Queue an operation at the end of its lane; it waits for those named by ``needs`` too."""
    tx.run(
        "INSERT INTO outbox(op_id, lane, verb, payload, base_fields, state, created_at)"
        " VALUES (?, ?, ?, ?, ?, 'queued', ?)",
        (
            operation_id,
            listing_id,
            verb.value,
            encode(payload or {}),
            encode(base or {}),
            created_at,
        ),
    )
    tx.run_many(
        "INSERT INTO outbox_dep(op_id, needs_op) VALUES (?, ?)",
        [(operation_id, needed) for needed in needs],
    )
    _announce(tx, listing_id)
    found = find(tx, operation_id)
    assert found is not None
    return found


def add_need(tx: Tx, operation: Operation, needed: Operation) -> None:
    """``operation`` waits for ``needed`` too, which is before it in its lane."""
    tx.run(
        "INSERT OR IGNORE INTO outbox_dep(op_id, needs_op) VALUES (?, ?)",
        (operation.operation_id, needed.operation_id),
    )


def restore(tx: Tx, operation: Operation, needs: Iterable[str]) -> None:
    """Put back an operation of a damaged store, in the place and with the name it had."""
    tx.run(
        "INSERT INTO outbox(op_seq, op_id, lane, verb, payload, base_fields, state, created_at)"
        " VALUES (?, ?, ?, ?, '{}', '{}', ?, ?)",
        (
            operation.sequence,
            operation.operation_id,
            operation.lane,
            operation.verb.value,
            operation.state.value,
            operation.created_at,
        ),
    )
    tx.run_many(
        "INSERT INTO outbox_dep(op_id, needs_op) SELECT ?1, op_id FROM outbox WHERE op_id = ?2",
        [(operation.operation_id, needed) for needed in needs],
    )
    save(tx, operation)


def save(tx: Tx, operation: Operation) -> None:
    """Write back an operation that was changed."""
    tx.run(
        "UPDATE outbox SET payload = ?, base_fields = ?, state = ?, attempts = ?, next_at = ?,"
        " last_error = ? WHERE op_id = ?",
        (
            encode(operation.payload),
            encode(operation.base),
            operation.state.value,
            operation.attempts,
            operation.next_at,
            encode(operation.error) if operation.error else None,
            operation.operation_id,
        ),
    )
    _announce(tx, operation.lane)


def write_payload(tx: Tx, operation: Operation, payload: Json) -> None:
    """Give an operation that has not gone out its payload."""
    save(tx, replace(operation, payload=payload))


def hand_on(tx: Tx, operation: Operation, facts: Json, *to: Verb) -> None:
    """Give later operations of a publication what they need to know, beside what they know."""
    for following in lane(tx, operation.lane):
        if following.verb in to:
            write_payload(tx, following, {**following.payload, **facts})


def freeze(tx: Tx, operation: Operation, payload: Json) -> Operation:
    """Commit what will be sent, before it is sent; what stood in its way before is forgotten."""
    frozen = replace(
        operation, payload=payload, state=OperationState.SENDING, next_at=None, error=None
    )
    save(tx, frozen)
    return frozen


def hold(tx: Tx, operation: Operation, error: KodaError, next_at: str | None) -> None:
    """Keep an operation as it is for another attempt, and say what was in the way."""
    attempts = operation.attempts + 1
    save(tx, replace(operation, attempts=attempts, next_at=next_at, error=error.as_json()))


def park(tx: Tx, operation: Operation, error: Json) -> None:
    """Put an operation aside until a person acts; it is proved not to have been applied."""
    save(
        tx,
        replace(
            operation,
            state=OperationState.PARKED,
            attempts=operation.attempts + 1,
            next_at=None,
            error=error,
        ),
    )


def hold_back(tx: Tx, operation: Operation) -> None:
    """Keep a queued operation here until a person lets it go."""
    save(tx, replace(operation, state=OperationState.HELD, next_at=None, error=None))


def release(tx: Tx, operation: Operation) -> None:
    """Queue a parked or held operation again."""
    save(
        tx,
        replace(operation, state=OperationState.QUEUED, attempts=0, next_at=None, error=None),
    )


def drop(tx: Tx, operation: Operation) -> None:
    """Take an operation out; whatever needed it no longer waits for it."""
    tx.run("DELETE FROM outbox WHERE op_id = ?", (operation.operation_id,))
    _announce(tx, operation.lane)


def finish(tx: Tx, operation: Operation, done_at: str) -> None:
    """Move an operation that is done to the log."""
    tx.run(
        "INSERT INTO op_log"
        "(op_seq, op_id, lane, title, verb, fields, attempts, created_at, done_at)"
        " SELECT ?, ?, id, title, ?, ?, ?, ?, ? FROM entity WHERE id = ?",
        (
            operation.sequence,
            operation.operation_id,
            operation.verb.value,
            encode(list(operation.changes)),
            operation.attempts + 1,
            operation.created_at,
            done_at,
            operation.lane,
        ),
    )
    drop(tx, operation)


def _announce(tx: Tx, listing_id: str) -> None:
    tx.touch(listing_id)
    tx.announce("operations", "status")
