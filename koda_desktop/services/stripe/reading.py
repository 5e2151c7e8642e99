"""The SDK's objects as the port's answers."""

from __future__ import annotations

from typing import Any, TypeVar

import stripe
from stripe.checkout import Session

from koda_desktop.marketplace.payments import (
    ChargeState,
    CheckoutState,
    ConnectedAccount,
    FeeState,
    Movement,
    PaymentState,
    PayoutState,
    RefundState,
    Report,
    TransferState,
)

T = TypeVar("T", bound=stripe.StripeObject)

ORDER = "order"
"""The key of every object's metadata that names the order it is of."""


def identity(value: Any) -> str | None:
    """The id of an expandable field, expanded or not."""
    if value is None or isinstance(value, str):
        return value
    return str(value.id)


def account(found: stripe.Account) -> ConnectedAccount:
    wanted = found.requirements
    return ConnectedAccount(
        id=found.id,
        details_submitted=bool(found.details_submitted),
        charges_enabled=bool(found.charges_enabled),
        payouts_enabled=bool(found.payouts_enabled),
        due=tuple(wanted.currently_due or ()) if wanted else (),
        disabled_reason=wanted.disabled_reason if wanted else None,
    )


def session(found: Session) -> CheckoutState:
    return CheckoutState(
        id=found.id,
        status=str(found.status),
        payment_status=found.payment_status,
        amount_total=found.amount_total or 0,
        expires_at=found.expires_at,
        created=found.created,
        intent_id=identity(found.payment_intent),
        order_id=_order(found.metadata),
        url=found.url,
    )


def payment(found: stripe.PaymentIntent) -> PaymentState:
    latest = found.latest_charge
    return PaymentState(
        id=found.id,
        status=found.status,
        created=found.created,
        order_id=_order(found.metadata),
        charge=charge(latest) if isinstance(latest, stripe.Charge) else None,
    )


def charge(found: stripe.Charge) -> ChargeState:
    return ChargeState(
        id=found.id,
        amount=found.amount,
        amount_refunded=found.amount_refunded,
        is_paid=found.paid,
        created=found.created,
        order_id=_order(found.metadata),
        intent_id=identity(found.payment_intent),
        transfer_id=identity(_optional(found, "transfer")),
        fee_id=identity(found.application_fee),
        movement_id=identity(found.balance_transaction),
    )


def refund(found: stripe.Refund) -> RefundState:
    return RefundState(
        id=found.id,
        amount=found.amount,
        status=found.status or "pending",
        created=found.created,
        charge_id=identity(found.charge) or "",
        metadata=_metadata(found.metadata),
        reason=found.reason,
    )


def transfer(found: stripe.Transfer) -> TransferState:
    return TransferState(
        id=found.id,
        amount=found.amount,
        amount_reversed=found.amount_reversed,
        destination=identity(found.destination) or "",
        charge_id=identity(found.source_transaction),
        payment_id=identity(found.destination_payment),
        order_id=found.transfer_group,
    )


def fee(found: stripe.ApplicationFee) -> FeeState:
    return FeeState(found.id, found.amount, found.amount_refunded)


def report(found: stripe.Event) -> Report:
    return Report(
        id=found.id,
        type=found.type,
        created=found.created,
        body=found.data.object.to_dict(for_json=True),
        account=_optional(found, "account"),
    )


def movement(found: stripe.BalanceTransaction) -> Movement:
    return Movement(
        id=found.id,
        type=found.type,
        amount=found.amount,
        fee=found.fee,
        net=found.net,
        currency=found.currency.upper(),
        created=found.created,
        available_on=found.available_on,
        source_id=identity(found.source),
    )


def payout(found: stripe.Payout) -> PayoutState:
    return PayoutState(
        id=found.id,
        amount=found.amount,
        currency=found.currency.upper(),
        status=found.status,
        created=found.created,
        arrives_on=found.arrival_date,
        is_automatic=found.automatic,
        failure=found.failure_message or "",
    )


def _metadata(found: stripe.StripeObject | None) -> dict[str, str]:
    return {name: str(value) for name, value in found.to_dict().items()} if found else {}


def _order(found: stripe.StripeObject | None) -> str | None:
    return _metadata(found).get(ORDER)


def _optional(found: stripe.StripeObject, name: str) -> Any:
    """A field that Stripe leaves out where it does not apply."""
    return found[name] if name in found else None  # noqa: SIM401
