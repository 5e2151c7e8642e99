"""Publishing one listing: its upload, its registration and its read-back, each resumable.

Each verb has a payload, which is committed before anything is sent, and a ``perform``, which talks
to the outside and answers what is to be written.
"""

from __future__ import annotations

from dataclasses import asdict

from koda_desktop.errors import Conflict, Unverified
from koda_desktop.marketplace.api import (
    DownloadGrant,
    FileFacts,
    ReadBack,
    RegisterRequest,
    StoredPreview,
)
from koda_desktop.models.vocabulary import REGISTERED_AS, SELLER_FIELDS
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import edits, entities, outbox, revisions
from koda_desktop.sync.engine import applying, revising, settling, uploading
from koda_desktop.sync.engine.grants import with_fresh_grant
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.merge import ABSENT, overlay, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.publication import PUBLICATION, SENDING
from koda_desktop.sync.rows import Json, Verb
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.transfers.carrier import Digest

VERBS = (*PUBLICATION, Verb.REVISE)
"""The operations of publications and revisions."""

RULED = (Verb.REGISTER, Verb.REVISE)
"""Those that go to the marketplace alone, whatever the object store is like."""

_PREVIEW = "previewImageUrl"


def payload(tx: Tx, session: Session, operation: Operation) -> Json:
    """What a publication's operation will send, from the row as it stands now."""
    entity = entities.find(tx, operation.lane)
    if operation.verb is Verb.UPLOAD:
        return {"file": entity.file._asdict(), **operation.payload}
    if operation.verb is Verb.PREVIEW:
        return {"file": entity.preview._asdict()}
    receipt = session.receipt(operation)
    mark: list[str | int] = [receipt.device_id, receipt.sequence, receipt.operation_id]
    if operation.verb is Verb.REGISTER:
        fields = entities.seller_fields(entity.document)
        return {**operation.payload, "fields": fields, "receipt": mark}
    if operation.verb is Verb.REVISE:
        return revisions.payload(operation, mark)
    return operation.payload


def perform(session: Session, operation: Operation, cancel: CancelToken) -> Apply:
    """Do one frozen operation of a publication. Raises KodaErrors and StorageFault."""
    if operation.verb in SENDING:
        return uploading.perform(session, operation, cancel)
    if operation.verb is Verb.REGISTER:
        return _register(session, operation)
    if operation.verb is Verb.REVISE:
        return revising.perform(session, operation)
    return _verify(session, operation, cancel)


def _register(session: Session, operation: Operation) -> Apply:
    content = operation.payload
    request = RegisterRequest(
        listing_id=operation.lane,
        fields=content["fields"],
        file=FileFacts(**content["file"]),
        key=content["key"],
        receipt=session.receipt(operation),
        preview=_stored_preview(content),
    )
    try:
        document = session.marketplace.register(session.parts.actor, request)
    except Conflict as conflict:
        return _give_way(session, operation, conflict)
    session.parts.on_step("register.sent")
    return lambda tx: _registered(tx, session, operation, document)


def _stored_preview(content: Json) -> StoredPreview | None:
    """The picture that goes with a registration; an address the seller wrote goes before it."""
    sent = content.get("preview")
    if not sent or content["fields"].get(_PREVIEW):
        return None
    return StoredPreview(FileFacts(**sent["file"]), sent["key"])


def _give_way(session: Session, operation: Operation, conflict: Conflict) -> Apply:
    """The listing is there already, by work that this store knows nothing of: it was restored from
    a copy. Raises ``conflict`` where the listing is not this account's, or cannot be read.
    """
    found = session.marketplace.fetch(session.parts.actor, [operation.lane])
    if not found or applying.look_at(found)[0].problem:
        raise conflict
    session.parts.on_step("register.sent")
    stamps = session.parts.stamps
    return lambda tx: settling.give_way(tx, operation, found[0], stamps)


def _registered(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    preview = _stored_preview(operation.payload)
    sent = operation.payload["fields"] | ({_PREVIEW: preview.key} if preview else {})
    # A later time than the creation's is that of somebody else's edit, if the fields differ.
    at = "createdAt" if _differing(sent, document) else "updatedAt"
    facts = {
        "file": operation.payload["file"],
        "key": operation.payload["key"],
        "fields": sent,
        "registered_at": document.get(at),
        "preview": asdict(preview) if preview else None,
    }
    outbox.hand_on(tx, operation, facts, Verb.VERIFY)
    outbox.finish(tx, operation, session.parts.stamps.now())
    entity = entities.find(tx, operation.lane)
    # Without what was edited since: that was not sent.
    expected = overlay(entities.base_document(tx, entity), sent)
    applying.take_answer(tx, entity, document, expected, session.parts.stamps)


def _verify(session: Session, operation: Operation, cancel: CancelToken) -> Apply:
    answer = session.marketplace.read_back(session.parts.actor, operation.lane)
    session.parts.on_step("verify.read")
    if not _is_shown(operation, answer.document):
        # Somebody gave the listing another file since: ours is read back by nobody any more.
        return lambda tx: _verified(tx, session, operation, answer.document, is_ours=False)

    def again() -> DownloadGrant:
        return session.marketplace.read_back(session.parts.actor, operation.lane).download

    def read(grant: DownloadGrant) -> Digest:
        return session.parts.carrier.digest(grant, cancel)

    digest = with_fresh_grant(answer.download, again, read)
    differing = _differences(operation.payload, answer, digest)
    _refuse(differing + _preview_differences(session, operation, answer, cancel))
    return lambda tx: _verified(tx, session, operation, answer.document)


def _is_shown(operation: Operation, document: Json) -> bool:
    """Whether the file that was registered is still the one that buyers get."""
    files = document.get("files") or [{}]
    return "key" not in operation.payload or files[0].get("key") == operation.payload["key"]


def _verified(
    tx: Tx, session: Session, operation: Operation, document: Json, *, is_ours: bool = True
) -> None:
    moment = session.parts.stamps.now()
    outbox.finish(tx, operation, moment)
    entity = entities.find(tx, operation.lane)
    if is_ours:
        entities.mark_verified(tx, entity.pk, moment)
    edits.take_server_copy(tx, entity, document, session.parts.stamps)


def _preview_differences(
    session: Session, operation: Operation, answer: ReadBack, cancel: CancelToken
) -> list[str]:
    """What is wrong with the picture that was registered, while the listing still shows it."""
    sent = operation.payload.get("preview")
    if not sent or answer.document.get(_PREVIEW) != sent["key"]:
        return []

    def again() -> DownloadGrant:
        preview = session.marketplace.read_back(session.parts.actor, operation.lane).preview
        if preview is None:
            raise _unverified(["preview picture"])
        return preview

    grant = answer.preview or again()
    digest = with_fresh_grant(grant, again, lambda one: session.parts.carrier.digest(one, cancel))
    is_same = (digest.size, digest.sha256) == (sent["file"]["size"], sent["file"]["sha256"])
    return [] if is_same else ["preview picture"]


def _differences(sent: Json, answer: ReadBack, digest: Digest) -> list[str]:
    """Everything that is not as it was registered."""
    names = []
    if digest.size != sent["file"]["size"]:
        names.append("file size")
    if digest.sha256 != sent["file"]["sha256"]:
        names.append("file checksum")
    if answer.document.get("updatedAt") == sent["registered_at"]:
        names += _differing(sent["fields"], answer.document)
    return names


def _refuse(names: list[str]) -> None:
    if names:
        raise _unverified(names)


def _unverified(names: list[str]) -> Unverified:
    return Unverified(
        f"The marketplace’s copy is not what was sent: {', '.join(names)}.",
        kept="Your listing and its file are kept on this computer.",
        remedy="Try again; if it stays so, tell the marketplace.",
        facts={"differs": names},
    )


def _differing(fields: Json, document: Json) -> list[str]:
    """Seller fields of ``document`` that do not hold what was sent, or what stands for nothing."""
    wanted = {**REGISTERED_AS, **fields}
    return [
        name
        for name in SELLER_FIELDS
        if not same(wanted.get(name, ABSENT), document.get(name, ABSENT))
    ]
