"""Fields that were changed here and in the marketplace: shown, settled, and settled otherwise.

They live in the parked EDIT operation of a lane (see ``edits``). Settling takes a field out of it
and, unless the marketplace's side was chosen, into the operation that goes out next. What the last
settling did is kept, so that it can be taken back until it has gone out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from koda_desktop.errors import InputError, NotFound, Refused
from koda_desktop.sync import edits, entities, lane_parts, outbox, revision_merging, revisions
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, Side
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx

LAST_SETTLED = "last_settled"
"""The key in ``meta`` of what ``resolve`` did last."""

_CONFLICTS = outbox.IN_CONFLICT.format(row="outbox")


def listed(db: Db) -> list[ConflictRow]:
    """Every field in conflict, the one found first first."""
    sql = (
        f"SELECT {outbox.COLUMNS}, (SELECT title FROM entity WHERE id = lane),"
        f" (SELECT server_at FROM entity WHERE id = lane) FROM outbox"
        f" WHERE {_CONFLICTS} ORDER BY op_seq"
    )
    found: list[ConflictRow] = []
    for row in db.rows(sql):
        found += _of_operation(outbox.read(row), row[-2], row[-1] or "")
    return found


def count(db: Db) -> int:
    """How many fields are in conflict."""
    sql = (
        "SELECT coalesce(sum((SELECT count(*) FROM json_each(payload, '$.conflicts'))), 0)"
        f" FROM outbox WHERE {_CONFLICTS}"
    )
    return int(db.value(sql))


def _of_operation(operation: Operation, title: str, server_at: str) -> Iterator[ConflictRow]:
    for name, sides in lane_parts.sides_of(operation).items():
        yield ConflictRow(
            listing_id=operation.lane,
            listing_title=title,
            field=name,
            base=_side(sides, "base"),
            mine=_side(sides, "mine"),
            theirs=_side(sides, "theirs"),
            mine_at=str(sides.get("mine_at") or operation.created_at),
            theirs_at=str(sides.get("theirs_at") or server_at),
            theirs_by=str(sides.get("theirs_by") or ""),
            found_at=str(sides.get("found_at") or operation.created_at),
            can_keep_both=both(name, sides.get("mine"), sides.get("theirs")) is not None,
        )


def _side(sides: Json, name: str) -> Side:
    return Side(True, sides[name]) if name in sides else Side(False)


def both(field: str, mine: object, theirs: object) -> Any:
    """Both values as one: tags united, a text behind the other. None where that makes no sense."""
    if field == "tags" and isinstance(mine, list) and isinstance(theirs, list):
        return [*mine, *(tag for tag in theirs if tag not in mine)]
    if field == "description" and isinstance(mine, str) and isinstance(theirs, str):
        longer, shorter = (mine, theirs) if len(mine) >= len(theirs) else (theirs, mine)
        return longer if shorter in longer else f"{mine}\n\n{theirs}"
    return None


# -- settling --


def resolve(tx: Tx, resolutions: Sequence[Resolution], stamps: Stamps) -> int:
    """Settle fields, all of them or none; answers how many. See ``Resolution``.

    Raises NotFound when one is in conflict no more, Refused when the marketplace's side changed
    since it was shown, InputError with ``facts["fields"]`` for a value that cannot be published.
    """
    wanted: dict[str, dict[str, Resolution]] = {}
    for one in resolutions:
        wanted.setdefault(one.listing_id, {})[one.field] = one
    if not wanted:
        return 0
    settled = [_resolve_listing(tx, one, fields, stamps) for one, fields in wanted.items()]
    _remember(tx, settled)
    return sum(len(fields) for fields in wanted.values())


def _resolve_listing(
    tx: Tx, listing_id: str, wanted: dict[str, Resolution], stamps: Stamps
) -> Json:
    entity = entities.find(tx, listing_id)
    lane = lane_parts.of_lane(outbox.lane(tx, entity.id))
    disputed = lane.revision if lane.revision is not None and lane.revision.is_conflict else None
    sides = {
        name: one
        for operation in (lane.conflict, disputed)
        if operation is not None
        for name, one in lane_parts.sides_of(operation).items()
    }
    chosen = {name: _chosen(entity, one, sides) for name, one in wanted.items()}
    file = chosen.pop(revisions.FILE, None)
    if disputed is not None and file is not None:
        revision_merging.settle(tx, entity, disputed, is_mine=file is not ABSENT, stamps=stamps)
    _check(chosen)
    if chosen:
        edits.settle(tx, entities.find(tx, entity.id), chosen, stamps)
    return _settled(entity, chosen, sides)


def _settled(entity: Entity, chosen: dict[str, object], sides: dict[str, Json]) -> Json:
    """What is remembered of fields that were settled. A file is not brought back."""
    values = {name: value for name, value in chosen.items() if value is not ABSENT}
    return {
        "listing": entity.id,
        "sides": {name: sides[name] for name in chosen},
        "values": {n: v for n, v in values.items() if not same(v, sides[n].get("theirs", ABSENT))},
    }


def _chosen(entity: Entity, wanted: Resolution, sides: dict[str, Json]) -> object:
    """The value that is to stay; ABSENT takes the marketplace's side."""
    found = sides.get(wanted.field)
    if found is None:
        raise NotFound(
            f"“{wanted.field}” of “{_title(entity)}” is in conflict no more.",
            kept="Nothing was settled.",
            remedy="Look at the conflicts again.",
        )
    _refuse_unseen(entity, wanted, found)
    if wanted.choice is Choice.THEIRS:
        return ABSENT
    if wanted.choice is Choice.MINE:
        return found["mine"]
    if wanted.choice is Choice.VALUE and wanted.field != revisions.FILE:
        return wanted.value
    joined = both(wanted.field, found.get("mine"), found.get("theirs"))
    if joined is None:
        raise InputError(
            f"Both values of “{wanted.field}” cannot be kept.",
            remedy="Keep one of them, or write another value.",
        )
    return joined


def _refuse_unseen(entity: Entity, wanted: Resolution, sides: Json) -> None:
    seen, now = wanted.seen, _side(sides, "theirs")
    if seen is None or (seen.is_set == now.is_set and same(seen.value, now.value)):
        return
    raise Refused(
        f"“{wanted.field}” of “{_title(entity)}” was changed in the marketplace again.",
        kept="Nothing was settled; every value is kept.",
        remedy="Look at it again, then choose.",
    )


def _title(entity: Entity) -> str:
    return str(entity.document.get("title") or entity.id)


def _check(chosen: dict[str, object]) -> None:
    from koda_desktop.models.listing_fields import check_changes

    given = {name: value for name, value in chosen.items() if value is not ABSENT}
    cleaned, wrong = check_changes(given)
    if wrong:
        named = " ".join(f"{name}: {sentence}" for name, sentence in wrong.items())
        raise InputError(f"Not accepted. {named}", facts={"fields": wrong})
    chosen.update(cleaned)


# -- taking it back --


def _remember(tx: Tx, settled: Sequence[Json]) -> None:
    tx.run(
        "INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)",
        (LAST_SETTLED, outbox.encode(list(settled))),
    )
    tx.announce("status")


def _remembered(db: Db) -> list[Json]:
    text = db.value("SELECT value FROM meta WHERE key = ?", (LAST_SETTLED,))
    return list(json.loads(text)) if text else []


def can_undo(db: Db) -> int:
    """How many fields ``undo`` would bring back."""
    return sum(map(len, undoable(db).values()))


def undoable(db: Db) -> dict[str, dict[str, Json]]:
    """By listing, the fields that ``undo`` would bring back, with the sides they had."""
    return {one["listing"]: here for one in _remembered(db) if (here := _here(db, one))}


def undo(tx: Tx, stamps: Stamps) -> int:
    """Bring back what was settled last and has not gone out; answers how many fields.

    Raises Refused when there is none.
    """
    remembered = _remembered(tx)
    if remembered and not any(one["sides"] for one in remembered):
        raise Refused(
            "A choice between two files is not taken back here.",
            kept="It stands as it is.",
            remedy="Undo it in the history, or give the listing the file again.",
        )
    settled = undoable(tx)
    for listing_id, sides in settled.items():
        edits.reopen(tx, entities.find(tx, listing_id), sides, stamps)
    tx.run("DELETE FROM meta WHERE key = ?", (LAST_SETTLED,))
    tx.announce("status")
    if not settled:
        raise Refused(
            "What was settled last has gone out already.",
            kept="The marketplace has it.",
            remedy="Change the listing again.",
        )
    return sum(map(len, settled.values()))


def _here(db: Db, settled: Json) -> dict[str, Json]:
    """The fields of one listing whose settling can be taken back, with the sides they had.

    One that was sent or changed again since is left as it is.
    """
    if db.row("SELECT 1 FROM entity WHERE id = ?", (settled["listing"],)) is None:
        return {}
    lane = lane_parts.of_lane(outbox.lane(db, settled["listing"]))
    sides, values = settled["sides"], settled["values"]
    waiting = lane.open.changes if lane.open else {}
    busy = {*(lane.frozen.changes if lane.frozen else ()), *edits_in_conflict(lane.conflict)}
    if lane.revision is not None:
        busy.add(lane_parts.VERSION)
    return {
        name: sides[name]
        for name in sides
        if name not in busy and same(waiting.get(name, ABSENT), values.get(name, ABSENT))
    }


def edits_in_conflict(conflict: Operation | None) -> tuple[str, ...]:
    """The names of the fields in conflict."""
    return tuple(lane_parts.sides_of(conflict)) if conflict else ()
