"""Refunds, transfers, reversals and the platform's fee."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import stripe
from stripe.params import RefundCreateParams

from koda_desktop.marketplace.payments import ChargeState, FeeState, RefundState, TransferState
from koda_desktop.services.stripe import reading
from koda_desktop.services.stripe.client import once
from koda_desktop.services.stripe.faults import stripe_faults

_PAGE = 100


class StripeShares:
    """``marketplace.payments.Shares`` over the SDK."""

    def __init__(self, client: stripe.StripeClient, currency: str = "eur") -> None:
        self._charges = client.v1.charges
        self._refunds = client.v1.refunds
        self._transfers = client.v1.transfers
        self._fees = client.v1.application_fees
        self._currency = currency

    def refund(
        self,
        charge_id: str,
        amount: int,
        metadata: Mapping[str, str],
        operation: str,
        *,
        is_reversed: bool,
    ) -> RefundState:
        params: RefundCreateParams = {
            "charge": charge_id,
            "amount": amount,
            "reason": "requested_by_customer",
            "metadata": dict(metadata),
        }
        if is_reversed:
            params["reverse_transfer"] = True
        with stripe_faults():
            return reading.refund(self._refunds.create(params, once(operation)))

    def refunds(self, charge_id: str) -> Sequence[RefundState]:
        with stripe_faults():
            found = self._refunds.list({"charge": charge_id, "limit": _PAGE})
            return [reading.refund(one) for one in found.auto_paging_iter()]

    def find_refund(self, refund_id: str) -> RefundState:
        with stripe_faults():
            return reading.refund(self._refunds.retrieve(refund_id))

    def transfer(
        self, charge_id: str, destination: str, amount: int, group: str, operation: str
    ) -> TransferState:
        with stripe_faults():
            made = self._transfers.create(
                {
                    "amount": amount,
                    "currency": self._currency,
                    "destination": destination,
                    "source_transaction": charge_id,
                    "transfer_group": group,
                    "metadata": {reading.ORDER: group},
                },
                once(operation),
            )
            return reading.transfer(made)

    def transfers(self, group: str) -> Sequence[TransferState]:
        with stripe_faults():
            found = self._transfers.list({"transfer_group": group, "limit": _PAGE})
            return [reading.transfer(one) for one in found.auto_paging_iter()]

    def received(self, account: str) -> Sequence[TransferState]:
        with stripe_faults():
            found = self._transfers.list({"destination": account, "limit": _PAGE})
            return [reading.transfer(one) for one in found.auto_paging_iter()]

    def reverse(self, transfer_id: str, amount: int, operation: str) -> None:
        with stripe_faults():
            self._transfers.reversals.create(transfer_id, {"amount": amount}, once(operation))

    def charge(self, charge_id: str) -> ChargeState:
        with stripe_faults():
            return reading.charge(self._charges.retrieve(charge_id))

    def fee(self, fee_id: str) -> FeeState:
        with stripe_faults():
            return reading.fee(self._fees.retrieve(fee_id))

    def refund_fee(self, fee_id: str, amount: int, operation: str) -> None:
        with stripe_faults():
            self._fees.refunds.create(fee_id, {"amount": amount}, once(operation))
