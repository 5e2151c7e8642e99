"""The lanes of a salvaged store made whole, so that the engine and the pages find what they expect.

What a broken page took is made up for from what is left: an edit from the difference between the
listing and the server's copy of it, that copy from the edits' base values, a publication by
beginning it again, a listing from what its operations carry.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from koda_desktop.marketplace.api import FileFacts
from koda_desktop.sync import (
    edits,
    entities,
    lane_parts,
    outbox,
    publication,
    revision_rows,
    revisions,
    transfer_rows,
)
from koda_desktop.sync.entities import NO_FILE, Entity, NewEntity, StagedFile
from koda_desktop.sync.lane_parts import LaneParts, server_time
from koda_desktop.sync.merge import ABSENT, overlay, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.publication import PUBLICATION, SENDING
from koda_desktop.sync.rows import Json, OperationState, TransferState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx


def mend(tx: Tx, listing_id: str, base: Json | None, stamps: Stamps) -> None:
    """Make the lane of a listing whole; ``base`` is the server's copy, where it is known."""
    entity = entities.find(tx, listing_id)
    if not _mend_revision(tx, entity, stamps):
        _mend_publication(tx, entity, stamps)
    _mend_edits(tx, entity, base, stamps)
    tx.touch(entity.id)


def rebuilt(listing_id: str, base: Json | None, lane: Sequence[Operation]) -> NewEntity | None:
    """A listing whose row is lost, from the server's copy and its operations; None: not from these.

    It counts as older than any copy of the server's, so that the next one is taken.
    """
    waiting = lane_parts.of_lane(lane)
    at = max((one.created_at for one in lane), default="")
    if base is not None and waiting.waits:
        document, file = overlay(base, waiting.changes), revision_rows.listed_file(base)
        return NewEntity(listing_id, document, file, at, server_at=server_time({}))
    for one in lane:
        if one.verb in (Verb.REGISTER, Verb.VERIFY) and _carries_listing(one):
            document = overlay({"_id": listing_id}, one.payload["fields"], waiting.changes)
            server_at = None if one.verb is Verb.REGISTER else server_time({})
            file = StagedFile(**one.payload["file"])
            return NewEntity(listing_id, document, file, at, server_at=server_at)
    if waiting.waits:
        document = overlay({"_id": listing_id}, _server_values({}, waiting), waiting.changes)
        return NewEntity(listing_id, document, NO_FILE, at, server_at=server_time({}))
    return None


# -- revisions and publications --


def _mend_revision(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """Begin a revision again, unless it may have gone out; False where there is none to go on."""
    operations = outbox.lane(tx, entity.id)
    revision = lane_parts.of_lane(operations).revision
    if revision is None:
        return False
    if not entity.is_at_server or not _carries_revision(revision):
        revisions.drop_chain(tx, entity.id, stamps)
    elif revision.is_frozen:
        for one in operations:
            if one.verb is Verb.UPLOAD:
                outbox.drop(tx, one)
        if not any(one.verb is Verb.VERIFY for one in operations):
            _chain(tx, (revision, _append_verify(tx, entity, stamps)))
    elif revision.state is not OperationState.PARKED:
        revisions.queue_again(tx, entity, revision, stamps)
    return True


def _carries_revision(operation: Operation) -> bool:
    is_whole = _carries_file(operation) and bool(operation.payload.get(lane_parts.VERSION))
    return is_whole and (bool(operation.payload.get("changes")) or not operation.is_frozen)


def _mend_publication(tx: Tx, entity: Entity, stamps: Stamps) -> None:
    operations = [one for one in outbox.lane(tx, entity.id) if one.verb in PUBLICATION]
    kept = _kept(entity, operations)
    for one in operations:
        if one not in kept:
            outbox.drop(tx, one)
    if operations and not kept and not entity.is_at_server:
        publication.queue(tx, entity, stamps)
        _hold_again(tx, entity, operations)
        return
    if kept and kept[-1].verb is not Verb.VERIFY:
        kept = (*kept, _append_verify(tx, entity, stamps))
    _chain(tx, kept)
    for one in kept:
        if one.verb in SENDING:
            _mend_transfer(tx, entity, one, stamps)


def _kept(entity: Entity, operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Those of a publication that can go on as they are; none: it has to begin again."""
    by_verb = {one.verb: one for one in operations}
    upload, preview, register, verify = (by_verb.get(verb) for verb in PUBLICATION)
    if entity.is_at_server:
        return (verify,) if verify is not None and _can_verify(verify) else ()
    if register is None or not _is_pictured(entity, preview, register):
        return ()
    sending = tuple(one for one in (upload, preview) if one is not None)
    if any(one.is_frozen and not _carries_file(one) for one in sending):
        return ()
    if upload is not None:
        return (*sending, register, verify) if verify else ()
    if not _carries_file(register) or not register.payload.get("key"):
        return ()
    if register.is_frozen and not _carries_listing(register):
        return ()
    return (*sending, register, verify) if verify else (*sending, register)


def _is_pictured(entity: Entity, preview: Operation | None, register: Operation) -> bool:
    """Whether the picture that the listing should have is on its way, arrived, or was left out."""
    if preview is not None:
        return entity.preview != NO_FILE
    return register.is_frozen or bool(register.payload.get("preview")) or not entity.sends_preview


def _carries_file(operation: Operation) -> bool:
    try:
        FileFacts(**operation.payload["file"])
    except (KeyError, TypeError):
        return False
    return True


def _carries_listing(operation: Operation) -> bool:
    return _carries_file(operation) and isinstance(operation.payload.get("fields"), dict)


def _can_verify(operation: Operation) -> bool:
    return _carries_listing(operation) and "registered_at" in operation.payload


def _hold_again(tx: Tx, entity: Entity, before: Sequence[Operation]) -> None:
    """What a person held back is held back still."""
    if any(one.state is OperationState.HELD for one in before):
        tx.run("UPDATE outbox SET state = 'held' WHERE lane = ? AND verb = 'upload'", (entity.id,))


def _append_verify(tx: Tx, entity: Entity, stamps: Stamps) -> Operation:
    operation_id, now = stamps.operation_id(), stamps.now()
    return outbox.append(tx, entity.id, Verb.VERIFY, operation_id=operation_id, created_at=now)


def _chain(tx: Tx, operations: Sequence[Operation]) -> None:
    for before, after in pairwise(operations):
        outbox.add_need(tx, after, before)


def _mend_transfer(tx: Tx, entity: Entity, upload: Operation, stamps: Stamps) -> None:
    if tx.row("SELECT 1 FROM transfer WHERE op_id = ?", (upload.operation_id,)) is None:
        publication.add_transfer(tx, entity, upload, stamps)
    if upload.state is OperationState.PARKED:
        transfer_rows.move(tx, upload.operation_id, TransferState.PARKED, upload.error)


# -- edits --


def _mend_edits(tx: Tx, entity: Entity, base: Json | None, stamps: Stamps) -> None:
    operations = outbox.lane(tx, entity.id)
    lane = lane_parts.of_lane(operations)
    is_registering = any(one.verb is Verb.REGISTER and one.is_frozen for one in operations)
    if not entity.is_at_server and not is_registering:
        edits.withdraw_unsent(tx, entity)
        return
    if base is None and not lane.waits:
        return
    copy = _server_values(entity.document, lane) if base is None else base
    lost = _lost_changes(entity, overlay(copy, lane.changes))
    lane_parts.show(tx, entity, copy, entity.updated_at)
    if lost:
        edits.queue(tx, entity, lost, stamps)


def _server_values(document: Json, lane: LaneParts) -> Json:
    """``document`` with the values that the server has in place of those that wait."""
    copy = dict(document)
    for one in (lane.open, lane.revision, lane.frozen):
        if one is not None:
            shown = lane_parts.shown(one) if one.verb is Verb.REVISE else one.changes
            _put_back(copy, shown, one.base)
    if lane.conflict is not None:
        theirs = {
            name: sides["theirs"]
            for name, sides in lane_parts.sides_of(lane.conflict).items()
            if "theirs" in sides
        }
        _put_back(copy, lane.conflict.changes, theirs)
    return copy


def _put_back(copy: Json, changes: Json, values: Json) -> None:
    for name in changes:
        copy.pop(name, None)
        if name in values:
            copy[name] = values[name]


def _lost_changes(entity: Entity, explained: Json) -> Json:
    """What the listing shows and neither the server's copy nor an edit accounts for."""
    return {
        name: value
        for name, value in entities.seller_fields(entity.document).items()
        if not same(value, explained.get(name, ABSENT))
    }
