"""A change of one listing's fields, whatever its lane looks like."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from koda_desktop.errors import NotFound, Refused
from koda_desktop.models.vocabulary import SELLER_FIELDS
from koda_desktop.sync import edits, entities, lane_parts, outbox
from koda_desktop.sync.changesets.cells import EMPTY, Cell, Wanted
from koda_desktop.sync.changesets.deciding import NOT_HERE, Outcome, Recorded, changed_cells
from koda_desktop.sync.changesets.rows import Left, What, Why
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.merge import ABSENT, overlay, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.publication import (
    PICTURE_FIELD,
    drop_unused_picture,
    is_registering,
    refuse_unknown_type,
)
from koda_desktop.sync.rows import Json
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

_NEEDED = "It had no value before, and the marketplace needs one."


def change_fields(tx: Tx, wanted: Wanted, stamps: Stamps) -> Outcome:
    """As ``write_fields``; what cannot be written at all is reported as left."""
    try:
        return write_fields(tx, wanted, stamps)
    except NotFound:
        return Outcome(wanted.listing_id, left=(_left(wanted, Why.GONE, NOT_HERE),))
    except Refused as refusal:
        return Outcome(wanted.listing_id, left=(_left(wanted, Why.REFUSED, str(refusal)),))


def write_fields(tx: Tx, wanted: Wanted, stamps: Stamps) -> Outcome:
    """Write the wanted values that differ, and queue them where the marketplace has the listing.

    Raises NotFound, and Refused for a type that this version opens read-only.
    """
    entity = entities.find(tx, wanted.listing_id)
    operations = outbox.lane(tx, entity.id)
    conflict = lane_parts.of_lane(operations).conflict
    disputed = lane_parts.sides_of(conflict) if conflict else {}
    cells, left = changed_cells(wanted, entity.document, disputed)
    is_sent = entity.is_at_server or is_registering(operations)
    if is_sent:
        cells, needed = _without_absent(tx, entity, operations, cells)
        left = (*left, *needed)
    if not cells:
        return Outcome(entity.id, left=left)
    _write(tx, entity, cells, is_sent, stamps)
    return Outcome(entity.id, _recorded(entity, cells), left)


def _write(
    tx: Tx, entity: Entity, cells: Mapping[str, Cell], is_sent: bool, stamps: Stamps
) -> None:
    changes = {name: cell.value for name, cell in cells.items()}
    if is_sent:
        refuse_unknown_type(entity)
        edits.queue(tx, entity, changes, stamps)
    else:
        document = {
            name: value
            for name, value in overlay(entity.document, changes).items()
            if value is not ABSENT
        }
        entities.save_document(tx, entity, document, stamps.now())
        if PICTURE_FIELD in changes:
            drop_unused_picture(tx, entities.find(tx, entity.id), stamps.now())


def _without_absent(
    tx: Tx, entity: Entity, operations: Sequence[Operation], cells: dict[str, Cell]
) -> tuple[dict[str, Cell], list[Left]]:
    """A field can be taken from the marketplace's copy only by a value that means nothing."""
    frozen = lane_parts.of_lane(operations).frozen
    known = overlay(entities.base_document(tx, entity), frozen.changes if frozen else {})
    sendable: dict[str, Cell] = {}
    left: list[Left] = []
    for name, cell in cells.items():
        if cell.value is not ABSENT or name not in known:
            sendable[name] = cell
        elif name in EMPTY:
            sendable[name] = Cell(EMPTY[name], outbox.encode(EMPTY[name]))
        else:
            left.append(Left(entity.id, name, Why.REFUSED, _NEEDED))
    return sendable, left


def _recorded(entity: Entity, cells: Mapping[str, Cell]) -> Recorded:
    before: Json = {name: entity.document[name] for name in cells if name in entity.document}
    after = {name: cell.value for name, cell in cells.items() if cell.value is not ABSENT}
    return Recorded(entity.id, What.FIELDS, outbox.encode(before), outbox.encode(after))


def _left(wanted: Wanted, why: Why, reason: str) -> Left:
    return Left(wanted.listing_id, "", why, reason)


def replaced_fields(entity: Entity, shown: Json, leaves: Collection[str] = ()) -> list[Recorded]:
    """What is recorded where a listing shows ``shown`` now; of the fields ``leaves``, nothing."""
    was = entity.document
    names = [
        name
        for name in SELLER_FIELDS
        if name not in leaves and not same(was.get(name, ABSENT), shown.get(name, ABSENT))
    ]
    if not names:
        return []
    before = {name: was[name] for name in names if name in was}
    after = {name: shown[name] for name in names if name in shown}
    return [Recorded(entity.id, What.FIELDS, outbox.encode(before), outbox.encode(after))]
