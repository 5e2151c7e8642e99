"""Checkout sessions: what is asked for, the buyer's ways through the page, and expiry."""

from __future__ import annotations

from koda_desktop.services.sandbox.stripe import accounts, catalogue, charges
from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.shapes import SESSION
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import DAY, PLATFORM, World

SHORTEST, LONGEST = 30 * 60, DAY
MAX_LINES = 100
ASYNC_SECONDS = 2 * DAY
"""How long a bank debit is on its way."""

_PRODUCT_DATA = {"name!": str, "description": str, "images": [str], "metadata": METADATA}
_LINE = {
    "price": str,
    "price_data": {
        "currency!": str,
        "product": str,
        "product_data": _PRODUCT_DATA,
        "unit_amount!": int,
    },
    "quantity": int,
    "metadata": METADATA,
}
_CREATE = {
    "cancel_url": str,
    "client_reference_id": str,
    "customer_email": str,
    "expand": [str],
    "expires_at": int,
    "line_items!": [_LINE],
    "locale": str,
    "metadata": METADATA,
    "mode!": ("payment", "setup", "subscription"),
    "payment_intent_data": {
        "application_fee_amount": int,
        "description": str,
        "metadata": METADATA,
        "transfer_data": {"destination!": str},
        "transfer_group": str,
    },
    "submit_type": ("auto", "book", "donate", "pay", "subscribe"),
    "success_url": str,
}


def create(world: World, fields: Json) -> Json:
    asked = typed(fields, _CREATE)
    if asked["mode"] != "payment":
        raise invalid("This make-believe Stripe only sells for one payment.", "mode")
    if not asked.get("success_url"):
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    if not 1 <= len(asked["line_items"]) <= MAX_LINES:
        raise invalid(f"A session has up to {MAX_LINES} line items.", "line_items")
    expires = _expiry(world, asked)
    lines = [_line(world, line) for line in asked["line_items"]]
    total = sum(line["amount_total"] for line in lines)
    data = asked.get("payment_intent_data", {})
    _check_payment(world, data, total)
    identity = world.new_id("cs_test")
    body: Json = {
        **SESSION,
        "id": identity,
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked.get("client_reference_id"),
        "created": world.now(),
        "custom_text": dict.fromkeys(_TEXTS),
        "customer_email": asked.get("customer_email"),
        "expires_at": expires,
        "metadata": asked.get("metadata", {}),
        "payment_status": "unpaid" if total else "no_payment_required",
        "success_url": asked["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "url": f"{world.base}/pages/pay/{identity}",
    }
    world.store.keep_fact(f"lines:{identity}", lines)
    world.store.keep_fact(f"data:{identity}", data)
    return world.add(body, PLATFORM)


_TEXTS = ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")


def _expiry(world: World, asked: Json) -> int:
    now = world.now()
    expires = int(asked.get("expires_at", now + LONGEST))
    if not now + SHORTEST <= expires <= now + LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout "
            "Session creation.",
            "expires_at",
        )
    return expires


def _check_payment(world: World, data: Json, total: int) -> None:
    fee = data.get("application_fee_amount")
    transfer = data.get("transfer_data")
    if transfer:
        place = "payment_intent_data[transfer_data][destination]"
        accounts.require_active(world, transfer["destination"], place)
    if fee is not None and (not transfer or not 0 <= fee <= total):
        raise invalid(
            "An application fee needs a destination and is at most the amount of the charge.",
            "payment_intent_data[application_fee_amount]",
        )
    if 0 < total < 50:
        raise invalid(
            "The Checkout Session’s total amount must convert to at least 50 cents.",
            code="amount_too_small",
        )


def _line(world: World, asked: Json) -> Json:
    if "price" in asked:
        price = world.get("price", asked["price"], "line_items[price]")
        if not price["active"]:
            raise invalid("The price specified is inactive.", "line_items[price]")
        if price["type"] != "one_time":
            raise invalid("A payment needs prices that are paid once.", "line_items[price]")
    elif "price_data" in asked:
        price = _inline_price(world, asked["price_data"])
    else:
        raise invalid("You must specify a price or price_data.", "line_items")
    quantity = asked.get("quantity", 1)
    amount = price["unit_amount"] * quantity
    return {
        "id": world.new_id("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": world.any(price["product"])["name"],
        "metadata": asked.get("metadata", {}),
        "price": price,
        "quantity": quantity,
    }


def _inline_price(world: World, asked: Json) -> Json:
    product = asked.get("product")
    if product is None:
        data = asked.get("product_data")
        if data is None:
            raise invalid("You must specify product or product_data.", "line_items[price_data]")
        product = catalogue.create_product(world, {**data, "metadata": data.get("metadata", {})})
        product = product["id"]
    else:
        world.get("product", product, "line_items[price_data][product]")
    made = catalogue.price(world, {**asked, "product": product, "active": False})
    return world.add(made)


def retrieve(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("checkout.session", identity)


def list_lines(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, PAGING)
    world.get("checkout.session", identity)
    lines = world.store.fact(f"lines:{identity}")
    return page(lines, f"/v1/checkout/sessions/{identity}/line_items", asked)


def list_all(world: World, fields: Json) -> Json:
    spec = {
        **PAGING,
        "created": RANGE,
        "payment_intent": str,
        "status": ("complete", "expired", "open"),
    }
    asked = typed(fields, spec)
    return page(
        world.store.all("checkout.session", world.account),
        "/v1/checkout/sessions",
        asked,
        lambda one: (
            asked.get("payment_intent", one["payment_intent"]) == one["payment_intent"]
            and asked.get("status", one["status"]) == one["status"]
            and within(asked.get("created"), one["created"])
        ),
    )


def expire(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    body = world.get("checkout.session", identity)
    if body["status"] != "open":
        raise invalid(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of {body['status']}."
        )
    return _expire(world, body)


def expire_due(world: World) -> None:
    """Sessions whose time is over, and bank debits that arrive."""
    for body in list(world.store.all("checkout.session", PLATFORM)):
        if body["status"] == "open" and body["expires_at"] <= world.now():
            _expire(world, body)
        elif (due := world.store.fact(f"debit:{body['id']}")) and due["at"] <= world.now():
            world.store.keep_fact(f"debit:{body['id']}", None)
            _debit_arrives(world, body, due["is_good"])


def _expire(world: World, body: Json) -> Json:
    body.update(status="expired", url=None)
    if body["payment_intent"]:
        charges.cancel(world, world.any(body["payment_intent"]), "expired")
    world.emit("checkout.session.expired", world.save(body), PLATFORM)
    return body


def _debit_arrives(world: World, body: Json, is_good: bool) -> None:
    intent = world.any(body["payment_intent"])
    if is_good:
        charges.succeed(world, intent)
        body["payment_status"] = "paid"
        world.emit("checkout.session.async_payment_succeeded", world.save(body), PLATFORM)
        return
    charges.fail(world, intent, "debit_not_authorized", "The bank refused the debit.")
    world.emit("checkout.session.async_payment_failed", body, PLATFORM)


def pay(world: World, body: Json, way: str) -> Json:
    """What the buyer chose on the page: ``accepted``, ``declined``, ``action``, ``confirmed``,
    ``refused`` (the answer to ``action``), ``debit`` or ``bad-debit``.
    """
    if body["status"] != "open":
        return body
    if not body["amount_total"]:
        return _complete(world, body, "no_payment_required")
    intent = _intent(world, body)
    if way in ("accepted", "confirmed"):
        charges.succeed(world, intent)
        return _complete(world, body, "paid")
    if way in ("declined", "refused"):
        code = "card_declined" if way == "declined" else "payment_intent_authentication_failure"
        charges.fail(world, intent, code, "Your card was declined.")
    elif way == "action":
        charges.require_action(world, intent, f"{world.base}/pages/bank/{body['id']}")
    elif way in ("debit", "bad-debit"):
        charges.process(world, intent)
        due = {"at": world.now() + ASYNC_SECONDS, "is_good": way == "debit"}
        world.store.keep_fact(f"debit:{body['id']}", due)
        return _complete(world, body, "unpaid")
    else:
        raise invalid(f"There is no such way to pay: {way}")
    return body


def _intent(world: World, body: Json) -> Json:
    """The session's payment, made when the buyer first tries to pay."""
    if body["payment_intent"]:
        return world.any(body["payment_intent"])
    data = world.store.fact(f"data:{body['id']}") or {}
    intent = charges.create_intent(world, body["amount_total"], body["currency"], data)
    body["payment_intent"] = intent["id"]
    world.save(body)
    return intent


def _complete(world: World, body: Json, payment_status: str) -> Json:
    body.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details={
            "address": {
                "city": "Berlin",
                "country": "DE",
                "line1": "Teststraße 1",
                "line2": None,
                "postal_code": "10115",
                "state": None,
            },
            "email": body["customer_email"] or "buyer@sandbox.invalid",
            "name": "Demo Buyer",
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
    )
    world.emit("checkout.session.completed", world.save(body), PLATFORM)
    return body
