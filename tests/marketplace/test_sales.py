"""A seller is told of their own lines, and of no address and no other seller."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.sales import ORDERS_MAX, SellerOrders
from tests.marketplace.memory import MemoryUsers
from tests.marketplace.memory_trade import MemoryOrders, Ticks
from tests.sync.sales.making import BUYER, OTHER, SELLER, item, order

PRIVATE: dict[str, Any] = {
    "shippingAddress": {"city": "Berlin"},
    "billingAddress": {"line1": "Road 1"},
}


@pytest.fixture
def orders() -> MemoryOrders:
    made = MemoryOrders(Ticks())
    both = order(1, item(1, 999), item(2, 5000, seller=OTHER), destination="acct_1", **PRIVATE)
    for document in (both, order(2, item(3, 700)), order(3, item(4, 700, seller=OTHER))):
        assert made.insert(document)
    return made


@pytest.fixture
def rules(orders: MemoryOrders) -> SellerOrders:
    users = MemoryUsers()
    for user_id, clerk in ((SELLER, "clerk_a"), (OTHER, "clerk_b"), (BUYER, "clerk_c")):
        users.add({"_id": user_id, "clerkId": clerk})
    return SellerOrders(users, orders)


@pytest.mark.parametrize("name", [SELLER, "clerk_a"])
def test_a_seller_sees_their_own_lines_of_their_orders(rules: SellerOrders, name: str) -> None:
    found = rules.changed(Actor(name), None, 10)
    assert [one["orderNumber"] for one in found] == ["KD-000001", "KD-000002"]
    assert [[line["_id"] for line in one["items"]] for one in found] == [
        [item(1, 0)["_id"]],
        [item(3, 0)["_id"]],
    ]


def test_addresses_and_how_others_are_paid_are_left_out(rules: SellerOrders) -> None:
    (first, _) = rules.changed(Actor(SELLER), None, 10)
    assert not {*PRIVATE, "destination", "metadata", "shared"} & set(first)


def test_a_seller_is_told_their_own_part_of_the_books(
    rules: SellerOrders, orders: MemoryOrders
) -> None:
    parts = [{"sellerId": seller, "difference": 1, "paymentIds": []} for seller in (SELLER, OTHER)]
    first = next(iter(orders.documents.values()))
    first.update(reconciled=parts, booksDue=True)
    (found, _) = rules.changed(Actor(SELLER), None, 10)
    assert found["reconciled"] == parts[:1]
    assert "booksDue" not in found


def test_a_buyer_sees_no_sales(rules: SellerOrders) -> None:
    assert rules.changed(Actor(BUYER), None, 10) == []


def test_nobody_is_told_of_anything_without_an_account(rules: SellerOrders) -> None:
    with pytest.raises(KodaError):
        rules.changed(Actor("f" * 24), None, 10)


def test_a_page_has_a_largest_size(rules: SellerOrders, orders: MemoryOrders) -> None:
    for number in range(10, 10 + ORDERS_MAX):
        orders.insert(order(number, item(number, 100)))
    assert len(rules.changed(Actor(SELLER), None, 10_000)) == ORDERS_MAX
