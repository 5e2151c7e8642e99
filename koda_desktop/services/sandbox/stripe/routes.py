"""Which request is answered by whom."""

from __future__ import annotations

import re
from collections.abc import Callable

from koda_desktop.services.sandbox.stripe import (
    accounts,
    balance,
    catalogue,
    charges,
    checkout,
    disputes,
    refunds,
    transfers,
    webhooks,
)
from koda_desktop.services.sandbox.stripe.errors import StripeFault
from koda_desktop.services.sandbox.stripe.wire import Json
from koda_desktop.services.sandbox.stripe.world import World

Handler = Callable[..., Json]

_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("POST", "accounts", accounts.create),
    ("GET", "accounts", accounts.list_all),
    ("GET", "accounts/*", accounts.retrieve),
    ("DELETE", "accounts/*", accounts.delete),
    ("GET", "account", accounts.retrieve_own),
    ("POST", "account_links", accounts.create_link),
    ("POST", "products", catalogue.create_product),
    ("GET", "products", catalogue.list_products),
    ("GET", "products/*", catalogue.retrieve_product),
    ("POST", "products/*", catalogue.update_product),
    ("POST", "prices", catalogue.create_price),
    ("GET", "prices", catalogue.list_prices),
    ("GET", "prices/*", catalogue.retrieve_price),
    ("POST", "prices/*", catalogue.update_price),
    ("POST", "checkout/sessions", checkout.create),
    ("GET", "checkout/sessions", checkout.list_all),
    ("GET", "checkout/sessions/*", checkout.retrieve),
    ("GET", "checkout/sessions/*/line_items", checkout.list_lines),
    ("POST", "checkout/sessions/*/expire", checkout.expire),
    ("GET", "payment_intents", charges.list_intents),
    ("GET", "payment_intents/*", charges.retrieve_intent),
    ("POST", "payment_intents/*/cancel", charges.cancel_intent),
    ("GET", "charges", charges.list_charges),
    ("GET", "charges/*", charges.retrieve_charge),
    ("POST", "refunds", refunds.create),
    ("GET", "refunds", refunds.list_all),
    ("GET", "refunds/*", refunds.retrieve),
    ("POST", "transfers", transfers.create),
    ("GET", "transfers", transfers.list_all),
    ("GET", "transfers/*", transfers.retrieve),
    ("POST", "transfers/*/reversals", transfers.create_reversal),
    ("GET", "transfers/*/reversals", transfers.list_reversals),
    ("GET", "application_fees", transfers.list_fees),
    ("GET", "application_fees/*", transfers.retrieve_fee),
    ("POST", "application_fees/*/refunds", transfers.create_fee_refund),
    ("GET", "balance", balance.retrieve_balance),
    ("GET", "balance_transactions", balance.list_transactions),
    ("GET", "balance_transactions/*", balance.retrieve_transaction),
    ("GET", "payouts", balance.list_payouts),
    ("GET", "payouts/*", balance.retrieve_payout),
    ("POST", "payouts", balance.create_payout),
    ("GET", "disputes", disputes.list_all),
    ("GET", "disputes/*", disputes.retrieve),
    ("GET", "events", webhooks.list_events),
    ("GET", "events/*", webhooks.retrieve_event),
    ("POST", "webhook_endpoints", webhooks.create_endpoint),
    ("DELETE", "webhook_endpoints/*", webhooks.delete_endpoint),
)
_ROUTES = tuple(
    (method, re.compile(r"/v1/" + pattern.replace("*", r"([^/]+)") + r"\Z"), handler)
    for method, pattern, handler in _TABLE
)


def answer(world: World, method: str, path: str, fields: Json) -> Json:
    """The object a request asks for. Raises StripeFault, also for a request that is not here."""
    for known, pattern, handler in _ROUTES:
        found = pattern.match(path)
        if known == method and found:
            return handler(world, fields, *found.groups())
    raise StripeFault(404, f"Unrecognized request URL ({method}: {path}).")


def permission(method: str, path: str) -> str:
    """What a restricted key must be allowed for a request: ``checkout_sessions:write``."""
    parts = path.removeprefix("/v1/").split("/")
    resource = "_".join(parts[:2]) if parts[0] == "checkout" else parts[0]
    return f"{resource}:{'read' if method == 'GET' else 'write'}"
