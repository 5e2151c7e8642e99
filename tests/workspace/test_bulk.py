"""Bulk verbs over more listings than are looked at in one go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from koda_desktop.errors import Cancelled
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync.bulk.prices import Percent
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import RowChange
from koda_desktop.workspace import bulk
from koda_desktop.workspace.bulk import Bulk
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

DOUBLE = Percent(Decimal(100))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, Server())
    yield desk
    desk.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("koda-ahead")]


def of(desk: Desk) -> Bulk:
    sets = ChangeSets(desk.store, desk.staging, desk.parts.stamps, "ada")
    return Bulk(desk.store, sets, desk.reads.selected)


def keys(desk: Desk) -> list[int]:
    return [
        row[0] for row in desk.store.read(lambda db: db.rows("SELECT pk FROM entity ORDER BY pk"))
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_listings_are_looked_at_once_each_and_in_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    ids = [desk.draft(price=n + 1) for n in range(count)]
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    told: list[Progress] = []
    plan = of(desk).plan(keys(desk), DOUBLE, progress=told.append)
    assert plan.changes == [
        RowChange(one, {"price": 2 * n + 2}, {"price": n + 1}) for n, one in enumerate(ids)
    ]
    assert told == [Progress(done, count) for done in range(0, count, 2)]


def test_looking_can_be_stopped_in_between(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        desk.draft()
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    cancel, told = CancelToken(), list[Progress]()

    def stop(progress: Progress) -> None:
        told.append(progress)
        cancel.cancel()

    with pytest.raises(Cancelled):
        of(desk).plan(keys(desk), DOUBLE, cancel=cancel, progress=stop)
    assert told == [Progress(0, 5)]
