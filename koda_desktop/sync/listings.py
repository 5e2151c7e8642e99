"""What a person does to listings: each command is one transaction that changes the row and queues
the work. All are committed and durable when they return; none touches the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from koda_desktop.errors import InputError, Refused
from koda_desktop.sync import edits, entities, outbox, publication, transfer_rows, typed
from koda_desktop.sync.entities import Entity, NewEntity, StagedFile
from koda_desktop.sync.gates import local_gates, refuse_unmet
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.pictures import NO_PICTURES, Pictures
from koda_desktop.sync.previews import StagedPictures, staged_pictures
from koda_desktop.sync.rows import Json, ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection, PackagedFile


class ListingCommands:
    """The writing half of a workspace. See ``workspace.Workspace`` for what each promises."""

    def __init__(self, store: Store, staging: Staging, stamps: Stamps) -> None:
        self._store = store
        self._staging = staging
        self._stamps = stamps

    def draft(
        self, inspection: Inspection, fields: Mapping[str, Any], pictures: Pictures = NO_PICTURES
    ) -> str:
        """Stage the file of ``inspection`` and make a draft of it; answers the listing's id.

        A draft may lack fields; those it has must be right. Raises InputError with
        ``facts["fields"]``, DiskFull or another LocalFault.
        """
        package = inspection.packaged
        if package is None:
            raise InputError(
                f"“{inspection.file_name}” cannot be made into a listing.",
                remedy="See the problems that were found in the file.",
            )
        document = _checked({**_proposed(inspection), **fields})
        self._staging.stage(package.data, package.sha256)
        staged = staged_pictures(self._staging, pictures)
        listing_id = self._stamps.listing_id()
        entity = NewEntity(
            id=listing_id,
            document={"_id": listing_id, **document},
            file=StagedFile(package.name, package.media_type, len(package.data), package.sha256),
            updated_at=self._stamps.now(),
            inspection=dict(inspection.as_json()),
            preview=staged.preview,
            drawing=staged.drawing,
        )
        self._store.write(lambda tx: self._draft(tx, entity, package, staged))
        return listing_id

    def _draft(
        self, tx: Tx, entity: NewEntity, package: PackagedFile, pictures: StagedPictures
    ) -> None:
        # A sweep that ran since the file was staged took it away; none can run beside this.
        if not self._staging.has(entity.file.sha256, entity.file.size):
            self._staging.stage(package.data, package.sha256)
        pictures.stage()
        entities.insert(tx, [entity])

    def edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Change seller fields; a registered listing's change is queued.

        Raises InputError with ``facts["fields"]``, NotFound, Refused; then nothing was changed.
        """
        cleaned = _checked(changes)
        self._store.write(lambda tx: self._edit(tx, listing_id, cleaned))

    def _edit(self, tx: Tx, listing_id: str, cleaned: Json) -> None:
        entity = entities.find(tx, listing_id)
        operations = outbox.lane(tx, entity.id)
        conflict = edits.of_lane(operations).conflict
        disputed = edits.sides_of(conflict) if conflict else {}
        changed = {
            name: value
            for name, value in cleaned.items()
            if name in disputed or not same(entity.document.get(name, ABSENT), value)
        }
        if not changed:
            return
        if entity.is_at_server or _is_registering(operations):
            _refuse_unknown_type(entity)
            edits.queue(tx, entity, changed, self._stamps)
        else:
            document = {**entity.document, **changed}
            entities.save_document(tx, entity, document, self._stamps.now())

    def publish(self, listing_ids: Sequence[str]) -> None:
        """Queue upload, registration and read-back of each; all are queued or none.

        A refused publication is sent again; a listing that waits or is published stays as it is.
        Raises GatesUnmet for what this computer can see, NotFound.
        """
        self._store.write(lambda tx: self._publish_all(tx, listing_ids))

    def _publish_all(self, tx: Tx, listing_ids: Sequence[str]) -> None:
        for listing_id in dict.fromkeys(listing_ids):
            self._publish(tx, listing_id)

    def _publish(self, tx: Tx, listing_id: str) -> None:
        entity = entities.find(tx, listing_id)
        operations = outbox.lane(tx, entity.id)
        if entity.is_at_server or (operations and entity.state is not ListingState.REFUSED):
            return
        title = str(entity.document.get("title") or entity.file.name)
        refuse_unmet(title, local_gates(entity, self._staging))
        if operations:
            self._retry(tx, entity)
        else:
            publication.queue(tx, entity, self._stamps)

    def withdraw(self, listing_id: str) -> None:
        """Take a queued publication back to a draft. Raises Refused once it was registered."""
        self._store.write(lambda tx: self._withdraw(tx, entities.find(tx, listing_id)))

    def _withdraw(self, tx: Tx, entity: Entity) -> None:
        withdraw_publication(tx, entity, self._stamps.now())

    def retry(self, listing_id: str) -> None:
        """Send this listing's parked work again; nothing happens when none is parked."""
        self._store.write(lambda tx: self._retry(tx, entities.find(tx, listing_id)))

    def _retry(self, tx: Tx, entity: Entity) -> None:
        parked = [
            one
            for one in outbox.lane(tx, entity.id)
            if one.state is OperationState.PARKED and not one.is_conflict
        ]
        if any(one.verb is Verb.REGISTER for one in parked):
            # The refusal may have been that of the stored file: begin with the upload again,
            # which costs one question when the file is there.
            self._withdraw(tx, entity)
            publication.queue(tx, entity, self._stamps)
            return
        for operation in parked:
            outbox.release(tx, operation)
            transfer_rows.move(tx, operation.operation_id, TransferState.QUEUED)

    def discard_changes(self, listing_id: str) -> None:
        """Drop the edits that were not sent and show the server's copy again.

        A listing that the marketplace has no more becomes a draft with its local changes. Raises
        Refused when there is nothing to drop.
        """
        self._store.write(lambda tx: self._discard(tx, entities.find(tx, listing_id)))

    def _discard(self, tx: Tx, entity: Entity) -> None:
        waiting = edits.of_lane(outbox.lane(tx, entity.id)).open
        is_gone = waiting is not None and (waiting.error or {}).get("code") == "not-found"
        if not edits.discard(tx, entity, self._stamps):
            raise Refused("No change of this listing can be dropped: none is waiting here.")
        if is_gone:
            entities.mark_at_server(tx, entity.pk, None)
            entities.save_document(tx, entity, entity.document, self._stamps.now())

    def delete_draft(self, listing_id: str) -> None:
        """Delete a listing that never left this computer. Raises Refused otherwise."""
        self._store.write(lambda tx: self._delete(tx, entities.find(tx, listing_id)))
        self._staging.sweep(self._store)

    def _delete(self, tx: Tx, entity: Entity) -> None:
        if entity.is_at_server or outbox.lane(tx, entity.id):
            raise Refused(
                "Only a draft can be deleted.",
                remedy="Withdraw its publication first.",
            )
        entities.delete(tx, entity)
        typed.drop(tx, entity.id)

    def cancel_transfer(self, transfer_id: str) -> None:
        """Stop a transfer; an upload's listing goes back to a draft. Raises NotFound, Refused."""
        self._store.write(lambda tx: self._cancel(tx, transfer_id))

    def _cancel(self, tx: Tx, transfer_id: str) -> None:
        row = transfer_rows.find(tx, transfer_id)
        if row.direction == "down":
            transfer_rows.end(tx, transfer_id, TransferState.CANCELLED, self._stamps.now())
        elif row.state not in (TransferState.DONE, TransferState.CANCELLED):
            self._withdraw(tx, entities.find(tx, row.listing_id))


def withdraw_publication(tx: Tx, entity: Entity, moment: str) -> None:
    """Take a queued publication back to a draft. Raises Refused once it may be registered."""
    operations = outbox.lane(tx, entity.id)
    if entity.is_at_server or _is_registering(operations):
        raise Refused(
            "This listing is registered in the marketplace already.",
            remedy="Set “active” to no to take it off the market.",
        )
    for operation in reversed(operations):
        outbox.drop(tx, operation)
        transfer_rows.end(tx, operation.operation_id, TransferState.CANCELLED, moment)


def _is_registering(operations: Sequence[Operation]) -> bool:
    """Whether a registration went out whose answer is not here yet."""
    return any(one.verb is Verb.REGISTER and one.is_frozen for one in operations)


def _refuse_unknown_type(entity: Entity) -> None:
    kind = entity.document.get("productType", "Automation")
    if kind != "Automation":
        raise Refused(
            f"This version of Koda cannot change a listing of the type {kind!r}.",
            remedy="Install a newer version, or change it on the web.",
        )


def _proposed(inspection: Inspection) -> Json:
    """What a draft starts from; every field that the marketplace would fill in is written out."""
    proposal = inspection.proposal
    proposed = {
        "title": proposal.title or PurePath(inspection.file_name).stem,
        "description": proposal.description,
        "category": proposal.category,
        "tags": list(proposal.tags),
        "platform": inspection.platform,
        "version": proposal.version,
        "active": True,
    }
    return {name: value for name, value in proposed.items() if value != ""}


def _checked(fields: Mapping[str, Any]) -> Json:
    """``fields`` cleaned. Raises InputError naming each that is wrong; missing ones may be."""
    from koda_desktop.models.listing_fields import check_changes

    cleaned, wrong = check_changes(fields)
    if not wrong:
        try:
            outbox.encode(cleaned)
        except ValueError:
            wrong = {"metadata": "Only JSON can be kept here."}
    if wrong:
        named = " ".join(f"{name}: {sentence}" for name, sentence in wrong.items())
        raise InputError(f"Not accepted. {named}", facts={"fields": wrong})
    return dict(cleaned)
