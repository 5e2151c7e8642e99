"""Stripe's events: asked for page by page, or verified as they come in by webhook."""

from __future__ import annotations

import stripe

from koda_desktop.errors import Misconfigured
from koda_desktop.marketplace.payments import Report, ReportPage
from koda_desktop.services.stripe import reading
from koda_desktop.services.stripe.client import acting_as
from koda_desktop.services.stripe.faults import stripe_faults

TOLERANCE_SECONDS = 300
"""How old a signature may be. Stripe's libraries have the same."""


class StripeReports:
    """``marketplace.payments.Reports`` over the SDK."""

    def __init__(self, client: stripe.StripeClient, webhook_secret: str = "") -> None:
        self._client = client
        self._events = client.v1.events
        self._secret = webhook_secret

    def page(
        self, since: int, after_id: str | None, limit: int, account: str | None = None
    ) -> ReportPage:
        params: stripe.params.EventListParams = {"created": {"gte": since}, "limit": limit}
        if after_id is not None:
            params["starting_after"] = after_id
        with stripe_faults():
            found = self._events.list(params, acting_as(account))
            return ReportPage([reading.report(one) for one in found.data], found.has_more)

    def find(self, report_id: str, account: str | None = None) -> Report:
        with stripe_faults():
            return reading.report(self._events.retrieve(report_id, {}, acting_as(account)))

    def verify(self, payload: bytes, signature: str) -> Report:
        if not self._secret:
            raise Misconfigured(
                "Webhooks cannot be checked: their signing secret is not set.",
                remedy="Copy the secret of the webhook (whsec_…) from the Stripe dashboard.",
            )
        with stripe_faults():
            return reading.report(
                self._client.construct_event(
                    payload, signature, self._secret, tolerance=TOLERANCE_SECONDS
                )
            )
