"""What a person does to work that waits: hold it, let it go, drop it, pause all of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from koda_desktop.errors import Refused
from koda_desktop.runtime.account import account_name
from koda_desktop.sync import conflicts, edits, entities, lane_parts, outbox, publication, revisions
from koda_desktop.sync.changesets import drafts, records
from koda_desktop.sync.changesets.deciding import Recorded
from koda_desktop.sync.changesets.rows import SetKind
from koda_desktop.sync.conflict_rows import Choice, Resolution
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import OperationState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store


class WorkCommands:
    """Each command is one transaction. See ``workspace.Workspace`` for what each promises."""

    def __init__(self, store: Store, stamps: Stamps, who: str | None = None) -> None:
        self._store = store
        self._stamps = stamps
        self._who = account_name() if who is None else who

    def hold(self, operation_ids: Sequence[str]) -> int:
        """Keep back the queued work of the lanes of these operations; how many are held now.

        A lane is held whole, because what is behind a held operation cannot go out either. What
        may have gone out already stays as it is.
        """
        queued = (OperationState.QUEUED,)
        return self._store.write(
            lambda tx: _move(tx, _lanes(tx, operation_ids), queued, outbox.hold_back)
        )

    def let_go(self, operation_ids: Sequence[str]) -> int:
        """Queue the held work of the lanes of these operations again; answers how many."""
        held = (OperationState.HELD,)
        return self._store.write(
            lambda tx: _move(tx, _lanes(tx, operation_ids), held, outbox.release)
        )

    def drop(self, operation_ids: Sequence[str]) -> None:
        """Take operations out before they go, all or none. Raises Refused; nothing is dropped then.

        A dropped change shows the marketplace's value again; a dropped publication leaves a draft
        with its file. What another one needed to go out goes with it.
        """
        self._store.write(lambda tx: self._drop(tx, operation_ids))

    def _drop(self, tx: Tx, operation_ids: Sequence[str]) -> None:
        gone: set[str] = set()
        for operation_id in dict.fromkeys(operation_ids):
            if operation_id in gone:
                continue
            gone |= self._drop_one(tx, _waiting(tx, operation_id))

    def _drop_one(self, tx: Tx, operation: Operation) -> set[str]:
        """Drop one; the ids of all that went with it."""
        entity = entities.find(tx, operation.lane)
        if operation.verb is not Verb.EDIT:
            lane = outbox.lane(tx, entity.id)
            if edits.take_revision_back(tx, entity, self._stamps):
                return {one.operation_id for one in lane if one.verb is not Verb.EDIT}
            publication.withdraw(tx, entity, self._stamps.now())
            return {one.operation_id for one in lane}
        edits.drop(tx, entity, operation, self._stamps)
        return {operation.operation_id}

    def pause_sending(self, paused: bool) -> None:
        """Send nothing more until sending is resumed; what is on its way now finishes, of a large
        file the parts that are.
        """
        self._store.write(lambda tx: _pause(tx, paused))

    def resolve(self, resolutions: Sequence[Resolution]) -> int:
        """Settle fields in conflict, all or none. See ``conflicts.resolve``.

        A file of this computer's that gives way to the marketplace's can be brought back from the
        history.
        """
        return self._store.write(lambda tx: self._resolve(tx, resolutions))

    def _resolve(self, tx: Tx, resolutions: Sequence[Resolution]) -> int:
        dropped = [one for each in resolutions for one in _file_given_up(tx, each)]
        count = conflicts.resolve(tx, resolutions, self._stamps)
        name = "Keep the marketplace’s file"
        records.add(tx, name, SetKind.EDIT, self._who, self._stamps.now(), dropped)
        return count

    def undo_resolve(self) -> int:
        """Bring back what was settled last. See ``conflicts.undo``."""
        return self._store.write(lambda tx: conflicts.undo(tx, self._stamps))


def _file_given_up(tx: Tx, wanted: Resolution) -> list[Recorded]:
    """What is to be recorded of a file that is not sent after all."""
    if wanted.field != revisions.FILE or wanted.choice is not Choice.THEIRS:
        return []
    revision = lane_parts.of_lane(outbox.lane(tx, wanted.listing_id)).revision
    if revision is None or not revision.is_conflict:
        return []
    return [drafts.withdrawn(tx, entities.find(tx, wanted.listing_id))]


def _lanes(tx: Tx, operation_ids: Iterable[str]) -> list[str]:
    found = [outbox.find(tx, one) for one in dict.fromkeys(operation_ids)]
    return list(dict.fromkeys(one.lane for one in found if one is not None))


def _move(
    tx: Tx,
    lanes: Iterable[str],
    states: tuple[OperationState, ...],
    move: outbox.Move,
) -> int:
    wanted = [one for lane in lanes for one in outbox.lane(tx, lane) if one.state in states]
    for operation in wanted:
        move(tx, operation)
    return len(wanted)


def _waiting(tx: Tx, operation_id: str) -> Operation:
    """The operation, while it can be dropped."""
    operation = outbox.find(tx, operation_id)
    if operation is None:
        raise Refused("It has gone out already.", kept="Nothing was dropped.")
    if operation.is_frozen:
        raise Refused(
            "It may have gone out already, so that it cannot be dropped.",
            kept="Nothing was dropped.",
            remedy="Wait for its answer, then change the listing again.",
        )
    if operation.is_conflict:
        raise Refused(
            "This change is in conflict with one in the marketplace.",
            kept="Nothing was dropped; every value is kept.",
            remedy="Choose a value for each field under Conflicts.",
        )
    return operation


def _pause(tx: Tx, paused: bool) -> None:
    if paused:
        tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, '1')", (outbox.SENDING_PAUSED,))
    else:
        tx.run("DELETE FROM meta WHERE key = ?", (outbox.SENDING_PAUSED,))
    tx.announce("operations", "status")
