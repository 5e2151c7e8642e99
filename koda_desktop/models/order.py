"""Orders: ``orders`` documents. What was bought, for how much, and what became of the payment."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from pydantic import Field

from koda_desktop.models.document import Document, Fragment, Moment, ObjectIdText
from koda_desktop.models.money import EUR, Money, split_fee
from koda_desktop.models.order_facts import OrderFacts
from koda_desktop.models.order_status import FulfillmentStatus, OrderStatus, PaymentStatus
from koda_desktop.models.refund_split import Line

_NUMBER = re.compile(r"KD-(\d{6,})\Z")


def order_number(sequence: int) -> str:
    """The number people know an order by: 123 is ``KD-000123``. A sequence is never used twice."""
    if sequence < 1:
        raise ValueError("orders are counted from 1")
    return f"KD-{sequence:06d}"


def sequence_of(number: str) -> int | None:
    """The sequence in an order number; None for a text that is none."""
    found = _NUMBER.match(number)
    return int(found[1]) if found else None


def order_id_of(operation_id: str) -> str:
    """The one ``_id`` that the order of an operation can have, so that it is never made twice."""
    return hashlib.sha256(f"order\n{operation_id}".encode()).hexdigest()[:24]


class OrderItem(Fragment):
    """One line. Its amounts are those of the purchase and never follow a later price."""

    id: ObjectIdText = Field(alias="_id")
    product_id: ObjectIdText = Field(alias="productId")
    seller_id: ObjectIdText = Field(alias="sellerId")
    price_id: ObjectIdText | None = Field(default=None, alias="priceId")
    stripe_price_id: str | None = Field(default=None, alias="stripePriceId")
    title: str
    quantity: int = Field(default=1, ge=1)
    unit_amount: int = Field(alias="unitAmount", ge=0)
    fee_amount: int = Field(alias="feeAmount", ge=0)
    refunded_amount: int = Field(default=0, alias="refundedAmount", ge=0)
    fee_refunded_amount: int = Field(default=0, alias="feeRefundedAmount", ge=0)

    @property
    def gross(self) -> int:
        return self.unit_amount * self.quantity

    @property
    def line(self) -> Line:
        return Line(self.id, self.seller_id, self.gross, self.fee_amount)


class TimelineEntry(Fragment):
    at: Moment
    kind: str
    amount: int | None = None


class Reconciled(Fragment):
    """What one seller's part of an order brought at the payment provider, in minor units.

    ``processing_fee`` is what the provider kept of this part, and the platform bore;
    ``difference`` what the seller has of it there less what they are to have.
    """

    seller_id: ObjectIdText = Field(alias="sellerId")
    processing_fee: int = Field(alias="processingFee")
    transferred: int
    difference: int
    payment_ids: list[str] = Field(default_factory=list, alias="paymentIds")
    """What the transfers are in the seller's own account."""
    payout_id: str | None = Field(default=None, alias="payoutId")


class Order(Document):
    """An order of one buyer, at one or more sellers. An unknown status stays as it is."""

    order_number: str = Field(alias="orderNumber")
    operation_id: str | None = Field(default=None, alias="operationId")
    buyer_id: ObjectIdText = Field(alias="buyerId")
    seller_ids: list[ObjectIdText] = Field(default_factory=list, alias="sellerIds")
    status: str = OrderStatus.PENDING
    payment_status: str = Field(default=PaymentStatus.PENDING, alias="paymentStatus")
    fulfillment_status: str = Field(
        default=FulfillmentStatus.UNFULFILLED, alias="fulfillmentStatus"
    )
    currency: str = EUR
    total_amount: int = Field(alias="totalAmount", ge=0)
    refunded_amount: int = Field(default=0, alias="refundedAmount", ge=0)
    refund_reason: str | None = Field(default=None, alias="refundReason")
    stripe_checkout_session_id: str | None = Field(default=None, alias="stripeCheckoutSessionId")
    stripe_payment_intent_id: str | None = Field(default=None, alias="stripePaymentIntentId")
    stripe_charge_id: str | None = Field(default=None, alias="stripeChargeId")
    destination: str | None = None
    """The one seller's connected account, for a destination charge; None where each seller gets a
    transfer of their own."""
    items: list[OrderItem] = Field(min_length=1)
    shipping_address: dict[str, Any] | None = Field(default=None, alias="shippingAddress")
    billing_address: dict[str, Any] | None = Field(default=None, alias="billingAddress")
    metadata: dict[str, Any] | None = None
    timeline: list[TimelineEntry] = Field(default_factory=list)
    facts: dict[str, Any] | None = None
    revision: int = 0
    """Grows with every change; a writer names the one it read."""
    shares_due: bool = Field(default=False, alias="sharesDue")
    books_due: bool = Field(default=False, alias="booksDue")
    """Whether it has changed since it was compared with the provider's books."""
    reconciled: list[Reconciled] = Field(default_factory=list)
    """One for each seller, once it was compared."""
    shared: dict[str, Any] | None = None
    """What of the order the provider's transfers and fee were last brought in step with."""

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(item.line for item in self.items)

    @property
    def known(self) -> OrderFacts:
        return OrderFacts.read(self.facts)

    @property
    def purchase_session(self) -> str:
        """What its purchases name as their session: an order of nothing to pay has none."""
        return self.stripe_checkout_session_id or f"free_{self.id}"


def item_fields(unit: Money, quantity: int) -> dict[str, int]:
    """The money of a new line: its unit amount, and the platform's fee of the whole line."""
    split = split_fee(Money(unit.minor * quantity, unit.currency))
    return {"unitAmount": unit.minor, "quantity": quantity, "feeAmount": split.fee.minor}
