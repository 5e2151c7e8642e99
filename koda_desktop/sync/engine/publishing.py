"""Publishing one listing: its upload, its registration and its read-back, each resumable.

Each verb has a payload, which is committed before anything is sent, and a ``perform``, which talks
to the outside and answers what is to be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from koda_desktop.errors import ClockWrong, KodaError, Unverified
from koda_desktop.marketplace.api import (
    DownloadGrant,
    FileFacts,
    ReadBack,
    RegisterRequest,
    UploadGrant,
    UploadRequest,
)
from koda_desktop.models.vocabulary import SELLER_FIELDS
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import edits, entities, outbox, transfer_rows
from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.meter import Meter
from koda_desktop.sync.engine.parts import Apply, Session, StorageFault, must_wait
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, TransferState, Verb
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.carrier import Digest, PutResult

T = TypeVar("T")
VERBS = (Verb.UPLOAD, Verb.REGISTER, Verb.VERIFY)
"""The operations of a publication, in order; each waits for the one before it."""


def payload(tx: Tx, session: Session, operation: Operation) -> Json:
    """What a publication's operation will send, from the row as it stands now."""
    entity = entities.find(tx, operation.lane)
    if operation.verb is Verb.UPLOAD:
        file = entity.file
        return {
            "file": {
                "name": file.name,
                "media_type": file.media_type,
                "size": file.size,
                "sha256": file.sha256,
            }
        }
    if operation.verb is Verb.REGISTER:
        receipt = session.receipt(operation)
        return {
            **operation.payload,
            "fields": entities.seller_fields(entity.document),
            "receipt": [receipt.device_id, receipt.sequence, receipt.operation_id],
        }
    return operation.payload


def perform(session: Session, operation: Operation, cancel: CancelToken) -> Apply:
    """Do one frozen operation of a publication. Raises KodaErrors and StorageFault."""
    if operation.verb is Verb.UPLOAD:
        return _Upload(session, operation, cancel).perform()
    if operation.verb is Verb.REGISTER:
        return _register(session, operation)
    return _verify(session, operation, cancel)


class _Upload:
    """One file on its way to the object store."""

    def __init__(self, session: Session, operation: Operation, cancel: CancelToken) -> None:
        self._session = session
        self._parts = session.parts
        self._operation = operation
        self._cancel = cancel
        self._file = FileFacts(**operation.payload["file"])

    def perform(self) -> Apply:
        self._parts.store.write(self._begin, durable=False)
        grant = self._grant()
        self._parts.on_step("upload.granted")
        if not grant.is_stored:
            self._send(grant)
            self._parts.on_step("upload.sent")
        return lambda tx: self._done(tx, grant.key)

    def _begin(self, tx: Tx) -> None:
        transfer_rows.move(tx, self._operation.operation_id, TransferState.ACTIVE)

    def _grant(self) -> UploadGrant:
        request = UploadRequest(self._operation.lane, self._file)
        return self._session.marketplace.request_upload(self._parts.actor, request)

    def _send(self, grant: UploadGrant) -> None:
        """PUT the staged bytes, whose checksum is looked at first."""
        path = self._parts.staging.verify(self._file.sha256, self._file.size, self._cancel)
        meter = Meter(self._parts.stamps.clock, self._progress)

        def put(fresh: UploadGrant) -> PutResult:
            return self._parts.carrier.put(fresh, path, self._file.size, self._cancel, meter.report)

        result = with_fresh_grant(grant, self._grant, put)
        if result is PutResult.EXISTS and not self._grant().is_stored:
            raise Unverified(
                "Another file is stored where this one belongs.",
                kept="The file is kept on this computer.",
                remedy="Make a new draft of the file and publish that.",
            )

    def _progress(self, done: int, speed: float) -> None:
        """Write how far it is; an upload whose row was cancelled, by whatever process, stops."""
        operation_id = self._operation.operation_id
        is_wanted = self._parts.store.write(
            lambda tx: transfer_rows.progress(tx, operation_id, done, speed), durable=False
        )
        if not is_wanted:
            self._cancel.cancel()

    def _done(self, tx: Tx, key: str) -> None:
        moment = self._parts.stamps.now()
        transfer_rows.end(tx, self._operation.operation_id, TransferState.DONE, moment)
        _hand_on(tx, self._operation, Verb.REGISTER, {**self._operation.payload, "key": key})
        outbox.finish(tx, self._operation, moment)


def _hand_on(tx: Tx, operation: Operation, to: Verb, facts: Json) -> None:
    """Give the next operation of the publication what it needs to know."""
    for following in outbox.lane(tx, operation.lane):
        if following.verb is to:
            outbox.write_payload(tx, following, facts)


def _register(session: Session, operation: Operation) -> Apply:
    content = operation.payload
    request = RegisterRequest(
        listing_id=operation.lane,
        fields=content["fields"],
        file=FileFacts(**content["file"]),
        key=content["key"],
        receipt=session.receipt(operation),
    )
    document = session.marketplace.register(session.parts.actor, request)
    session.parts.on_step("register.sent")
    return lambda tx: _registered(tx, session, operation, document)


def _registered(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    from koda_desktop.marketplace.listings import is_applied

    is_ours = is_applied(document, session.receipt(operation))
    sent = operation.payload["fields"] if is_ours else entities.seller_fields(document)
    # A later time than the creation's is that of somebody else's edit, if the fields differ.
    at = "createdAt" if _differing(sent, document) else "updatedAt"
    facts = {
        "file": operation.payload["file"],
        "fields": sent,
        "registered_at": document.get(at),
    }
    _hand_on(tx, operation, Verb.VERIFY, facts)
    outbox.finish(tx, operation, session.parts.stamps.now())
    if not is_ours:
        _adopt(tx, session, operation, document)
    entity = entities.find(tx, operation.lane)
    applying.take_answer(tx, entity, document, entity.document, session.parts.stamps)


def _adopt(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    """Other work registered the listing before: an attempt that passed for refused, or one that a
    restored store has forgotten. What differs here is laid beside the marketplace's values.
    """
    edits.withdraw_unsent(tx, entities.find(tx, operation.lane))
    entity = entities.find(tx, operation.lane)
    edits.adopt(tx, entity, document, session.parts.stamps)


def _verify(session: Session, operation: Operation, cancel: CancelToken) -> Apply:
    answer = session.marketplace.read_back(session.parts.actor, operation.lane)
    session.parts.on_step("verify.read")

    def again() -> DownloadGrant:
        return session.marketplace.read_back(session.parts.actor, operation.lane).download

    def read(grant: DownloadGrant) -> Digest:
        return session.parts.carrier.digest(grant, cancel)

    digest = with_fresh_grant(answer.download, again, read)
    _refuse_differences(operation.payload, answer, digest)
    return lambda tx: _verified(tx, session, operation, answer.document)


def _verified(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    moment = session.parts.stamps.now()
    outbox.finish(tx, operation, moment)
    entity = entities.find(tx, operation.lane)
    entities.mark_verified(tx, entity.pk, moment)
    edits.take_server_copy(tx, entity, document, session.parts.stamps)


def _refuse_differences(sent: Json, answer: ReadBack, digest: Digest) -> None:
    """Raise Unverified naming everything that is not as it was registered."""
    names = []
    if digest.size != sent["file"]["size"]:
        names.append("file size")
    if digest.sha256 != sent["file"]["sha256"]:
        names.append("file checksum")
    if answer.document.get("updatedAt") == sent["registered_at"]:
        names += _differing(sent["fields"], answer.document)
    if names:
        raise Unverified(
            f"The marketplace's copy is not what was sent: {', '.join(names)}.",
            kept="Your listing and its file are kept on this computer.",
            remedy="Try again; if it stays so, tell the marketplace.",
            facts={"differs": names},
        )


def _differing(fields: Json, document: Json) -> list[str]:
    """Seller fields of ``document`` that do not hold what was sent."""
    return [
        name
        for name in SELLER_FIELDS
        if not same(fields.get(name, ABSENT), document.get(name, ABSENT))
    ]


Grant = TypeVar("Grant", UploadGrant, DownloadGrant)


def with_fresh_grant(
    grant: Grant, ask_again: Callable[[], Grant], carry: Callable[[Grant], T]
) -> T:
    """Carry bytes by ``grant``; one that has lapsed is replaced once."""
    try:
        return _carried(carry, grant)
    except GrantExpired:
        fresh = ask_again()
    try:
        return _carried(carry, fresh)
    except GrantExpired as error:
        raise ClockWrong(
            "The object store says that a leave given just now has lapsed: this computer's clock "
            "or the server's is wrong.",
            facts=error.facts,
        ) from error


def _carried(carry: Callable[[Grant], T], grant: Grant) -> T:
    try:
        return carry(grant)
    except GrantExpired:
        raise
    except KodaError as error:
        if must_wait(error):
            raise StorageFault(error) from error
        raise
