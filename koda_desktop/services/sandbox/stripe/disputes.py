"""A buyer objects at the bank: the money goes back until the bank has decided."""

from __future__ import annotations

from koda_desktop.services.sandbox.stripe import balance
from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.shapes import CURRENCY
from koda_desktop.services.sandbox.stripe.wire import PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import DAY, PLATFORM, World

DISPUTE_FEE = 2_000
"""What Stripe takes for handling a dispute, in cents."""

_EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)


def open_for(world: World, charge: Json) -> Json:
    if charge["disputed"] or not charge["paid"]:
        raise invalid("This charge cannot be disputed.")
    amount = charge["amount"] - charge["amount_refunded"]
    identity = world.new_id("du")
    fees = [balance.fee_detail(DISPUTE_FEE, "stripe_fee", "Dispute fee")]
    booked = balance.book(world, PLATFORM, "adjustment", -amount, identity, fees=fees)
    body: Json = {
        "id": identity,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [booked],
        "charge": charge["id"],
        "created": world.now(),
        "currency": CURRENCY,
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now() + 7 * DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }
    world.add(body, PLATFORM)
    world.save({**charge, "disputed": True})
    world.emit("charge.dispute.created", body, PLATFORM)
    world.emit("charge.dispute.funds_withdrawn", body, PLATFORM)
    return body


def close(world: World, body: Json, status: str) -> Json:
    """The bank decided: ``won`` for the seller, or ``lost``."""
    if status not in ("won", "lost") or body["status"] in ("won", "lost"):
        raise invalid("A dispute is won or lost, and once.")
    body["status"] = status
    if status == "won":
        booked = balance.book(world, PLATFORM, "adjustment", body["amount"], body["id"])
        body["balance_transactions"].append(booked)
    world.save(body)
    world.emit("charge.dispute.closed", body, PLATFORM)
    if status == "won":
        world.emit("charge.dispute.funds_reinstated", body, PLATFORM)
    return body


def retrieve(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("dispute", identity)


def list_all(world: World, fields: Json) -> Json:
    spec = {**PAGING, "charge": str, "created": RANGE, "payment_intent": str}
    asked = typed(fields, spec)
    return page(
        world.store.all("dispute", world.account),
        "/v1/disputes",
        asked,
        lambda one: (
            asked.get("charge", one["charge"]) == one["charge"]
            and asked.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
            and within(asked.get("created"), one["created"])
        ),
    )
