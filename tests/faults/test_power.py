"""The power goes at any moment: the store opens to whole transactions, none promised is missing."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from koda_desktop.sync import entities, outbox
from koda_desktop.sync.local import save_meta
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store
from tests.faults.power import DiskLog, Synced, Written, watched_disk
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

TRANSACTIONS = 60
FILL = "x" * 3_000


def note(number: int) -> Callable[[Tx], None]:
    """A transaction that touches several pages and says which one it is."""

    def work(tx: Tx) -> None:
        tx.run("INSERT INTO removed(id, doc, at) VALUES (?, ?, '')", (f"{number:08}", FILL))
        tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES ('latest', ?)", (str(number),))
        tx.run("DELETE FROM removed WHERE id = ?", (f"{number - 20:08}",))

    return work


def numbers(db: Db) -> tuple[int, list[int]]:
    latest = db.value("SELECT value FROM meta WHERE key = 'latest'")
    return int(latest or 0), [int(row[0]) for row in db.rows("SELECT id FROM removed ORDER BY id")]


def session(folder: Path, seed: int) -> DiskLog:
    """A store that is written to, some of it durably, with a checkpoint every few commits."""
    rng = random.Random(seed)
    with watched_disk() as log:
        store = Store(folder / "store.sqlite", derive_touched)
        store.write(lambda tx: tx.rows("PRAGMA wal_autocheckpoint=20"))
        log.promise(0)
        for number in range(1, TRANSACTIONS + 1):
            is_durable = rng.random() < 0.5
            store.write(note(number), durable=is_durable)
            if is_durable:
                log.promise(number)
        store.close()
    return log


def check_image(folder: Path, promised: int) -> None:
    path = folder / "store.sqlite"
    store = Store(path, derive_touched)
    latest, kept = store.read(numbers)
    store.close()
    assert not check_store(path)
    assert kept == list(range(max(1, latest - 19), latest + 1))
    assert latest >= promised


@pytest.mark.parametrize("keep", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_cut_at_any_moment_leaves_whole_transactions(
    tmp_path: Path, seed: int, keep: float
) -> None:
    log = session(tmp_path / "session", seed)
    assert any(isinstance(event, Synced) for event in log.events)
    for at in range(seed, len(log.events), 9):
        folder = tmp_path / f"cut-{at}"
        log.image(at, folder, random.Random(at), keep)
        check_image(folder, log.promised(at))


def test_what_was_synced_and_nothing_else_is_kept_without_a_random_source(tmp_path: Path) -> None:
    log = DiskLog()
    log.events += [Written("f", 0, b"a" * 600), Synced("f"), Written("f", 0, b"b" * 600)]
    log.image(3, tmp_path / "none", None)
    assert (tmp_path / "none" / "f").read_bytes() == b"a" * 600
    log.image(3, tmp_path / "all", random.Random(1), keep=1.0)
    assert (tmp_path / "all" / "f").read_bytes() == b"b" * 600
    kept = {_torn(tmp_path / str(n), log, n) for n in range(20)}
    assert b"a" * 512 + b"b" * 88 in kept
    assert b"b" * 512 + b"a" * 88 in kept


def _torn(folder: Path, log: DiskLog, seed: int) -> bytes:
    log.image(3, folder, random.Random(seed))
    return (folder / "f").read_bytes()


@pytest.mark.parametrize("seed", [1, 2])
def test_every_edit_a_person_saw_accepted_survives_a_cut(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    with watched_disk() as log:
        desk = Desk(tmp_path / "desk", Server())
        desk.store.write(lambda tx: tx.rows("PRAGMA wal_autocheckpoint=20"))
        listing_id = desk.published(title="Title 0", description=FILL)
        log.promise(0)
        for number in range(1, 40):
            desk.commands.edit(listing_id, {"title": f"Title {number}"})
            log.promise(number)
            if rng.random() < 0.5:
                desk.store.write(lambda tx: save_meta(tx, "pulled", FILL), durable=False)
        desk.close()
    begin = log.promises[0][0]
    for at in range(begin, len(log.events), 7):
        folder = tmp_path / f"cut-{at}"
        log.image(at, folder, random.Random(at))
        store = Store(folder / "store.sqlite", derive_touched)
        title = store.read(lambda db: entities.find(db, listing_id)).document["title"]
        lane = store.read(lambda db: outbox.lane(db, listing_id))
        store.close()
        assert int(title.split()[1]) >= log.promised(at)
        assert [one.changes for one in lane] == ([{"title": title}] if title != "Title 0" else [])
