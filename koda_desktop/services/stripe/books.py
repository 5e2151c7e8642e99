"""Balances, their movements, and payouts; the platform's own or a seller's."""

from __future__ import annotations

from collections.abc import Sequence

import stripe
from stripe.params import BalanceTransactionListParams, PayoutListParams

from koda_desktop.marketplace.payments import BalanceState, Movement, PayoutState
from koda_desktop.services.stripe import reading
from koda_desktop.services.stripe.client import acting_as
from koda_desktop.services.stripe.faults import stripe_faults

_PAGE = 100


class StripeBooks:
    """``marketplace.payments.Books`` over the SDK."""

    def __init__(self, client: stripe.StripeClient, currency: str = "eur") -> None:
        self._client = client.v1
        self._currency = currency

    def balance(self, account: str | None = None) -> BalanceState:
        with stripe_faults():
            found = self._client.balance.retrieve({}, acting_as(account))
        available = sum(p.amount for p in found.available if p.currency == self._currency)
        pending = sum(p.amount for p in found.pending if p.currency == self._currency)
        return BalanceState(available, pending, self._currency.upper())

    def movements(
        self,
        *,
        account: str | None = None,
        payout_id: str | None = None,
        source_id: str | None = None,
        since: int | None = None,
    ) -> Sequence[Movement]:
        params: BalanceTransactionListParams = {"limit": _PAGE}
        if payout_id is not None:
            params["payout"] = payout_id
        if source_id is not None:
            params["source"] = source_id
        if since is not None:
            params["created"] = {"gte": since}
        with stripe_faults():
            found = self._client.balance_transactions.list(params, acting_as(account))
            return [reading.movement(one) for one in found.auto_paging_iter()]

    def payouts(
        self, account: str | None = None, since: int | None = None
    ) -> Sequence[PayoutState]:
        params: PayoutListParams = {"limit": _PAGE}
        if since is not None:
            params["created"] = {"gte": since}
        with stripe_faults():
            found = self._client.payouts.list(params, acting_as(account))
            return [reading.payout(one) for one in found.auto_paging_iter()]
