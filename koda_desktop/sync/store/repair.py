"""A damaged store is replaced by a new one that holds what could be read of it.

The new store is made whole under a name of its own before the damaged one is touched; then the
damaged file with its companions is renamed, and the new one takes its place. Whoever opens the
store after a crash in between finishes the renaming.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import apsw

from koda_desktop.errors import StoreFault
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.runtime.files import disk_faults, fsync_directory
from koda_desktop.sync.local import meta, save_meta
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.damage import DamageMark
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.invariants import (
    columns_are_projections,
    rows_show_what_waits,
    search_finds_every_listing,
    states_are_derived,
)
from koda_desktop.sync.store.opening import connect, is_used, keep_wal, unfinished
from koda_desktop.sync.store.pages import Pages
from koda_desktop.sync.store.salvage import salvage
from koda_desktop.sync.store.sanity import faults_of
from koda_desktop.sync.store.schema import APPLICATION_ID, MIGRATIONS

_WAIT_SECONDS = 60.0
"""How long another process may take to do the same."""

_NOTICE = "salvaged"
"""The key in ``meta`` of what was saved of the damaged store before this one."""

_COMPANIONS = ("-wal", "-shm", "-journal")


def repair(path: Path) -> str:
    """Look through the store at ``path``, and replace it where it is damaged.

    Answers what a person is to be told; empty where nothing was wrong. One process does it at a
    time. Raises StoreFault where others use the damaged file, NoRights or DiskFull; then it is
    left as it is.
    """
    lock = FileLock(path.with_name(f"{path.name}.repair"))
    with lock.wait(_WAIT_SECONDS):
        rebuilt = unfinished(path)
        if rebuilt is None:
            if _is_sound(path):
                DamageMark(path).clear()
                return ""
            _refuse_used(path)
            _refuse_newer(path)
            rebuilt = _rebuild(path)
        return _replace(path, rebuilt)


def _is_sound(path: Path) -> bool:
    """Whether SQLite opens the file and finds nothing wrong in it."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(connect(path)) as connection:
            keep_wal(connection, True)
            is_sound = not faults_of(connection) and not (
                DamageMark(path).is_set and _contradicts_itself(connection)
            )
            keep_wal(connection, not is_sound)
            return is_sound
    except (apsw.NotADBError, apsw.CorruptError, apsw.SQLError, ValueError):
        return False


def _contradicts_itself(connection: apsw.Connection) -> bool:
    """Whether rows disagree that were written together, where damage was met before."""
    db, staging = Db(connection), Staging(Path())
    checkers = (
        columns_are_projections,
        rows_show_what_waits,
        search_finds_every_listing,
        states_are_derived,
    )
    return any(next(iter(checker(db, staging)), None) for checker in checkers)


def _refuse_newer(path: Path) -> None:
    """A damaged store of a newer version is for that version to save."""
    with Pages(path) as pages:
        header = pages.header if pages.has_header else b""
    application, version = int.from_bytes(header[68:72]), int.from_bytes(header[60:64])
    if application == APPLICATION_ID and version > len(MIGRATIONS):
        raise StoreFault(
            "The local store is damaged, and was written by a newer version of Koda.",
            kept="Nothing in it was changed.",
            remedy="Install the newer version again: it saves what can be read.",
            facts={"file": path.name, "version": version, "known": len(MIGRATIONS)},
        )


def _refuse_used(path: Path) -> None:
    """Whoever has the damaged file open would go on writing to it under its new name."""
    if path.exists() and is_used(path):
        raise StoreFault(
            "The local store is damaged, and other windows or commands of Koda still use it.",
            kept="What the marketplace has is safe there.",
            remedy="Close them all and start again: what can be read is saved then.",
        )


def _rebuild(path: Path) -> Path:
    """Make the new store; answers where it is, complete."""
    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    rebuilt = path.with_name(f"{path.stem}.rebuilt-{moment}{path.suffix}")
    partial = path.with_name(f"{path.stem}.rebuilding{path.suffix}")
    with disk_faults("A new local store could not be made"):
        for ending in ("", *_COMPANIONS):
            partial.with_name(partial.name + ending).unlink(missing_ok=True)
    with closing(connect(partial)) as connection:
        _fill(connection, path, _aside(path, rebuilt))
    with disk_faults("The new local store could not be put in its place"):
        partial.replace(rebuilt)
        fsync_directory(path.parent)
    return rebuilt


def _fill(connection: apsw.Connection, path: Path, aside: Path) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    tx = Tx(connection)
    connection.execute("BEGIN IMMEDIATE")
    saved = salvage(tx, path, Stamps())
    notice = (
        f"The local store was damaged: {saved}. What the marketplace has is read from there again. "
        f"The damaged file is kept as {aside.name}."
    )
    save_meta(tx, _NOTICE, notice)
    connection.execute("COMMIT")


def _aside(path: Path, rebuilt: Path) -> Path:
    """The damaged file's new name, of the same moment as its successor's."""
    return path.with_name(rebuilt.name.replace(".rebuilt-", ".damaged-"))


def _replace(path: Path, rebuilt: Path) -> str:
    """Put the damaged file aside and ``rebuilt`` in its place; answers its notice."""
    aside = _aside(path, rebuilt)
    with closing(apsw.Connection(str(rebuilt))) as connection:
        notice = meta(Db(connection), _NOTICE) or ""
    with disk_faults(f"The damaged store {path.name} could not be put aside"):
        for ending in (*_COMPANIONS, ""):
            file = path.with_name(path.name + ending)
            if file.exists():
                file.rename(aside.with_name(aside.name + ending))
        rebuilt.rename(path)
        fsync_directory(path.parent)
    DamageMark(path).clear()
    return notice
