"""The same reports give the same orders: in any order, repeated, and lost until a later poll."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.errors import ServerDown, Unavailable
from koda_desktop.marketplace.payments import ConnectedAccount, HostedPage, Report
from koda_desktop.marketplace.settlement import Settled, Settlement
from koda_desktop.marketplace.trade_ports import TradePorts
from koda_desktop.models.order import Order
from koda_desktop.models.order_status import OrderStatus
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import create_indexes
from koda_desktop.services.mongodb.trade import trade_ports
from tests.fixtures_servers import MongodbDatabase
from tests.marketplace.memory_trade import MemoryTrade
from tests.marketplace.stories import Story, new_order, order_id, stories

Json = dict[str, Any]


class SomeAccounts:
    """Accounts whose state a test sets; ``fault`` makes them unreachable."""

    def __init__(self) -> None:
        self.complete: dict[str, bool] = {}
        self.fault: Unavailable | None = None

    def find(self, account_id: str) -> ConnectedAccount | None:
        if self.fault:
            raise self.fault
        if account_id not in self.complete:
            return None
        done = self.complete[account_id]
        return ConnectedAccount(account_id, True, done, done)

    def create(self, user_id: str, email: str | None, operation: str) -> ConnectedAccount:
        raise NotImplementedError

    def delete(self, account_id: str) -> None:
        raise NotImplementedError

    def onboarding_page(self, account_id: str, return_url: str, refresh_url: str) -> HostedPage:
        raise NotImplementedError


@pytest.fixture
def trade() -> MemoryTrade:
    return MemoryTrade()


@pytest.fixture
def settlement(trade: MemoryTrade) -> Settlement:
    return Settlement(trade.ports, SomeAccounts())


def final(ports: TradePorts, numbers: Sequence[int]) -> dict[str, Json]:
    """The orders but for how often and when they were written."""
    found = ports.orders.find_many([order_id(number) for number in numbers])
    passing = ("revision", "updatedAt", "createdAt")
    return {
        key: {name: value for name, value in document.items() if name not in passing}
        for key, document in found.items()
    }


def told(ports: TradePorts, orders: Sequence[Json], rounds: Sequence[Sequence[Report]]) -> None:
    """Settle each round of reports, as polls and webhooks would bring them."""
    settlement = Settlement(ports, SomeAccounts())
    for order in orders:
        assert ports.orders.insert(order)
    for reports in rounds:
        settlement.settle(reports)


def shuffled(reports: Sequence[Report], chance: random.Random) -> list[list[Report]]:
    """Webhooks in any order and number, some lost; then a poll that brings everything."""
    lost = chance.random() * 0.6
    arrived = [one for one in reports for _ in range(chance.choice((1, 1, 2, 3)))]
    arrived = [one for one in arrived if chance.random() > lost]
    chance.shuffle(arrived)
    cuts = sorted(chance.randrange(len(arrived) + 1) for _ in range(chance.randint(0, 12)))
    rounds = [arrived[a:b] for a, b in zip([0, *cuts], [*cuts, len(arrived)], strict=True)]
    polled = list(reports)
    chance.shuffle(polled)
    return [*rounds, polled]


@settings(max_examples=4)
@given(st.integers(0, 2**32))
def test_a_thousand_orders_end_alike_whatever_happened_to_the_reports(seed: int) -> None:
    pairs = list(stories(1_000, seed))
    orders = [order for order, _ in pairs]
    reports = [report for _, told_of in pairs for report in told_of]
    plain, chaotic = MemoryTrade(), MemoryTrade()
    told(plain.ports, orders, [reports])
    told(chaotic.ports, orders, shuffled(reports, random.Random(seed)))
    numbers = range(len(orders))
    assert final(chaotic.ports, numbers) == final(plain.ports, numbers)
    assert chaotic.ledger.purchases == plain.ledger.purchases
    assert not [one for one in chaotic.events.records.values() if not one.is_processed]


@settings(max_examples=40)
@given(st.integers(0, 2**32))
def test_a_few_orders_end_alike(seed: int) -> None:
    pairs = list(stories(6, seed))
    orders = [order for order, _ in pairs]
    reports = [report for _, told_of in pairs for report in told_of]
    plain, chaotic = MemoryTrade(), MemoryTrade()
    told(plain.ports, orders, [[one] for one in reports])
    told(chaotic.ports, orders, shuffled(reports, random.Random(seed)))
    assert final(chaotic.ports, range(6)) == final(plain.ports, range(6))
    assert chaotic.ledger.purchases == plain.ledger.purchases


@pytest.fixture
def connection(mongodb_database: MongodbDatabase) -> Any:
    connection = Connection(mongodb_database.uri, mongodb_database.name)
    create_indexes(connection)
    yield connection
    connection.close()


def test_a_thousand_orders_end_alike_in_a_real_database(connection: Connection) -> None:
    """The database against a plain recomputation in memory, of the same stories."""
    pairs = list(stories(1_000, 7))
    orders = [order for order, _ in pairs]
    reports = [report for _, told_of in pairs for report in told_of]
    plain = MemoryTrade()
    told(plain.ports, orders, [reports])
    ports = trade_ports(connection)
    told(ports, orders, shuffled(reports, random.Random(7)))
    assert final(ports, range(1_000)) == final(plain.ports, range(1_000))
    bought = {
        (one["stripeSessionId"], str(one["productId"])): one["amount"]
        for one in connection.collection("purchases").find()
    }
    expected = {key: one["amount"] for key, one in plain.ledger.purchases.items()}
    assert bought == expected


def told_one_by_one(
    trade: MemoryTrade, settlement: Settlement, story: Story, *amounts: int
) -> list[str]:
    """The statuses an order goes through."""
    assert trade.orders.insert(new_order(story.number, amounts))
    seen = []
    for report in story.reports:
        settlement.settle([report])
        document = trade.orders.find(order_id(story.number)) or {}
        seen.append(f"{document['status']} {document['paymentStatus']}")
    return seen


def test_a_sale_from_start_to_full_refund(trade: MemoryTrade, settlement: Settlement) -> None:
    story = Story(1, 1999)
    story.intent("payment_failed", "requires_payment_method")
    story.intent("requires_action", "requires_action")
    story.paid()
    story.refund(700)
    story.refund(1299)
    assert told_one_by_one(trade, settlement, story, 1999) == [
        "PENDING REQUIRES_PAYMENT_METHOD",
        "PENDING REQUIRES_ACTION",
        "PENDING REQUIRES_ACTION",
        "PENDING PENDING",
        "COMPLETED PAID",
        "COMPLETED PARTIALLY_REFUNDED",
        "COMPLETED PARTIALLY_REFUNDED",
        "REFUNDED REFUNDED",
        "REFUNDED REFUNDED",
    ]
    order = Order.read(trade.orders.find(order_id(1)) or {})
    assert (order.fulfillment_status, order.refunded_amount) == ("FULFILLED", 1999)
    assert (order.items[0].refunded_amount, order.items[0].fee_refunded_amount) == (1999, 300)
    assert [entry.kind for entry in order.timeline] == [
        "declined",
        "action",
        "paid",
        "refunded",
        "refunded",
    ]
    ((session, product),) = trade.ledger.purchases
    purchase = trade.ledger.purchases[session, product]
    assert (session, purchase["amount"], purchase["buyerId"]) == ("cs_1", 19.99, order.buyer_id)


def test_a_session_that_is_not_paid_yet_sells_nothing(
    trade: MemoryTrade, settlement: Settlement
) -> None:
    story = Story(2, 500)
    story.session("completed", "unpaid")
    assert told_one_by_one(trade, settlement, story, 500) == ["PROCESSING PENDING"]
    assert trade.ledger.purchases == {}


def test_one_purchase_for_each_item(trade: MemoryTrade, settlement: Settlement) -> None:
    story = Story(3, 800)
    story.paid()
    told_one_by_one(trade, settlement, story, 500, 300)
    settlement.replay([report.id for report in story.reports])
    assert sorted(one["amount"] for one in trade.ledger.purchases.values()) == [3, 5]
    order = trade.orders.find(order_id(3)) or {}
    assert order["sharesDue"] is True


def test_a_payment_of_another_amount_settles_nothing_and_is_shown(
    trade: MemoryTrade, settlement: Settlement
) -> None:
    story = Story(4, 1)
    story.session("completed", "paid")
    assert told_one_by_one(trade, settlement, story, 1999) == ["PENDING PENDING"]
    (record,) = trade.events.records.values()
    assert not record.is_processed
    assert "another amount" in (record.error or "")


def test_a_report_that_cannot_be_read_leaves_the_others_alone(
    trade: MemoryTrade, settlement: Settlement
) -> None:
    assert trade.orders.insert(new_order(5, (1999,)))
    story = Story(5, 1999)
    story.paid()
    broken = Report("evt_broken", "charge.refunded", 1, {"id": "ch_1"})
    answer = settlement.settle([broken, *story.reports])
    assert (answer.processed, answer.failed) == (3, 1)
    assert (trade.orders.find(order_id(5)) or {})["status"] == OrderStatus.COMPLETED
    assert settlement.retry().failed == 1
    assert trade.events.attempts["evt_broken"] == 2


def test_what_is_none_of_ours_is_not_kept(trade: MemoryTrade, settlement: Settlement) -> None:
    other = Report("evt_1", "invoice.paid", 1, {"id": "in_1"})
    no_payment = Report(
        "evt_2", "charge.succeeded", 1, {"id": "ch_1", "paid": True, "amount_refunded": 0}
    )
    assert settlement.settle([other, no_payment]) == Settled(ignored=2)
    assert trade.events.records == {}


def test_a_report_without_an_order_waits_for_the_one_that_names_it(
    trade: MemoryTrade, settlement: Settlement
) -> None:
    assert trade.orders.insert(new_order(6, (1000,)))
    story = Story(6, 1000)
    story.paid()
    story.dispute("created", "needs_response")
    *paid, dispute = story.reports
    assert settlement.settle([dispute]).waiting == 1
    assert settlement.settle(paid).processed == 4
    facts = Order.read(trade.orders.find(order_id(6)) or {}).known
    assert facts.disputes["dp_6"].status == "needs_response"


def test_nothing_personal_is_kept(trade: MemoryTrade, settlement: Settlement) -> None:
    assert trade.orders.insert(new_order(7, (1000,)))
    story = Story(7, 1000)
    story.paid()
    settlement.settle(story.reports)
    kept = str(trade.events.records) + str(trade.orders.documents)
    assert "ada@example.org" not in kept


def test_an_order_that_others_change_is_tried_again(
    trade: MemoryTrade, settlement: Settlement
) -> None:
    assert trade.orders.insert(new_order(8, (1000,)))
    story = Story(8, 1000)
    story.paid()
    trade.ledger.moved = 3
    assert settlement.settle(story.reports).processed == 3
    trade.ledger.moved = 100
    with pytest.raises(Unavailable):
        settlement.settle([Report("evt_new", *_again(story.reports[-1]))])


def _again(report: Report) -> tuple[str, int, Json]:
    return report.type, report.created, report.body


def test_onboarding_follows_the_account_itself_both_ways(trade: MemoryTrade) -> None:
    accounts = SomeAccounts()
    settlement = Settlement(trade.ports, accounts)
    user = {"_id": "5" * 24, "stripeConnectId": "acct_1", "onboardingComplete": False}
    trade.users.add(user)

    def report(number: int) -> Report:
        stale = {"id": "acct_1", "charges_enabled": False}
        return Report(f"evt_{number}", "account.updated", number, stale, "acct_1")

    accounts.complete["acct_1"] = True
    settlement.settle([report(1), report(2)])
    assert user["onboardingComplete"] is True
    accounts.complete["acct_1"] = False
    settlement.settle([report(3)])
    assert user["onboardingComplete"] is False
    accounts.fault = ServerDown("away")
    accounts.complete["acct_1"] = True
    assert settlement.settle([report(4)]).failed == 1
    accounts.fault = None
    assert settlement.retry().processed == 1
    assert user["onboardingComplete"] is True
