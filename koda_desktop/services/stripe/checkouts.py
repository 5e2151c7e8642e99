"""Checkout sessions and the payments they become."""

from __future__ import annotations

import stripe
from stripe.params.checkout import (
    SessionCreateParams,
    SessionCreateParamsLineItem,
    SessionCreateParamsPaymentIntentData,
)

from koda_desktop.marketplace.payments import (
    CheckoutLine,
    CheckoutRequest,
    CheckoutState,
    PaymentState,
)
from koda_desktop.services.stripe import reading
from koda_desktop.services.stripe.client import once
from koda_desktop.services.stripe.faults import stripe_faults


class StripeCheckouts:
    """``marketplace.payments.Checkouts`` over the SDK."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._sessions = client.v1.checkout.sessions
        self._intents = client.v1.payment_intents

    def open(self, request: CheckoutRequest, operation: str) -> CheckoutState:
        params: SessionCreateParams = {
            "mode": "payment",
            "line_items": [_line(line, request.currency) for line in request.lines],
            "metadata": dict(request.metadata),
            "client_reference_id": request.order_id,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "expires_at": request.expires_at,
            "payment_intent_data": _payment(request),
        }
        with stripe_faults():
            return reading.session(self._sessions.create(params, once(operation)))

    def find(self, session_id: str) -> CheckoutState:
        with stripe_faults():
            return reading.session(self._sessions.retrieve(session_id))

    def expire(self, session_id: str) -> CheckoutState:
        with stripe_faults():
            return reading.session(self._sessions.expire(session_id))

    def payment(self, intent_id: str) -> PaymentState:
        with stripe_faults():
            found = self._intents.retrieve(intent_id, {"expand": ["latest_charge"]})
            return reading.payment(found)


def _line(line: CheckoutLine, currency: str) -> SessionCreateParamsLineItem:
    """The amount is written into the session itself, so that it is what the rules read."""
    if line.product_ref:
        return {
            "quantity": line.quantity,
            "price_data": {
                "currency": currency.lower(),
                "unit_amount": line.unit_amount,
                "product": line.product_ref,
            },
        }
    return {
        "quantity": line.quantity,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": line.unit_amount,
            "product_data": {"name": line.title},
        },
    }


def _payment(request: CheckoutRequest) -> SessionCreateParamsPaymentIntentData:
    """The order goes with the payment too: Stripe copies its metadata to the charge."""
    data: SessionCreateParamsPaymentIntentData = {
        "metadata": {reading.ORDER: request.order_id},
        "transfer_group": request.order_id,
    }
    if request.destination is not None:
        data["transfer_data"] = {"destination": request.destination}
        if request.fee:
            data["application_fee_amount"] = request.fee
    return data
