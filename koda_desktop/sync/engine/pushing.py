"""Sending edits: many lanes in one call, each judged by itself."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.marketplace.api import Edit, EditAnswer, EditResult
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import absence, edits, entities, outbox
from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Tx

BATCH = 500
"""The most edits of one call."""


def payload(session: Session, operation: Operation) -> Json:
    """What an edit will send beside its base values."""
    receipt = session.receipt(operation)
    return {
        "changes": operation.changes,
        "receipt": [receipt.device_id, receipt.sequence, receipt.operation_id],
    }


def perform(session: Session, operations: Sequence[Operation], _: CancelToken) -> Apply:
    """Push frozen edits in one call; answers what is to be written of all of them."""
    answers = send(session, operations)

    def apply(tx: Tx) -> None:
        for operation, answer in zip(operations, answers, strict=True):
            settle(tx, session, operation, answer)

    return apply


def send(session: Session, operations: Sequence[Operation]) -> tuple[EditAnswer, ...]:
    """Push frozen edits; one answer each, in order. Raises KodaErrors."""
    wanted = [Edit(one.lane, one.changes, one.base, session.receipt(one)) for one in operations]
    answers = session.marketplace.push(session.parts.actor, wanted)
    session.parts.on_step("edit.sent")
    return answers


def settle(tx: Tx, session: Session, operation: Operation, answer: EditAnswer) -> None:
    """Write what became of one edit."""
    stamps = session.parts.stamps
    entity = entities.find(tx, operation.lane)
    document = answer.document
    if answer.result in (EditResult.APPLIED, EditResult.ALREADY) and document is not None:
        expected = overlay(entities.base_document(tx, entity), operation.changes)
        outbox.finish(tx, operation, stamps.now())
        applying.take_answer(tx, entity, document, expected, stamps)
    elif answer.result is EditResult.MOVED and document is not None:
        _settle_moved(tx, session, operation, document)
    else:
        edits.park(tx, operation, answer.error or absence.gone().as_json(), stamps)


def _settle_moved(tx: Tx, session: Session, operation: Operation, document: Json) -> None:
    """A touched field holds another value: merge, unless nobody can read the values."""
    (told,) = applying.look_at([document])
    if told.problem:
        edits.park(tx, operation, applying.unreadable().as_json(), session.parts.stamps)
        return
    edits.take_back(tx, operation, session.parts.stamps)
    entity = entities.find(tx, operation.lane)
    edits.take_server_copy(tx, entity, document, session.parts.stamps)
