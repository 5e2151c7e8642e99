"""Sellers' Express accounts and the pages that lead through onboarding."""

from __future__ import annotations

import stripe

from koda_desktop.errors import NotFound
from koda_desktop.marketplace.payments import ConnectedAccount, HostedPage
from koda_desktop.services.stripe import reading
from koda_desktop.services.stripe.client import once
from koda_desktop.services.stripe.faults import stripe_faults


class StripeAccounts:
    """``marketplace.payments.Accounts`` over the SDK."""

    def __init__(self, client: stripe.StripeClient) -> None:
        self._accounts = client.v1.accounts
        self._links = client.v1.account_links

    def create(self, user_id: str, email: str | None, operation: str) -> ConnectedAccount:
        params: stripe.params.AccountCreateParams = {
            "type": "express",
            "capabilities": {
                "card_payments": {"requested": True},
                "transfers": {"requested": True},
            },
            "metadata": {"user": user_id},
        }
        if email:
            params["email"] = email
        with stripe_faults():
            return reading.account(self._accounts.create(params, once(operation)))

    def find(self, account_id: str) -> ConnectedAccount | None:
        try:
            with stripe_faults():
                return reading.account(self._accounts.retrieve(account_id))
        except NotFound:
            return None

    def delete(self, account_id: str) -> None:
        with stripe_faults():
            self._accounts.delete(account_id)

    def onboarding_page(self, account_id: str, return_url: str, refresh_url: str) -> HostedPage:
        with stripe_faults():
            made = self._links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
            return HostedPage(made.url, made.expires_at)
