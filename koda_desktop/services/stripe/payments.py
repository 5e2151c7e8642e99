"""The payment provider's port, put together over one client."""

from __future__ import annotations

import stripe

from koda_desktop.services.stripe.accounts import StripeAccounts
from koda_desktop.services.stripe.books import StripeBooks
from koda_desktop.services.stripe.catalogue import StripeCatalogue
from koda_desktop.services.stripe.checkouts import StripeCheckouts
from koda_desktop.services.stripe.client import StripeSettings, connect
from koda_desktop.services.stripe.reports import StripeReports
from koda_desktop.services.stripe.shares import StripeShares


class StripePayments:
    """``marketplace.payments.Payments`` over Stripe. Blocking; safe to call from several threads.

    ``http_client`` is for tests, which look at every request and answer.
    """

    def __init__(
        self, settings: StripeSettings, http_client: stripe.HTTPClient | None = None
    ) -> None:
        client = connect(settings, http_client)
        self.accounts = StripeAccounts(client)
        self.catalogue = StripeCatalogue(client)
        self.checkouts = StripeCheckouts(client)
        self.shares = StripeShares(client)
        self.reports = StripeReports(client, settings.webhook_secret)
        self.books = StripeBooks(client)
