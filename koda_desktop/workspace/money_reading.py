"""The marketplace's answers about money as the rows that pages hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from koda_desktop.workspace.money_rows import (
    BalanceRow,
    EventRow,
    MovementRow,
    PayoutRow,
    Payouts,
    Standing,
)

if TYPE_CHECKING:
    from koda_desktop.marketplace.onboarding import Onboarding
    from koda_desktop.marketplace.payments import Movement
    from koda_desktop.marketplace.reconciliation import AccountBooks, PayoutLine


def standing_of(found: Onboarding, as_of: str) -> Standing:
    account = found.account
    if account is None:
        return Standing(found.state.value, as_of=as_of)
    return Standing(
        state=found.state.value,
        charges_enabled=account.charges_enabled,
        payouts_enabled=account.payouts_enabled,
        wanted=account.due,
        disabled_reason=account.disabled_reason or "",
        as_of=as_of,
    )


def payouts_of(books: AccountBooks, numbers: Mapping[str, str], as_of: str) -> Payouts:
    """``numbers`` are those of the orders, by their ids."""
    of_source = {source: numbers.get(order, "") for source, order in books.order_of.items()}
    balances = tuple(
        BalanceRow(one.balance.currency, one.balance.available, one.balance.pending, one.difference)
        for one in books.holdings
    )
    return Payouts(as_of, balances, tuple(_payout(one, of_source) for one in books.payouts))


def _payout(line: PayoutLine, of_source: Mapping[str, str]) -> PayoutRow:
    payout = line.payout
    lines = None
    if line.movements is not None:
        lines = tuple(_movement(one, of_source) for one in line.movements)
    return PayoutRow(
        id=payout.id,
        amount=payout.amount,
        currency=payout.currency,
        status=payout.status,
        created=payout.created,
        arrives_on=payout.arrives_on,
        lines=lines,
        failure=payout.failure,
        difference=line.difference,
    )


def _movement(one: Movement, of_source: Mapping[str, str]) -> MovementRow:
    return MovementRow(
        type=one.type,
        amount=one.amount,
        fee=one.fee,
        net=one.net,
        currency=one.currency,
        created=one.created,
        order=of_source.get(one.source_id or "", ""),
    )


def event_row(document: Mapping[str, Any]) -> EventRow:
    """A ``webhookevents`` document."""
    return EventRow(
        id=str(document["stripeEventId"]),
        type=str(document["type"]),
        created=str(document["created"]),
        is_processed=bool(document.get("processed")),
        tries=int(document.get("attempts") or 0),
        error=str(document.get("error") or ""),
        waits_for=str(document.get("waitingFor") or ""),
        account=str(document.get("account") or ""),
        payload=document.get("payload") or {},
    )
