"""What keeps a client up to date: the same promises by the feed in memory and by real MongoDB."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from bson import ObjectId

from koda_desktop.errors import FeedLost, InputError, NotAllowed
from koda_desktop.marketplace.api import Actor, Change, Json, Receipt, Stamp
from koda_desktop.marketplace.changes import Feed
from koda_desktop.marketplace.ports import DocumentEdit, Products
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.products import MongoProducts
from tests.fixtures_servers import MongodbDatabase
from tests.marketplace.memory import MemoryProducts, MemoryUsers

SELLER, OTHER = "a" * 24, "b" * 24
DEVICE = "device-1"
IDS = [f"{number:024x}" for number in range(1, 6)]


class Writer:
    """A foreign writer: hard deletions and whole documents, past the rules."""

    def __init__(self, products: Products, connection: Connection | None) -> None:
        self._products = products
        self._raw = connection.collection("products") if connection else None

    def delete(self, listing_id: str) -> None:
        if self._raw is not None:
            self._raw.delete_one({"_id": ObjectId(listing_id)})
        else:
            assert isinstance(self._products, MemoryProducts)
            del self._products.documents[listing_id]

    def give_away(self, listing_id: str) -> None:
        if self._raw is not None:
            self._raw.update_one(
                {"_id": ObjectId(listing_id)}, {"$set": {"sellerId": ObjectId(OTHER)}}
            )
        else:
            assert isinstance(self._products, MemoryProducts)
            document = self._products.documents[listing_id]
            self._products.documents[listing_id] = {**document, "sellerId": OTHER}

    def drop(self) -> None:
        if self._raw is not None:
            self._raw.drop()
        else:
            assert isinstance(self._products, MemoryProducts)
            self._products.feed.invalidate()


@pytest.fixture(params=["memory", "mongodb"])
def ports(
    request: pytest.FixtureRequest,
) -> Iterator[tuple[Products, Writer]]:
    if request.param == "memory":
        products = MemoryProducts()
        yield products, Writer(products, None)
        return
    database: MongodbDatabase = request.getfixturevalue("mongodb_database")
    connection = Connection(database.uri, database.name)
    stored = MongoProducts(connection)
    yield stored, Writer(stored, connection)
    connection.close()


@pytest.fixture
def products(ports: tuple[Products, Writer]) -> Products:
    return ports[0]


@pytest.fixture
def writer(ports: tuple[Products, Writer]) -> Writer:
    return ports[1]


@pytest.fixture
def feed(products: Products) -> Feed:
    users = MemoryUsers()
    for seller in (SELLER, OTHER):
        users.add({"_id": seller, "clerkId": f"user_{seller[0]}"})
    return Feed(users, products)


def insert(products: Products, *ids: str, seller: str = SELLER, sequence: int = 1) -> None:
    for listing_id in ids:
        document = {"_id": listing_id, "sellerId": seller, "title": "A"}
        assert products.insert(document, Receipt(DEVICE, sequence, f"op-{listing_id}"))


def rename(products: Products, listing_id: str, before: str, after: str, sequence: int = 9) -> None:
    receipt = Receipt(DEVICE, sequence, "op-rename")
    edit = DocumentEdit(listing_id, SELLER, {"title": after}, {"title": before}, receipt)
    assert not products.edit([edit])


def drain(feed: Feed, token: str, seller: str = SELLER) -> tuple[list[Change], str]:
    """Everything after ``token``; a replica set tells within milliseconds of its majority."""
    events: list[Change] = []
    while True:
        batch = feed.changes(Actor(seller), token, 0.3, 100)
        events += batch.events
        token = batch.token
        if not batch.events:
            return events, token


def told(events: list[Change]) -> list[tuple[str, Any]]:
    return [(one.listing_id, one.document and one.document["title"]) for one in events]


def test_an_opened_stream_tells_what_comes_after(products: Products, feed: Feed) -> None:
    insert(products, IDS[0])
    opened = feed.changes(Actor(SELLER), None, 5, 10)
    assert opened.events == ()
    insert(products, IDS[1])
    rename(products, IDS[0], "A", "B")
    events, _ = drain(feed, opened.token)
    assert told(events) == [(IDS[1], "A"), (IDS[0], "B")]


def test_a_token_can_be_used_again(products: Products, feed: Feed) -> None:
    token = feed.changes(Actor(SELLER), None, 0, 10).token
    insert(products, *IDS)
    events, end = drain(feed, token)
    assert [one.listing_id for one in events] == IDS
    assert drain(feed, token)[0] == events
    assert told(drain(feed, events[2].token)[0]) == [(IDS[3], "A"), (IDS[4], "A")]
    assert drain(feed, end)[0] == []


def test_a_limit_cuts_the_batch(products: Products, feed: Feed) -> None:
    token = feed.changes(Actor(SELLER), None, 0, 10).token
    insert(products, *IDS)
    drain(feed, token)
    batch = feed.changes(Actor(SELLER), token, 2, 2)
    assert [one.listing_id for one in batch.events] == IDS[:2]
    assert [one.listing_id for one in drain(feed, batch.token)[0]] == IDS[2:]


def test_other_sellers_documents_are_never_told(products: Products, feed: Feed) -> None:
    token = feed.changes(Actor(SELLER), None, 0, 10).token
    insert(products, IDS[0], seller=OTHER)
    insert(products, IDS[1])
    events, _ = drain(feed, token)
    assert told(events) == [(IDS[1], "A")]


def test_a_hard_deletion_and_a_change_of_owner_tell_the_id_alone(
    products: Products, feed: Feed, writer: Writer
) -> None:
    insert(products, *IDS[:2])
    token = feed.changes(Actor(SELLER), None, 0, 10).token
    writer.delete(IDS[0])
    writer.give_away(IDS[1])
    events, _ = drain(feed, token)
    assert told(events) == [(IDS[0], None), (IDS[1], None)]
    assert feed.fetch(Actor(SELLER), IDS[:2]) == ()


def test_a_collection_that_was_dropped_has_lost_the_thread(
    products: Products, feed: Feed, writer: Writer
) -> None:
    insert(products, IDS[0])
    token = feed.changes(Actor(SELLER), None, 0, 10).token
    writer.drop()
    with pytest.raises(FeedLost):
        drain(feed, token)
    again = feed.changes(Actor(SELLER), None, 0, 10).token
    insert(products, IDS[1])
    assert [one.listing_id for one in drain(feed, again)[0]] == [IDS[1]]


def test_a_token_that_is_none_has_lost_the_thread(feed: Feed) -> None:
    for token in ("-1", '{"_data": "82"}', '{"_data": "nonsense"}', '{"x": 1}'):
        with pytest.raises(FeedLost):
            feed.changes(Actor(SELLER), token, 0, 10)


def test_stamps_and_snapshots_come_page_by_page_in_the_order_of_ids(
    products: Products, feed: Feed
) -> None:
    insert(products, *reversed(IDS))
    insert(products, "f" * 24, seller=OTHER)
    rename(products, IDS[3], "A", "B")
    stamps: list[Stamp] = []
    documents: list[Json] = []
    after: str | None = None
    while True:
        page = feed.stamps(Actor(SELLER), after, 2, DEVICE)
        whole = feed.snapshot(Actor(SELLER), after, 2)
        assert page.has_more == whole.has_more
        stamps += page.stamps
        documents += whole.documents
        if not page.has_more:
            break
        after = page.stamps[-1].listing_id
    assert [one.listing_id for one in stamps] == IDS
    assert [one.updated_at for one in stamps] == [one["updatedAt"] for one in documents]
    assert [one.sequence for one in stamps] == [1, 1, 1, 9, 1]
    assert [one["_id"] for one in documents] == IDS
    without = feed.stamps(Actor(SELLER), None, 10, "").stamps
    assert [one.sequence for one in without] == [None] * 5


def test_the_latest_receipt_of_a_device_is_found(products: Products, feed: Feed) -> None:
    assert feed.latest_sequence(Actor(SELLER), DEVICE) is None
    insert(products, *IDS)
    rename(products, IDS[3], "A", "B", sequence=41)
    assert feed.latest_sequence(Actor(SELLER), DEVICE) == 41
    assert feed.latest_sequence(Actor(SELLER), "device-2") is None
    assert feed.latest_sequence(Actor(OTHER), DEVICE) is None


def test_a_fetch_answers_ones_own_documents_in_the_order_asked_for(
    products: Products, feed: Feed
) -> None:
    insert(products, *IDS[:3])
    insert(products, IDS[3], seller=OTHER)
    wanted = [IDS[2], IDS[3], IDS[0], IDS[2], "no id", IDS[4]]
    assert [one["_id"] for one in feed.fetch(Actor(SELLER), wanted)] == [IDS[2], IDS[0]]
    assert feed.fetch(Actor(SELLER), []) == ()


def test_only_accounts_are_told_and_only_of_what_is_well_asked(feed: Feed) -> None:
    with pytest.raises(NotAllowed):
        feed.changes(Actor("nobody"), None, 0, 1)
    with pytest.raises(InputError):
        feed.stamps(Actor(SELLER), None, 1, "a.b")
    with pytest.raises(InputError):
        feed.latest_sequence(Actor(SELLER), "$x")
    with pytest.raises(InputError):
        feed.snapshot(Actor(SELLER), "no id", 1)
    with pytest.raises(InputError):
        feed.fetch(Actor(SELLER), [f"{number:024x}" for number in range(1001)])


def test_an_idle_poll_ends_when_its_time_is_over(
    ports: tuple[Products, Writer], feed: Feed
) -> None:
    if isinstance(ports[0], MemoryProducts):
        pytest.skip("the feed in memory never waits")
    token = feed.changes(Actor(SELLER), None, 5, 10).token
    began = time.monotonic()
    assert feed.changes(Actor(SELLER), token, 0.2, 10).events == ()
    assert 0.15 < time.monotonic() - began < 5
