"""Whether a store's file and its rows are whole: read-only, for the doctor."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from koda_desktop.sync.staging import Staging
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.faults import store_faults
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.sanity import faults_of, open_read_only
from koda_desktop.sync.store.schema import MIGRATIONS


def check_store(path: Path) -> tuple[str, ...]:
    """What SQLite, the foreign keys and a look at the rows find wrong in the store at ``path``.

    Empty when it is whole. Raises NoRights or StoreFault when it cannot be opened.
    """
    with store_faults(), closing(open_read_only(path)) as connection:
        return tuple(faults_of(connection))


def check_rows(path: Path, staging: Staging) -> tuple[str, ...] | None:
    """What ``check_invariants`` finds in the store at ``path``; None for one of another version.

    Raises NoRights or StoreFault when it cannot be opened.
    """
    with store_faults(), closing(open_read_only(path)) as connection:
        if connection.pragma("user_version") != len(MIGRATIONS):
            return None
        connection.execute("BEGIN")
        return check_invariants(Db(connection), staging)


def damaged_before(path: Path) -> tuple[Path, ...]:
    """The damaged files that were put aside and stand beside the store at ``path``."""
    found = path.parent.glob(f"{path.stem}.damaged-*{path.suffix}")
    return tuple(sorted(found))
