"""Balances, their movements, and payouts; the platform's own or a seller's."""

from __future__ import annotations

from collections import Counter
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

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client.v1

    def balances(self, account: str | None = None) -> Sequence[BalanceState]:
        with stripe_faults():
            found = self._client.balance.retrieve({}, acting_as(account))
        available, pending = Counter[str](), Counter[str]()
        for here in found.available:
            available[here.currency.upper()] += here.amount
        for coming in found.pending:
            pending[coming.currency.upper()] += coming.amount
        currencies = sorted({*available, *pending})
        return [BalanceState(available[one], pending[one], one) for one in currencies]

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

    def payout(self, payout_id: str, account: str | None = None) -> PayoutState:
        with stripe_faults():
            return reading.payout(self._client.payouts.retrieve(payout_id, {}, acting_as(account)))

    def payouts(
        self, account: str | None = None, since: int | None = None
    ) -> Sequence[PayoutState]:
        params: PayoutListParams = {"limit": _PAGE}
        if since is not None:
            params["created"] = {"gte": since}
        with stripe_faults():
            found = self._client.payouts.list(params, acting_as(account))
            return [reading.payout(one) for one in found.auto_paging_iter()]
