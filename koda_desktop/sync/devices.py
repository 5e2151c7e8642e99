"""The name this store signs its operations with, and the proof that nobody else uses it.

Receipts in the server's documents carry the device's id and a number that only grows. A store that
was restored from a copy would give out numbers again whose receipts are at the server already, so
that new work would pass for done. It takes a new name before it sends anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from koda_desktop.marketplace.receipts import sequence_of
from koda_desktop.sync.local import meta, save_meta
from koda_desktop.sync.rows import Json
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx

DEVICE_ID = "device_id"
_INCARNATION = "incarnation"


def device_id(db: Db) -> str:
    """The name in use."""
    return str(meta(db, DEVICE_ID))


def is_older_than(db: Db, sequence: int) -> bool:
    """Whether this store knows nothing of a receipt of its device that the server holds.

    It was given out by this store if its operation is done, or is frozen and may have arrived; an
    operation that was never sent proves that the number was given out twice.
    """
    sql = (
        "SELECT 1 FROM op_log WHERE op_seq = ?1"
        " UNION ALL SELECT 1 FROM outbox WHERE op_seq = ?1 AND state = 'sending' LIMIT 1"
    )
    return db.row(sql, (sequence,)) is None


def unsent_below(db: Db, latest: int) -> dict[str, int]:
    """By listing, the lowest number below ``latest`` of work that was never sent."""
    sql = (
        "SELECT lane, min(op_seq) FROM outbox WHERE state <> 'sending' AND op_seq < ? GROUP BY lane"
    )
    return dict(db.rows(sql, (latest,)))


def sequences_from(
    documents: Iterable[Json], lowest: Mapping[str, int], device_id: str
) -> list[int]:
    """The receipts of this device that stand in the way of work that was never sent."""
    found = ((str(one.get("_id")), sequence_of(one, device_id)) for one in documents)
    return [s for listing_id, s in found if s is not None and s >= lowest[listing_id]]


def rename(tx: Tx, stamps: Stamps) -> None:
    """Take a new name; what was frozen under the old one keeps its receipt."""
    save_meta(tx, DEVICE_ID, stamps.operation_id())
    save_meta(tx, _INCARNATION, str(int(meta(tx, _INCARNATION) or "0") + 1))
