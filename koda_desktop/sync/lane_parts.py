"""What waits in a listing's lane, and how it is laid over the server's copy.

A lane holds at most three EDIT operations (one that is frozen, one that collects what came after,
one that keeps the fields in conflict) and at most one REVISE, which brings another file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from koda_desktop.errors import Conflict
from koda_desktop.sync import entities, outbox
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.merge import overlay, written_by
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Json, OperationState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

VERSION = "version"
"""The one field that a revision changes beside the file: its own as long as it waits."""


@dataclass(frozen=True, slots=True)
class LaneParts:
    """The operations of one lane that change its listing, by their part."""

    frozen: Operation | None
    open: Operation | None
    conflict: Operation | None
    revision: Operation | None

    @property
    def all(self) -> tuple[Operation, ...]:
        """The EDIT operations."""
        return tuple(one for one in (self.conflict, self.frozen, self.open) if one is not None)

    @property
    def waits(self) -> bool:
        """Whether there is anything that the server does not have."""
        return self.revision is not None or bool(self.all)

    @property
    def is_sending(self) -> bool:
        """Whether something may have gone out, so that nobody knows what the server has."""
        return self.frozen is not None or is_sent(self.revision)

    @property
    def layers(self) -> tuple[Json, ...]:
        """Changes in the order in which they are laid over the server's copy."""
        revised = {} if self.revision is None else shown(self.revision)
        first = [one.changes for one in (self.conflict, self.frozen) if one is not None]
        return (*first, revised, self.open.changes if self.open is not None else {})

    @property
    def changes(self) -> Json:
        """Every field that waits, with the newest local value."""
        return overlay({}, *self.layers)

    @property
    def sent(self) -> Json:
        """What the server holds more than its copy here, once the answers are in."""
        edited = self.frozen.changes if self.frozen is not None else {}
        revised = self.revision.changes if is_sent(self.revision) and self.revision else {}
        return {**edited, **revised}


def of_lane(operations: Sequence[Operation]) -> LaneParts:
    """Sort the operations of a lane into their parts."""
    edits = [one for one in operations if one.verb is Verb.EDIT]
    return LaneParts(
        frozen=next((one for one in edits if one.is_frozen), None),
        open=next((one for one in edits if not one.is_frozen and not one.is_conflict), None),
        conflict=next((one for one in edits if one.is_conflict), None),
        revision=next((one for one in operations if one.verb is Verb.REVISE), None),
    )


def sides_of(conflict: Operation) -> dict[str, Json]:
    """Base, mine and theirs of each field in conflict."""
    return dict(conflict.payload.get("conflicts") or {})


def is_sent(operation: Operation | None) -> bool:
    """Whether there is such an operation and it may have gone out."""
    return operation is not None and operation.is_frozen


def is_held(operations: Sequence[Operation]) -> bool:
    """Whether a person holds the lane back; then what joins it is held too."""
    return any(one.state is OperationState.HELD for one in operations)


def shown(revision: Operation) -> Json:
    """What pages show of a revision that waits: its version. The file stays the server's."""
    version = revision.payload.get(VERSION)
    return {VERSION: version} if version else {}


def show(tx: Tx, entity: Entity, base: Json, updated_at: str) -> None:
    """Keep ``base`` as the listing's document, and show it with what waits laid over it."""
    edited = of_lane(outbox.lane(tx, entity.id)).changes
    entities.save_shown(tx, entity, base, edited, updated_at)


def server_time(document: Json) -> str:
    """When the server last changed ``document``; the epoch where another writer left that out."""
    return str(document.get("updatedAt") or entities.NO_TIME)


def author_of(tx: Tx, entity: Entity, document: Json) -> Json:
    """Who made the server's copy what it is in ``document`` and when, as conflicts keep it."""
    device_id = str(tx.value("SELECT value FROM meta WHERE key = 'device_id'"))
    return {
        "theirs_at": server_time(document),
        "theirs_by": written_by(entities.base_document(tx, entity), document, device_id),
    }


def append_edit(
    tx: Tx,
    listing_id: str,
    values: Json,
    bases: Json,
    stamps: Stamps,
    created_at: str,
    *,
    waits_held: bool = False,
) -> Operation:
    """Queue an edit at the end of its lane; ``bases`` are the values it replaces."""
    operation = outbox.append(
        tx,
        listing_id,
        Verb.EDIT,
        operation_id=stamps.operation_id(),
        created_at=created_at,
        payload={"changes": values},
        base=bases,
    )
    if waits_held:
        outbox.hold_back(tx, operation)
    return operation


def write_conflict(
    tx: Tx,
    listing_id: str,
    before: Operation | None,
    conflicts: dict[str, Json],
    stamps: Stamps | None,
) -> None:
    """Hold these fields in conflict, in the operation ``before`` if there is one; none: drop it."""
    if not conflicts:
        if before is not None:
            outbox.drop(tx, before)
        return
    if before is None:
        assert stamps is not None
        before = append_edit(tx, listing_id, {}, {}, stamps, stamps.now())
    outbox.save(
        tx,
        replace(
            before,
            state=OperationState.PARKED,
            payload={
                "changes": {name: sides["mine"] for name, sides in conflicts.items()},
                "conflicts": conflicts,
            },
            base={name: sides["base"] for name, sides in conflicts.items() if "base" in sides},
            error=conflict_of(conflicts).as_json(),
        ),
    )


def conflict_of(conflicts: dict[str, Json]) -> Conflict:
    """What a person is told of fields in conflict."""
    names = ", ".join(conflicts)
    return Conflict(
        f"Changed here and in the marketplace: {names}.",
        kept="Both values are kept; your other changes go on.",
        remedy="Set the value that is to stay, or discard your change to take the marketplace’s.",
        facts={"fields": conflicts},
    )
