"""Opening the store's file: made, migrated, refused or put aside.

The file is copied before any migration. A file of a newer version is refused, one that is not a
database any more is put aside under a name that says so.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import apsw

from koda_desktop.errors import StoreFault
from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.ids import new_uuid
from koda_desktop.sync.store.faults import store_faults
from koda_desktop.sync.store.readers import BUSY_MS
from koda_desktop.sync.store.schema import APPLICATION_ID, MIGRATIONS


def open_for_writing(path: Path, migrations: tuple[str, ...] = MIGRATIONS) -> apsw.Connection:
    """The writing connection of the store at ``path``, migrated to this version.

    Raises StoreFault (newer, damaged, or not a store), NoRights or DiskFull.
    """
    with disk_faults("The folder of the local store could not be made"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with store_faults():
        try:
            return _open(path, migrations)
        except (apsw.NotADBError, apsw.CorruptError) as error:
            raise _put_aside(path) from error


def _open(path: Path, migrations: tuple[str, ...]) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    try:
        _prepare(connection, path, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: apsw.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    connection.set_busy_timeout(BUSY_MS)
    connection.execute("PRAGMA page_size=8192")
    connection.execute("PRAGMA foreign_keys=ON")
    version = _version(connection)
    _refuse_other_files(connection, path, version, len(migrations))
    # Each PRAGMA by itself: apsw stops a list of them at the first that answers a row.
    connection.execute("PRAGMA journal_mode=WAL").fetchall()
    if version < len(migrations):
        if version > 0:
            _copy(connection, path, version)
        _migrate(connection, migrations)


def _number(connection: apsw.Connection, pragma: str) -> int:
    return int(str(connection.pragma(pragma)))


def _version(connection: apsw.Connection) -> int:
    return _number(connection, "user_version")


def _refuse_other_files(connection: apsw.Connection, path: Path, version: int, known: int) -> None:
    if version > known:
        raise StoreFault(
            f"The local store was written by a newer version of Koda (its format is {version}, "
            f"this version knows {known}).",
            kept="Nothing in it was changed.",
            remedy="Install the newer version again, or use another data folder.",
            facts={"file": path.name, "version": version, "known": known},
        )
    has_tables = bool(connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall())
    if has_tables and _number(connection, "application_id") != APPLICATION_ID:
        raise StoreFault(
            f"{path.name} is a database of another program.",
            kept="Nothing in it was changed.",
            remedy="Use another data folder.",
            facts={"file": path.name},
        )


def _copy(connection: apsw.Connection, path: Path, version: int) -> None:
    """Keep the store as it is under ``<name>.before-v<n>.sqlite``, whole and without a WAL."""
    copy = path.with_name(f"{path.stem}.before-v{version + 1}{path.suffix}")
    partial = copy.with_name(f"{copy.name}.partial")
    with disk_faults("The local store could not be copied before its format changes"):
        partial.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(partial),))
        partial.replace(copy)


def _migrate(connection: apsw.Connection, migrations: tuple[str, ...]) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    # Read again under the lock: another process may have been first.
    version = _version(connection)
    for number in range(version, len(migrations)):
        connection.execute(migrations[number])
    if version == 0:
        _name(connection)
    connection.execute(f"PRAGMA user_version={len(migrations)}")
    connection.execute("COMMIT")


def _name(connection: apsw.Connection) -> None:
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.executemany(
        "INSERT INTO meta(key, value) VALUES (?, ?)",
        [("device_id", new_uuid()), ("incarnation", "1")],
    )


def _put_aside(path: Path) -> StoreFault:
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.stem}.damaged-{moment}{path.suffix}")
    with disk_faults(f"The damaged store {path.name} could not be put aside"):
        for ending in ("-wal", "-shm"):
            companion = path.with_name(path.name + ending)
            if companion.exists():
                companion.rename(aside.with_name(aside.name + ending))
        path.rename(aside)
    return StoreFault(
        f"The local store is damaged and cannot be read. It was put aside as {aside.name}.",
        kept="The damaged file is kept whole; what the marketplace has is safe there.",
        remedy="Start again: Koda makes a new store and reads your listings from the marketplace.",
        facts={"file": path.name, "aside": str(aside)},
    )
