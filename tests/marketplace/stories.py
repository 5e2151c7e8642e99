"""What Stripe would report of orders, each by one of the ways a sale can go."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from koda_desktop.marketplace.payments import Report
from koda_desktop.models.money import Money
from koda_desktop.models.order import item_fields, order_number

Json = dict[str, Any]

BUYER = "b" * 24
SELLERS = ("5" * 24, "6" * 24)
START = 1_790_000_000


def order_id(number: int) -> str:
    return f"{number:024x}"


def new_order(number: int, amounts: tuple[int, ...]) -> Json:
    """A pending order of one or two items; two sellers when it has two."""
    items = [
        {
            "_id": f"{number * 10 + place:024x}",
            "productId": f"{number * 10 + place + 5:024x}",
            "sellerId": SELLERS[place],
            "title": f"Listing {place}",
            **item_fields(Money(amount), 1),
            "refundedAmount": 0,
            "feeRefundedAmount": 0,
        }
        for place, amount in enumerate(amounts)
    ]
    return {
        "_id": order_id(number),
        "orderNumber": order_number(number + 1),
        "operationId": f"op-{number}",
        "buyerId": BUYER,
        "sellerIds": list(SELLERS[: len(amounts)]),
        "status": "PENDING",
        "paymentStatus": "PENDING",
        "fulfillmentStatus": "UNFULFILLED",
        "currency": "EUR",
        "totalAmount": sum(amounts),
        "refundedAmount": 0,
        "destination": "acct_1" if len(amounts) == 1 else None,
        "items": items,
        "timeline": [],
        "revision": 0,
        "sharesDue": False,
    }


class Story:
    """The reports of one order, in the order they happened."""

    def __init__(self, number: int, total: int) -> None:
        self.number = number
        self.total = total
        self.reports: list[Report] = []
        self.refunded = 0
        self._at = START + number % 1000

    def tell(self, kind: str, body: Json) -> None:
        self._at += 1
        event_id = f"evt_{self.number}_{len(self.reports)}"
        self.reports.append(Report(event_id, kind, self._at, body))

    def session(self, kind: str, payment_status: str, *, has_intent: bool = True) -> None:
        self.tell(
            f"checkout.session.{kind}",
            {
                "id": f"cs_{self.number}",
                "object": "checkout.session",
                "amount_total": self.total,
                "payment_status": payment_status,
                "payment_intent": f"pi_{self.number}" if has_intent else None,
                "metadata": {"order": order_id(self.number)},
                "customer_details": {"email": "ada@example.org"},
            },
        )

    def intent(self, kind: str, status: str) -> None:
        self.tell(
            f"payment_intent.{kind}",
            {
                "id": f"pi_{self.number}",
                "object": "payment_intent",
                "status": status,
                "metadata": {"order": order_id(self.number)},
            },
        )

    def charge(self, kind: str) -> None:
        self.tell(
            f"charge.{kind}",
            {
                "id": f"ch_{self.number}",
                "object": "charge",
                "paid": True,
                "amount_refunded": self.refunded,
                "payment_intent": f"pi_{self.number}",
                "metadata": {"order": order_id(self.number)},
            },
        )

    def refund(self, amount: int, *, status: str = "succeeded", kind: str = "created") -> None:
        """As one made in Stripe's own dashboard: it names the payment, not the order."""
        self.tell(
            f"refund.{kind}",
            {
                "id": f"re_{self.number}_{amount}",
                "object": "refund",
                "amount": amount,
                "status": status,
                "created": self._at,
                "payment_intent": f"pi_{self.number}",
                "metadata": {},
            },
        )
        self.refunded += amount if kind == "created" else -amount
        self.charge("refunded" if kind == "created" else "updated")

    def dispute(self, kind: str, status: str) -> None:
        self.tell(
            f"charge.dispute.{kind}",
            {
                "id": f"dp_{self.number}",
                "object": "dispute",
                "amount": self.total,
                "status": status,
                "reason": "fraudulent",
                "charge": f"ch_{self.number}",
                "payment_intent": f"pi_{self.number}",
                "metadata": {},
            },
        )

    def paid(self) -> None:
        self.charge("succeeded")
        self.intent("succeeded", "succeeded")
        self.session("completed", "paid")


def _refunded_in_parts(story: Story, chance: random.Random) -> None:
    story.paid()
    left = story.total
    for _ in range(chance.randint(1, 3)):
        amount = chance.randint(1, max(1, left - 2))
        if left - amount < 1:
            break
        story.refund(amount)
        left -= amount
    if chance.random() < 0.5:
        story.refund(left)


def _refund_that_failed(story: Story, chance: random.Random) -> None:
    story.paid()
    amount = chance.choice((story.total, max(1, story.total // 3)))
    story.refund(amount)
    story.refund(amount, status="failed", kind="failed")


def _declined_then_paid(story: Story, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 3)):
        story.intent("payment_failed", "requires_payment_method")
    story.intent("requires_action", "requires_action")
    story.paid()


def _debit(story: Story, chance: random.Random) -> None:
    story.intent("processing", "processing")
    story.session("completed", "unpaid")
    if chance.random() < 0.5:
        story.charge("succeeded")
        story.session("async_payment_succeeded", "paid")
    else:
        story.intent("payment_failed", "requires_payment_method")
        story.session("async_payment_failed", "unpaid")


def _left(story: Story, chance: random.Random) -> None:
    if chance.random() < 0.5:
        story.intent("payment_failed", "requires_payment_method")
        story.intent("canceled", "canceled")
    story.session("expired", "unpaid", has_intent=False)


def _disputed(story: Story, chance: random.Random) -> None:
    story.paid()
    story.dispute("created", "needs_response")
    story.dispute("funds_withdrawn", "needs_response")
    story.dispute("closed", chance.choice(("won", "lost")))


def _plainly_paid(story: Story, _: random.Random) -> None:
    story.paid()


WAYS: tuple[Callable[[Story, random.Random], None], ...] = (
    _plainly_paid,
    _plainly_paid,
    _refunded_in_parts,
    _refund_that_failed,
    _declined_then_paid,
    _debit,
    _left,
    _disputed,
)


def stories(count: int, seed: int) -> Iterator[tuple[Json, list[Report]]]:
    """``count`` orders with what is reported of each, in the order it happened."""
    chance = random.Random(seed)
    for number in range(count):
        amounts = tuple(chance.randint(50, 20_000) for _ in range(chance.choice((1, 1, 2))))
        story = Story(number, sum(amounts))
        chance.choice(WAYS)(story, chance)
        yield new_order(number, amounts), story.reports
