"""The work of publishing one listing, as it is queued: upload, registration and read-back."""

from __future__ import annotations

from koda_desktop.sync import outbox, transfer_rows
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

PUBLICATION = (Verb.UPLOAD, Verb.PREVIEW, Verb.REGISTER, Verb.VERIFY)
"""Its operations, in order. A listing without a picture has no PREVIEW."""

SENDING = (Verb.UPLOAD, Verb.PREVIEW)
"""Those that send bytes: each has a transfer."""

UNREGISTERED = (Verb.UPLOAD, Verb.PREVIEW, Verb.REGISTER)
"""While one of these is in a lane, nobody knows of a listing in the marketplace."""

PICTURE = "Preview picture"
"""The name of the picture's transfer."""


def queue(tx: Tx, entity: Entity, stamps: Stamps) -> None:
    """Queue all of it at the end of the listing's lane, each waiting for the one before."""
    now = stamps.now()
    needs: tuple[str, ...] = ()
    for verb in PUBLICATION:
        if verb is Verb.PREVIEW and not entity.sends_preview:
            continue
        operation_id = stamps.operation_id()
        one = outbox.append(
            tx, entity.id, verb, operation_id=operation_id, created_at=now, needs=needs
        )
        needs = (operation_id,)
        if verb in SENDING:
            add_transfer(tx, entity, one, stamps)


def add_transfer(tx: Tx, entity: Entity, upload: Operation, stamps: Stamps) -> None:
    """Show the upload of the file, or of the picture, on the Transfers page."""
    is_picture = upload.verb is Verb.PREVIEW
    file = entity.preview._replace(name=PICTURE) if is_picture else entity.file
    transfer_rows.add(
        tx,
        entity,
        file,
        transfer_id=stamps.operation_id(),
        operation_id=upload.operation_id,
        created_at=upload.created_at,
    )
