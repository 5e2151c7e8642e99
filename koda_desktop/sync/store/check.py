"""Whether a store's file and its rows are whole: read-only, for the doctor."""

from __future__ import annotations

from pathlib import Path

import apsw

from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.faults import store_faults
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.schema import MIGRATIONS

_SHOWN = 5


def check_store(path: Path) -> tuple[str, ...]:
    """What ``PRAGMA quick_check`` and the foreign keys find wrong in the store at ``path``.

    Empty when it is whole. Raises NoRights or StoreFault when it cannot be opened.
    """
    with store_faults():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            found = [str(row[0]) for row in connection.execute(f"PRAGMA quick_check({_SHOWN})")]
            orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        finally:
            connection.close()
    faults = [line for line in found if line != "ok"]
    return (*faults, *(f"a row of {table} belongs to nothing" for table, *_ in orphans[:_SHOWN]))


def check_rows(path: Path, staging: Staging) -> tuple[str, ...] | None:
    """What ``check_invariants`` finds in the store at ``path``; None for one of another version.

    Raises NoRights or StoreFault when it cannot be opened.
    """
    with store_faults():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            if connection.pragma("user_version") != len(MIGRATIONS):
                return None
            connection.execute("BEGIN")
            return check_invariants(Db(connection), staging)
        finally:
            connection.close()
