"""A file or a picture on its way to the object store: in one request, or in parts.

The object store is the truth of what arrived. The rows hold what must not be lost in a crash: the
upload's id, the size of its parts, and the checksum each part had when it was first sent.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from koda_desktop.errors import Cancelled, KodaError, Misconfigured, Unverified
from koda_desktop.marketplace.api import (
    FileFacts,
    OpenUpload,
    PartsUpload,
    StoredPart,
    UploadGrant,
    UploadLost,
    UploadRequest,
)
from koda_desktop.marketplace.checksums import whole_crc32
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import outbox, part_rows, transfer_rows
from koda_desktop.sync.engine.grants import with_fresh_grant
from koda_desktop.sync.engine.meter import Meter
from koda_desktop.sync.engine.parts import Apply, Session, StorageFault
from koda_desktop.sync.engine.sending import Sending
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.part_rows import Part, Plan
from koda_desktop.sync.rows import Json, TransferState, Verb
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.transfer_commands import bandwidth_limit
from koda_desktop.sync.transfers.bodies import changed
from koda_desktop.sync.transfers.carrier import PutResult

_BEGINNINGS = 3
"""How often one attempt begins anew when the object store gives its upload up."""

_NOT_IMPLEMENTED = 501


def perform(session: Session, operation: Operation, cancel: CancelToken) -> Apply:
    """Do one frozen upload. Raises KodaErrors and StorageFault."""
    work = _Upload(session, operation, cancel)
    if operation.verb is Verb.PREVIEW or work.file.size <= session.parts.sizes.single_max:
        return work.in_one()
    return _InParts(work).perform()


class _Upload:
    """What both ways have in common: the row, its progress and its end."""

    def __init__(self, session: Session, operation: Operation, cancel: CancelToken) -> None:
        self.session = session
        self.parts = session.parts
        self.operation = operation
        self.cancel = cancel
        self.file = FileFacts(**operation.payload["file"])
        self.meter = Meter(self.parts.stamps.clock, self._progress)
        self.is_held = False

    def begin(self) -> None:
        started = self.parts.store.write(
            lambda tx: transfer_rows.start(tx, self.operation.operation_id), durable=False
        )
        if not started:
            raise Cancelled("Stopped.")
        self.parts.carrier.limit(self.parts.store.read(bandwidth_limit))

    def _progress(self, done: int, speed: float) -> None:
        """Write how far it is; an upload that was paused or cancelled, by whoever, stops.

        When all sending was paused, the parts under way are let arrive.
        """
        operation_id = self.operation.operation_id
        is_wanted, limit, self.is_held = self.parts.store.write(
            lambda tx: (
                transfer_rows.progress(tx, operation_id, done, speed),
                bandwidth_limit(tx),
                outbox.is_sending_paused(tx),
            ),
            durable=False,
        )
        self.parts.carrier.limit(limit)
        if not is_wanted:
            self.cancel.cancel()

    def done(self, tx: Tx, key: str, crc32: str = "") -> None:
        moment = self.parts.stamps.now()
        facts: Json = {"file": {**self.operation.payload["file"], "crc32": crc32}, "key": key}
        if self.operation.verb is Verb.PREVIEW:
            facts = {"preview": facts}
        transfer_rows.end(tx, self.operation.operation_id, TransferState.DONE, moment)
        outbox.hand_on(tx, self.operation, facts, Verb.REGISTER, Verb.REVISE)
        outbox.finish(tx, self.operation, moment)

    # -- in one request --

    def in_one(self) -> Apply:
        self.begin()
        grant = self._grant()
        self.parts.on_step(f"{self.operation.verb}.granted")
        if not grant.is_stored:
            self._send(grant)
            self.parts.on_step(f"{self.operation.verb}.sent")
        return lambda tx: self.done(tx, grant.key)

    def _grant(self, *, is_conditional: bool = True) -> UploadGrant:
        request = UploadRequest(self.operation.lane, self.file, is_conditional)
        return self.session.marketplace.request_upload(self.parts.actor, request)

    def _send(self, grant: UploadGrant) -> None:
        """PUT the staged bytes, whose checksum is looked at first."""
        path = self.parts.staging.verify(self.file.sha256, self.file.size, self.cancel)

        def put(fresh: UploadGrant) -> PutResult:
            size = self.file.size
            return self.parts.carrier.put(fresh, path, size, self.cancel, self.meter.report)

        try:
            result = with_fresh_grant(grant, self._grant, put)
        except StorageFault as fault:
            if not _cannot_be_conditional(fault.error):
                raise
            result = with_fresh_grant(
                self._grant(is_conditional=False), lambda: self._grant(is_conditional=False), put
            )
        if result is PutResult.EXISTS and not self._grant().is_stored:
            raise other_file()


class _InParts:
    """A large file: begun or taken up again, sent part by part, completed once."""

    def __init__(self, upload: _Upload) -> None:
        self._upload = upload
        self._parts = upload.parts
        self._session = upload.session
        self._market = upload.session.marketplace
        self._actor = upload.parts.actor
        self._sums = upload.parts.staging.checksums(upload.file.sha256)
        self._staged = self._sums.whole if self._sums else ""
        self._file = replace(upload.file, crc32=self._staged)

    def perform(self) -> Apply:
        self._upload.begin()
        try:
            return self._attempts()
        except Cancelled:
            self._abort_if_cancelled()
            raise

    def _attempts(self) -> Apply:
        path = self._parts.staging.find(self._file.sha256, self._file.size)
        for _ in range(_BEGINNINGS):
            self._upload.cancel.check()
            taken_up = self._taken_up()
            upload = taken_up or self._begun()
            if upload is None:
                return self._stored_before()
            self._parts.on_step("upload.granted")
            try:
                stored = self._stored(upload) if taken_up else ()
                return self._sent(upload, path, stored)
            except UploadLost as error:
                lost = error
                self._forget(upload)
        raise StorageFault(lost) from lost

    def _plan(self) -> Plan:
        operation_id = self._upload.operation.operation_id
        plan = self._parts.store.read(lambda db: part_rows.plan(db, operation_id))
        if plan is None:
            raise Cancelled("Stopped.")
        return plan

    def _taken_up(self) -> PartsUpload | None:
        """The upload that an earlier attempt began and wrote down."""
        plan = self._plan()
        if not plan.upload_id:
            return None
        lane = self._upload.operation.lane
        return PartsUpload(lane, self._file, plan.object_key, plan.upload_id, plan.part_size)

    def _begun(self) -> PartsUpload | None:
        request = UploadRequest(self._upload.operation.lane, self._file)
        upload = self._market.begin_parts(self._actor, request)
        self._parts.on_step("parts.begun")
        if upload is not None:
            plan = self._plan()
            self._parts.store.write(
                lambda tx: part_rows.save_upload(
                    tx, plan.id, upload.key, upload.upload_id, upload.part_size
                )
            )
            self._parts.on_step("parts.saved")
            self._clear_orphans(upload)
        return upload

    def _clear_orphans(self, upload: PartsUpload) -> None:
        """Throw away what earlier attempts of this listing began and no row remembers."""
        with contextlib.suppress(KodaError):
            for one in self._market.open_uploads(self._actor, upload.listing_id):
                if one.upload_id != upload.upload_id:
                    self._market.abort_parts(self._actor, one)

    def _stored_before(self) -> Apply:
        """The very object is there: an earlier completion's answer was lost for good."""
        request = UploadRequest(self._upload.operation.lane, self._file)
        key = self._market.request_upload(self._actor, request).key
        return lambda tx: self._upload.done(tx, key, self._staged)

    def _stored(self, upload: PartsUpload) -> Sequence[StoredPart]:
        """What the store has of an upload that was begun before."""
        stored = self._market.stored_parts(self._actor, upload)
        if stored is None:
            raise UploadLost("The object store knows the upload no more.")
        return stored

    def _sent(self, upload: PartsUpload, path: Path, stored: Sequence[StoredPart]) -> Apply:
        plan = self._plan()
        recorded = self._parts.store.read(lambda db: part_rows.parts(db, plan.id))
        sending = Sending(self._session, upload, plan.id, path, self._sums, self._upload.cancel)
        sending.take_stock(recorded, stored)
        sending.run(self._upload.meter.report, lambda: self._upload.is_held)
        self._complete(upload, sending.parts)
        whole = whole_crc32((part.crc32, part.size) for part in sending.parts)
        return lambda tx: self._upload.done(tx, upload.key, whole)

    def _complete(self, upload: PartsUpload, parts: Sequence[Part]) -> None:
        whole = whole_crc32((part.crc32, part.size) for part in parts)
        if self._staged not in ("", whole):
            raise changed()
        listed = [StoredPart(one.number, one.size, one.etag, one.crc32) for one in parts]
        self._parts.on_step("parts.completing")
        is_ours = self._market.complete_parts(self._actor, upload, listed)
        self._parts.on_step("parts.completed")
        if not is_ours:
            raise other_file()

    def _forget(self, upload: PartsUpload) -> None:
        """Begin anew: what the store may still hold of the upload is thrown away."""
        with contextlib.suppress(KodaError):
            self._market.abort_parts(self._actor, upload)
        plan = self._plan()
        self._parts.store.write(lambda tx: part_rows.forget_upload(tx, plan.id))

    def _abort_if_cancelled(self) -> None:
        """A cancelled upload leaves nothing in the store, if the store can be reached just now.

        What could not be aborted is still in the row, for ``abandoning`` to find.
        """
        plan = self._plan()
        if plan.state != TransferState.CANCELLED or not plan.upload_id:
            return
        with contextlib.suppress(KodaError):
            self._market.abort_parts(self._actor, OpenUpload(plan.object_key, plan.upload_id))
            self._parts.store.write(lambda tx: part_rows.forget(tx, plan.id))


def _cannot_be_conditional(error: KodaError) -> bool:
    return isinstance(error, Misconfigured) and error.facts.get("status") == _NOT_IMPLEMENTED


def other_file() -> Unverified:
    """The fault of a key that holds other bytes than the file's."""
    return Unverified(
        "Another file is stored where this one belongs.",
        kept="The file is kept on this computer.",
        remedy="Make a new draft of the file and publish that.",
    )
