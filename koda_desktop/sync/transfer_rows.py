"""The rows of the Transfers page: one for each upload and download that was ever queued.

An upload is known by its operation; a download has no operation and is known by its own id, which
stands in the same column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from koda_desktop.errors import NotFound
from koda_desktop.sync.entities import Entity, StagedFile
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.part_rows import PLAN_COLUMNS, Plan
from koda_desktop.sync.rows import Direction, Json, TransferRow, TransferState
from koda_desktop.sync.store.database import Db, Tx

_COLUMNS = (
    "t.id, t.lane, coalesce(e.title, t.title), t.file_name, t.size, t.bytes_done, t.state,"
    " t.bytes_per_second, t.created_at, t.finished_at, t.error, t.direction, t.target, t.priority,"
    " t.is_paused, (SELECT count(*) FROM transfer_part AS p WHERE p.transfer_id = t.id AND"
    " p.state = 'done'), (SELECT count(*) FROM transfer_part AS p WHERE p.transfer_id = t.id)"
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
        direction=Direction(row[11]),
        target=row[12],
        priority=row[13],
        is_paused=bool(row[14]),
        parts_done=row[15],
        parts_total=row[16],
    )


def listed(db: Db, done: int) -> list[TransferRow]:
    """What moves or waits, in order; then the last ``done`` that ended, newest first."""
    going = db.rows(
        f"{_FROM} WHERE t.state NOT IN (?, ?) ORDER BY t.priority DESC, t.rowid", _ENDED
    )
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


def add(
    tx: Tx,
    entity: Entity,
    file: StagedFile,
    *,
    transfer_id: str,
    operation_id: str,
    created_at: str,
) -> None:
    """``file``, of the listing ``entity``, waits to be sent by that operation."""
    title = str(entity.document.get("title") or "")
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


def add_download(tx: Tx, entity: Entity, *, transfer_id: str, target: str, created_at: str) -> None:
    """The file of a published listing waits to be fetched to the path ``target``."""
    file = entity.file
    tx.run(
        "INSERT INTO transfer(id, op_id, lane, title, file_name, size, sha256, state, created_at,"
        " direction, target) VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, 'down', ?)",
        (
            transfer_id,
            transfer_id,
            entity.id,
            str(entity.document.get("title") or ""),
            file.name,
            file.size,
            file.sha256,
            created_at,
            target,
        ),
    )
    # As for an upload: whoever runs the engine looks for work when the outbox changes.
    tx.announce("transfers", "operations")


def ready_downloads(db: Db, limit: int) -> list[Plan]:
    """Downloads that may go on, the most wanted first: for ``engine.downloading.perform``."""
    rows = db.rows(
        f"SELECT {PLAN_COLUMNS} FROM transfer WHERE direction = 'down' AND NOT is_paused"
        " AND state IN ('queued', 'active') ORDER BY priority DESC, rowid LIMIT ?",
        (limit,),
    )
    return [Plan(*row) for row in rows]


Change = Callable[[Tx], None]
"""What a person does to one transfer."""


def set_paused(tx: Tx, transfer_id: str, paused: bool) -> None:
    """A person stops a transfer, or lets it go on."""
    state = TransferState.PAUSED if paused else TransferState.QUEUED
    tx.run(
        "UPDATE transfer SET is_paused = ?, state = ?, bytes_per_second = 0"
        " WHERE id = ? AND state IN ('queued', 'active', 'paused')",
        (paused, state.value, transfer_id),
    )
    tx.announce("transfers", "operations")


def set_priority(tx: Tx, transfer_id: str, priority: int) -> None:
    """Transfers of a higher priority go first; 0 is normal."""
    tx.run("UPDATE transfer SET priority = ? WHERE id = ?", (priority, transfer_id))
    tx.announce("transfers")


def cancel_download(tx: Tx, transfer_id: str, moment: str) -> None:
    """A person stops a download for good; one that ended stays as it is."""
    end(tx, find(tx, transfer_id).id, TransferState.CANCELLED, moment)


def retry_download(tx: Tx, transfer_id: str) -> None:
    """Fetch a parked download again."""
    if find(tx, transfer_id).state is TransferState.PARKED:
        move(tx, transfer_id, TransferState.QUEUED)
        tx.announce("operations")


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
    """The transfer of that operation is in that state now, and is not moving.

    One that a person paused waits as paused.
    """
    tx.run(
        "UPDATE transfer SET state = CASE WHEN is_paused AND ? = 'queued' THEN 'paused' ELSE ? END,"
        " error = ?, bytes_per_second = 0, finished_at = NULL"
        " WHERE op_id = ? AND state NOT IN (?, ?)",
        (state.value, state.value, encode(error) if error else None, operation_id, *_ENDED),
    )
    tx.announce("transfers")


def start(tx: Tx, operation_id: str) -> bool:
    """The transfer of that operation is moving from now on; False when a person paused or
    cancelled it meanwhile.
    """
    tx.announce("transfers")
    return bool(
        tx.run(
            "UPDATE transfer SET state = 'active', error = NULL, finished_at = NULL,"
            " bytes_per_second = 0 WHERE op_id = ? AND NOT is_paused AND state NOT IN (?, ?)",
            (operation_id, *_ENDED),
        )
    )


def end(tx: Tx, operation_id: str, state: TransferState, moment: str) -> None:
    """The upload of that operation came to its end, whole or cancelled."""
    tx.run(
        "UPDATE transfer SET state = ?, finished_at = ?, error = NULL, bytes_per_second = 0,"
        " bytes_done = CASE ? WHEN 'done' THEN size ELSE bytes_done END"
        " WHERE op_id = ? AND state NOT IN (?, ?)",
        (state.value, moment, state.value, operation_id, *_ENDED),
    )
    tx.announce("transfers")
