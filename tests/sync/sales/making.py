"""Orders as the marketplace holds them, made up."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from koda_desktop.models.money import Money
from koda_desktop.models.order import item_fields, order_number
from koda_desktop.models.refund_split import Line, given_back
from koda_desktop.runtime.clock import iso

SELLER, OTHER, BUYER = "a" * 24, "b" * 24, "c" * 24
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


def item(
    number: int, minor: int, *, seller: str = SELLER, quantity: int = 1, refunded: int = 0
) -> dict[str, Any]:
    money = item_fields(Money(minor), quantity)
    line = Line("", seller, minor * quantity, money["feeAmount"])
    return {
        "_id": f"{number:024x}",
        "productId": f"{number % 50:024x}",
        "sellerId": seller,
        "title": f"Workflow {number % 50}",
        **money,
        "refundedAmount": refunded,
        "feeRefundedAmount": given_back(line, refunded).fee,
    }


def order(
    number: int, *items: dict[str, Any], paid: datetime | None = START, **fields: Any
) -> dict[str, Any]:
    placed = (paid or START) - timedelta(minutes=2)
    facts = {} if paid is None else {"paid_at": int(paid.timestamp())}
    return {
        "_id": f"{number + 0x1000:024x}",
        "orderNumber": order_number(number),
        "buyerId": BUYER,
        "sellerIds": sorted({one["sellerId"] for one in items}),
        "status": "COMPLETED" if paid else "PENDING",
        "paymentStatus": "PAID" if paid else "PENDING",
        "fulfillmentStatus": "FULFILLED" if paid else "UNFULFILLED",
        "currency": "EUR",
        "totalAmount": sum(one["unitAmount"] * one["quantity"] for one in items),
        "items": list(items),
        "facts": facts,
        "timeline": [{"at": iso(placed), "kind": "placed"}],
        "createdAt": iso(placed),
        "updatedAt": iso(paid or placed),
        **fields,
    }


def many(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Orders of a year, one in twenty unpaid, one in ten refunded in part or whole."""
    chance = random.Random(seed)
    made = []
    for number in range(1, count + 1):
        minor = chance.choice((499, 999, 1499, 2999, 1))
        refunded = chance.randint(1, minor) if chance.random() < 0.1 else 0
        paid = START + timedelta(minutes=chance.randrange(365 * 24 * 60))
        one = item(number, minor, refunded=refunded, quantity=1)
        made.append(order(number, one, paid=None if chance.random() < 0.05 else paid))
    return made
