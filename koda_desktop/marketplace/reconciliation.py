"""Reconciliation: each sale explains itself, and the balance adds up to the cent.

What a sale should have brought is computed from the order; what it brought is read from the
provider. A line that differs says by how much.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from koda_desktop.marketplace.payments import Books, Checkouts, Movement, PayoutState, Shares
from koda_desktop.marketplace.sharing import charge_of
from koda_desktop.models.order import Order
from koda_desktop.models.order_standing import standing

_SETTLING = frozenset({"charge", "payment"})


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One seller's part of one order, in minor units.

    ``net`` is what the seller is to have; ``found`` what the provider says they have of it.
    ``provider_fee`` is taken from the platform's part, of the whole order.
    """

    order_id: str
    order_number: str
    seller_id: str
    gross: int
    fee: int
    refunded: int
    fee_refunded: int
    provider_fee: int
    transferred: int
    found: int
    payout_id: str | None = None

    @property
    def net(self) -> int:
        return self.gross - self.fee - (self.refunded - self.fee_refunded)

    @property
    def difference(self) -> int:
        """Zero when the line explains itself."""
        return self.found - self.net


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One payout and the movements it is made of; None for one that names no movements."""

    payout: PayoutState
    movements: Sequence[Movement] | None

    @property
    def difference(self) -> int | None:
        """What the bank got less what the movements come to; None where that cannot be known."""
        if self.movements is None:
            return None
        return self.payout.amount - sum(one.net for one in self.movements)


@dataclass(frozen=True, slots=True)
class AccountBooks:
    """An account's whole balance against all its movements."""

    balance: int
    movements: int
    payouts: Sequence[PayoutLine]
    payout_of: Mapping[str, str] = field(repr=False)
    """The payout that each movement's source went out with."""

    @property
    def difference(self) -> int:
        return self.balance - self.movements


class Reconciliation:
    """Reads what is at the provider beside what the orders say."""

    def __init__(self, books: Books, shares: Shares, checkouts: Checkouts) -> None:
        self._books = books
        self._shares = shares
        self._checkouts = checkouts

    def account(self, account: str | None = None) -> AccountBooks:
        """The books of a seller's account, or of the platform."""
        balance = self._books.balance(account)
        total = sum(one.net for one in self._books.movements(account=account))
        payouts = [self._payout(one, account) for one in self._books.payouts(account)]
        payout_of = {
            movement.source_id: line.payout.id
            for line in payouts
            for movement in line.movements or ()
            if movement.source_id
        }
        return AccountBooks(balance.available + balance.pending, total, payouts, payout_of)

    def sale(
        self, order: Order, accounts: Mapping[str, str], books: Mapping[str, AccountBooks]
    ) -> tuple[SaleLine, ...]:
        """The lines of a paid order, one for each seller. ``accounts`` are theirs by seller id,
        ``books`` by account, for the payouts.
        """
        charge = self._shares.charge(charge_of(order, self._checkouts))
        provider_fee = sum(
            one.fee for one in self._books.movements(source_id=charge.id) if one.type in _SETTLING
        )
        fee = self._shares.fee(charge.fee_id) if charge.fee_id else None
        kept = fee.amount - fee.amount_refunded if fee else 0
        transfers = self._shares.transfers(order.id)
        lines = []
        for seller_id, (gross, part, refunded, back) in _parts(order).items():
            account = accounts.get(seller_id, "")
            theirs = [one for one in transfers if one.destination == account]
            transferred = sum(one.amount - one.amount_reversed for one in theirs)
            payouts = books[account].payout_of if account in books else {}
            lines.append(
                SaleLine(
                    order_id=order.id,
                    order_number=order.order_number,
                    seller_id=seller_id,
                    gross=gross,
                    fee=part,
                    refunded=refunded,
                    fee_refunded=back,
                    provider_fee=provider_fee,
                    transferred=transferred,
                    found=transferred - kept,
                    payout_id=_first(payouts, (one.payment_id for one in theirs)),
                )
            )
        return tuple(lines)

    def _payout(self, payout: PayoutState, account: str | None) -> PayoutLine:
        if not payout.is_automatic:
            return PayoutLine(payout, None)
        found = self._books.movements(account=account, payout_id=payout.id)
        return PayoutLine(payout, [one for one in found if one.source_id != payout.id])


def _parts(order: Order) -> dict[str, tuple[int, int, int, int]]:
    """Gross, fee, refunded and fee given back of each seller."""
    given = standing(order.known, order.lines).given
    parts: dict[str, tuple[int, int, int, int]] = {}
    for line, back in zip(order.lines, given, strict=True):
        before = parts.get(line.seller_id, (0, 0, 0, 0))
        here = (line.gross, line.fee, back.refunded, back.fee)
        parts[line.seller_id] = (
            before[0] + here[0],
            before[1] + here[1],
            before[2] + here[2],
            before[3] + here[3],
        )
    return parts


def _first(payouts: Mapping[str, str], sources: Iterable[str | None]) -> str | None:
    return next((payouts[one] for one in sources if one and one in payouts), None)
