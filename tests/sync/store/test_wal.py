"""A store whose WAL was left behind, torn, cut, lost or mixed up: it opens at a committed state.

Also: what the reader of damaged files finds in a sound one is what SQLite finds there.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import apsw
import pytest

from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.damaged import Damaged, read_tables
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.pages import PAGE_SIZE, Pages
from koda_desktop.sync.store.store import Store
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.sync.store import damaging

COMMITS = 12
FRAME = PAGE_SIZE + 24


def grown(folder: Path, commits: int = COMMITS) -> Path:
    """A store that ended by a crash: one draft a commit, none of them written to the main file."""
    desk = Desk(folder / "living", Server())
    for number in range(commits):
        desk.draft(f"Draft {number:03}", description=damaging.WORDS)
    crashed = folder / "crashed"
    crashed.mkdir()
    for ending in ("", "-wal", "-shm"):
        shutil.copy(folder / "living" / f"store.sqlite{ending}", crashed)
    desk.close()
    path = crashed / "store.sqlite"
    path.with_name("store.sqlite-shm").unlink()
    return path


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return grown(tmp_path_factory.mktemp("crashed"))


@pytest.fixture
def path(crashed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(crashed.parent, tmp_path / "copy")) / crashed.name


def wal_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def titles(path: Path) -> list[str]:
    """The drafts in order of creation, from a store that is whole and has nothing to say."""
    store = Store(path, derive_touched)
    try:
        assert store.notice == ""
        return [row[0] for row in store.read(lambda db: db.rows("SELECT title FROM entity"))]
    finally:
        store.close()
        assert not check_store(path)


def is_prefix(found: list[str]) -> bool:
    return found == [f"Draft {number:03}" for number in range(len(found))]


def test_after_a_crash_without_its_shm_everything_committed_is_there(path: Path) -> None:
    assert len(titles(path)) == COMMITS


@pytest.mark.parametrize("part", [0.0, 0.2, 0.5, 0.75, 0.9, 0.99])
def test_a_wal_that_was_cut_off_opens_to_a_committed_prefix(path: Path, part: float) -> None:
    wal = wal_of(path)
    with wal.open("r+b") as file:
        file.truncate(32 + int((wal.stat().st_size - 32) * part))
    found = titles(path)
    assert is_prefix(found)
    assert len(found) < COMMITS


@pytest.mark.parametrize("seed", range(24))
def test_a_bit_that_turned_over_in_the_wal_opens_to_a_committed_prefix(
    path: Path, seed: int
) -> None:
    wal = wal_of(path)
    frames = (wal.stat().st_size - 32) // FRAME
    at = 32 + seed * frames // 24 * FRAME + random.Random(seed).randrange(FRAME)
    damaging.flip(wal, at, seed % 8)
    found = titles(path)
    assert is_prefix(found)
    assert len(found) < COMMITS


def test_the_frames_of_an_older_wal_behind_its_end_are_not_read(path: Path) -> None:
    wal = wal_of(path)
    first = wal.read_bytes()
    older = bytearray(first[32 : 32 + 3 * FRAME])
    older[8:16] = b"an older"
    wal.write_bytes(first + older)
    assert len(titles(path)) == COMMITS


def test_without_its_wal_the_last_written_state_is_there(path: Path) -> None:
    wal_of(path).unlink()
    assert is_prefix(titles(path))


def test_a_wal_of_another_file_never_passes_for_a_sound_store(path: Path, tmp_path: Path) -> None:
    """Where SQLite takes another store's frames for its own, the mixture is looked through."""
    other = grown(tmp_path / "other", commits=40)
    store = Store(other, derive_touched)
    store.close()
    shutil.copy(wal_of(path), wal_of(other))
    store = Store(other, derive_touched)
    try:
        found = {row[0] for row in store.read(lambda db: db.rows("SELECT title FROM entity"))}
        assert found <= {f"Draft {number:03}" for number in range(40)}
    finally:
        store.close()
    assert not check_store(other)


# -- reading a file without SQLite --


@pytest.mark.parametrize("is_crashed", [False, True])
def test_a_sound_file_is_read_as_sqlite_reads_it(
    tmp_path: Path, crashed: Path, is_crashed: bool
) -> None:
    path = tmp_path / "store.sqlite"
    if is_crashed:
        shutil.copy(crashed, path)
        shutil.copy(wal_of(crashed), wal_of(path))
    else:
        shutil.copy(damaging.live(tmp_path / "desk").store, path)
    with Pages(path) as pages:
        connection = apsw.Connection(
            str(shutil.copytree(tmp_path, tmp_path / "sqlite") / path.name)
        )
        tables = read_tables(Db(connection))
        damaged = Damaged.look(pages, tables)
        for name, table in tables.items():
            columns = ", ".join(column.name for column in table.columns)
            expected = set(connection.execute(f"SELECT {columns} FROM {name}"))
            assert {tuple(row.values()) for row in damaged.rows(name)} == expected, name
        assert damaged.is_whole
        connection.close()
