"""One Stripe client for a workspace: pinned version, time-outs, retries of the same operation."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import stripe
from stripe import RequestOptions

from koda_desktop.runtime.logs import register_secret

API_VERSION = "2026-10-28.endive"
"""The version whose objects this room reads; Stripe keeps answering in it."""

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
RETRIES = 2
"""How often the SDK itself asks again after a lost connection, a 409 or a 5xx. Every request that
changes something carries an idempotency key, so that asking again does nothing twice."""


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """``api_base`` is another server than Stripe's own: the sandbox's."""

    key: str = field(repr=False)
    webhook_secret: str = field(default="", repr=False)
    api_base: str | None = None
    timeouts: tuple[float, float] = (CONNECT_SECONDS, ANSWER_SECONDS)
    retries: int = RETRIES


def connect(
    settings: StripeSettings, http_client: stripe.HTTPClient | None = None
) -> stripe.StripeClient:
    """A client for ``settings``. Nothing is sent yet; the keys are struck out of every log."""
    for secret in (settings.key, settings.webhook_secret):
        register_secret(secret)
    stripe.enable_telemetry = False
    # The SDK's own log tells whole answers, and with them the addresses of payment pages.
    logging.getLogger("stripe").setLevel(logging.WARNING)
    sent_by = http_client or stripe.RequestsClient(timeout=settings.timeouts)
    if settings.api_base is None:
        return stripe.StripeClient(
            settings.key,
            stripe_version=API_VERSION,
            max_network_retries=settings.retries,
            http_client=sent_by,
        )
    return stripe.StripeClient(
        settings.key,
        stripe_version=API_VERSION,
        max_network_retries=settings.retries,
        http_client=sent_by,
        base_addresses={"api": settings.api_base},
    )


def once(operation: str) -> RequestOptions:
    """The options of a request that is to be done once, however often it is sent."""
    return {"idempotency_key": operation}


def acting_as(account: str | None) -> RequestOptions:
    """The options of a request about a seller's own account, or the platform's."""
    return {"stripe_account": account} if account else {}
