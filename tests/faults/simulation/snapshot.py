"""What one device's store says, read once for all checkers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from koda_desktop.marketplace.api import Json
from koda_desktop.sync import feed_state, outbox
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.rows import Verb
from koda_desktop.sync.store.database import Db
from tests.faults.simulation.history import FILE, Atom, Key, atoms, value_of


@dataclass(frozen=True, slots=True)
class Row:
    """One listing. ``base`` is the server's copy as known here; None for a draft."""

    document: Json
    base: Json | None
    is_at_server: bool
    state: str
    message: str
    is_edited: bool
    """Whether anything is laid over its document."""
    file: str
    """The SHA-256 of its file."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """See the module."""

    rows: dict[str, Row]
    lanes: dict[str, list[Operation]]
    logged: list[tuple[str, int, str]]
    """(lane, number, operation) of each change that is done, in order."""
    cursor: dict[str, Any]
    is_snapshot_done: bool
    doubts: frozenset[str]
    quarantined: frozenset[str]
    removed: dict[str, Json]

    def pending(self, listing_id: str) -> Json:
        """The fields that wait, conflicts included, newest value last."""
        values: Json = {}
        for operation in self.lanes.get(listing_id, ()):
            values |= changes_of(operation)
        return values

    def conflicts(self) -> dict[Key, object]:
        """My value of each open conflict."""
        found: dict[Key, object] = {}
        for lane, operations in self.lanes.items():
            for one in operations:
                if one.is_conflict:
                    found |= {(lane, name): value for name, value in changes_of(one).items()}
        return found

    def holds(self, listing_id: str, name: str) -> set[Atom]:
        """Every atom of a field that is on this device in whatever form."""
        found: set[Atom] = set()
        row = self.rows.get(listing_id)
        for document in (row.document if row else None, self.removed.get(listing_id)):
            if document is not None:
                found.update(atoms(value_of(document, name)))
        if row is not None and name == FILE:
            found.update(atoms(row.file))
        for operation in self.lanes.get(listing_id, ()):
            changes = changes_of(operation)
            if name in changes:
                found.update(atoms(changes[name]))
        return found


def changes_of(operation: Operation) -> Json:
    """What an operation changes of what is followed."""
    if operation.verb is not Verb.REVISE:
        return operation.changes
    payload = operation.payload
    return {FILE: payload["file"]["sha256"], "version": payload["version"]}


def take(db: Db) -> Snapshot:
    """Read everything."""
    lanes: dict[str, list[Operation]] = {}
    for row in db.rows(_OPERATIONS):
        operation = _operation(row)
        lanes.setdefault(operation.lane, []).append(operation)
    return Snapshot(
        rows={row[0]: _row(row) for row in db.rows(_ROWS)},
        lanes=lanes,
        logged=[(a, b, c) for a, b, c in db.rows(_LOGGED)],
        cursor=_cursor(db),
        is_snapshot_done=feed_state.load(db).snapshot is feed_state.Snapshot.DONE,
        doubts=frozenset(row[0] for row in db.rows("SELECT id FROM doubt")),
        quarantined=frozenset(row[0] for row in db.rows("SELECT id FROM quarantine")),
        removed={row[0]: _document(row[1]) for row in db.rows("SELECT id, doc FROM removed")},
    )


_ROWS = (
    "SELECT e.id, d.doc, e.edited, e.is_at_server, e.state, e.message, e.file_sha256"
    " FROM entity AS e LEFT JOIN document AS d ON d.pk = e.pk ORDER BY e.id"
)
_OPERATIONS = f"SELECT {outbox.COLUMNS} FROM outbox ORDER BY op_seq"
_LOGGED = "SELECT lane, op_seq, op_id FROM op_log WHERE verb IN ('edit', 'revise') ORDER BY entry"


@lru_cache(maxsize=2_000)
def _document(text: str) -> Json:
    """A document that nobody changes: most are the same as at the last look."""
    found: Json = json.loads(text)
    return found


@lru_cache(maxsize=500)
def _operation(row: tuple[Any, ...]) -> Operation:
    return outbox.read(row)


@lru_cache(maxsize=1_000)
def _row(row: tuple[Any, ...]) -> Row:
    _, text, edited, at_server, state, message, file = row
    kept = _document(text)
    return Row(
        document=kept | _document(edited) if edited else kept,
        base=kept if at_server or edited else None,
        is_at_server=bool(at_server),
        state=state,
        message=message,
        is_edited=edited is not None,
        file=file,
    )


def _cursor(db: Db) -> dict[str, Any]:
    row = db.row(
        "SELECT updated_at, last_id, mode, token, audited_at FROM cursor WHERE stream = 'listings'"
    )
    return dict(zip(("at", "id", "mode", "token", "audited_at"), row or (), strict=False))


def everything(db: Db) -> str:
    """All rows that a person's commands change, as one text."""
    names = [row[0] for row in db.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    tables = [name for name in sorted(names) if "fts" not in name and name != "sqlite_sequence"]
    return repr([(name, db.rows(f"SELECT * FROM {name}")) for name in tables])
