"""The work of a workspace as the Activity page shows it: what goes out, with its very values."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from koda_desktop.sync import documents, entities, outbox, revisions
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import (
    FieldChange,
    FileLine,
    Json,
    OperationPage,
    OperationRow,
    OperationState,
    Side,
    Verb,
    Wait,
)
from koda_desktop.sync.store.database import Db

ABSENT = Side(is_set=False)

_FROM_LOG = (
    "SELECT op_seq, op_id, verb, lane, title, attempts, created_at, done_at, fields"
    " FROM op_log ORDER BY entry DESC LIMIT ?"
)
_IS_CONFLICT = outbox.IN_CONFLICT.format(row="o")
_BLOCKER = f"""
  SELECT o.state FROM outbox AS o WHERE o.lane = w.lane AND o.op_seq < w.op_seq
    AND NOT ({_IS_CONFLICT})
  ORDER BY CASE o.state WHEN 'parked' THEN 0 WHEN 'held' THEN 1 ELSE 2 END LIMIT 1"""
_WAITING = f"""
  SELECT {{columns}}, ({_BLOCKER}), e.title, d.doc, e.edited,
    coalesce(w.payload ->> '$.file.name', iif(w.verb = 'preview', e.preview_name, e.file_name)),
    coalesce(w.payload ->> '$.file.size', iif(w.verb = 'preview', e.preview_size, e.file_size)),
    coalesce(
      w.payload ->> '$.file.sha256', iif(w.verb = 'preview', e.preview_sha256, e.file_sha256))
  FROM outbox AS w JOIN entity AS e ON e.id = w.lane JOIN document AS d ON d.pk = e.pk
  WHERE {{where}} ORDER BY w.op_seq LIMIT ?"""
_PARKED, _OTHERS = "w.state = 'parked'", "w.state <> 'parked'"


def page(db: Db, waiting: int, done: int) -> OperationPage:
    """The first ``waiting`` operations of each kind and the last ``done`` of the log."""
    row = db.row(
        "SELECT coalesce(sum(state = 'parked'), 0), coalesce(sum(state <> 'parked'), 0),"
        " coalesce(sum(state = 'held'), 0) FROM outbox"
    )
    parked_total, waiting_total, held_total = row or (0, 0, 0)
    return OperationPage(
        parked=tuple(rows(db, _PARKED, waiting)),
        waiting=tuple(rows(db, _OTHERS, waiting)),
        done=tuple(logged(db, done)),
        parked_total=parked_total,
        waiting_total=waiting_total,
        held_total=held_total,
        done_total=db.value("SELECT count(*) FROM op_log"),
    )


def every(db: Db) -> list[OperationRow]:
    """All operations that are in the outbox, in the order in which they go out."""
    return rows(db, "1", -1)


def parked(db: Db) -> list[OperationRow]:
    """The operations that need a person."""
    return rows(db, _PARKED, -1)


def rows(db: Db, where: str, limit: int) -> list[OperationRow]:
    """The operations that match the SQL condition ``where``; a limit of -1 is none."""
    is_paused = outbox.is_sending_paused(db)
    columns = ", ".join(f"w.{name.strip()}" for name in outbox.COLUMNS.split(","))
    found = db.rows(_WAITING.format(columns=columns, where=where), (limit,))
    return [_row(row, is_paused) for row in found]


def _row(row: Sequence[Any], is_paused: bool) -> OperationRow:
    operation = outbox.read(row[:11])
    blocker, title, doc, edited, *file = row[11:]
    return OperationRow(
        sequence=operation.sequence,
        operation_id=operation.operation_id,
        verb=operation.verb,
        listing_id=operation.lane,
        listing_title=title,
        state=operation.state,
        attempts=operation.attempts,
        created_at=operation.created_at,
        finished_at=None,
        next_at=operation.next_at,
        error=operation.error,
        fields=tuple(operation.changes),
        wait=_wait(operation, blocker, is_paused),
        changes=_changes(operation, doc, edited),
        file=None if operation.verb is Verb.EDIT else FileLine(*file),
        is_conflict=operation.is_conflict,
    )


def _wait(operation: Operation, blocker: str | None, is_paused: bool) -> Wait:
    if operation.is_frozen:
        return Wait.ANSWER
    if operation.state is OperationState.PARKED or blocker == OperationState.PARKED:
        return Wait.PERSON
    if operation.state is OperationState.HELD or blocker == OperationState.HELD:
        return Wait.HELD
    if is_paused:
        return Wait.PAUSED
    if blocker is not None:
        return Wait.TURN
    return Wait.BACKOFF if operation.next_at else Wait.NOTHING


def _changes(operation: Operation, doc: str, edited: str | None) -> tuple[FieldChange, ...]:
    """The values an operation will send, or sent, field by field."""
    if operation.verb is Verb.EDIT:
        return tuple(
            FieldChange(name, side(operation.base, name), Side(True, value))
            for name, value in operation.changes.items()
        )
    if operation.verb is Verb.REVISE:
        return tuple(
            FieldChange(name, side(before, name), side(after, name))
            for before, after in [revisions.sides(operation)]
            for name in after
            if side(before, name) != side(after, name)
        )
    if operation.verb is not Verb.REGISTER:
        return ()
    sent = operation.payload.get("fields") if operation.is_frozen else None
    fields: Json = sent or entities.seller_fields(documents.shown(doc, edited))
    return tuple(FieldChange(name, ABSENT, Side(True, value)) for name, value in fields.items())


def side(document: Json, name: str) -> Side:
    """The field ``name`` as ``document`` has it."""
    return Side(True, document[name]) if name in document else ABSENT


def logged(db: Db, limit: int) -> list[OperationRow]:
    """The last ``limit`` operations that went out, newest first."""
    return [_logged(row) for row in db.rows(_FROM_LOG, (limit,))]


def _logged(row: Sequence[Any]) -> OperationRow:
    return OperationRow(
        sequence=row[0],
        operation_id=row[1],
        verb=Verb(row[2]),
        listing_id=row[3],
        listing_title=row[4],
        state=OperationState.DONE,
        attempts=row[5],
        created_at=row[6],
        finished_at=row[7],
        next_at=None,
        error=None,
        fields=tuple(json.loads(row[8])),
    )
