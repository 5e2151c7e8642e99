"""What a person does to listings: each command is one transaction that changes the row and queues
the work. All are committed and durable when they return; none touches the network.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from koda_desktop.errors import InputError, Refused
from koda_desktop.runtime.account import account_name
from koda_desktop.sync import (
    absence,
    edits,
    entities,
    lane_parts,
    outbox,
    publication,
    revisions,
    transfer_rows,
    typed,
)
from koda_desktop.sync.changesets import drafts, records
from koda_desktop.sync.changesets.cells import Cell, Wanted
from koda_desktop.sync.changesets.deciding import Recorded
from koda_desktop.sync.changesets.one_row import replaced_fields, write_fields
from koda_desktop.sync.changesets.rows import NewFile, SetKind, What
from koda_desktop.sync.entities import Entity, NewEntity, StagedFile
from koda_desktop.sync.pictures import NO_PICTURES, Pictures
from koda_desktop.sync.previews import StagedPictures, staged_pictures
from koda_desktop.sync.rows import Json, TransferState
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection, PackagedFile


class ListingCommands:
    """The writing half of a workspace. See ``workspace.Workspace`` for what each promises."""

    def __init__(
        self, store: Store, staging: Staging, stamps: Stamps, who: str | None = None
    ) -> None:
        self._store = store
        self._staging = staging
        self._stamps = stamps
        self._who = account_name() if who is None else who

    def draft(
        self, inspection: Inspection, fields: Mapping[str, Any], pictures: Pictures = NO_PICTURES
    ) -> str:
        """Stage the file of ``inspection`` and make a draft of it; answers the listing's id.

        A draft may lack fields; those it has must be right. Raises InputError with
        ``facts["fields"]``, DiskFull or another LocalFault.
        """
        entity = new_entity(inspection, fields, self._stamps)
        package = inspection.packaged
        assert package is not None
        self._staging.stage(package.data, package.sha256)
        staged = staged_pictures(self._staging, pictures)
        entity = entity._replace(preview=staged.preview, drawing=staged.drawing)
        self._store.write(lambda tx: self._draft(tx, entity, package, staged))
        return entity.id

    def _draft(
        self, tx: Tx, entity: NewEntity, package: PackagedFile, pictures: StagedPictures
    ) -> None:
        # A sweep that ran since the file was staged took it away; none can run beside this.
        if not self._staging.has(entity.file.sha256, entity.file.size):
            self._staging.stage(package.data, package.sha256)
        pictures.stage()
        entities.insert(tx, [entity])
        self._record(tx, "New draft", SetKind.DRAFT, [drafts.made(entity)])

    def revise(
        self,
        listing_id: str,
        inspection: Inspection,
        version: str,
        changelog: str = "",
    ) -> None:
        """Give a listing the file of ``inspection``: a draft at once, a published one by its queue.

        Raises InputError with ``facts["fields"]`` or for a file that may not be sold, Refused while
        another file of it is on its way, NotFound, LocalFaults; then nothing was changed.
        """
        package = inspection.packaged
        if package is None or not inspection.publishable:
            raise InputError(
                f"“{inspection.file_name}” cannot be the file of a listing.",
                remedy="See the problems that were found in the file.",
            )
        _checked({"version": version})
        self._staging.stage(package.data, package.sha256)
        file = StagedFile(package.name, package.media_type, len(package.data), package.sha256)
        change = NewFile(listing_id, file, saved_inspection(inspection), None, version, changelog)
        self._store.write(lambda tx: self._revise(tx, change, package))

    def _revise(self, tx: Tx, change: NewFile, package: PackagedFile) -> None:
        # A sweep that ran since the file was staged took it away; none can run beside this.
        if not self._staging.has(package.sha256, len(package.data)):
            self._staging.stage(package.data, package.sha256)
        outcome = drafts.exchange_file(tx, change, self._staging, self._stamps)
        if outcome.left:
            raise Refused(outcome.left[0].reason, kept="Nothing was changed.")
        if outcome.done is not None:
            self._record(tx, f"New file, version {change.version}", SetKind.EDIT, [outcome.done])

    def edit(self, listing_id: str, changes: Mapping[str, Any]) -> None:
        """Change seller fields; a registered listing's change is queued.

        Raises InputError with ``facts["fields"]``, NotFound, Refused; then nothing was changed.
        """
        cleaned = _checked(changes)
        self._store.write(lambda tx: self._edit(tx, listing_id, cleaned))

    def _edit(self, tx: Tx, listing_id: str, cleaned: Json) -> None:
        cells = {name: Cell(value, outbox.encode(value)) for name, value in cleaned.items()}
        outcome = write_fields(tx, Wanted(listing_id, cells, {}), self._stamps)
        if outcome.done is not None:
            changed = ", ".join(json.loads(outcome.done.after))
            self._record(tx, f"Edit {changed}", SetKind.EDIT, [outcome.done])

    def _record(self, tx: Tx, name: str, kind: SetKind, done: Sequence[Recorded]) -> None:
        """For the History page, and to be undone."""
        records.add(tx, name, kind, self._who, self._stamps.now(), done)

    def publish(self, listing_ids: Sequence[str]) -> None:
        """Queue upload, registration and read-back of each; all are queued or none.

        A refused publication is sent again; a listing that waits or is published stays as it is.
        Raises GatesUnmet for what this computer can see, NotFound.
        """
        self._store.write(lambda tx: self._publish_all(tx, listing_ids))

    def _publish_all(self, tx: Tx, listing_ids: Sequence[str]) -> None:
        done: list[Recorded] = []
        for listing_id in dict.fromkeys(listing_ids):
            entity = entities.find(tx, listing_id)
            if publication.publish(tx, entity, self._staging, self._stamps):
                done.append(Recorded(entity.id, What.PUBLISH))
        self._record(tx, "Publish", SetKind.PUBLISH, done)

    def withdraw(self, listing_id: str) -> None:
        """Take a queued publication back to a draft, or a queued revision back.

        Raises Refused once it was registered, or may have gone out.
        """
        self._store.write(lambda tx: self._withdraw(tx, entities.find(tx, listing_id)))

    def _withdraw(self, tx: Tx, entity: Entity) -> None:
        revision = lane_parts.of_lane(outbox.lane(tx, entity.id)).revision
        if revision is not None:
            done = drafts.withdrawn(tx, entity)
            is_gone = absence.is_gone(revision)
            edits.take_revision_back(tx, entity, self._stamps)
            # With its listing gone the file stays as that of the draft.
            self._record(tx, "Take back the new file", SetKind.EDIT, [] if is_gone else [done])
        elif publication.withdraw(tx, entity, self._stamps.now()):
            done = Recorded(entity.id, What.WITHDRAW)
            self._record(tx, "Withdraw the publication", SetKind.PUBLISH, [done])

    def retry(self, listing_id: str) -> None:
        """Send this listing's parked work again; nothing happens when none is parked."""
        self._store.write(
            lambda tx: publication.retry(tx, entities.find(tx, listing_id), self._stamps)
        )

    def discard_changes(self, listing_id: str) -> None:
        """Drop the edits that were not sent and show the server's copy again.

        A listing that the marketplace has no more becomes a draft with its local changes. Raises
        Refused when there is nothing to drop.
        """
        self._store.write(lambda tx: self._discard(tx, entities.find(tx, listing_id)))

    def _discard(self, tx: Tx, entity: Entity) -> None:
        revision = lane_parts.of_lane(outbox.lane(tx, entity.id)).revision
        is_revised = revision is not None and not revision.is_frozen
        done = [drafts.withdrawn(tx, entity)] if is_revised else []
        if self._drop_changes(tx, entity):
            return
        ours = {lane_parts.VERSION} if is_revised else set()
        fields = replaced_fields(entity, entities.find(tx, entity.id).document, leaves=ours)
        self._record(tx, "Discard changes", SetKind.EDIT, [*done, *fields])

    def _drop_changes(self, tx: Tx, entity: Entity) -> bool:
        """Drop what waits; whether the listing is a draft now, because it is gone elsewhere."""
        lane = lane_parts.of_lane(outbox.lane(tx, entity.id))
        gone = [one for one in (lane.open, lane.revision) if one and absence.is_gone(one)]
        if lane.revision is not None and lane.revision in gone:
            revisions.keep_in_draft(tx, entity, lane.revision, self._stamps)
        if not edits.discard(tx, entity, self._stamps):
            raise Refused("No change of this listing can be dropped: none is waiting here.")
        if gone:
            entities.mark_at_server(tx, entity.pk, None)
            entities.save_document(tx, entity, entity.document, self._stamps.now())
        return bool(gone)

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
        self._record(tx, "Delete draft", SetKind.DELETE, [drafts.dropped(entity)])

    def cancel_transfer(self, transfer_id: str) -> None:
        """Stop a transfer; an upload's listing goes back to a draft. Raises NotFound, Refused."""
        self._store.write(lambda tx: self._cancel(tx, transfer_id))

    def _cancel(self, tx: Tx, transfer_id: str) -> None:
        row = transfer_rows.find(tx, transfer_id)
        if row.direction == "down":
            transfer_rows.end(tx, transfer_id, TransferState.CANCELLED, self._stamps.now())
        elif row.state not in (TransferState.DONE, TransferState.CANCELLED):
            self._withdraw(tx, entities.find(tx, row.listing_id))


def new_entity(inspection: Inspection, fields: Mapping[str, Any], stamps: Stamps) -> NewEntity:
    """The draft that is made of an inspected file, without pictures; its file is to be staged.

    Raises InputError as ``ListingCommands.draft``.
    """
    package = inspection.packaged
    if package is None:
        raise InputError(
            f"“{inspection.file_name}” cannot be made into a listing.",
            remedy="See the problems that were found in the file.",
        )
    document = _checked({**_proposed(inspection), **fields})
    listing_id = stamps.listing_id()
    return NewEntity(
        id=listing_id,
        document={"_id": listing_id, **document},
        file=StagedFile(package.name, package.media_type, len(package.data), package.sha256),
        updated_at=stamps.now(),
        inspection=saved_inspection(inspection),
    )


def saved_inspection(inspection: Inspection) -> Json:
    """What is kept of an inspection: its report, and what its file is known by later."""
    known_by = {"sha256": inspection.sha256, "fingerprint": inspection.fingerprint}
    return {**inspection.as_json(), **known_by}


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
