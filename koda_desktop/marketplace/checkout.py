"""Checkout: what an order costs is read from the database, whatever the client believes.

One seller is paid by the charge itself, less the platform's fee; several are paid by one transfer
each after the charge has settled. An order of nothing to pay never sees the payment provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from koda_desktop.errors import NotAllowed, NotFound, Refused, Unverified
from koda_desktop.marketplace import accounts
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.payments import (
    CheckoutLine,
    CheckoutRequest,
    Checkouts,
    CheckoutState,
    HostedPage,
)
from koda_desktop.marketplace.pricing import Priced, Pricing, WantedItem
from koda_desktop.marketplace.report_reading import ORDER
from koda_desktop.marketplace.settlement import Settlement
from koda_desktop.marketplace.trade_ports import Json, Orders, OrderUpdate
from koda_desktop.models.order import Order, item_fields, order_id_of, order_number
from koda_desktop.models.order_facts import Entry, OrderFacts
from koda_desktop.models.order_status import FulfillmentStatus, OrderStatus, PaymentStatus
from koda_desktop.runtime.clock import Clock, from_iso
from koda_desktop.runtime.ids import new_object_id

SESSION_SECONDS = 3_600
"""How long an order may be paid. The provider takes 30 minutes to 24 hours."""

START_SECONDS = SESSION_SECONDS - 31 * 60
"""How long after its order a session may still be made: it must live for 30 minutes more."""

LEAST_MINOR = 50
"""The provider charges 0.50 EUR at the least."""

MAX_ITEMS = 100
_CHUNK = 480
_TRIES = 5


@dataclass(frozen=True, slots=True)
class CheckoutAsk:
    """What a buyer wants, and what they were shown. Asking the same operation again goes on with
    the same order.
    """

    operation_id: str
    items: Sequence[WantedItem]
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class CheckoutAnswer:
    """The order, and the page to pay it on; None where nothing is left to pay."""

    order: Json
    page: HostedPage | None


class Checkout:
    """Starts orders and brings their buyers to the payment page."""

    def __init__(
        self,
        pricing: Pricing,
        orders: Orders,
        checkouts: Checkouts,
        settlement: Settlement,
        clock: Clock,
    ) -> None:
        self._pricing = pricing
        self._orders = orders
        self._checkouts = checkouts
        self._settlement = settlement
        self._clock = clock

    def start(self, actor: Actor, ask: CheckoutAsk) -> CheckoutAnswer:
        """The order and its page. Raises PriceChanged when an item no longer costs what the buyer
        was shown, NotAllowed, NotFound, Refused, or Unavailable: then ask again.
        """
        buyer = accounts.signed_in(self._pricing.users, actor)
        if buyer.is_banned:
            raise NotAllowed("This account may not buy.", remedy="Write to the marketplace.")
        document = self._orders.find_by_operation(ask.operation_id)
        if document is None:
            document = self._new_order(buyer.id, ask)
        order = Order.read(document)
        if order.buyer_id != buyer.id:
            raise NotAllowed("This order is somebody else’s.")
        if order.status != OrderStatus.PENDING:
            return CheckoutAnswer(document, None)
        if order.total_amount == 0:
            return CheckoutAnswer(self._give_away(order), None)
        return self._to_the_page(order, ask)

    def abandon(self, actor: Actor, order_id: str) -> Json:
        """End an order that was not paid: its page stops working at once."""
        buyer = accounts.signed_in(self._pricing.users, actor)
        document = self._orders.find(order_id)
        if document is None or document["buyerId"] != buyer.id:
            raise NotFound("There is no such order of yours.")
        order = Order.read(document)
        if order.status != OrderStatus.PENDING:
            return document
        if order.stripe_checkout_session_id:
            state = self._checkouts.find(order.stripe_checkout_session_id)
            if state.status == "complete":
                return document
            if state.status == "open":
                self._checkouts.expire(state.id)
        return self._ended(order) or document

    def _new_order(self, buyer_id: str, ask: CheckoutAsk) -> Json:
        if not 1 <= len(ask.items) <= MAX_ITEMS:
            raise Refused(f"An order has 1 to {MAX_ITEMS} items.", kept="Nothing was ordered.")
        priced = self._pricing.price(buyer_id, ask.items)
        total = sum(item.unit.minor for item in priced)
        if 0 < total < LEAST_MINOR:
            raise Refused(
                "The least that can be paid is 0.50 EUR.",
                kept="Nothing was ordered.",
                remedy="Add something to the order.",
            )
        for _ in range(_TRIES):
            document = self._document(buyer_id, ask, priced, total)
            if self._orders.insert(document):
                return self._orders.find(document["_id"]) or document
            known = self._orders.find_by_operation(ask.operation_id)
            if known is not None:
                return known
        raise Refused("No order number could be given.", kept="Nothing was ordered.")

    def _document(
        self, buyer_id: str, ask: CheckoutAsk, priced: Sequence[Priced], total: int
    ) -> Json:
        sellers = sorted({item.seller_id for item in priced})
        accounts_paid = {item.account for item in priced if item.unit.minor}
        return {
            "_id": order_id_of(ask.operation_id),
            "orderNumber": order_number(self._orders.next_sequence()),
            "operationId": ask.operation_id,
            "buyerId": buyer_id,
            "sellerIds": sellers,
            "status": OrderStatus.PENDING.value,
            "paymentStatus": PaymentStatus.PENDING.value,
            "fulfillmentStatus": FulfillmentStatus.UNFULFILLED.value,
            "currency": priced[0].unit.currency,
            "totalAmount": total,
            "refundedAmount": 0,
            "destination": accounts_paid.pop() if len(accounts_paid) == 1 else None,
            "items": [_item(one) for one in priced],
            "timeline": [],
            "revision": 0,
            "sharesDue": False,
        }

    def _to_the_page(self, order: Order, ask: CheckoutAsk) -> CheckoutAnswer:
        state = self._session(order, ask)
        if state.status == "expired":
            return CheckoutAnswer(self._ended(order) or order.as_document(), None)
        page = HostedPage(state.url, state.expires_at) if state.url else None
        document = self._orders.find(order.id) or order.as_document()
        return CheckoutAnswer(document, page)

    def _session(self, order: Order, ask: CheckoutAsk) -> CheckoutState:
        """The order's session, asked for again where it was made before: its page's address is
        kept nowhere.
        """
        if order.stripe_checkout_session_id:
            return self._checkouts.find(order.stripe_checkout_session_id)
        started = from_iso(order.created_at or "")
        if self._clock.now() - started > timedelta(seconds=START_SECONDS):
            self._ended(order)
            raise Refused(
                "This order was started too long ago.",
                kept="Nothing was paid.",
                remedy="Start it again.",
            )
        request = _request(order, ask, int(started.timestamp()) + SESSION_SECONDS)
        state = self._checkouts.open(request, f"{ask.operation_id}:session")
        if state.amount_total != order.total_amount:
            self._checkouts.expire(state.id)
            raise Unverified("The payment page shows another amount than the order.")
        self._keep_session(order, state.id)
        return state

    def _keep_session(self, order: Order, session_id: str) -> None:
        """Unless the order moved on meanwhile, and knows its session from a report."""
        changes: Json = {"stripeCheckoutSessionId": session_id}
        self._orders.update(OrderUpdate(order.id, order.revision, changes))

    def _give_away(self, order: Order) -> Json:
        now = int(self._clock.now().timestamp())
        facts = OrderFacts(paid_at=now, timeline={"free": Entry(now, "paid", 0)})
        return self._settlement.learn(order.id, facts) or order.as_document()

    def _ended(self, order: Order) -> Json | None:
        now = int(self._clock.now().timestamp())
        facts = OrderFacts(ended_at=now, timeline={"ended": Entry(now, "expired")})
        return self._settlement.learn(order.id, facts)


def _item(priced: Priced) -> Json:
    item: Json = {
        "_id": new_object_id(),
        "productId": priced.product_id,
        "sellerId": priced.seller_id,
        "title": priced.title,
        **item_fields(priced.unit, 1),
        "refundedAmount": 0,
        "feeRefundedAmount": 0,
    }
    if priced.price_id:
        item["priceId"] = priced.price_id
    return item


def _request(order: Order, ask: CheckoutAsk, expires_at: int) -> CheckoutRequest:
    fee = sum(line.fee for line in order.lines)
    return CheckoutRequest(
        order_id=order.id,
        lines=[CheckoutLine(item.title, item.unit_amount, item.quantity) for item in order.items],
        currency=order.currency,
        metadata=metadata(order),
        success_url=ask.success_url,
        cancel_url=ask.cancel_url,
        expires_at=expires_at,
        destination=order.destination,
        fee=fee if order.destination is not None else None,
    )


def metadata(order: Order) -> dict[str, str]:
    """The order and its items (product and cents) within the provider's limits: 50 keys of up to
    500 characters. 100 items take 8 keys.
    """
    fields: dict[str, Any] = {
        ORDER: order.id,
        "order_number": order.order_number,
        "buyer": order.buyer_id,
    }
    chunk: list[str] = []
    chunks = [chunk]
    for item in order.items:
        entry = f"{item.product_id}:{item.gross}"
        if sum(len(one) + 1 for one in chunk) + len(entry) > _CHUNK:
            chunk = []
            chunks.append(chunk)
        chunk.append(entry)
    return fields | {f"items_{number}": ",".join(one) for number, one in enumerate(chunks)}
