"""Products and prices. A price's amount never changes: a new price is made, the old one retired."""

from __future__ import annotations

from typing import Any

from koda_desktop.services.sandbox.stripe.errors import invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import World

LARGEST = 99_999_999
RECURRING = {
    "interval!": ("day", "week", "month", "year"),
    "interval_count": int,
    "trial_period_days": int,
}
_PRODUCT = {
    "active": bool,
    "description": str,
    "expand": [str],
    "images": [str],
    "metadata": METADATA,
    "name": str,
    "tax_code": str,
    "url": str,
}
_PRICE = {
    "active": bool,
    "currency!": str,
    "expand": [str],
    "lookup_key": str,
    "metadata": METADATA,
    "nickname": str,
    "product!": str,
    "recurring": RECURRING,
    "tax_behavior": ("exclusive", "inclusive", "unspecified"),
    "unit_amount!": int,
}


def create_product(world: World, fields: Json) -> Json:
    asked = typed(fields, {**_PRODUCT, "name!": str, "id": str})
    identity = asked.pop("id", None) or world.new_id("prod")
    if world.store.find(identity, world.account):
        raise invalid(f"Product already exists: {identity}", "id", "resource_already_exists")
    body = world.add(_product(world, identity, asked))
    world.emit("product.created", body)
    return body


def update_product(world: World, fields: Json, identity: str) -> Json:
    asked = typed(fields, {**_PRODUCT, "default_price": str})
    asked.pop("expand", None)
    body = world.get("product", identity)
    metadata = _merged(body["metadata"], asked.pop("metadata", {}))
    previous = {name: body[name] for name in asked}
    body.update(asked, metadata=metadata, updated=world.now())
    world.emit("product.updated", world.save(body), previous=previous)
    return body


def retrieve_product(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("product", identity)


def list_products(world: World, fields: Json) -> Json:
    asked = typed(fields, {**PAGING, "active": bool, "created": RANGE, "ids": [str]})
    return page(world.store.all("product", world.account), "/v1/products", asked, _matching(asked))


def create_price(world: World, fields: Json) -> Json:
    asked = typed(fields, _PRICE)
    world.get("product", asked["product"], "product")
    body = world.add(price(world, asked))
    world.emit("price.created", body)
    return body


def update_price(world: World, fields: Json, identity: str) -> Json:
    allowed = {name: _PRICE[name] for name in ("active", "expand", "metadata", "nickname")}
    asked = typed(fields, allowed)
    asked.pop("expand", None)
    body = world.get("price", identity)
    metadata = _merged(body["metadata"], asked.pop("metadata", {}))
    previous = {name: body[name] for name in asked}
    body.update(asked, metadata=metadata)
    world.emit("price.updated", world.save(body), previous=previous)
    return body


def retrieve_price(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return world.get("price", identity)


def list_prices(world: World, fields: Json) -> Json:
    spec = {**PAGING, "active": bool, "created": RANGE, "product": str, "lookup_keys": [str]}
    asked = typed(fields, spec)
    return page(world.store.all("price", world.account), "/v1/prices", asked, _matching(asked))


def price(world: World, asked: Json) -> Json:
    """A price object; also the one a session's inline ``price_data`` makes."""
    amount = asked["unit_amount"]
    if not 0 <= amount <= LARGEST:
        raise invalid("Invalid integer: unit_amount", "unit_amount", "parameter_invalid_integer")
    recurring = asked.get("recurring")
    return {
        "id": world.new_id("price"),
        "object": "price",
        "active": asked.get("active", True),
        "billing_scheme": "per_unit",
        "created": world.now(),
        "currency": asked["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": asked.get("lookup_key"),
        "metadata": asked.get("metadata", {}),
        "nickname": asked.get("nickname"),
        "product": asked["product"],
        "recurring": recurring and _recurring(recurring),
        "tax_behavior": asked.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring" if recurring else "one_time",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def _recurring(asked: Json) -> Json:
    return {
        "interval": asked["interval"],
        "interval_count": asked.get("interval_count", 1),
        "meter": None,
        "trial_period_days": asked.get("trial_period_days"),
        "usage_type": "licensed",
    }


def _matching(asked: Json) -> Any:
    def is_wanted(one: Json) -> bool:
        return (
            asked.get("active", one["active"]) == one["active"]
            and asked.get("product", one.get("product")) == one.get("product")
            and one["id"] in asked.get("ids", [one["id"]])
            and one.get("lookup_key") in asked.get("lookup_keys", [one.get("lookup_key")])
            and within(asked.get("created"), one["created"])
        )

    return is_wanted


def _merged(kept: Json, changes: Json) -> Json:
    """Metadata is changed key by key; an empty value takes the key away."""
    return {name: value for name, value in {**kept, **changes}.items() if value != ""}


def _product(world: World, identity: str, asked: Json) -> Json:
    return {
        "id": identity,
        "object": "product",
        "active": asked.get("active", True),
        "created": world.now(),
        "default_price": None,
        "description": asked.get("description") or None,
        "images": asked.get("images", []),
        "livemode": False,
        "marketing_features": [],
        "metadata": asked.get("metadata", {}),
        "name": asked["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": asked.get("tax_code"),
        "type": "service",
        "unit_label": None,
        "updated": world.now(),
        "url": asked.get("url"),
    }
