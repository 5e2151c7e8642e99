"""Damaged stores: what was only here is in the new one, and the rest comes from the marketplace."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from koda_desktop.sync import devices
from koda_desktop.sync.store.check import check_store
from koda_desktop.sync.store.pages import PAGE_SIZE
from tests.sync.desk import Desk
from tests.sync.store import damaging
from tests.sync.store.damaging import Life

PAGES = range(1, 70)
"""Every page of the store that ``damaging.live`` makes, and a few more."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Life:
    return damaging.live(tmp_path_factory.mktemp("sound") / "desk")


@pytest.fixture
def life(sound: Life, tmp_path: Path) -> Life:
    return sound.copy(tmp_path / "desk")


@contextmanager
def opened(life: Life) -> Iterator[Desk]:
    """The store opened again, looked at, synced once and looked at once more."""
    desk = life.open()
    try:
        assert not check_store(life.store)
        damaging.check_work(desk)
        yield desk
        report = desk.engine.run_round()
        assert report.problem is None
        assert damaging.everything(desk).keys() >= life.server.products.keys()
        damaging.check_work(desk)
        for counted in (life.server.applied, life.server.inserts, life.server.puts):
            assert all(times == 1 for times in Counter(counted).values())
    finally:
        desk.close()
    assert not check_store(life.store)


def kept(life: Life, desk: Desk, *, lost: set[str]) -> None:
    """Every draft and edit is here, save what the damage took."""
    shown = damaging.everything(desk)
    for listing_id, document in life.drafts.items():
        if listing_id not in lost:
            assert shown[listing_id] == document
    for listing_id, fields in life.edits.items():
        if listing_id not in lost:
            assert {name: shown[listing_id].get(name) for name in fields} == fields


@pytest.mark.parametrize("number", PAGES)
def test_whatever_page_is_destroyed_only_drafts_on_it_are_lost(life: Life, number: int) -> None:
    if number > damaging.pages_of(life.store):
        pytest.skip("there are fewer pages")
    rows = damaging.hit_by(life.store, number, "entity")
    is_long = "long" in rows
    damaging.overwrite(life.store, (number - 1) * PAGE_SIZE, bytes(PAGE_SIZE))
    damaging.mark(life.store)
    with opened(life) as desk:
        lost = rows & life.drafts.keys()
        if is_long:
            lost |= {one for one in life.drafts if life.drafts[one]["title"] == "Long draft"}
        kept(life, desk, lost=lost)
        assert "damaged" in desk.store.notice
        assert desk.store.read(devices.device_id) != life.device


@pytest.mark.parametrize("number", PAGES)
def test_bits_that_turned_over_cost_nothing_on_other_pages(life: Life, number: int) -> None:
    if number > damaging.pages_of(life.store):
        pytest.skip("there are fewer pages")
    lost = set[str]()
    for table in ("entity", "entity_base", "outbox"):
        lost |= damaging.hit_by(life.store, number, table)
    if "long" in lost:
        lost |= {one for one in life.drafts if life.drafts[one]["title"] == "Long draft"}
    seeded = random.Random(number)
    start = (number - 1) * PAGE_SIZE
    for at in (*range(0, 16, 5), *(seeded.randrange(PAGE_SIZE) for _ in range(12))):
        damaging.flip(life.store, start + at, seeded.randrange(8))
    damaging.mark(life.store)
    with opened(life) as desk:
        kept(life, desk, lost=lost)
