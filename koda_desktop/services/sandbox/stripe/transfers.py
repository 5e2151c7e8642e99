"""Money from the platform to connected accounts and back, and the platform's own fee."""

from __future__ import annotations

from koda_desktop.services.sandbox.stripe import accounts, balance
from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import embedded, page, within
from koda_desktop.services.sandbox.stripe.shapes import CURRENCY, blank_charge, returned
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import PLATFORM, World

_CREATE = {
    "amount!": int,
    "currency!": str,
    "description": str,
    "destination!": str,
    "expand": [str],
    "metadata": METADATA,
    "source_transaction": str,
    "transfer_group": str,
}
_BACK = {"amount": int, "description": str, "expand": [str], "metadata": METADATA}


def create(world: World, fields: Json) -> Json:
    asked = typed(fields, _CREATE)
    amount = asked["amount"]
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    accounts.require_active(world, asked["destination"], "destination")
    source = asked.get("source_transaction")
    if source is None and amount > balance.available(world, PLATFORM):
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            "amount",
            "balance_insufficient",
        )
    group = asked.get("transfer_group")
    if source is not None:
        charge = world.get("charge", source, "source_transaction")
        _check_source(world, charge, amount)
        group = group or charge["transfer_group"]
    body = _send(world, amount, asked["destination"], source, group, 0)
    body.update(metadata=asked.get("metadata", {}), description=asked.get("description"))
    world.emit("transfer.created", world.save(body), PLATFORM)
    return _shown(world, body)


def _check_source(world: World, charge: Json, amount: int) -> None:
    sent = sum(
        one["amount"]
        for one in world.store.all("transfer", PLATFORM)
        if one["source_transaction"] == charge["id"]
    )
    if not charge["paid"] or sent + amount > charge["amount"]:
        raise invalid(
            "You cannot transfer more than the amount of the source transaction.",
            "amount",
            "transfer_source_balance_parameters_mismatch" if not charge["paid"] else None,
        )


def retrieve(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return _shown(world, world.get("transfer", identity))


def list_all(world: World, fields: Json) -> Json:
    spec = {**PAGING, "created": RANGE, "destination": str, "transfer_group": str}
    asked = typed(fields, spec)
    return page(
        (_shown(world, one) for one in world.store.all("transfer", world.account)),
        "/v1/transfers",
        asked,
        lambda one: (
            asked.get("destination", one["destination"]) == one["destination"]
            and asked.get("transfer_group", one["transfer_group"]) == one["transfer_group"]
            and within(asked.get("created"), one["created"])
        ),
    )


def create_reversal(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, {**_BACK, "refund_application_fee": bool})
    body = world.get("transfer", identity)
    left = body["amount"] - body["amount_reversed"]
    amount = asked.get("amount", left)
    if not 1 <= amount <= left:
        raise invalid(
            f"Reversal amount ({amount}) is greater than the unreversed amount ({left}).", "amount"
        )
    made = reverse(world, body, amount, None)
    made["metadata"] = asked.get("metadata", {})
    return world.save(made)


def list_reversals(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, PAGING)
    world.get("transfer", identity)
    found = (one for one in world.store.all("transfer_reversal") if one["transfer"] == identity)
    return page(found, f"/v1/transfers/{identity}/reversals", asked)


def send_on(world: World, charge: Json, intent: Json) -> None:
    """A destination charge: all of it goes on to the connected account, the fee comes back."""
    destination = intent["transfer_data"]["destination"]
    fee = intent["application_fee_amount"] or 0
    group = intent["transfer_group"] or f"group_{intent['id']}"
    sent = _send(world, charge["amount"], destination, charge["id"], group, fee)
    charge.update(transfer=sent["id"], transfer_group=group)
    world.emit("transfer.created", sent, PLATFORM)
    if fee:
        charge["application_fee"] = _take_fee(world, fee, charge, sent)["id"]
    world.save(charge)


def reverse(world: World, transfer: Json, amount: int, refund: str | None) -> Json:
    """Bring ``amount`` of a transfer back to the platform."""
    payment = world.any(transfer["destination_payment"])
    back = {
        **returned(world, "pyr", amount, payment["id"]),
        "balance_transaction": None,
        "reason": None,
    }
    booked = balance.book(world, transfer["destination"], "payment_refund", -amount, back["id"])
    back["balance_transaction"] = booked["id"]
    world.add(back, transfer["destination"])
    payment["amount_refunded"] += amount
    payment["refunded"] = payment["amount_refunded"] == payment["amount"]
    world.save(payment)
    made: Json = {
        "id": world.new_id("trr"),
        "object": "transfer_reversal",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now(),
        "currency": CURRENCY,
        "destination_payment_refund": back["id"],
        "metadata": {},
        "source_refund": refund,
        "transfer": transfer["id"],
    }
    booked = balance.book(world, PLATFORM, "transfer_refund", amount, made["id"])
    made["balance_transaction"] = booked["id"]
    world.add(made, PLATFORM)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    world.save(transfer)
    world.emit("transfer.reversed", _shown(world, transfer), PLATFORM)
    return made


def retrieve_fee(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return _shown_fee(world, world.get("application_fee", identity))


def list_fees(world: World, fields: Json) -> Json:
    asked = typed(fields, {**PAGING, "charge": str, "created": RANGE})
    return page(
        (_shown_fee(world, one) for one in world.store.all("application_fee", PLATFORM)),
        "/v1/application_fees",
        asked,
        lambda one: (
            asked.get("charge") in (None, one["charge"], one["originating_transaction"])
            and within(asked.get("created"), one["created"])
        ),
    )


def create_fee_refund(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, {"amount": int, "expand": [str], "metadata": METADATA})
    fee = world.get("application_fee", identity)
    left = fee["amount"] - fee["amount_refunded"]
    amount = asked.get("amount", left)
    if not 1 <= amount <= left:
        raise invalid(
            f"Refund amount ({amount}) is greater than the fee that is left ({left}).", "amount"
        )
    made = give_fee_back(world, fee, amount)
    made["metadata"] = asked.get("metadata", {})
    return world.save(made)


def give_fee_back(world: World, fee: Json, amount: int) -> Json:
    """Part of the platform's fee goes back to the connected account it was taken from."""
    made: Json = {
        "id": world.new_id("fr"),
        "object": "fee_refund",
        "amount": amount,
        "balance_transaction": None,
        "created": world.now(),
        "currency": CURRENCY,
        "fee": fee["id"],
        "metadata": {},
    }
    booked = balance.book(world, PLATFORM, "application_fee_refund", -amount, made["id"])
    made["balance_transaction"] = booked["id"]
    balance.book(world, fee["account"], "adjustment", amount, made["id"])
    world.add(made, PLATFORM)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    world.save(fee)
    world.emit("application_fee.refunded", _shown_fee(world, fee), PLATFORM)
    return made


def _send(
    world: World, amount: int, destination: str, source: str | None, group: str | None, fee: int
) -> Json:
    """The transfer on the platform's side, and the payment it is on the connected account's."""
    settles = balance.settles_on(world) if source else world.now()
    identity = world.new_id("tr")
    payment = blank_charge(world, "py", amount)
    fees = [balance.fee_detail(fee, "application_fee", "Application fee")] if fee else []
    booked = balance.book(
        world, destination, "payment", amount, payment["id"], fees=fees, available_on=settles
    )
    payment.update(
        balance_transaction=booked["id"],
        source_transfer=identity,
        application_fee_amount=fee or None,
        payment_method_details={"stripe_account": {}, "type": "stripe_account"},
    )
    world.add(payment, destination)
    out = balance.book(world, PLATFORM, "transfer", -amount, identity, available_on=settles)
    body: Json = {
        "id": identity,
        "object": "transfer",
        "amount": amount,
        "amount_reversed": 0,
        "balance_transaction": out["id"],
        "created": world.now(),
        "currency": CURRENCY,
        "description": None,
        "destination": destination,
        "destination_payment": payment["id"],
        "livemode": False,
        "metadata": {},
        "reversals": embedded([], f"/v1/transfers/{identity}/reversals"),
        "reversed": False,
        "source_transaction": source,
        "source_type": "card",
        "transfer_group": group,
    }
    return world.add(body, PLATFORM)


def _take_fee(world: World, amount: int, charge: Json, transfer: Json) -> Json:
    identity = world.new_id("fee")
    booked = balance.book(
        world,
        PLATFORM,
        "application_fee",
        amount,
        identity,
        available_on=balance.settles_on(world),
    )
    body: Json = {
        "id": identity,
        "object": "application_fee",
        "account": transfer["destination"],
        "amount": amount,
        "amount_refunded": 0,
        "application": "ca_sandbox",
        "balance_transaction": booked["id"],
        "charge": transfer["destination_payment"],
        "created": world.now(),
        "currency": CURRENCY,
        "fee_source": {"charge": transfer["destination_payment"], "type": "charge"},
        "livemode": False,
        "originating_transaction": charge["id"],
        "refunded": False,
        "refunds": embedded([], f"/v1/application_fees/{identity}/refunds"),
    }
    world.add(body, PLATFORM)
    world.emit("application_fee.created", body, PLATFORM)
    return body


def _shown(world: World, body: Json) -> Json:
    found = (
        [one for one in world.store.all("transfer_reversal") if one["transfer"] == body["id"]]
        if body["amount_reversed"]
        else []
    )
    return {**body, "reversals": embedded(found, f"/v1/transfers/{body['id']}/reversals")}


def _shown_fee(world: World, body: Json) -> Json:
    found = (
        [one for one in world.store.all("fee_refund") if one["fee"] == body["id"]]
        if body["amount_refunded"]
        else []
    )
    return {**body, "refunds": embedded(found, f"/v1/application_fees/{body['id']}/refunds")}
