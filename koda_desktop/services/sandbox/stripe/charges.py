"""Payment intents and charges: how a buyer's money comes in, and what Stripe keeps of it."""

from __future__ import annotations

from koda_desktop.services.sandbox.stripe import balance, transfers
from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.shapes import CARD, INTENT, OUTCOME, blank_charge
from koda_desktop.services.sandbox.stripe.wire import PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import PLATFORM, World

FEE_PER_MILLE = 15
FEE_FIXED = 25


def stripe_fee(amount: int) -> int:
    """What Stripe keeps of a European card payment: 1.5% rounded half up, and 25 cents."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED


def retrieve_intent(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str], "client_secret": str})
    return world.get("payment_intent", identity)


def list_intents(world: World, fields: Json) -> Json:
    asked = typed(fields, {**PAGING, "created": RANGE, "customer": str})
    return page(
        world.store.all("payment_intent", world.account),
        "/v1/payment_intents",
        asked,
        lambda one: within(asked.get("created"), one["created"]),
    )


def cancel_intent(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, {"cancellation_reason": str, "expand": [str]})
    body = world.get("payment_intent", identity)
    if body["status"] in ("succeeded", "canceled", "processing"):
        raise invalid(
            f"You cannot cancel this PaymentIntent because it has a status of {body['status']}.",
            code="payment_intent_unexpected_state",
        )
    return cancel(world, body, asked.get("cancellation_reason"))


def cancel(world: World, intent: Json, reason: str | None) -> Json:
    intent.update(status="canceled", canceled_at=world.now(), cancellation_reason=reason)
    intent["next_action"] = None
    world.emit("payment_intent.canceled", world.save(intent))
    return intent


def retrieve_charge(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("charge", identity)


def list_charges(world: World, fields: Json) -> Json:
    spec = {**PAGING, "created": RANGE, "payment_intent": str, "transfer_group": str}
    asked = typed(fields, spec)
    return page(
        world.store.all("charge", world.account),
        "/v1/charges",
        asked,
        lambda one: (
            asked.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
            and asked.get("transfer_group", one["transfer_group"]) == one["transfer_group"]
            and within(asked.get("created"), one["created"])
        ),
    )


def create_intent(world: World, amount: int, currency: str, data: Json) -> Json:
    """The payment of a checkout session, as its ``payment_intent_data`` asks."""
    identity = world.new_id("pi")
    destination = data.get("transfer_data")
    body: Json = {
        **INTENT,
        "id": identity,
        "amount": amount,
        "application_fee_amount": data.get("application_fee_amount"),
        "client_secret": f"{identity}_secret_{world.new_id('x')[2:]}",
        "created": world.now(),
        "currency": currency,
        "description": data.get("description"),
        "metadata": data.get("metadata", {}),
        "transfer_data": destination and {"destination": destination["destination"]},
        "transfer_group": data.get("transfer_group"),
    }
    world.emit("payment_intent.created", world.add(body, PLATFORM))
    return body


def fail(world: World, intent: Json, code: str, message: str) -> Json:
    """The card was declined: a failed charge, and the payment wants another card."""
    charge = _charge(world, intent)
    charge.update(
        status="failed",
        paid=False,
        captured=False,
        amount_captured=0,
        failure_code=code,
        failure_message=message,
        outcome={**OUTCOME, "network_status": "declined_by_network", "type": "issuer_declined"},
    )
    world.add(charge, PLATFORM)
    intent.update(
        status="requires_payment_method",
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error={"code": code, "message": message, "type": "card_error"},
    )
    world.save(intent)
    world.emit("charge.failed", charge, PLATFORM)
    world.emit("payment_intent.payment_failed", intent, PLATFORM)
    return intent


def require_action(world: World, intent: Json, url: str) -> Json:
    """The buyer's bank wants to hear from the buyer first."""
    action = {"type": "redirect_to_url", "redirect_to_url": {"return_url": None, "url": url}}
    intent.update(status="requires_action", next_action=action)
    world.emit("payment_intent.requires_action", world.save(intent), PLATFORM)
    return intent


def process(world: World, intent: Json) -> Json:
    """A payment that takes days, such as a bank debit, is on its way."""
    intent.update(status="processing", next_action=None)
    world.emit("payment_intent.processing", world.save(intent), PLATFORM)
    return intent


def succeed(world: World, intent: Json) -> Json:
    """The money is in: the charge, the platform's transfer and fee where they were asked for."""
    charge = _charge(world, intent)
    amount = intent["amount"]
    fees = [balance.fee_detail(stripe_fee(amount), "stripe_fee", "Stripe processing fees")]
    settles = balance.settles_on(world)
    booked = balance.book(
        world, PLATFORM, "charge", amount, charge["id"], fees=fees, available_on=settles
    )
    charge["balance_transaction"] = booked["id"]
    world.add(charge, PLATFORM)
    if intent["transfer_data"]:
        transfers.send_on(world, charge, intent)
    intent.update(
        status="succeeded",
        amount_received=amount,
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
    )
    world.save(intent)
    world.emit("charge.succeeded", charge, PLATFORM)
    world.emit("payment_intent.succeeded", intent, PLATFORM)
    return intent


def _charge(world: World, intent: Json) -> Json:
    return {
        **blank_charge(world, "ch", intent["amount"]),
        "application_fee_amount": intent["application_fee_amount"],
        "description": intent["description"],
        "metadata": dict(intent["metadata"]),
        "payment_intent": intent["id"],
        "payment_method": world.new_id("pm"),
        "payment_method_details": {"card": dict(CARD), "type": "card"},
        "transfer_data": intent["transfer_data"]
        and {"amount": None, "destination": intent["transfer_data"]["destination"]},
        "transfer_group": intent["transfer_group"],
    }
