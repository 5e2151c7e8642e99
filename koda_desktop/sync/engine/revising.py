"""Giving a published listing another file: one guarded update, proved by its receipt."""

from __future__ import annotations

from koda_desktop.marketplace.api import EditAnswer, EditResult, FileFacts
from koda_desktop.marketplace.revising import ReviseRequest
from koda_desktop.sync import absence, edits, entities, revisions
from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.lane_parts import VERSION
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Tx


def perform(session: Session, operation: Operation) -> Apply:
    """Send one frozen revision. Raises KodaErrors."""
    content = operation.payload
    request = ReviseRequest(
        listing_id=operation.lane,
        file=FileFacts(**content[revisions.FILE]),
        key=content["key"],
        version=content[VERSION],
        base=operation.base,
        receipt=session.receipt(operation),
    )
    answer = session.marketplace.revise(session.parts.actor, request)
    session.parts.on_step("revise.sent")
    return lambda tx: _settle(tx, session, operation, answer)


def _settle(tx: Tx, session: Session, operation: Operation, answer: EditAnswer) -> None:
    stamps = session.parts.stamps
    document = answer.document
    if answer.result in (EditResult.APPLIED, EditResult.ALREADY) and document is not None:
        entity = entities.find(tx, operation.lane)
        expected = overlay(entities.base_document(tx, entity), operation.changes)
        revisions.applied(tx, operation, stamps)
        applying.take_answer(tx, entity, document, expected, stamps)
    elif answer.result is EditResult.MOVED and document is not None:
        _settle_moved(tx, session, operation, document)
    else:
        revisions.park(tx, operation, answer.error or absence.gone().as_json(), stamps)


def _settle_moved(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    """The file or the version is another: a conflict, unless nobody can read the values."""
    stamps = session.parts.stamps
    (told,) = applying.look_at([document])
    if told.problem:
        revisions.park(tx, operation, applying.unreadable().as_json(), stamps)
        return
    revisions.take_back(tx, operation, stamps)
    edits.take_server_copy(tx, entities.find(tx, operation.lane), document, stamps)
