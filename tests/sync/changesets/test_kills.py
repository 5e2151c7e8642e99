"""A change set of 10,000 rows is all there or not there at all, wherever its process is killed."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from koda_desktop.sync import entities
from koda_desktop.sync.changesets import records
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.invariants import check_invariants
from koda_desktop.sync.store.store import Store

ROWS = 10_000
KILLS = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store of published listings that all cost one euro."""
    store = Store(tmp_path / "store.sqlite", derive_touched)
    store.write(lambda tx: entities.insert(tx, [_listing(n) for n in range(ROWS)]), durable=False)
    store.close()
    return tmp_path


def _listing(number: int) -> NewEntity:
    listing_id, at = f"{number:024x}", "2026-01-01T00:00:00.000Z"
    document = {"_id": listing_id, "title": f"Listing {number}", "price": 1, "updatedAt": at}
    return NewEntity(listing_id, document, NO_FILE, at, server_at=at)


def _standing(db: Db) -> tuple[int, int, int, int]:
    """The price all listings have, and how many edits, sets and rows of sets there are."""
    [(low, high)] = db.rows("SELECT min(price_minor), max(price_minor) FROM entity")
    assert low == high
    edits = db.value("SELECT count(*) FROM outbox")
    assert edits in (0, ROWS)
    shown = db.value("SELECT count(*) FROM entity WHERE state = 'waiting'")
    assert shown == edits
    rows = db.value("SELECT count(*) FROM change_row")
    return low, edits, len(records.listed(db, 100)), rows


@pytest.mark.timeout(600)
def test_all_of_it_or_none_whenever_it_is_killed(folder: Path) -> None:
    chance = random.Random(5)
    price, sets = 100, 0
    for number in range(KILLS):
        wanted = 200 + number
        said = _killed(folder, wanted / 100, chance.randrange(0, 12), chance.random() * 0.05)
        store = Store(folder / "store.sqlite", derive_touched)
        try:
            found, _, count, rows = store.read(_standing)
            broken = store.read(lambda db: check_invariants(db, Staging(folder / "staging")))
            assert broken == ()
        finally:
            store.close()
        is_done = count == sets + 1
        # What was said to be committed is there; what is there is whole.
        assert is_done or "committed" not in said
        price, sets = (wanted if is_done else price), count
        assert (found, rows) == (price, sets * ROWS)


def _killed(folder: Path, price: float, after: int, pause: float) -> str:
    """Run the process, kill it once it has told of ``after`` slices and a moment more."""
    words = [sys.executable, "-m", "tests.sync.changesets.killed", str(folder), str(price)]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = [child.stdout.readline() for _ in range(after)]
    time.sleep(pause)
    child.kill()
    rest, _ = child.communicate()
    return "".join(said) + rest
