"""What a person does to transfers: pause, order, stop and repeat them, and ask for a file."""

from __future__ import annotations

import re
from pathlib import Path

from koda_desktop.errors import Refused, UsageError
from koda_desktop.sync import entities, transfer_rows
from koda_desktop.sync.listings import ListingCommands
from koda_desktop.sync.rows import Direction, TransferState
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store

BANDWIDTH_LIMIT = "bandwidth_limit"
"""The key in ``meta`` of the most bytes a second of all transfers together; absent for no limit."""

LEAST_BANDWIDTH = 1_000
"""Bytes a second: a limit below that would look like a transfer that hangs."""

_ENDED = (TransferState.DONE, TransferState.CANCELLED)
_FORBIDDEN = '<>:"/\\|?*'


class TransferCommands:
    """Each command is one transaction. See ``workspace.Workspace`` for what each promises."""

    def __init__(self, store: Store, listings: ListingCommands, stamps: Stamps) -> None:
        self._store = store
        self._listings = listings
        self._stamps = stamps

    def download(self, listing_id: str, folder: Path) -> str:
        """Queue the download of a listing's file into ``folder``; answers the transfer's id.

        Raises NotFound, and Refused for a listing that the marketplace does not hold.
        """
        return self._store.write(lambda tx: self._download(tx, listing_id, folder))

    def _download(self, tx: Tx, listing_id: str, folder: Path) -> str:
        entity = entities.find(tx, listing_id)
        if not entity.is_at_server or not entity.file.sha256:
            raise Refused(
                "The marketplace holds no file of this listing.",
                remedy="Publish it first.",
            )
        transfer_id = self._stamps.operation_id()
        target = free_target(tx, folder.absolute() / safe_name(entity.file.name))
        transfer_rows.add_download(
            tx,
            entity,
            transfer_id=transfer_id,
            target=str(target),
            created_at=self._stamps.now(),
        )
        return transfer_id

    def cancel(self, transfer_id: str) -> None:
        """Stop a transfer. The listing of an upload goes back to a draft."""
        row = self._store.read(lambda db: transfer_rows.find(db, transfer_id))
        if row.direction is Direction.UP:
            self._listings.cancel_transfer(transfer_id)
        else:
            moment = self._stamps.now()
            self._store.write(lambda tx: transfer_rows.cancel_download(tx, transfer_id, moment))

    def retry(self, transfer_id: str) -> None:
        """Send or fetch a parked transfer again."""
        row = self._store.read(lambda db: transfer_rows.find(db, transfer_id))
        if row.direction is Direction.UP:
            self._listings.retry(row.listing_id)
        else:
            self._store.write(lambda tx: transfer_rows.retry_download(tx, transfer_id))

    def pause(self, transfer_id: str, paused: bool) -> None:
        """Stop a transfer until it is let go on; what was transferred is kept."""
        self._change(transfer_id, lambda tx: transfer_rows.set_paused(tx, transfer_id, paused))

    def prioritise(self, transfer_id: str, priority: int) -> None:
        """Have a transfer go before those of a lower number; 0 is normal."""
        self._change(transfer_id, lambda tx: transfer_rows.set_priority(tx, transfer_id, priority))

    def _change(self, transfer_id: str, change: transfer_rows.Change) -> None:
        def work(tx: Tx) -> None:
            if transfer_rows.find(tx, transfer_id).state in _ENDED:
                raise Refused("This transfer has ended already.", kept="Nothing was changed.")
            change(tx)

        self._store.write(work)

    def limit(self, bytes_per_second: int | None) -> None:
        """Keep all transfers together under this speed; None for no limit. Raises UsageError."""
        if bytes_per_second is not None and bytes_per_second < LEAST_BANDWIDTH:
            raise UsageError("The limit is too low.", remedy="Give at least 1 KB/s, or no limit.")
        self._store.write(lambda tx: _save_limit(tx, bytes_per_second))


def bandwidth_limit(db: Db) -> int | None:
    """The most bytes a second of all transfers together; None for no limit."""
    found = db.value("SELECT value FROM meta WHERE key = ?", (BANDWIDTH_LIMIT,))
    return int(found) if found else None


def _save_limit(tx: Tx, bytes_per_second: int | None) -> None:
    if bytes_per_second is None:
        tx.run("DELETE FROM meta WHERE key = ?", (BANDWIDTH_LIMIT,))
    else:
        tx.run(
            "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)",
            (BANDWIDTH_LIMIT, str(bytes_per_second)),
        )
    tx.announce("transfers", "status")


def safe_name(name: str) -> str:
    """A file name another program wrote, as every system can hold it: no folder, nothing hidden."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join("_" if char in _FORBIDDEN or ord(char) < 32 else char for char in last)
    # File systems count bytes, 255 of them, and the name gets a number and an ending of its own.
    return kept.encode()[:180].decode(errors="ignore").strip(" .") or "download"


def free_target(db: Db, wanted: Path) -> Path:
    """``wanted``, or with a number behind it where a file or another download has that name."""
    taken = {row[0] for row in db.rows("SELECT target FROM transfer WHERE target <> ''")}
    found, number = wanted, 1
    while str(found) in taken or found.exists():
        number += 1
        found = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
    return found
