"""The work of publishing one listing, as it is queued: upload, registration and read-back."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.errors import Refused
from koda_desktop.sync import absence, outbox, revisions, transfer_rows
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.gates import local_gates, refuse_unmet
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

PUBLICATION = (Verb.UPLOAD, Verb.PREVIEW, Verb.REGISTER, Verb.VERIFY)
"""Its operations, in order. A listing without a picture has no PREVIEW."""

SENDING = (Verb.UPLOAD, Verb.PREVIEW)
"""Those that send bytes: each has a transfer."""

UNREGISTERED = (Verb.UPLOAD, Verb.PREVIEW, Verb.REGISTER)
"""While one of these is in a lane, nobody knows of a listing in the marketplace."""

PICTURE_FIELD = "previewImageUrl"

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


def publish(tx: Tx, entity: Entity, staging: Staging, stamps: Stamps) -> bool:
    """Queue it, or send again one that was refused; False for what waits or is published.

    Raises GatesUnmet for what this computer can see.
    """
    operations = outbox.lane(tx, entity.id)
    if entity.is_at_server or (operations and entity.state is not ListingState.REFUSED):
        return False
    title = str(entity.document.get("title") or entity.file.name)
    refuse_unmet(title, local_gates(entity, staging))
    if operations:
        retry(tx, entity, stamps)
    else:
        queue(tx, entity, stamps)
    return True


def retry(tx: Tx, entity: Entity, stamps: Stamps) -> None:
    """Send the parked work of a listing again; nothing happens when none is parked."""
    parked = [
        one
        for one in outbox.lane(tx, entity.id)
        if one.state is OperationState.PARKED and not one.is_conflict
    ]
    revision = next((one for one in parked if one.verb is Verb.REVISE), None)
    if revision is not None:
        revisions.queue_again(tx, entity, revision, stamps)
        parked.remove(revision)
    if any(one.verb is Verb.REGISTER for one in parked):
        # The refusal may have been that of the stored file: begin with the upload again,
        # which costs one question when the file is there.
        withdraw(tx, entity, stamps.now())
        queue(tx, entity, stamps)
        return
    absence.ask_again(tx, parked)
    for operation in parked:
        outbox.release(tx, operation)
        transfer_rows.move(tx, operation.operation_id, TransferState.QUEUED)


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


def withdraw(tx: Tx, entity: Entity, moment: str) -> bool:
    """Take a queued publication back to a draft; False for what is none.

    Raises Refused once it may be registered.
    """
    operations = outbox.lane(tx, entity.id)
    if entity.is_at_server or is_registering(operations):
        raise Refused(
            "This listing is registered in the marketplace already.",
            remedy="Set “active” to no to take it off the market.",
        )
    for operation in reversed(operations):
        outbox.drop(tx, operation)
        transfer_rows.end(tx, operation.operation_id, TransferState.CANCELLED, moment)
    return bool(operations)


def drop_unused_picture(tx: Tx, entity: Entity, moment: str) -> None:
    """The seller wrote an address in the place of the picture: it is not sent any more.

    The registration waits for the file alone then, if that is not stored yet.
    """
    if entity.sends_preview:
        return
    operations = outbox.lane(tx, entity.id)
    upload = next((one for one in operations if one.verb is Verb.UPLOAD), None)
    for one in operations:
        if one.verb is Verb.PREVIEW:
            outbox.drop(tx, one)
            transfer_rows.end(tx, one.operation_id, TransferState.CANCELLED, moment)
        elif one.verb is Verb.REGISTER and upload is not None:
            outbox.add_need(tx, one, upload)


def is_registering(operations: Sequence[Operation]) -> bool:
    """Whether a registration went out whose answer is not here yet."""
    return any(one.verb is Verb.REGISTER and one.is_frozen for one in operations)


def refuse_unknown_type(entity: Entity) -> None:
    """Raise Refused for a listing of a type that this version opens read-only."""
    kind = entity.document.get("productType", "Automation")
    if kind != "Automation":
        raise Refused(
            f"This version of Koda cannot change a listing of the type {kind!r}.",
            remedy="Install a newer version, or change it on the web.",
        )
