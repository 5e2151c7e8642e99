"""What the performers keep of a transfer in parts: where it goes, its parts and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from koda_desktop.sync.store.database import Db, Tx


@dataclass(frozen=True, slots=True)
class Plan:
    """A transfer as its performer sees it."""

    id: str
    operation_id: str
    lane: str
    direction: str
    file_name: str
    target: str
    size: int
    sha256: str
    object_key: str
    upload_id: str
    etag: str
    part_size: int
    state: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part; ``number`` counts from 1. ``crc32`` and ``etag`` are empty until they are known.

    A part of an upload has its CRC-32 and the store's ETag. One of a download has the CRC-32 of
    what came; with that, and not done, it was written but perhaps not flushed: it is there when
    reading it back says so.
    """

    number: int
    offset: int
    size: int
    crc32: str = ""
    etag: str = ""
    is_done: bool = False


PLAN_COLUMNS = (
    "id, op_id, lane, direction, file_name, target, size, sha256, object_key, upload_id, etag,"
    " part_size, state"
)


def plan(db: Db, operation_id: str) -> Plan | None:
    """The transfer of that operation, or the download of that id."""
    row = db.row(f"SELECT {PLAN_COLUMNS} FROM transfer WHERE op_id = ?", (operation_id,))
    return Plan(*row) if row else None


def parts(db: Db, transfer_id: str) -> dict[int, Part]:
    """The parts that were recorded, by number."""
    rows = db.rows(
        "SELECT number, offset, size, crc32, etag, state = 'done' FROM transfer_part"
        " WHERE transfer_id = ? ORDER BY number",
        (transfer_id,),
    )
    return {row[0]: _read(row) for row in rows}


def _read(row: Sequence[Any]) -> Part:
    return Part(row[0], row[1], row[2], row[3], row[4], bool(row[5]))


def save(tx: Tx, transfer_id: str, changed: Iterable[Part]) -> None:
    """Write parts as they are now."""
    tx.run_many(
        "INSERT INTO transfer_part(transfer_id, number, offset, size, crc32, etag, state)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT(transfer_id, number) DO UPDATE SET"
        " offset = excluded.offset, size = excluded.size, crc32 = excluded.crc32,"
        " etag = excluded.etag, state = excluded.state",
        [
            (
                transfer_id,
                one.number,
                one.offset,
                one.size,
                one.crc32,
                one.etag,
                "done" if one.is_done else "todo",
            )
            for one in changed
        ],
    )


def save_upload(tx: Tx, transfer_id: str, key: str, upload_id: str, part_size: int) -> None:
    """An upload in parts was begun. Checksums recorded of parts of another size mean nothing."""
    tx.run(
        "DELETE FROM transfer_part WHERE transfer_id = ?"
        " AND (SELECT part_size FROM transfer WHERE id = ?) <> ?",
        (transfer_id, transfer_id, part_size),
    )
    tx.run(
        "UPDATE transfer SET object_key = ?, upload_id = ?, part_size = ? WHERE id = ?",
        (key, upload_id, part_size, transfer_id),
    )


def forget_upload(tx: Tx, transfer_id: str) -> None:
    """The upload is no more; the checksums of the file's parts are still good."""
    tx.run("UPDATE transfer SET upload_id = '' WHERE id = ?", (transfer_id,))
    tx.run(
        "UPDATE transfer_part SET state = 'todo', etag = '' WHERE transfer_id = ?", (transfer_id,)
    )


def save_download(tx: Tx, plan: Plan) -> None:
    """Write what a download learnt of its file, and where it goes."""
    tx.run(
        "UPDATE transfer SET target = ?, size = ?, sha256 = ?, etag = ?, part_size = ?,"
        " file_name = ? WHERE id = ?",
        (
            plan.target,
            plan.size,
            plan.sha256,
            plan.etag,
            plan.part_size,
            plan.file_name,
            plan.id,
        ),
    )
    tx.announce("transfers")


def forget_parts(tx: Tx, transfer_id: str) -> None:
    """Nothing of the file counts any more."""
    tx.run("DELETE FROM transfer_part WHERE transfer_id = ?", (transfer_id,))


def abandoned(db: Db, limit: int) -> list[Plan]:
    """Cancelled transfers that left something behind: parts in the store, or a partial file."""
    rows = db.rows(
        f"SELECT {PLAN_COLUMNS} FROM transfer WHERE state = 'cancelled' AND"
        " (upload_id <> '' OR (direction = 'down' AND part_size > 0)) ORDER BY rowid LIMIT ?",
        (limit,),
    )
    return [Plan(*row) for row in rows]


def forget(tx: Tx, transfer_id: str) -> None:
    """What a cancelled transfer left behind is cleared away."""
    forget_parts(tx, transfer_id)
    tx.run("UPDATE transfer SET upload_id = '', part_size = 0 WHERE id = ?", (transfer_id,))
