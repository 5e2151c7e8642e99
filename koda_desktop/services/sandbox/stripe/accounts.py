"""Connected accounts, the links that lead a seller through onboarding, and what is still wanted."""

from __future__ import annotations

from typing import Any

from koda_desktop.services.sandbox.stripe.errors import StripeFault, invalid
from koda_desktop.services.sandbox.stripe.listing import page, within
from koda_desktop.services.sandbox.stripe.wire import METADATA, PAGING, RANGE, Json, typed
from koda_desktop.services.sandbox.stripe.world import PLATFORM, World

LINK_SECONDS = 300
EVERYTHING = ("business_type", "external_account", "individual.id_number", "tos_acceptance.date")
DOCUMENT = "individual.verification.document"

_CAPABILITY = {"requested": bool}
_CREATE = {
    "type": ("custom", "express", "standard"),
    "country": str,
    "email": str,
    "business_type": ("individual", "company", "non_profit"),
    "capabilities": {"card_payments": _CAPABILITY, "transfers": _CAPABILITY},
    "metadata": METADATA,
    "expand": [str],
}
_LINK = {
    "account!": str,
    "type!": ("account_onboarding", "account_update"),
    "refresh_url": str,
    "return_url": str,
    "collection_options": {"fields": ("currently_due", "eventually_due")},
    "expand": [str],
}


def create(world: World, fields: Json) -> Json:
    asked = typed(fields, _CREATE)
    if asked.get("type") != "express":
        raise invalid("This make-believe Stripe only has Express accounts.", "type")
    body = _account(world, asked)
    world.add(body, PLATFORM)
    return body


def retrieve(world: World, fields: Json, identity: str) -> Json:
    typed(fields, {"expand": [str]})
    return _connected(world, identity)


def retrieve_own(world: World, fields: Json) -> Json:
    """The account the request acts as."""
    typed(fields, {"expand": [str]})
    return _connected(world, world.account)


def delete(world: World, fields: Json, identity: str) -> Json:
    body = _connected(world, identity)
    world.save({**body, "deleted": True})
    return {"id": identity, "object": "account", "deleted": True}


def list_all(world: World, fields: Json) -> Json:
    asked = typed(fields, {**PAGING, "created": RANGE})
    return page(
        world.store.all("account", PLATFORM),
        "/v1/accounts",
        asked,
        lambda one: not one.get("deleted") and within(asked.get("created"), one["created"]),
    )


def create_link(world: World, fields: Json) -> Json:
    asked = typed(fields, _LINK)
    for name in ("refresh_url", "return_url"):
        if not asked.get(name):
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    account = _connected(world, asked["account"])
    token = world.new_id("al").removeprefix("al_")
    expires = world.now() + LINK_SECONDS
    kept = {"account": account["id"], "expires_at": expires, **asked}
    world.store.keep_fact(f"link:{token}", kept)
    return {
        "object": "account_link",
        "created": world.now(),
        "expires_at": expires,
        "url": f"{world.base}/pages/onboarding/{token}",
    }


def use_link(world: World, token: str) -> tuple[Json, bool]:
    """What a link was made for, and whether it may still be used; it may be used once."""
    kept = world.store.fact(f"link:{token}")
    if kept is None:
        raise StripeFault(404, "There is no such page.")
    is_fresh = not kept.get("used") and world.now() < kept["expires_at"]
    if is_fresh:
        world.store.keep_fact(f"link:{token}", {**kept, "used": True})
    return kept, is_fresh


def seed(world: World, identity: str, user: str) -> Json:
    """An account of a chosen id that can be sold through, unless it exists."""
    known = world.store.find(identity, PLATFORM)
    if known is not None:
        return known
    world.add({**_account(world, {"metadata": {"user": user}}), "id": identity}, PLATFORM)
    return give(world, identity, [])


def give(world: World, identity: str, due: list[str], *, disabled: str | None = None) -> Json:
    """The seller gave all that was asked except ``due``; the account changes and tells so.

    ``disabled`` is Stripe's reason for holding the account back, whatever was given.
    """
    body = _connected(world, identity)
    is_ready = not due and disabled is None
    reason = disabled or ("requirements.past_due" if due else None)
    state = "active" if is_ready else "inactive"
    previous = {name: body[name] for name in ("charges_enabled", "payouts_enabled")}
    body.update(
        details_submitted=True,
        charges_enabled=is_ready,
        payouts_enabled=is_ready,
        capabilities={"card_payments": state, "transfers": state},
        requirements=_requirements(due, reason),
    )
    world.save(body)
    world.emit("account.updated", body, body["id"], previous)
    return body


def require_active(world: World, identity: str, parameter: str) -> Json:
    """A connected account that can be paid. Raises 400 as Stripe does."""
    body = _connected(world, identity, parameter)
    if body["capabilities"]["transfers"] != "active":
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities "
            "enabled: transfers, crypto_transfers, legacy_payments",
            parameter,
            "insufficient_capabilities_for_transfer",
        )
    return body


def _connected(world: World, identity: str, parameter: str = "account") -> Json:
    found = world.store.find(identity, PLATFORM)
    if found is None or found["object"] != "account" or found.get("deleted"):
        raise StripeFault(
            403,
            f"The provided key does not have access to account '{identity}' (or that account "
            "does not exist). Application access may have been revoked.",
            code="account_invalid",
            param=parameter,
        )
    return found


def _requirements(due: list[str], disabled_reason: str | None) -> Json:
    return {
        "alternatives": [],
        "current_deadline": None,
        "currently_due": due,
        "disabled_reason": disabled_reason,
        "errors": [],
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
    }


def _account(world: World, asked: Json) -> Json:
    return {
        "id": world.new_id("acct").replace("acct_", "acct_1", 1),
        "object": "account",
        "business_profile": _NO_PROFILE,
        "business_type": asked.get("business_type"),
        "capabilities": {"card_payments": "inactive", "transfers": "inactive"},
        "charges_enabled": False,
        "controller": {
            "type": "application",
            "fees": {"payer": "application_express"},
            "is_controller": True,
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "country": asked.get("country", "DE"),
        "created": world.now(),
        "default_currency": "eur",
        "details_submitted": False,
        "email": asked.get("email"),
        "future_requirements": _requirements([], None),
        "metadata": asked.get("metadata", {}),
        "payouts_enabled": False,
        "requirements": _requirements(list(EVERYTHING), "requirements.past_due"),
        "settings": _settings(),
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None},
        "type": "express",
    }


_NO_PROFILE: dict[str, Any] = {
    "mcc": None,
    "name": None,
    "product_description": None,
    "support_address": None,
    "support_email": None,
    "support_phone": None,
    "support_url": None,
    "url": None,
}


def _settings() -> Json:
    return {
        "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
        "card_payments": {
            "statement_descriptor_prefix": None,
            "statement_descriptor_prefix_kana": None,
            "statement_descriptor_prefix_kanji": None,
        },
        "dashboard": {"display_name": None, "timezone": "Etc/UTC"},
        "payments": {
            "statement_descriptor": None,
            "statement_descriptor_kana": None,
            "statement_descriptor_kanji": None,
        },
        "payouts": {
            "debit_negative_balances": True,
            "schedule": {"delay_days": 2, "interval": "daily"},
            "statement_descriptor": None,
        },
    }
