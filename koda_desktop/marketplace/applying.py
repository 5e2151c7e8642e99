"""An order after more became known of it: what changes in its document, and what was bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from koda_desktop.errors import Refused
from koda_desktop.marketplace.trade_ports import OrderUpdate
from koda_desktop.models.money import Money, to_web_number
from koda_desktop.models.order import Order
from koda_desktop.models.order_facts import Entry, OrderFacts
from koda_desktop.models.order_standing import (
    Standing,
    next_fulfillment,
    next_payment,
    next_status,
    standing,
)
from koda_desktop.models.purchase import purchase_id
from koda_desktop.runtime.clock import iso

Json = dict[str, Any]


class AmountDiffers(Refused):
    """A session was paid with another amount than its order's."""

    code = "amount-differs"
    default_kept = "The order stays as it is until somebody has looked at it."


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of an order: nothing to write when ``update`` is None."""

    update: OrderUpdate | None = None
    purchases: Sequence[Json] = ()
    new_intent: str | None = None
    """The payment that is now known to be this order's."""


class Unreadable(Refused):
    """Somebody else wrote something into an order that this version cannot read."""

    code = "order-unreadable"
    default_kept = "The order stays as it is until somebody has looked at it."


def read_order(document: Json) -> Order:
    """The order in ``document``. Raises Unreadable, naming it but nothing that stands in it."""
    try:
        return Order.read(document)
    except ValueError:
        name = document.get("orderNumber") or document.get("_id")
        raise Unreadable(f"Order {name} holds something that cannot be read.") from None


def apply_facts(order: Order, more: OrderFacts) -> Applied:
    """``order`` with ``more`` known. Raises AmountDiffers."""
    known = order.known
    facts = known.join(more)
    if facts == known:
        return Applied()
    if facts.paid_at is not None and facts.paid_amount != order.total_amount:
        raise AmountDiffers(
            f"Order {order.order_number} was paid with another amount than it asks for.",
            facts={"asked": order.total_amount, "paid": facts.paid_amount},
        )
    before, after = standing(known, order.lines), standing(facts, order.lines)
    update = OrderUpdate(order.id, order.revision, changes(order, facts, before, after))
    is_sold = known.paid_at is None and facts.paid_at is not None
    return Applied(
        update,
        purchases(order, facts) if is_sold else (),
        facts.intent_id if facts.intent_id != known.intent_id else None,
    )


def changes(order: Order, facts: OrderFacts, before: Standing, after: Standing) -> Json:
    """The fields of the document that follow from ``facts``."""
    changed: Json = {
        "facts": facts.as_json(),
        "status": next_status(order.status, before, after),
        "paymentStatus": next_payment(order.payment_status, before, after),
        "fulfillmentStatus": next_fulfillment(order.fulfillment_status, after),
        "refundedAmount": after.refunded,
        "timeline": [_shown(entry) for entry in facts.entries()],
        "sharesDue": are_shares_due(order, facts, after),
        "booksDue": facts.paid_at is not None and order.total_amount > 0,
    }
    names = {
        "stripeCheckoutSessionId": facts.session_id,
        "stripePaymentIntentId": facts.intent_id,
        "stripeChargeId": facts.charge_id,
    }
    changed.update({name: value for name, value in names.items() if value})
    reason = max((one.reason for one in facts.refunds.values() if one.is_confirmed), default="")
    if reason:
        changed["refundReason"] = reason
    if before.given != after.given:
        changed["items"] = _items(order, after)
    return changed


def are_shares_due(order: Order, facts: OrderFacts, after: Standing) -> bool:
    """Whether a transfer is to be made, or something to be taken back that was not yet.

    A charge with a destination needs nothing more unless it is refunded; one without needs its
    transfers first.
    """
    if facts.paid_at is None or order.total_amount == 0:
        return False
    in_step = order.shared or ({"refunded": 0} if order.destination else None)
    return in_step != {"refunded": after.refunded}


def purchases(order: Order, facts: OrderFacts) -> tuple[Json, ...]:
    """One purchase for each item, the same whenever it is made."""
    session = facts.session_id or order.purchase_session
    bought_at = _moment(facts.paid_at or 0)
    return tuple(
        {
            "_id": purchase_id(session, item.product_id),
            "productId": item.product_id,
            "buyerId": order.buyer_id,
            "sellerId": item.seller_id,
            "amount": to_web_number(Money(item.gross, order.currency)),
            "stripeSessionId": session,
            "productName": item.title,
            "createdAt": bought_at,
            "updatedAt": bought_at,
        }
        for item in order.items
    )


def _items(order: Order, after: Standing) -> list[Json]:
    return [
        {
            **item.as_document(),
            "refundedAmount": given.refunded,
            "feeRefundedAmount": given.fee,
        }
        for item, given in zip(order.items, after.given, strict=True)
    ]


def _shown(entry: Entry) -> Json:
    shown: Json = {"at": _moment(entry.at), "kind": entry.kind}
    if entry.amount is not None:
        shown["amount"] = entry.amount
    return shown


def _moment(seconds: int) -> str:
    return iso(datetime.fromtimestamp(seconds, UTC))
