"""Changes of listings the marketplace has: queued, folded, rebased and held in conflict.

See ``lane_parts`` for what a lane holds. The operation that collects what came after a frozen one
is queued, or parked because it was refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from koda_desktop.sync import absence, entities, outbox, revision_merging, revisions
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.lane_parts import (
    VERSION,
    LaneParts,
    append_edit,
    author_of,
    is_held,
    of_lane,
    server_time,
    show,
    sides_of,
    write_conflict,
)
from koda_desktop.sync.merge import ABSENT, overlay, rebase, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, OperationState
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx


def queue(tx: Tx, entity: Entity, changes: Json, stamps: Stamps) -> None:
    """Change fields of a registered listing: the row and its operation, in this transaction.

    A field set back to the server's value leaves the operation. A field in conflict is settled by
    the new value. A refused edit that is changed is sent again.
    """
    base = entities.base_document(tx, entity)
    lane = of_lane(outbox.lane(tx, entity.id))
    if lane.conflict is not None:
        _settle_conflicts(tx, lane.conflict, changes)
    changes = revisions.take_version(tx, lane.revision, changes)
    expected = overlay(base, lane.sent)
    before = lane.open
    if before is not None:
        absence.ask_again(tx, [before])
    values, bases = _parts_of(before)
    for name, value in changes.items():
        _fold(values, bases, name, value, expected)
    _write_open(tx, entity.id, before, values, bases, stamps, requeue=True)
    show(tx, entity, base, stamps.now())


def _fold(values: Json, bases: Json, name: str, value: object, expected: Json) -> None:
    values.pop(name, None)
    bases.pop(name, None)
    if not same(expected.get(name, ABSENT), value):
        values[name] = value
        if name in expected:
            bases[name] = expected[name]


def settle(tx: Tx, entity: Entity, chosen: Mapping[str, object], stamps: Stamps) -> None:
    """Settle fields in conflict, each by the value chosen for it; ABSENT takes the server's side.

    The value goes out guarded by the server's side as it was shown in the conflict: when that has
    moved on meanwhile, the field comes back as a conflict.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    assert lane.conflict is not None
    sides = sides_of(lane.conflict)
    base = entities.base_document(tx, entity)
    values, bases = _parts_of(lane.open)
    for name, value in chosen.items():
        theirs = {name: sides[name]["theirs"]} if "theirs" in sides[name] else {}
        _fold(values, bases, name, theirs.get(name, ABSENT) if value is ABSENT else value, theirs)
    _settle_conflicts(tx, lane.conflict, chosen)
    is_changed = any(name in values for name in chosen)
    _write_open(tx, entity.id, lane.open, values, bases, stamps, requeue=is_changed)
    show(tx, entity, base, stamps.now())


def reopen(tx: Tx, entity: Entity, settled: Mapping[str, Json], stamps: Stamps) -> None:
    """Take back what ``settle`` did to these fields, given with the sides they had.

    They are merged with the server's copy of now; a field that has come to agree stays settled.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    base = entities.base_document(tx, entity)
    values, bases = _parts_of(lane.open)
    for name in settled:
        values.pop(name, None)
        bases.pop(name, None)
    mine = {name: sides["mine"] for name, sides in settled.items()}
    begun = {name: sides["base"] for name, sides in settled.items() if "base" in sides}
    merged = rebase(mine, begun, base)
    conflicts = sides_of(lane.conflict) if lane.conflict else {}
    for name, sides in merged.conflicts.items():
        is_as_before = same(sides.get("theirs", ABSENT), settled[name].get("theirs", ABSENT))
        conflicts[name] = settled[name] if is_as_before else sides
    write_conflict(tx, entity.id, lane.conflict, conflicts, stamps)
    values, bases = values | merged.changes, bases | merged.base
    _write_open(tx, entity.id, lane.open, values, bases, stamps, requeue=False)
    show(tx, entity, base, stamps.now())


def _parts_of(operation: Operation | None) -> tuple[Json, Json]:
    """The changes of an operation and the values they were made to."""
    return (operation.changes, dict(operation.base)) if operation else ({}, {})


def _settle_conflicts(tx: Tx, conflict: Operation, changes: Mapping[str, object]) -> None:
    left = {name: sides for name, sides in sides_of(conflict).items() if name not in changes}
    write_conflict(tx, conflict.lane, conflict, left, None)


def take_server_copy(tx: Tx, entity: Entity, document: Json, stamps: Stamps) -> None:
    """A newer copy of the server's is here: it is the new base, and what waits is rebased on it.

    While a change is frozen nobody knows whether the copy holds it already, so that the operations
    stay as they are until its answer.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    if not lane.is_sending:
        revision_merging.rebase(tx, entity, document, stamps)
        lane = of_lane(outbox.lane(tx, entity.id))
        _rebase_lane(tx, entity, lane, document, stamps)
    moment = server_time(document)
    entities.mark_at_server(tx, entity.pk, moment)
    revision_merging.take_file(tx, entity, document)
    waits = of_lane(outbox.lane(tx, entity.id)).waits
    show(tx, entity, document, max(moment, entity.updated_at) if waits else moment)


def adopt(tx: Tx, entity: Entity, document: Json, stamps: Stamps) -> None:
    """The server has a copy of what is a draft here: whatever differs is laid beside it.

    There is no common base, so that each difference becomes a conflict when it is merged.
    """
    mine = entities.seller_fields(entity.document)
    if revision_merging.adopt(tx, entity, document, stamps):
        mine.pop(VERSION, None)
    differing = {name: value for name, value in mine.items() if not same(value, document.get(name))}
    if differing:
        append_edit(tx, entity.id, differing, {}, stamps, stamps.now())


def take_back(tx: Tx, frozen: Operation, stamps: Stamps) -> None:
    """A frozen edit is proved not to have been applied: make it an open one again.

    It gets a new place and receipt, so that a late duplicate of the old one cannot pass for it.
    """
    lane = of_lane(outbox.lane(tx, frozen.lane))
    values, bases = _joined(frozen, lane.open)
    waits_held = is_held(outbox.lane(tx, frozen.lane))
    outbox.drop(tx, frozen)
    if lane.open is not None:
        outbox.drop(tx, lane.open)
    append_edit(tx, frozen.lane, values, bases, stamps, frozen.created_at, waits_held=waits_held)
    revisions.overtake(tx, frozen.lane, stamps)


def park(tx: Tx, frozen: Operation, error: Json, stamps: Stamps) -> None:
    """The marketplace refused an edit: put it aside, with what was queued behind it.

    It gets a new place and receipt: an earlier attempt that nobody answered may still arrive, and
    must not pass for what is sent next, which may be more.
    """
    following = of_lane(outbox.lane(tx, frozen.lane)).open
    values, bases = _joined(frozen, following)
    outbox.drop(tx, frozen)
    if following is not None:
        outbox.drop(tx, following)
    aside = append_edit(tx, frozen.lane, values, bases, stamps, frozen.created_at)
    outbox.park(tx, replace(aside, attempts=frozen.attempts), error)
    revisions.overtake(tx, frozen.lane, stamps)


def put_aside(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """The marketplace has the listing no more: whatever waits becomes one edit that says so.

    A person makes a draft of it then, or sends it again. Conflicts are over, for the other side is
    gone. False when a person was told already.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    if lane.conflict is None and lane.open is not None and absence.is_gone(lane.open):
        return False
    values: Json = {}
    bases: Json = {}
    for one in (lane.conflict, lane.open):
        if one is not None:
            values |= one.changes
            bases |= one.base
            outbox.drop(tx, one)
    aside = append_edit(tx, entity.id, values, bases, stamps, stamps.now())
    outbox.park(tx, aside, absence.gone().as_json())
    return True


def take_revision_back(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """``revisions.withdraw``; the draft of a listing that is gone holds what was edited as well."""
    is_there = revisions.withdraw(tx, entity, stamps)
    if is_there and not entities.find(tx, entity.id).is_at_server:
        withdraw_unsent(tx, entity)
    return is_there


def withdraw_unsent(tx: Tx, entity: Entity) -> None:
    """The marketplace has nothing that these edits are of: the draft itself holds them now."""
    for one in of_lane(outbox.lane(tx, entity.id)).all:
        outbox.drop(tx, one)
    now = entities.find(tx, entity.id)
    entities.save_document(tx, now, now.document, now.updated_at)


def discard(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """Drop every edit and the revision, where they are not on their way; False for none."""
    lane = of_lane(outbox.lane(tx, entity.id))
    dropped = [one for one in (lane.open, lane.conflict) if one is not None]
    is_revised = lane.revision is not None and not lane.revision.is_frozen
    if not dropped and not is_revised:
        return False
    if is_revised:
        revisions.drop_chain(tx, entity.id, stamps)
    base = entities.base_document(tx, entity)
    for one in dropped:
        outbox.drop(tx, one)
    show(tx, entity, base, stamps.now())
    return True


def drop(tx: Tx, entity: Entity, operation: Operation, stamps: Stamps) -> None:
    """Take out one edit that has not gone out, and show the listing without it.

    A listing that the marketplace has no more becomes a draft with its local changes.
    """
    base = entities.base_document(tx, entity)
    outbox.drop(tx, operation)
    show(tx, entity, base, stamps.now())
    if absence.is_gone(operation):
        entities.mark_at_server(tx, entity.pk, None)
        entities.save_document(tx, entity, entity.document, stamps.now())


def _rebase_lane(tx: Tx, entity: Entity, lane: LaneParts, document: Json, stamps: Stamps) -> None:
    if lane.open is None and lane.conflict is None:
        return
    values: Json = {}
    bases: Json = {}
    for one in (lane.conflict, lane.open):
        values |= one.changes if one else {}
        bases |= one.base if one else {}
    merged = rebase(values, bases, document)
    conflicts = _with_author(tx, entity, lane.conflict, document, merged.conflicts)
    _write_open(tx, entity.id, lane.open, merged.changes, merged.base, stamps, requeue=False)
    write_conflict(tx, entity.id, lane.conflict, conflicts, stamps)


def _with_author(
    tx: Tx, entity: Entity, before: Operation | None, document: Json, conflicts: dict[str, Json]
) -> dict[str, Json]:
    """``conflicts``, each with who wrote theirs and when; one that stands as it was keeps that."""
    if not conflicts:
        return conflicts
    author = author_of(tx, entity, document)
    known = sides_of(before) if before else {}
    return {
        name: {**_authorship(known.get(name, {}), sides, author), **sides}
        for name, sides in conflicts.items()
    }


def _authorship(known: Json, sides: Json, author: Json) -> Json:
    if "theirs_by" in known and same(known.get("theirs", ABSENT), sides.get("theirs", ABSENT)):
        return {name: known[name] for name in author}
    return author


def _write_open(
    tx: Tx,
    listing_id: str,
    before: Operation | None,
    values: Json,
    bases: Json,
    stamps: Stamps,
    *,
    requeue: bool,
) -> None:
    if not values:
        if before is not None:
            outbox.drop(tx, before)
    elif before is None:
        waits_held = is_held(outbox.lane(tx, listing_id))
        append_edit(tx, listing_id, values, bases, stamps, stamps.now(), waits_held=waits_held)
    else:
        after = replace(before, payload={"changes": values}, base=bases)
        # What a person holds back stays here when it is changed.
        is_sent = requeue and before.state is not OperationState.HELD
        (outbox.release if is_sent else outbox.save)(tx, after)


def _joined(frozen: Operation, following: Operation | None) -> tuple[Json, Json]:
    """The changes of both, each with the value the server had before either."""
    if following is None:
        return frozen.changes, dict(frozen.base)
    changes = overlay(frozen.changes, following.changes)
    bases = {name: value for name, value in following.base.items() if name not in frozen.changes}
    return changes, bases | frozen.base
