"""The work of publishing one listing, as it is queued: upload, registration and read-back."""

from __future__ import annotations

from koda_desktop.sync import outbox, transfer_rows
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

PUBLICATION = (Verb.UPLOAD, Verb.REGISTER, Verb.VERIFY)


def queue(tx: Tx, entity: Entity, stamps: Stamps) -> None:
    """Queue all of it at the end of the listing's lane, each waiting for the one before."""
    now = stamps.now()
    needs: tuple[str, ...] = ()
    for verb in PUBLICATION:
        operation_id = stamps.operation_id()
        one = outbox.append(
            tx, entity.id, verb, operation_id=operation_id, created_at=now, needs=needs
        )
        needs = (operation_id,)
        if verb is Verb.UPLOAD:
            add_transfer(tx, entity, one, stamps)


def add_transfer(tx: Tx, entity: Entity, upload: Operation, stamps: Stamps) -> None:
    """Show the upload on the Transfers page."""
    transfer_rows.add(
        tx,
        entity,
        transfer_id=stamps.operation_id(),
        operation_id=upload.operation_id,
        created_at=upload.created_at,
    )
