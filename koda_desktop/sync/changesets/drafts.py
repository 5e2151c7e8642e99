"""Drafts and files in change sets: made, deleted and exchanged, with what brings them back.

Of a draft that was made a digest is kept, which tells whether it was touched since; of one that was
deleted, everything. ``sha256s`` are the staged files that bring it back: they stay as long as the
change set does (see ``staging``).
"""

from __future__ import annotations

import hashlib
from typing import Any

from koda_desktop.errors import NotFound, Refused
from koda_desktop.marketplace.keys import is_key
from koda_desktop.sync import entities, outbox, publication, revision_rows, revisions
from koda_desktop.sync.changesets.deciding import NOT_HERE, SINCE, Outcome, Recorded
from koda_desktop.sync.changesets.rows import (
    CopyListing,
    DropDraft,
    Left,
    NewDraft,
    NewFile,
    What,
    Why,
)
from koda_desktop.sync.entities import NO_FILE, Entity, NewEntity, StagedFile
from koda_desktop.sync.merge import same
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

_EXISTS = "There is a listing with this id already."
_NOT_A_DRAFT = "It is no longer a draft: it was published, or its publication is queued."
_NO_BYTES = "Its file is not on this computer any more."
_DRAFT_ONLY = "Only a draft’s file can be exchanged."


def make(tx: Tx, change: NewDraft, staging: Staging, stamps: Stamps) -> Outcome:
    """Insert a draft. Its document is the caller's care; a listing that is there stays."""
    new = change.entity
    if tx.value("SELECT 1 FROM entity WHERE id = ?", (new.id,)):
        return _left(new.id, Why.REFUSED, _EXISTS)
    if new.file != NO_FILE and not staging.has(new.file.sha256, new.file.size):
        return _left(new.id, Why.REFUSED, _NO_BYTES)
    fresh = new._replace(updated_at=stamps.now(), server_at=None, text="")
    entities.insert(tx, [fresh])
    return Outcome(new.id, made(fresh))


def copy(tx: Tx, change: CopyListing, staging: Staging, stamps: Stamps) -> Outcome:
    """Make a draft like a listing; what the marketplace alone sets stays behind."""
    try:
        entity = entities.find(tx, change.listing_id)
    except NotFound:
        return _left(change.listing_id, Why.GONE, NOT_HERE)
    if not staging.has(entity.file.sha256, entity.file.size):
        return _left(entity.id, Why.REFUSED, _NO_BYTES)
    fields = entities.seller_fields(entity.document)
    fields.pop("deletedAt", None)
    if is_key(str(fields.get("previewImageUrl") or "")):
        # It is an object of the listing that it was copied from.
        fields.pop("previewImageUrl")
    listing_id = stamps.listing_id()
    document = {"_id": listing_id, **fields, "title": change.title}
    new = _as_new(entity)._replace(id=listing_id, document=document)
    return make(tx, NewDraft(new), staging, stamps)


def drop(tx: Tx, change: DropDraft) -> Outcome:
    """Delete a draft, where it is one and holds what is expected."""
    try:
        entity = entities.find(tx, change.listing_id)
    except NotFound:
        return _left(change.listing_id, Why.GONE, NOT_HERE)
    if entity.is_at_server or outbox.lane(tx, entity.id):
        return _left(entity.id, Why.REFUSED, _NOT_A_DRAFT)
    if change.expected not in (None, fingerprint(entity)):
        return _left(entity.id, Why.CHANGED, SINCE)
    entities.delete(tx, entity)
    return Outcome(entity.id, dropped(entity))


def exchange_file(tx: Tx, change: NewFile, staging: Staging, stamps: Stamps) -> Outcome:
    """Give a listing another file; a published one's is queued, with the version it is then."""
    try:
        entity = entities.find(tx, change.listing_id)
    except NotFound:
        return _left(change.listing_id, Why.GONE, NOT_HERE)
    if not entity.is_at_server and outbox.lane(tx, entity.id):
        return _left(entity.id, Why.REFUSED, _DRAFT_ONLY)
    held, version = revisions.current(tx, entity)
    if change.expected is not None and held.sha256 != change.expected:
        return _left(entity.id, Why.CHANGED, SINCE)
    is_here = staging.has(change.file.sha256, change.file.size)
    if change.file != NO_FILE and not is_here and not (change.key and entity.is_at_server):
        return _left(entity.id, Why.REFUSED, _NO_BYTES)
    wanted = change.version or version
    is_same_file = (held.sha256, held.name) == (change.file.sha256, change.file.name)
    if is_same_file and wanted == version and _says_nothing_new(entity, change):
        return Outcome(entity.id)
    before = _held_json(tx, entity, held, version)
    try:
        _write_file(tx, entity, change, wanted, is_here, stamps)
    except Refused as refusal:
        return _left(entity.id, Why.REFUSED, str(refusal))
    after = _file_json(change.file, change.inspection, wanted, change.key)
    return Outcome(entity.id, Recorded(entity.id, What.FILE, encode(before), encode(after)))


def _says_nothing_new(entity: Entity, change: NewFile) -> bool:
    """Whether the file is known to hold what the change says it does."""
    return entity.is_at_server or same(entity.inspection, change.inspection)


def _write_file(
    tx: Tx, entity: Entity, change: NewFile, version: str, is_here: bool, stamps: Stamps
) -> None:
    if entity.is_at_server:
        publication.refuse_unknown_type(entity)
        key = "" if is_here else change.key
        wanted = revisions.NewRevision(
            change.file, version, change.changelog, change.inspection, key
        )
        revisions.queue(tx, entity, wanted, stamps)
        return
    moment = stamps.now()
    entities.save_file(tx, entity, change.file, change.inspection, moment)
    if version and version != entity.document.get("version"):
        entities.save_document(tx, entity, {**entity.document, "version": version}, moment)


def withdrawn(tx: Tx, entity: Entity) -> Recorded:
    """What is recorded of a revision that is taken back; called before it is."""
    waiting, version = revisions.current(tx, entity)
    before = _held_json(tx, entity, waiting, version)
    base = entities.base_document(tx, entity)
    key, held_version = str(base.get("fileUrl") or ""), str(base.get("version") or "")
    after = _file_json(entity.file, entity.inspection, held_version, key)
    return Recorded(entity.id, What.FILE, encode(before), encode(after))


def _held_json(tx: Tx, entity: Entity, held: StagedFile, version: str) -> Json:
    """The file a listing has or is to get; of a published one also where the marketplace has it."""
    if held == entity.file:
        key = str(entity.document.get("fileUrl") or "")
        return _file_json(held, entity.inspection, version, key)
    found = revision_rows.inspection_of(tx, entity.id, held.sha256)
    return _file_json(held, found, version)


def made(new: NewEntity) -> Recorded:
    """What is recorded of a draft that was made."""
    title = str(new.document.get("title") or new.file.name)
    return Recorded(
        new.id, What.DRAFT, after=encode({"title": title, "fingerprint": fingerprint(new)})
    )


def fingerprint(draft: NewEntity | Entity) -> str:
    """Tells a draft from what becomes of it when it is changed."""
    held = encode([dict(sorted(draft.document.items())), draft.file.sha256, draft.preview.sha256])
    return hashlib.sha256(held.encode()).hexdigest()


def dropped(entity: Entity) -> Recorded:
    """What is recorded of a draft that was deleted."""
    return Recorded(entity.id, What.DROP, before=encode(draft_json(_as_new(entity))))


def draft_json(new: NewEntity) -> Json:
    """All of a draft, as change sets keep it."""
    files = (new.file, new.preview, new.drawing)
    return {
        "document": new.document,
        "file": new.file._asdict(),
        "inspection": new.inspection,
        "preview": new.preview._asdict(),
        "drawing": new.drawing._asdict(),
        "sha256s": sorted({one.sha256 for one in files if one.sha256}),
    }


def draft_of(listing_id: str, saved: Json) -> NewDraft:
    """What ``draft_json`` kept."""
    return NewDraft(
        NewEntity(
            id=listing_id,
            document=saved["document"],
            file=StagedFile(**saved["file"]),
            updated_at="",
            inspection=saved["inspection"],
            preview=StagedFile(**saved["preview"]),
            drawing=StagedFile(**saved["drawing"]),
        )
    )


def file_of(listing_id: str, saved: Json, expected: str) -> NewFile:
    """What ``_file_json`` kept."""
    return NewFile(
        listing_id,
        StagedFile(**saved["file"]),
        saved["inspection"],
        expected,
        saved.get("version", ""),
        key=saved.get("key", ""),
    )


def _file_json(file: StagedFile, inspection: Json | None, version: str = "", key: str = "") -> Json:
    sha256s: list[Any] = [file.sha256] if file.sha256 else []
    kept = {"file": file._asdict(), "inspection": inspection, "sha256s": sha256s}
    return {**kept, "version": version, "key": key}


def _as_new(entity: Entity) -> NewEntity:
    return NewEntity(
        id=entity.id,
        document=entity.document,
        file=entity.file,
        updated_at=entity.updated_at,
        inspection=entity.inspection,
        preview=entity.preview,
        drawing=entity.drawing,
    )


def _left(listing_id: str, why: Why, reason: str) -> Outcome:
    return Outcome(listing_id, left=(Left(listing_id, "", why, reason),))
