"""What is only here is read out of a damaged store and written into a new one.

That is: drafts, listings with work that waits, the outbox with the server's copies it is merged
against, transfers under way, what was typed and not saved, the change sets that can be undone, the
versions of files with what was said of them, and the copies of what was deleted at the server. The
rest is the marketplace's, and is read from there again. The new store has a device id of its own;
operations that may have gone out keep the receipts they had.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw

from koda_desktop.errors import KodaError
from koda_desktop.sync import entities, outbox
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import TransferState
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store import mending
from koda_desktop.sync.store.damaged import Damaged, Found, read_tables
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.findings import (
    ENDED,
    Work,
    read_meta,
    read_removed,
    read_typed,
    read_work,
)
from koda_desktop.sync.store.history_findings import (
    read_change_left,
    read_change_rows,
    read_change_sets,
)
from koda_desktop.sync.store.pages import Pages

_DEVICE, _INCARNATION = "device_id", "incarnation"

_NONSENSE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    KodaError,
    apsw.ConstraintError,
    apsw.SQLError,
)
"""What comes of values that are not what they should be; faults of the disk are none of these."""


@dataclass(frozen=True, slots=True)
class Salvaged:
    """How much was saved. ``is_all``: nothing was met that could not be read."""

    drafts: int
    changes: int
    is_all: bool

    def __str__(self) -> str:
        """For people, without its full stop."""
        if not self.is_all and not self.drafts and not self.changes:
            return "nothing could be read from it"
        drafts = f"{self.drafts} draft{'' if self.drafts == 1 else 's'}"
        changes = f"{self.changes} change{'' if self.changes == 1 else 's'}"
        lost = "" if self.is_all else "; some of it could not be read"
        return f"{drafts} and {changes} were saved from it{lost}"


def salvage(tx: Tx, path: Path, stamps: Stamps) -> Salvaged:
    """Write into the new store of ``tx`` what can be read of the damaged one at ``path``.

    ``tx`` is left open. Raises DiskFull and other faults of the new store, never for the old one.
    """
    with Pages(path) as pages:
        damaged = Damaged.look(pages, read_tables(tx))
        work = read_work(damaged)
        _save_meta(tx, read_meta(damaged))
        for removed in read_removed(damaged):
            _insert(tx, "removed", removed)
        for typed in read_typed(damaged):
            _insert(tx, "typed", typed)
        _save_history(tx, damaged)
    is_all = damaged.is_whole
    _save_transfers(tx, work)
    # What has to be queued anew comes after everything that was queued.
    tx.run("INSERT INTO sqlite_sequence(name, seq) VALUES ('outbox', ?)", (work.last_place,))
    for listing_id in work.ids:
        is_all = _save_listing(tx, listing_id, work, stamps) and is_all
    _drop_transfers_of_nothing(tx)
    derive_touched(tx)
    drafts = tx.value("SELECT count(*) FROM entity WHERE is_at_server = 0")
    changes = tx.value("SELECT count(*) FROM outbox WHERE verb IN ('edit', 'revise')")
    return Salvaged(drafts, changes, is_all)


def _save_meta(tx: Tx, found: dict[str, str]) -> None:
    """Everything but the name that operations are signed with, which is a new one."""
    before = found.pop(_INCARNATION, "")
    found.pop(_DEVICE, None)
    if before.isdecimal():
        found[_INCARNATION] = str(int(before) + 1)
    tx.run_many("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", list(found.items()))


def _insert(tx: Tx, table: str, row: Found) -> None:
    names = ", ".join(row)
    marks = ", ".join("?" * len(row))
    tx.run(f"INSERT OR IGNORE INTO {table}({names}) VALUES ({marks})", [*row.values()])


def _save_history(tx: Tx, damaged: Damaged) -> None:
    sets = read_change_sets(damaged)
    for one in sets:
        _insert(tx, "change_set", one)
    ids = {one["id"] for one in sets}
    for row in read_change_rows(damaged, ids):
        _insert(tx, "change_row", row)
    for left in read_change_left(damaged, ids):
        _insert(tx, "change_left", left)


def _save_transfers(tx: Tx, work: Work) -> None:
    """Transfers go on where they were; an upload without all of its parts is planned again. Those
    of a download are read back before they count.
    """
    for transfer in work.transfers:
        if transfer["state"] == TransferState.ACTIVE:
            transfer |= {"state": TransferState.QUEUED.value, "bytes_per_second": 0.0}
        _insert(tx, "transfer", transfer)
        parts = work.parts.get(transfer["id"], ())
        is_whole = sum(part["size"] for part in parts) == transfer["size"]
        if is_whole or transfer["direction"] == "down":
            for part in parts:
                _insert(tx, "transfer_part", part)


def _drop_transfers_of_nothing(tx: Tx) -> None:
    """Those of uploads that are lost, or were begun again."""
    tx.run(
        "DELETE FROM transfer WHERE direction = 'up' AND state NOT IN (?, ?)"
        " AND op_id NOT IN (SELECT op_id FROM outbox)",
        ENDED,
    )


# -- one listing at a time --


def _save_listing(tx: Tx, listing_id: str, work: Work, stamps: Stamps) -> bool:
    """One listing with its work; where that cannot be put together, the listing alone."""
    lane = work.lanes.get(listing_id, [])
    if _attempt(tx, lambda: _write(tx, listing_id, work, lane, stamps)):
        return True
    if lane and listing_id in work.listings:
        _attempt(tx, lambda: _write(tx, listing_id, work, [], stamps))
    return False


def _attempt(tx: Tx, write: Callable[[], bool]) -> bool:
    """Whether ``write`` did it. What one listing's damage brings about costs no other listing."""
    tx.run("SAVEPOINT listing")
    try:
        is_done = write()
    except _NONSENSE:
        # What passed for sound may still be anything.
        is_done = False
    if not is_done:
        tx.run("ROLLBACK TO listing")
    tx.run("RELEASE listing")
    return is_done


def _write(tx: Tx, listing_id: str, work: Work, lane: Sequence[Operation], stamps: Stamps) -> bool:
    base = work.bases.get(listing_id)
    listing = work.listings.get(listing_id)
    new = listing.new if listing is not None else mending.rebuilt(listing_id, base, lane)
    if new is None:
        return False
    entities.insert(tx, [new])
    if listing is not None and listing.verified_at is not None:
        entities.mark_verified(tx, entities.find(tx, listing_id).pk, listing.verified_at)
    for revision in work.revisions.get(listing_id, ()):
        _insert(tx, "revision", revision)
    for operation in lane:
        outbox.restore(tx, operation, needs=work.needs.get(operation.operation_id, ()))
    mending.mend(tx, listing_id, base, stamps)
    return True
