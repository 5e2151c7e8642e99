"""Reconciliation: each sale explains itself, and the balance adds up to the cent.

What a sale should have brought is computed from the order; what it brought is read from the
provider. A line that differs says by how much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from koda_desktop.marketplace.payments import (
    BalanceState,
    Books,
    Checkouts,
    Movement,
    PayoutState,
    Shares,
)
from koda_desktop.marketplace.sharing import charge_of
from koda_desktop.models.order import Order
from koda_desktop.models.order_standing import standing
from koda_desktop.models.refund_split import largest_remainder

_SETTLING = frozenset({"charge", "payment"})


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One seller's part of one order, in minor units.

    ``net`` is what the seller is to have; ``found`` what the provider says they have of it.
    ``provider_fee`` is this line's part, by gross, of what the provider kept of the whole order.
    The platform bears it: it is not taken from ``net``.
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
    payment_ids: tuple[str, ...] = ()
    """What its transfers are in the seller's account."""

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
class Holding:
    """What an account holds in one currency, against the sum of all its movements in it."""

    balance: BalanceState
    movements: int

    @property
    def difference(self) -> int:
        """Zero when the balance is explained."""
        return self.balance.available + self.balance.pending - self.movements


@dataclass(frozen=True, slots=True)
class AccountBooks:
    """An account's whole balance against all its movements, and every payout."""

    holdings: Sequence[Holding]
    payouts: Sequence[PayoutLine]
    payout_of: Mapping[str, str] = field(repr=False)
    """The payout that each movement's source went out with."""
    order_of: Mapping[str, str] = field(repr=False)
    """The order, by id, whose money each movement's source is."""

    @property
    def adds_up(self) -> bool:
        """Whether nothing differs, as far as that can be known."""
        holdings = any(one.difference for one in self.holdings)
        return not holdings and not any(one.difference for one in self.payouts)


class Reconciliation:
    """Reads what is at the provider beside what the orders say."""

    def __init__(self, books: Books, shares: Shares, checkouts: Checkouts) -> None:
        self._books = books
        self._shares = shares
        self._checkouts = checkouts

    def account(self, account: str | None = None) -> AccountBooks:
        """The books of a seller's account, or of the platform."""
        holdings = self._holdings(account)
        payouts = [self._payout(one, account) for one in self._books.payouts(account)]
        received = self._shares.received(account) if account else ()
        order_of = {
            one.payment_id: one.order_id for one in received if one.payment_id and one.order_id
        }
        return AccountBooks(holdings, payouts, _payout_of(payouts), order_of)

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
        parts = _parts(order)
        shares = largest_remainder(provider_fee, [gross for gross, *_ in parts.values()])
        lines = []
        for (seller_id, (gross, part, refunded, back)), share in zip(
            parts.items(), shares, strict=True
        ):
            account = accounts.get(seller_id, "")
            theirs = [one for one in transfers if one.destination == account]
            transferred = sum(one.amount - one.amount_reversed for one in theirs)
            payouts = books[account].payout_of if account in books else {}
            payments = tuple(one.payment_id for one in theirs if one.payment_id)
            lines.append(
                SaleLine(
                    order_id=order.id,
                    order_number=order.order_number,
                    seller_id=seller_id,
                    gross=gross,
                    fee=part,
                    refunded=refunded,
                    fee_refunded=back,
                    provider_fee=share,
                    transferred=transferred,
                    found=transferred - kept,
                    payout_id=next((payouts[one] for one in payments if one in payouts), None),
                    payment_ids=payments,
                )
            )
        return tuple(lines)

    def _holdings(self, account: str | None) -> list[Holding]:
        """By currency: a currency that only ever passed through holds nothing, and is told too."""
        movements = Counter[str]()
        for one in self._books.movements(account=account):
            movements[one.currency] += one.net
        held = {one.currency: one for one in self._books.balances(account)}
        return [
            Holding(held.get(one, BalanceState(0, 0, one)), movements[one])
            for one in sorted({*held, *movements})
        ]

    def _payout(self, payout: PayoutState, account: str | None) -> PayoutLine:
        if not payout.is_automatic:
            return PayoutLine(payout, None)
        found = self._books.movements(account=account, payout_id=payout.id)
        return PayoutLine(payout, [one for one in found if one.source_id != payout.id])


def _payout_of(lines: Sequence[PayoutLine]) -> dict[str, str]:
    """The payout that each source went out with for good; ``lines`` newest first. What came back
    went out again with the later payout that names the one it came back from.
    """
    found: dict[str, str] = {}
    for line in lines:
        last = found.get(line.payout.id, "") if line.payout.came_back else line.payout.id
        for movement in line.movements or ():
            if movement.source_id and last:
                found[movement.source_id] = last
    return found


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
