"""The ledger: every movement of money as a balance transaction, balances as their sums, payouts.

Money is available two days after it came. Once a day what is available goes to the bank, and
arrives a day later.
"""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.shapes import CURRENCY
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import DAY, PLATFORM, World

SETTLING_DAYS = 2
_CATEGORIES = {
    "payment": "charge",
    "transfer_refund": "transfer_reversal",
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "payment_refund": "refund",
    "adjustment": "other_adjustment",
}
_PAYOUT = {
    "amount!": int,
    "currency!": str,
    "description": str,
    "expand": [str],
    "metadata": METADATA,
    "statement_descriptor": str,
}


def book(
    world: World,
    account: str,
    kind: str,
    amount: int,
    source: str,
    *,
    fees: list[Json] | None = None,
    available_on: int | None = None,
) -> Json:
    """A movement of ``amount`` minor units less ``fees`` on an account's balance."""
    fee = sum(one["amount"] for one in fees or [])
    now = world.now()
    body: Json = {
        "id": world.new_id("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now if available_on is None else available_on,
        "balance_type": "payments",
        "created": now,
        "currency": CURRENCY,
        "description": None,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": fees or [],
        "net": amount - fee,
        "reporting_category": _CATEGORIES.get(kind, kind),
        "source": source,
        "status": "pending" if available_on and available_on > now else "available",
        "type": kind,
    }
    return world.add(body, account)


def fee_detail(amount: int, kind: str, description: str) -> Json:
    return {
        "amount": amount,
        "application": None,
        "currency": CURRENCY,
        "description": description,
        "type": kind,
    }


def settles_on(world: World) -> int:
    """When money that comes in now will be available."""
    return world.now() + SETTLING_DAYS * DAY


def available(world: World, account: str) -> int:
    """What an account could pay out or transfer now."""
    return sum(
        one["net"]
        for one in world.store.all("balance_transaction", account)
        if one["available_on"] <= world.now()
    )


def _pending(world: World, account: str) -> int:
    return sum(
        one["net"]
        for one in world.store.all("balance_transaction", account)
        if one["available_on"] > world.now()
    )


def retrieve_balance(world: World, fields: Json) -> Json:
    typed(fields, {"expand": [str]})

    def part(amount: int) -> list[Json]:
        return [{"amount": amount, "currency": CURRENCY, "source_types": {"card": amount}}]

    return {
        "object": "balance",
        "available": part(available(world, world.account)),
        "livemode": False,
        "pending": part(_pending(world, world.account)),
    }


def retrieve_transaction(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return _current(world, world.get("balance_transaction", identity))


def list_transactions(world: World, fields: Json) -> Json:
    spec = {
        **PAGING,
        "created": RANGE,
        "currency": str,
        "payout": str,
        "source": str,
        "type": str,
    }
    asked = typed(fields, spec)

    def found() -> Iterator[Json]:
        for one, payout in world.store.noted("balance_transaction", world.account):
            is_of_payout = asked.get("payout") in (None, payout, one["source"])
            if is_of_payout and _is_wanted(one, asked):
                yield _current(world, one)

    return page(found(), "/v1/balance_transactions", asked)


def _is_wanted(one: Json, asked: Json) -> bool:
    return (
        asked.get("type", one["type"]) == one["type"]
        and asked.get("source", one["source"]) == one["source"]
        and asked.get("currency", CURRENCY) == one["currency"]
        and within(asked.get("created"), one["created"])
    )


def _current(world: World, one: Json) -> Json:
    is_settled = one["available_on"] <= world.now()
    return {**one, "status": "available" if is_settled else "pending"}


def create_payout(world: World, fields: Json) -> Json:
    asked = typed(fields, _PAYOUT)
    if asked["amount"] < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if asked["amount"] > available(world, world.account):
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.",
            "amount",
            "balance_insufficient",
        )
    return _pay_out(world, world.account, asked["amount"], is_automatic=False, asked=asked)


def retrieve_payout(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("payout", identity)


def list_payouts(world: World, fields: Json) -> Json:
    spec = {**PAGING, "arrival_date": RANGE, "created": RANGE, "destination": str, "status": str}
    asked = typed(fields, spec)
    return page(
        world.store.all("payout", world.account),
        "/v1/payouts",
        asked,
        lambda one: (
            asked.get("status", one["status"]) == one["status"]
            and within(asked.get("created"), one["created"])
            and within(asked.get("arrival_date"), one["arrival_date"])
        ),
    )


def pay_out_everything(world: World) -> None:
    """The daily payout of every account whose available balance is above zero."""
    accounts = [one["id"] for one in world.store.all("account", PLATFORM) if one["payouts_enabled"]]
    for account in [PLATFORM, *accounts]:
        amount = available(world, account)
        if amount > 0:
            payout = _pay_out(world, account, amount, is_automatic=True, asked={})
            _name_payout(world, account, payout["id"])


def finish_payouts(world: World) -> None:
    """Payouts whose day has come arrive at the bank."""
    for payout in world.store.all("payout"):
        if payout["status"] == "in_transit" and payout["arrival_date"] <= world.now():
            payout.update(status="paid", reconciliation_status="completed")
            world.emit("payout.paid", world.save(payout), world.store.owner(payout["id"]))


def send_back(world: World, payout: Json, status: str) -> Json:
    """The bank does not take a payout (``failed``), or it is called back (``canceled``): its money
    is in the account again, and goes out with the next one.
    """
    account = world.store.owner(payout["id"])
    kind = {"failed": "payout_failure", "canceled": "payout_cancel"}[status]
    booked = book(world, account, kind, payout["amount"], payout["id"])
    payout.update(status=status, failure_balance_transaction=booked["id"])
    if status == "failed":
        message = "The bank account has been closed."
        payout.update(failure_code="account_closed", failure_message=message)
    world.emit(f"payout.{status}", world.save(payout), account)
    return payout


def _name_payout(world: World, account: str, payout: str) -> None:
    """Every settled movement that no payout holds yet went out with this one."""
    for one, note in list(world.store.noted("balance_transaction", account)):
        if not note and one["available_on"] <= world.now():
            world.store.note(one["id"], payout)


def _pay_out(world: World, account: str, amount: int, *, is_automatic: bool, asked: Json) -> Json:
    body: Json = {
        "id": world.new_id("po"),
        "object": "payout",
        "amount": amount,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": world.now() + DAY,
        "automatic": is_automatic,
        "balance_transaction": None,
        "created": world.now(),
        "currency": CURRENCY,
        "description": asked.get("description") or ("STRIPE PAYOUT" if is_automatic else None),
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": asked.get("metadata", {}),
        "method": "standard",
        "original_payout": None,
        "payout_method": None,
        "reconciliation_status": "in_progress" if is_automatic else "not_applicable",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": asked.get("statement_descriptor"),
        "status": "in_transit",
        "trace_id": None,
        "type": "bank_account",
    }
    body["balance_transaction"] = book(world, account, "payout", -amount, body["id"])["id"]
    world.add(body, account)
    world.emit("payout.created", body, account)
    return body
