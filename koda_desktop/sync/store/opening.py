"""Opening the store's file: made, migrated, refused, or replaced by what was saved of it.

The file is copied before any migration. A file of a newer version is refused. A damaged one is put
aside, whole, under a name that says so, once everything that can be read of it is in a new store;
a crash at any moment of that leaves the damaged file or the finished new one in place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import apsw

from koda_desktop.errors import StoreFault
from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.ids import new_uuid
from koda_desktop.sync.store.damage import DamageMark
from koda_desktop.sync.store.faults import store_faults
from koda_desktop.sync.store.readers import BUSY_MS
from koda_desktop.sync.store.schema import APPLICATION_ID, MIGRATIONS

_LOOKED_THROUGH_BYTES = 32 * 1024**2
"""How large a store may be to be looked through after an end that was not a clean one: SQLite needs
0.1 s for 8 MiB.
"""

_CACHE_KIB = 32 * 1024
"""What the writing connection may hold of the file: the indexes of some 100,000 listings, which are
written all over by each pulled batch.
"""

_LOCKS = (apsw.SQLITE_LOCK_SHARED, apsw.SQLITE_LOCK_RESERVED, apsw.SQLITE_LOCK_EXCLUSIVE)


@dataclass(frozen=True, slots=True)
class Opened:
    """The writing connection, and what a person is to be told of how it came about."""

    connection: apsw.Connection
    notice: str = ""


def open_store(path: Path, migrations: tuple[str, ...] = MIGRATIONS) -> Opened:
    """Open the store at ``path`` for writing, migrated to this version.

    A damaged one is replaced, and the notice says by what. Raises StoreFault (newer, not a store,
    or damaged and in use elsewhere), NoRights or DiskFull.
    """
    with disk_faults("The folder of the local store could not be made"):
        path.parent.mkdir(parents=True, exist_ok=True)
    with store_faults():
        if not _is_suspect(path):
            try:
                return Opened(connect(path, migrations))
            except (apsw.NotADBError, apsw.CorruptError):
                pass
        from koda_desktop.sync.store.repair import repair

        notice = repair(path)
        return Opened(connect(path, migrations), notice)


def _is_suspect(path: Path) -> bool:
    """Whether the file must be looked through before SQLite may write to it.

    SQLite takes an empty file for a new store, and deletes the WAL beside it. It takes a WAL that
    was left behind for the file's own, also where one of the two was put back from a copy.
    """
    if DamageMark(path).is_set or unfinished(path) is not None:
        return True
    with disk_faults("The local store could not be looked at"):
        size, left_behind = _size(path), _size(path.with_name(f"{path.name}-wal")) or 0
    if not size:
        return size is not None or left_behind > 0
    return left_behind > 0 and size <= _LOOKED_THROUGH_BYTES and not is_used(path)


def _size(path: Path) -> int | None:
    """The bytes of a file; None where there is none."""
    return path.stat().st_size if path.exists() else None


def is_used(path: Path) -> bool:
    """Whether any connection to the database at ``path`` is open, in whatever process.

    In WAL mode each of them holds a shared lock on the file for as long as it lives.
    """
    flags = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE
    file = apsw.VFSFile("", str(path), [flags, 0])
    try:
        for level in _LOCKS:
            file.xLock(level)
    except apsw.BusyError:
        return True
    finally:
        file.xUnlock(apsw.SQLITE_LOCK_NONE)
        file.xClose()
    return False


def unfinished(path: Path) -> Path | None:
    """The new store of a repair that was cut off just before its end."""
    return next(iter(sorted(path.parent.glob(f"{path.stem}.rebuilt-*{path.suffix}"))), None)


def connect(path: Path, migrations: tuple[str, ...] = MIGRATIONS) -> apsw.Connection:
    """The connection alone. Raises apsw's errors, StoreFault or DiskFull; nothing is put aside."""
    connection = apsw.Connection(str(path))
    try:
        # A file that turns out to be damaged keeps its WAL when it is closed again.
        keep_wal(connection, True)
        _prepare(connection, path, migrations)
        keep_wal(connection, False)
    except BaseException:
        connection.close()
        raise
    return connection


def keep_wal(connection: apsw.Connection, keep: bool) -> None:
    """Whether closing the connection leaves the WAL as it is."""
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(keep))


def _prepare(connection: apsw.Connection, path: Path, migrations: tuple[str, ...]) -> None:
    connection.set_busy_timeout(BUSY_MS)
    connection.execute("PRAGMA page_size=8192")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
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
