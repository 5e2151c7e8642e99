"""Whether a file is what was written to it: SQLite's own check, and a look for nonsense in rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import apsw

from koda_desktop.sync.rows import ListingState, OperationState, TransferState, Verb
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.faults import store_faults
from koda_desktop.sync.store.schema import MIGRATIONS

_SHOWN = 5


def contents_of(path: Path) -> tuple[str, ...]:
    """Rows of the store at ``path`` that hold what Koda never writes. Raises StoreFault."""
    with store_faults(), closing(open_read_only(path)) as connection:
        return tuple(_nonsense(connection))


def open_read_only(path: Path) -> apsw.Connection:
    """A connection that writes nothing. Raises apsw's errors."""
    return apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)


def faults_of(connection: apsw.Connection) -> list[str]:
    """What is wrong in an open store; the full-text index is part of SQLite's check."""
    found = [str(row[0]) for row in connection.execute(f"PRAGMA integrity_check({_SHOWN})")]
    found = [line for line in found if line != "ok"]
    if not found:
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        found = [f"a row of {table} belongs to nothing" for table, *_ in orphans]
    return (found or list(_nonsense(connection)))[:_SHOWN]


def _one_of(kind: type[ListingState | OperationState | TransferState | Verb]) -> str:
    return f"({', '.join(repr(one.value) for one in kind)})"


_NONSENSE = {
    "entity": f"NOT json_valid(tags) OR state NOT IN {_one_of(ListingState)}"
    " OR (inspection IS NOT NULL AND NOT json_valid(inspection))"
    " OR (edited IS NOT NULL AND NOT json_valid(edited))"
    " OR pk NOT IN (SELECT pk FROM document)",
    "document AS d": "NOT json_valid(doc) OR CASE WHEN json_valid(doc)"
    " THEN coalesce(doc ->> '$._id', '') <> (SELECT id FROM entity AS e WHERE e.pk = d.pk) END",
    "outbox": "NOT json_valid(payload) OR NOT json_valid(base_fields)"
    " OR (last_error IS NOT NULL AND NOT json_valid(last_error))"
    f" OR verb NOT IN {_one_of(Verb)} OR state NOT IN {_one_of(OperationState)}",
    "op_log": f"NOT json_valid(fields) OR verb NOT IN {_one_of(Verb)}",
    "transfer": f"state NOT IN {_one_of(TransferState)}"
    " OR (error IS NOT NULL AND NOT json_valid(error))",
    "change_row": "NOT json_valid(before) OR NOT json_valid(after)",
    "listing_fts_docsize": "id NOT IN (SELECT pk FROM entity)"
    " AND id NOT IN (SELECT pk FROM listing_fts_pending)",
    "entity AS e": "kind = 'listing' AND pk NOT IN (SELECT id FROM listing_fts_docsize)"
    " AND pk NOT IN (SELECT pk FROM listing_fts_pending)",
}
"""By table, what no row of it is."""


def _nonsense(connection: apsw.Connection) -> Iterator[str]:
    if not _has_our_schema(connection):
        yield "its tables are not those that were made"
        return
    for table, wrong in _NONSENSE.items():
        if connection.execute(f"SELECT 1 FROM {table} WHERE {wrong} LIMIT 1").fetchall():
            yield f"a row of {table.partition(' ')[0]} holds what was never written"


_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"


def _has_our_schema(connection: apsw.Connection) -> bool:
    """Whether the tables are those of this version; of another version's nothing is known here.

    Some indexes are missing while a store is filled.
    """
    if connection.pragma("user_version") != len(MIGRATIONS):
        return False
    found, ours = connection.execute(_SCHEMA).fetchall(), _our_schema()
    missing = {*late_indexes.NAMES} - {one[1] for one in found}
    return found == [one for one in ours if one[1] not in missing]


@cache
def _our_schema() -> list[tuple[object, ...]]:
    with closing(apsw.Connection(":memory:")) as sound:
        for migration in MIGRATIONS:
            sound.execute(migration)
        return sound.execute(_SCHEMA).fetchall()
