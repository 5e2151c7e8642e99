"""The closed lists of orders, spelled as the marketplace stores them, and the steps between them.

An order only takes the steps of ``STEPS``. Reports of payments come late, twice and out of order,
so a report never asks for a step: it says what is true, and the order takes the legal steps from
where it stands to where that truth puts it, or none. Money that arrived wins over "failed" and
"expired".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import StrEnum


class OrderStatus(StrEnum):
    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class PaymentStatus(StrEnum):
    """Mirrors the payment provider; a value outside this list is shown as it came."""

    PENDING = "PENDING"
    PAID = "PAID"
    FAILED = "FAILED"
    REFUNDED = "REFUNDED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REQUIRES_PAYMENT_METHOD = "REQUIRES_PAYMENT_METHOD"
    REQUIRES_CONFIRMATION = "REQUIRES_CONFIRMATION"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    CANCELED = "CANCELED"


class FulfillmentStatus(StrEnum):
    UNFULFILLED = "UNFULFILLED"
    FULFILLED = "FULFILLED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    RETURNED = "RETURNED"


STEPS: Mapping[OrderStatus, tuple[OrderStatus, ...]] = {
    OrderStatus.PENDING: (OrderStatus.PROCESSING, OrderStatus.CANCELLED, OrderStatus.FAILED),
    OrderStatus.PROCESSING: (OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.FAILED),
    OrderStatus.CANCELLED: (OrderStatus.FAILED, OrderStatus.COMPLETED),
    OrderStatus.FAILED: (OrderStatus.COMPLETED,),
    OrderStatus.COMPLETED: (OrderStatus.REFUNDED,),
    OrderStatus.REFUNDED: (),
}
"""The legal single steps; ``COMPLETED`` may follow ``REFUNDED`` only by ``after_failed_refund``."""

_FULFILLMENT = tuple(FulfillmentStatus)


def route(current: OrderStatus, target: OrderStatus) -> tuple[OrderStatus, ...] | None:
    """The shortest legal way, without ``current``; empty when there; None when there is no way."""
    ways: deque[tuple[OrderStatus, ...]] = deque([()])
    seen = {current}
    while ways:
        way = ways.popleft()
        here = way[-1] if way else current
        if here is target:
            return way
        fresh = [step for step in STEPS[here] if step not in seen]
        seen.update(fresh)
        ways.extend((*way, step) for step in fresh)
    return None


def later_order_status(stored: str, told: OrderStatus) -> str:
    """``told`` where a legal way leads there from ``stored``, else ``stored``.

    An unknown ``stored`` value is somebody else's word for something and stays.
    """
    try:
        current = OrderStatus(stored)
    except ValueError:
        return stored
    return told if route(current, told) is not None else stored


def after_failed_refund(stored: str) -> str:
    """The one step back: the bank returned a refund, so the order is paid in full again."""
    return OrderStatus.COMPLETED if stored == OrderStatus.REFUNDED else stored


def later_fulfillment(stored: str, told: FulfillmentStatus) -> str:
    """The later of the two in the order of the list; an unknown ``stored`` value stays."""
    try:
        current = FulfillmentStatus(stored)
    except ValueError:
        return stored
    return max(current, told, key=_FULFILLMENT.index)
