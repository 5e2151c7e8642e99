"""The rows of the Transfers page: one for each upload that was ever queued."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from koda_desktop.errors import NotFound
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json, TransferRow, TransferState
from koda_desktop.sync.store.database import Db, Tx

_COLUMNS = (
    "t.id, t.lane, coalesce(e.title, t.title), t.file_name, t.size, t.bytes_done, t.state,"
    " t.bytes_per_second, t.created_at, t.finished_at, t.error"
)
_FROM = f"SELECT {_COLUMNS} FROM transfer AS t LEFT JOIN entity AS e ON e.id = t.lane"
_ENDED = (TransferState.DONE.value, TransferState.CANCELLED.value)


def _read(row: Sequence[Any]) -> TransferRow:
    return TransferRow(
        id=row[0],
        listing_id=row[1],
        listing_title=row[2],
        file_name=row[3],
        size=row[4],
        bytes_done=row[5],
        state=TransferState(row[6]),
        bytes_per_second=row[7],
        created_at=row[8],
        finished_at=row[9],
        error=json.loads(row[10]) if row[10] else None,
    )


def listed(db: Db, done: int) -> list[TransferRow]:
    """What moves or waits, in order; then the last ``done`` that ended, newest first."""
    going = db.rows(f"{_FROM} WHERE t.state NOT IN (?, ?) ORDER BY t.rowid", _ENDED)
    ended = db.rows(
        f"{_FROM} WHERE t.state IN (?, ?) ORDER BY t.finished_at DESC, t.rowid DESC LIMIT ?",
        (*_ENDED, done),
    )
    return [_read(row) for row in (*going, *ended)]


def find(db: Db, transfer_id: str) -> TransferRow:
    """One transfer. Raises NotFound."""
    row = db.row(f"{_FROM} WHERE t.id = ?", (transfer_id,))
    if row is None:
        raise NotFound("There is no transfer with this id.")
    return _read(row)


def add(tx: Tx, entity: Entity, *, transfer_id: str, operation_id: str, created_at: str) -> None:
    """A file waits to be sent by that operation."""
    title = str(entity.document.get("title") or "")
    file = entity.file
    tx.run(
        "INSERT INTO transfer(id, op_id, lane, title, file_name, size, sha256, state, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?)",
        (
            transfer_id,
            operation_id,
            entity.id,
            title,
            file.name,
            file.size,
            file.sha256,
            created_at,
        ),
    )
    tx.announce("transfers")


def progress(tx: Tx, operation_id: str, done: int, speed: float) -> bool:
    """Record how far an upload is; False when it was cancelled meanwhile."""
    tx.announce("transfers")
    return bool(
        tx.run(
            "UPDATE transfer SET bytes_done = ?, bytes_per_second = ?"
            " WHERE op_id = ? AND state = 'active'",
            (done, speed, operation_id),
        )
    )


def move(tx: Tx, operation_id: str, state: TransferState, error: Json | None = None) -> None:
    """The upload of that operation is in that state now, and is not moving."""
    tx.run(
        "UPDATE transfer SET state = ?, error = ?, bytes_per_second = 0, finished_at = NULL"
        " WHERE op_id = ? AND state NOT IN (?, ?)",
        (state.value, encode(error) if error else None, operation_id, *_ENDED),
    )
    tx.announce("transfers")


def end(tx: Tx, operation_id: str, state: TransferState, moment: str) -> None:
    """The upload of that operation came to its end, whole or cancelled."""
    tx.run(
        "UPDATE transfer SET state = ?, finished_at = ?, error = NULL, bytes_per_second = 0,"
        " bytes_done = CASE ? WHEN 'done' THEN size ELSE bytes_done END"
        " WHERE op_id = ? AND state NOT IN (?, ?)",
        (state.value, moment, state.value, operation_id, *_ENDED),
    )
    tx.announce("transfers")
