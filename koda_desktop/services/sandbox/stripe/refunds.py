"""Refunds of charges, with what they bring back of transfer and fee, and refunds that fail."""

from __future__ import annotations

from koda_desktop.services.sandbox.stripe import balance, transfers
from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.shapes import returned
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import PLATFORM, World

_CREATE = {
    "amount": int,
    "charge": str,
    "expand": [str],
    "metadata": METADATA,
    "payment_intent": str,
    "reason": ("duplicate", "fraudulent", "requested_by_customer"),
    "refund_application_fee": bool,
    "reverse_transfer": bool,
}


def create(world: World, fields: Json) -> Json:
    asked = typed(fields, _CREATE)
    charge = _charge(world, asked)
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise invalid(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = asked.get("amount", left)
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            "amount",
        )
    if charge["disputed"]:
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    return _refund(world, charge, amount, asked)


def _charge(world: World, asked: Json) -> Json:
    if "payment_intent" in asked:
        intent = world.get("payment_intent", asked["payment_intent"], "payment_intent")
        identity = intent["latest_charge"] or ""
    else:
        identity = asked.get("charge", "")
    charge = world.get("charge", identity, "charge")
    if not charge["paid"]:
        raise invalid("This charge was not paid, so it cannot be refunded.", "charge")
    return charge


def _refund(world: World, charge: Json, amount: int, asked: Json) -> Json:
    body = returned(world, "re", amount, charge["id"])
    body.update(
        metadata=asked.get("metadata", {}),
        payment_intent=charge["payment_intent"],
        reason=asked.get("reason"),
    )
    booked = balance.book(world, PLATFORM, "refund", -amount, body["id"])
    body["balance_transaction"] = booked["id"]
    before = charge["amount_refunded"]
    if asked.get("reverse_transfer"):
        body["transfer_reversal"] = _reverse(world, charge, amount, body["id"])
    if asked.get("refund_application_fee"):
        _give_fee_back(world, charge, before, amount)
    world.add(body, PLATFORM)
    _count(world, charge, amount)
    world.emit("refund.created", body, PLATFORM)
    world.emit("charge.refunded", charge, PLATFORM, {"amount_refunded": before})
    return body


def _count(world: World, charge: Json, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    world.save(charge)


def _reverse(world: World, charge: Json, amount: int, refund: str) -> str:
    if not charge.get("transfer"):
        raise invalid("The charge has no associated transfer to reverse.", "reverse_transfer")
    transfer = world.any(charge["transfer"])
    share = transfer["amount"] * amount // charge["amount"]
    share = min(share, transfer["amount"] - transfer["amount_reversed"])
    return str(transfers.reverse(world, transfer, share, refund)["id"])


def _give_fee_back(world: World, charge: Json, before: int, amount: int) -> None:
    """In proportion to everything refunded so far, rounded half up, less what went back before."""
    fee = world.any(charge["application_fee"]) if charge["application_fee"] else None
    if fee is None:
        raise invalid("The charge has no application fee to refund.", "refund_application_fee")
    whole = charge["amount"]
    target = (2 * fee["amount"] * (before + amount) + whole) // (2 * whole)
    share = target - fee["amount_refunded"]
    if share > 0:
        transfers.give_fee_back(world, fee, share)


def retrieve(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("refund", identity)


def list_all(world: World, fields: Json) -> Json:
    spec = {**PAGING, "charge": str, "created": RANGE, "payment_intent": str}
    asked = typed(fields, spec)
    return page(
        world.store.all("refund", world.account),
        "/v1/refunds",
        asked,
        lambda one: (
            asked.get("charge", one["charge"]) == one["charge"]
            and asked.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
            and within(asked.get("created"), one["created"])
        ),
    )


def fail(world: World, identity: str) -> Json:
    """The buyer's bank sent a refund back."""
    body = world.get("refund", identity)
    if body["status"] == "failed":
        raise invalid("This refund has failed already.")
    booked = balance.book(world, PLATFORM, "refund_failure", body["amount"], identity)
    body.update(
        status="failed",
        failure_reason="expired_or_canceled_card",
        failure_balance_transaction=booked["id"],
    )
    world.save(body)
    charge = world.any(body["charge"])
    _count(world, charge, -body["amount"])
    world.emit("refund.updated", body, PLATFORM, {"status": "succeeded"})
    world.emit("refund.failed", body, PLATFORM)
    return body
