"""What an order is, as it follows from the facts that are known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from koda_desktop.models.order_facts import OrderFacts
from koda_desktop.models.order_status import (
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    after_failed_refund,
    later_fulfillment,
    later_order_status,
)
from koda_desktop.models.refund_split import Given, Line, refunded_lines

_MIRRORED = {"processing": PaymentStatus.PENDING, "succeeded": PaymentStatus.PENDING}
"""Payment states that have no name of their own here: the session says when an order is paid."""

_PAYMENT_RANK: dict[str, int] = {
    PaymentStatus.CANCELED: 1,
    PaymentStatus.FAILED: 2,
    PaymentStatus.PAID: 3,
    PaymentStatus.PARTIALLY_REFUNDED: 4,
    PaymentStatus.REFUNDED: 5,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The three statuses of an order, and what each of its lines has given back."""

    status: OrderStatus
    payment: str
    fulfillment: FulfillmentStatus
    refunded: int
    given: tuple[Given, ...]


def standing(facts: OrderFacts, lines: Sequence[Line]) -> Standing:
    """What ``facts`` make of an order of ``lines``."""
    total = sum(line.gross for line in lines)
    is_paid = facts.paid_at is not None
    refunded = min(facts.refunded_amount, total) if is_paid else 0
    aimed = facts.aimed() if is_paid else {}
    given = refunded_lines(lines, aimed, refunded - sum(aimed.values()))
    is_returned = is_paid and 0 < total == refunded
    return Standing(
        status=_status(facts, is_returned),
        payment=_payment(facts, refunded, is_returned),
        fulfillment=_fulfillment(facts),
        refunded=refunded,
        given=given,
    )


def _status(facts: OrderFacts, is_returned: bool) -> OrderStatus:
    if facts.paid_at is not None:
        return OrderStatus.REFUNDED if is_returned else OrderStatus.COMPLETED
    if facts.failed_at is not None:
        return OrderStatus.FAILED
    if facts.ended_at is not None:
        return OrderStatus.CANCELLED
    return OrderStatus.PENDING if facts.processing_at is None else OrderStatus.PROCESSING


def _fulfillment(facts: OrderFacts) -> FulfillmentStatus:
    """A file can be fetched once it is paid, and is delivered once it was. A refund takes no file
    back: SHIPPED and RETURNED are for goods, and come from elsewhere.
    """
    if facts.paid_at is None:
        return FulfillmentStatus.UNFULFILLED
    if facts.delivered_at is None:
        return FulfillmentStatus.FULFILLED
    return FulfillmentStatus.DELIVERED


def _payment(facts: OrderFacts, refunded: int, is_returned: bool) -> str:
    if facts.paid_at is not None:
        if is_returned:
            return PaymentStatus.REFUNDED
        return PaymentStatus.PARTIALLY_REFUNDED if refunded else PaymentStatus.PAID
    if facts.failed_at is not None:
        return PaymentStatus.FAILED
    if facts.ended_at is not None:
        return PaymentStatus.CANCELED
    if facts.intent is None:
        return PaymentStatus.PENDING
    return _MIRRORED.get(facts.intent.status, facts.intent.status.upper())


def next_status(stored: str, before: Standing, after: Standing) -> str:
    """The order's status after facts grew from ``before`` to ``after``: only by legal steps."""
    if before.status is OrderStatus.REFUNDED and after.status is OrderStatus.COMPLETED:
        return after_failed_refund(stored)
    return later_order_status(stored, after.status)


def next_payment(stored: str, before: Standing, after: Standing) -> str:
    """The payment's status. What another writer put there is never moved backwards, and stays when
    it is a word this version does not know.
    """
    if stored == before.payment:
        return after.payment
    if stored not in set(PaymentStatus):
        return stored
    return max(after.payment, stored, key=_payment_rank)


def next_fulfillment(stored: str, after: Standing) -> str:
    return later_fulfillment(stored, after.fulfillment)


def _payment_rank(status: str) -> int:
    return _PAYMENT_RANK.get(status, 0)
