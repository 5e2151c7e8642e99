"""Orders are read page by page, each once, whatever fails in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.api import Actor, Cursor
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.sales import pulling, queries
from koda_desktop.sync.sales.figures import AS_OF
from koda_desktop.sync.sales.pulling import SalesLoop, pull
from koda_desktop.sync.sales.rows import SaleQuery
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from tests.sync.sales.making import SELLER, item, many, order

ACTOR = Actor(SELLER)
STAMPS = Stamps(SystemClock())


class Shop:
    """Orders in memory, in the order of their changes; ``fail_at`` counts pages."""

    def __init__(self, documents: Sequence[dict[str, Any]]) -> None:
        self.documents = list(documents)
        self.asked: list[Cursor | None] = []
        self.fail_at = -1

    def changed(self, actor: Actor, after: Cursor | None, limit: int) -> Sequence[dict[str, Any]]:
        assert actor == ACTOR
        self.asked.append(after)
        if len(self.asked) - 1 == self.fail_at:
            raise ServerDown("The database does not answer.")
        place = ("", "") if after is None else (after.updated_at, after.listing_id)
        found = [one for one in self.documents if (one["updatedAt"], one["_id"]) > place]
        return sorted(found, key=lambda one: (one["updatedAt"], one["_id"]))[:limit]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", derive_touched)
    yield made
    made.close()


def numbers(store: Store) -> set[str]:
    return store.read(
        lambda db: {row.number for row in queries.rows(db, queries.keys(db, SaleQuery()))}
    )


def test_every_page_is_read_and_the_next_time_only_what_is_new(store: Store) -> None:
    shop = Shop(many(1_200))
    assert pull(store, shop, ACTOR, STAMPS) == 1_200
    assert numbers(store) == {one["orderNumber"] for one in shop.documents}
    last = max(one["updatedAt"] for one in shop.documents)
    shop.documents.append(order(5_000, item(1, 999), updatedAt=last))
    assert pull(store, shop, ACTOR, STAMPS) < 20
    assert "KD-005000" in numbers(store)
    assert store.read(lambda db: db.value("SELECT value FROM meta WHERE key = ?", (AS_OF,)))


def test_what_was_read_before_a_fault_stays_and_is_not_called_whole(store: Store) -> None:
    shop = Shop(many(1_200))
    shop.fail_at = 2
    with pytest.raises(ServerDown):
        pull(store, shop, ACTOR, STAMPS)
    assert len(numbers(store)) == 1_000
    as_of = "SELECT value FROM meta WHERE key = ?"
    assert store.read(lambda db: db.value(as_of, (AS_OF,))) is None
    pull(store, shop, ACTOR, STAMPS)
    assert len(numbers(store)) == 1_200


def test_that_there_are_no_orders_is_told_once(store: Store) -> None:
    told: list[Changes] = []
    store.subscribe(told.append)
    for _ in range(2):
        pull(store, Shop([]), ACTOR, STAMPS)
    assert [changes.sales for changes in told].count(True) == 1


def test_a_page_of_one_moment_does_not_read_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pulling, "PAGE", 3)
    same = [order(n, item(n, 999), updatedAt="2026-01-01T12:00:00.000Z") for n in range(1, 9)]
    assert pull(store, Shop(same), ACTOR, STAMPS) == 8
    assert len(numbers(store)) == 8


def test_orders_without_a_time_of_change_end_the_pass(store: Store) -> None:
    class Endless(Shop):
        def changed(self, actor: Actor, after: Cursor | None, limit: int) -> Sequence[Any]:
            documents = many(limit)
            for one in documents:
                del one["updatedAt"]
            return documents

    assert pull(store, Endless([]), ACTOR, STAMPS) == pulling.PAGE


def test_the_loop_keeps_up_and_a_fault_does_not_end_it(store: Store) -> None:
    shop = Shop(many(10))
    shop.fail_at = 0
    heard = threading.Event()
    store.subscribe(lambda changes: heard.set() if changes.sales else None)
    loop = SalesLoop(lambda: shop, store, ACTOR, STAMPS)
    loop.start()
    while not shop.asked:
        heard.wait(0.01)
    loop.wake()
    assert heard.wait(5)
    loop.close()
    loop.close()
    assert len(numbers(store)) == 10


def test_without_a_marketplace_nothing_is_asked(store: Store) -> None:
    reached = threading.Event()

    def reach() -> None:
        reached.set()

    loop = SalesLoop(reach, store, ACTOR, STAMPS)
    loop.start()
    assert reached.wait(5)
    loop.close()
    assert numbers(store) == set()
