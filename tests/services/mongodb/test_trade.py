"""One contract for the ports of selling: in memory, on a replica set and on a standalone server."""

from __future__ import annotations

import itertools
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from bson import ObjectId

from koda_desktop.errors import KodaError, ServerDown
from koda_desktop.marketplace.api import Cursor
from koda_desktop.marketplace.payments import Report
from koda_desktop.marketplace.settlement import Settlement
from koda_desktop.marketplace.trade_ports import Batch, EventRecord, Orders, OrderUpdate, TradePorts
from koda_desktop.models.webhook_event import WebhookEvent
from koda_desktop.runtime.clock import from_iso
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import create_indexes
from koda_desktop.services.mongodb.trade import trade_ports
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.mongod import Mongod
from tests.fixtures_servers import MongodbDatabase
from tests.marketplace.memory_trade import MemoryTrade
from tests.marketplace.stories import Story, new_order, order_id
from tests.marketplace.test_settlement import SomeAccounts

ORDER = order_id(1)


@dataclass
class Trade:
    ports: TradePorts
    connection: Connection | None = None

    def purchases(self) -> int:
        if self.connection is None:
            ledger: Any = self.ports.ledger
            return len(ledger.purchases)
        return self.connection.collection("purchases").count_documents({})

    def add_product(self, key: str, updated_at: str) -> None:
        if self.connection is None:
            prices: Any = self.ports.prices
            prices._products.documents[key] = {"_id": key, "updatedAt": updated_at}
        else:
            moment = from_iso(updated_at)
            products = self.connection.collection("products")
            products.insert_one({"_id": ObjectId(key), "updatedAt": moment})

    def add_user(self, user_id: str, **fields: Any) -> None:
        if self.connection is None:
            sellers: Any = self.ports.sellers
            sellers._users[user_id] = {"_id": user_id, **fields}
        else:
            users = self.connection.collection("users")
            users.insert_one({"_id": ObjectId(user_id), "clerkId": f"c{user_id}", **fields})


def opened(uri: str, name: str) -> Connection:
    connection = Connection(uri, name)
    create_indexes(connection)
    return connection


@pytest.fixture(params=["memory", "replica-set", "standalone"])
def trade(request: pytest.FixtureRequest) -> Iterator[Trade]:
    if request.param == "memory":
        yield Trade(MemoryTrade().ports)
        return
    if request.param == "replica-set":
        database: MongodbDatabase = request.getfixturevalue("mongodb_database")
        uri, name = database.uri, database.name
    else:
        uri = request.getfixturevalue("standalone").uri
        name = f"test_{uuid.uuid4().hex[:12]}"
    connection = opened(uri, name)
    yield Trade(trade_ports(connection), connection)
    connection.close()
    with connected(uri) as client:
        client.drop_database(name)


def record(event_id: str, **fields: Any) -> EventRecord:
    return EventRecord(event_id, "charge.refunded", 1_790_000_000, {"id": "ch_1"}, **fields)


def purchase(product: str = "7" * 24) -> dict[str, Any]:
    return {
        "_id": "8" * 24,
        "productId": product,
        "buyerId": "b" * 24,
        "sellerId": "5" * 24,
        "amount": 19.99,
        "stripeSessionId": "cs_1",
        "createdAt": "2026-11-26T10:00:00.000Z",
    }


def test_an_order_is_made_once_and_comes_back_as_it_was(trade: Trade) -> None:
    orders = trade.ports.orders
    document = new_order(1, (1999, 300))
    assert orders.insert({**document, "giftWrap": {"paper": "red"}})
    assert not orders.insert(document)
    assert not orders.insert({**new_order(2, (100,)), "orderNumber": document["orderNumber"]})
    found = orders.find(ORDER) or {}
    # The server looks at its clock once for each.
    assert found["createdAt"] <= found["updatedAt"]
    stamps = {"createdAt": found["createdAt"], "updatedAt": found["updatedAt"]}
    assert found == {**document, "giftWrap": {"paper": "red"}, **stamps}
    assert orders.find_by_operation("op-1") == found
    assert orders.find_by_operation("op-9") is None
    assert orders.find_by_number(document["orderNumber"]) == found
    assert orders.find_by_number("KD-999999") is None
    assert orders.find(order_id(9)) is None


def test_order_numbers_are_never_given_twice(trade: Trade) -> None:
    drawn: list[int] = []

    def draw() -> None:
        drawn.extend(trade.ports.orders.next_sequence() for _ in range(25))

    if trade.connection is None:
        draw()
    else:
        threads = [threading.Thread(target=draw) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(drawn) == list(range(1, len(drawn) + 1))


def test_a_writer_that_read_an_older_order_changes_nothing(trade: Trade) -> None:
    orders = trade.ports.orders
    assert orders.insert(new_order(1, (1999,)))
    assert orders.update(OrderUpdate(ORDER, 0, {"status": "PROCESSING"}))
    assert not orders.update(OrderUpdate(ORDER, 0, {"status": "FAILED"}))
    assert not orders.update(OrderUpdate(order_id(9), 0, {"status": "FAILED"}))
    found = orders.find(ORDER) or {}
    assert (found["status"], found["revision"]) == ("PROCESSING", 1)
    assert found["updatedAt"] >= found["createdAt"]


def test_orders_are_found_by_what_is_known_of_them(trade: Trade) -> None:
    orders = trade.ports.orders
    for number in range(4):
        assert orders.insert(new_order(number, (1999, 5) if number == 3 else (1999,)))
    changes = {"stripePaymentIntentId": "pi_2", "sharesDue": True, "status": "COMPLETED"}
    assert orders.update(OrderUpdate(order_id(2), 0, changes))
    assert set(orders.find_many([order_id(0), order_id(2), order_id(9)])) == {
        order_id(0),
        order_id(2),
    }
    assert orders.find_by_payments(["pi_2", "pi_9"])["pi_2"]["_id"] == order_id(2)
    assert [one["_id"] for one in orders.with_shares_due(10)] == [order_id(2)]
    assert list(orders.with_shares_due(10, [order_id(2)])) == []
    assert len(orders.with_shares_due(10, [order_id(1)])) == 1
    assert orders.with_books_due(10) == []
    part = {"sellerId": "a" * 24, "paymentIds": ["py_1", "py_2"], "difference": 0}
    compared = {"sharesDue": False, "booksDue": True, "reconciled": [part]}
    assert orders.update(OrderUpdate(order_id(2), 1, compared))
    (due,) = orders.with_books_due(10)
    assert (due["_id"], due["reconciled"]) == (order_id(2), [part])
    assert [one["_id"] for one in orders.find_by_received(["py_2", "py_3"])] == [order_id(2)]
    assert orders.find_by_received(["py_3"]) == []
    late = "2999-01-01T00:00:00.000Z"
    assert len(orders.open_before(late, 10)) == 3
    assert orders.open_before("2020-01-01T00:00:00.000Z", 10) == []


def _change_after(orders: Orders, identity: str, other: str) -> None:
    """Change an order, again until the server's clock of milliseconds tells it from another."""
    for revision in itertools.count():
        assert orders.update(OrderUpdate(identity, revision, {"status": "FAILED"}))
        found = orders.find_many([identity, other])
        if found[identity]["updatedAt"] > found[other]["updatedAt"]:
            return


def test_orders_come_page_by_page_in_the_order_of_their_changes(trade: Trade) -> None:
    orders = trade.ports.orders
    for number in range(5):
        assert orders.insert(new_order(number, (1999, 5) if number > 2 else (1999,)))
    _change_after(orders, order_id(0), order_id(4))
    first = orders.changed_after(None, 3)
    cursor = Cursor(first[-1]["updatedAt"], first[-1]["_id"])
    rest = orders.changed_after(cursor, 10)
    assert {one["_id"] for one in (*first, *rest)} == {order_id(n) for n in range(5)}
    assert rest[-1]["_id"] == order_id(0)
    second_seller = [one["_id"] for one in orders.changed_after(None, 10, "6" * 24)]
    assert second_seller == [order_id(3), order_id(4)]


def test_a_batch_is_written_whole(trade: Trade) -> None:
    orders, events, ledger = trade.ports.orders, trade.ports.events, trade.ports.ledger
    assert orders.insert(new_order(1, (1999,)))
    batch = Batch(
        [OrderUpdate(ORDER, 0, {"status": "COMPLETED"})],
        [purchase(), purchase("9" * 24) | {"_id": "9" * 24}],
        [record("evt_1")],
    )
    assert ledger.commit(batch)
    assert (orders.find(ORDER) or {})["status"] == "COMPLETED"
    assert trade.purchases() == 2
    assert events.processed(["evt_1", "evt_2"]) == {"evt_1"}


def test_a_batch_on_an_order_that_moved_records_no_event(trade: Trade) -> None:
    orders, ledger = trade.ports.orders, trade.ports.ledger
    assert orders.insert(new_order(1, (1999,)))
    assert orders.update(OrderUpdate(ORDER, 0, {"status": "PROCESSING"}))
    stale = Batch([OrderUpdate(ORDER, 0, {"status": "FAILED"})], [purchase()], [record("evt_1")])
    assert not ledger.commit(stale)
    assert (orders.find(ORDER) or {})["status"] == "PROCESSING"
    assert trade.ports.events.processed(["evt_1"]) == set()
    fresh = Batch([OrderUpdate(ORDER, 1, {"status": "FAILED"})], [purchase()], [record("evt_1")])
    assert ledger.commit(fresh)
    assert trade.purchases() == 1


def test_a_purchase_that_another_writer_made_is_left_as_it_is(trade: Trade) -> None:
    ledger = trade.ports.ledger
    assert ledger.commit(Batch(purchases=[purchase()]))
    assert ledger.commit(Batch(purchases=[{**purchase(), "_id": "1" * 24, "amount": 5}]))
    assert trade.purchases() == 1


def test_events_are_kept_with_their_attempts(trade: Trade) -> None:
    events, ledger = trade.ports.events, trade.ports.ledger
    failed = record("evt_1", is_processed=False, error="unreadable")
    waiting = record("evt_2", is_processed=False, waiting_for="pi_1", account="acct_1")
    for _ in range(2):
        assert ledger.commit(Batch(events=[failed, waiting]))
    assert events.find(["evt_1"]) == [failed]
    assert list(events.waiting(["pi_1", "pi_2"])) == [waiting]
    assert {one.event_id for one in events.unfinished(10, 10)} == {"evt_1", "evt_2"}
    assert list(events.unfinished(2, 10)) == []
    assert {one["attempts"] for one in events.page(None, 10, only_open=True)} == {2}
    assert ledger.commit(Batch(events=[record("evt_1"), record("evt_2")]))
    assert ledger.commit(Batch(events=[failed]))
    assert events.processed(["evt_1", "evt_2"]) == {"evt_1", "evt_2"}
    assert list(events.waiting(["pi_1"])) == []
    assert [one["stripeEventId"] for one in events.page(1, 10)] == []


def test_the_mark_of_the_last_poll_never_goes_back(trade: Trade) -> None:
    events = trade.ports.events
    assert events.last_poll() is None
    events.set_last_poll(50)
    events.set_last_poll(40)
    assert events.last_poll() == 50


def test_two_who_claim_an_account_agree_on_one(trade: Trade) -> None:
    sellers = trade.ports.sellers
    trade.add_user("5" * 24)
    trade.add_user("6" * 24)
    assert sellers.claim_account("5" * 24, "acct_1", None) == "acct_1"
    assert sellers.claim_account("5" * 24, "acct_2", None) == "acct_1"
    assert sellers.claim_account("5" * 24, "acct_3", "acct_1") == "acct_3"
    assert sellers.connected_accounts() == ["acct_3"]
    assert sellers.set_onboarding("acct_3", True)
    assert not sellers.set_onboarding("acct_3", True)
    assert sellers.set_onboarding("acct_3", False)
    assert not sellers.set_onboarding("acct_9", True)


def test_prices_are_made_once_and_listed_until_they_are_deleted(trade: Trade) -> None:
    prices = trade.ports.prices
    document = {
        "_id": "1" * 24,
        "productId": "2" * 24,
        "type": "ONE_TIME",
        "unitAmount": 1999,
        "active": True,
    }
    assert prices.insert(document)
    assert not prices.insert(document)
    prices.set("1" * 24, {"active": False})
    (found,) = prices.of_product("2" * 24)
    assert (found["unitAmount"], found["active"]) == (1999, False)
    assert prices.find("1" * 24) == found
    prices.set("1" * 24, {"deletedAt": "2026-11-26T10:00:00.000Z"})
    assert list(prices.of_product("2" * 24)) == []


def test_prices_of_listings_that_are_gone_are_found(trade: Trade) -> None:
    prices, there, gone = trade.ports.prices, "1" * 24, "2" * 24
    trade.add_product(there, "2026-01-01T00:00:00.000Z")
    kinds: list[dict[str, Any]] = [
        {"productId": there},
        {"productId": gone},
        {"productId": gone, "active": False},
        {"productId": gone, "deletedAt": "2026-11-26T10:00:00.000Z"},
        {"productId": gone, "type": "RECURRING"},
    ]
    for number, fields in enumerate(kinds):
        one = {"_id": f"{number:024x}", "unitAmount": 500, "active": True, **fields}
        assert prices.insert(one)
    assert [one["_id"] for one in prices.of_gone(10)] == [f"{number:024x}" for number in (1, 4)]
    assert len(prices.of_gone(1)) == 1
    assert set(prices.of_gone(1)[0]) >= {"productId", "unitAmount"}


def test_a_stored_event_reads_as_the_model_says(mongodb_database: MongodbDatabase) -> None:
    connection = opened(mongodb_database.uri, mongodb_database.name)
    ports = trade_ports(connection)
    ports.ledger.commit(Batch(events=[record("evt_1", account="acct_1")]))
    (document,) = ports.events.page(None, 1)
    event = WebhookEvent.read(document)
    assert (event.created, event.account) == ("2026-09-21T14:13:20.000Z", "acct_1")
    connection.close()


@contextmanager
def failing_updates(uri: str, skipped: int) -> Iterator[None]:
    """Every update of ours after the first ``skipped`` ones runs into the server's time limit."""
    data = {"failCommands": ["update"], "errorCode": 50, "appName": "koda-desktop"}
    with connected(uri) as client:
        mode: Any = {"skip": skipped}
        client.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)
        try:
            yield
        finally:
            client.admin.command("configureFailPoint", "failCommand", mode="off")


def test_what_an_interruption_leaves_on_a_standalone_is_mended(standalone: Mongod) -> None:
    """Purchases were written, and then the server failed: telling it again ends as if not."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    connection = opened(standalone.uri, name)
    try:
        ports = trade_ports(connection)
        assert ports.orders.insert(new_order(1, (1999,)))
        story = Story(1, 1999)
        story.paid()
        settlement = Settlement(ports, SomeAccounts())
        for step in (1, 2):
            with failing_updates(standalone.uri, step), pytest.raises(ServerDown):
                settlement.settle(story.reports)
            assert connection.collection("purchases").count_documents({}) == 1
            is_settled = (ports.orders.find(ORDER) or {})["status"] == "COMPLETED"
            assert is_settled is (step == 2)
            assert ports.events.processed([one.id for one in story.reports]) == set()
        assert settlement.settle(story.reports).processed == 3
        assert connection.collection("purchases").count_documents({}) == 1
        assert (ports.orders.find(ORDER) or {})["revision"] == 1
    finally:
        connection.close()
        with connected(standalone.uri) as client:
            client.drop_database(name)


def test_many_settle_the_same_reports_at_once(mongodb_database: MongodbDatabase) -> None:
    connection = opened(mongodb_database.uri, mongodb_database.name)
    ports = trade_ports(connection)
    reports: list[Report] = []
    for number in range(20):
        assert ports.orders.insert(new_order(number, (1999,)))
        story = Story(number, 1999)
        story.paid()
        story.refund(500)
        reports += story.reports
    faults: list[KodaError] = []

    def settle(part: list[Report]) -> None:
        settlement = Settlement(ports, SomeAccounts())
        for start in range(0, len(part), 10):
            try:
                settlement.settle(part[start : start + 10])
            except KodaError as fault:
                faults.append(fault)

    threads = [
        threading.Thread(target=settle, args=(part,)) for part in (reports, reports[::-1], reports)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    found = ports.orders.find_many([order_id(number) for number in range(20)]).values()
    assert {(one["status"], one["refundedAmount"]) for one in found} == {("COMPLETED", 500)}
    assert connection.collection("purchases").count_documents({}) == 20
    assert connection.collection("webhookevents").count_documents({"processed": True}) == 100
    connection.close()


def test_listings_are_followed_by_their_changes_and_linked_without_one(trade: Trade) -> None:
    prices = trade.ports.prices
    keys = [f"{number:024x}" for number in (3, 1, 2)]
    for minute, key in enumerate(keys):
        trade.add_product(key, f"2026-01-01T00:0{minute}:00.000Z")
    assert prices.followed() is None
    first = prices.products_changed(None, 2)
    assert [one["_id"] for one in first] == keys[:2]
    place = Cursor(str(first[-1]["updatedAt"]), str(first[-1]["_id"]))
    prices.set_followed(place)
    assert prices.followed() == place
    prices.link_product(keys[2], "koda_2", "abc")
    (last,) = prices.products_changed(place, 2)
    assert (last["_id"], last["stripeProductId"], last["stripeSynced"]) == (
        keys[2],
        "koda_2",
        "abc",
    )
    assert last["updatedAt"] == "2026-01-01T00:02:00.000Z"
    prices.link_product(keys[2], None, "def")
    (last,) = prices.products_changed(place, 2)
    assert (last["stripeProductId"], last["stripeSynced"]) == ("koda_2", "def")
