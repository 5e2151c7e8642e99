"""Asking for reports, because a desktop has no address that they could be sent to.

Each time the last day is asked for again: a report may show up late, and taking one in twice
changes nothing. The provider keeps reports for 30 days; what happened before is read from the
movements on the balance, which it keeps for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from koda_desktop.errors import NotFound
from koda_desktop.marketplace.payments import (
    REPORTS_KEPT_DAYS,
    ChargeState,
    CheckoutState,
    Payments,
    Report,
    ReportPage,
)
from koda_desktop.marketplace.report_reading import OPERATION, is_of_interest
from koda_desktop.marketplace.settlement import Settled, Settlement
from koda_desktop.marketplace.trade_ports import Json, TradePorts
from koda_desktop.models.order import Order
from koda_desktop.models.order_facts import Entry, OrderFacts, RefundFact
from koda_desktop.runtime.clock import Clock, iso

DAY = 86_400
OVERLAP_SECONDS = DAY
PAGE = 100
_OPEN_ORDERS = 200


@dataclass(frozen=True, slots=True)
class Polled:
    """What a round of asking brought."""

    settled: Settled
    recovered: int = 0
    """Orders that were read from the provider's own state, because reports of them are gone."""


class Poller:
    """Asks for what is new and settles it."""

    def __init__(
        self, settlement: Settlement, ports: TradePorts, payments: Payments, clock: Clock
    ) -> None:
        self._settlement = settlement
        self._ports = ports
        self._payments = payments
        self._clock = clock

    def poll(self, *, overlap: int = OVERLAP_SECONDS, with_accounts: bool = True) -> Polled:
        """Ask the platform and every seller's account, ``overlap`` seconds further back than what
        is known. Raises Unavailable: ask again later.
        """
        now = int(self._clock.now().timestamp())
        last = self._ports.events.last_poll()
        since = (last if last is not None else 0) - overlap
        recovered = self._recover_older(since, now) if last is not None else 0
        reports, newest = self._reports(since, None)
        settled = self._settlement.settle(reports)
        for account in self._ports.sellers.connected_accounts() if with_accounts else ():
            settled += self._settlement.settle(self._reports_of(account, since))
        settled += self._settlement.retry()
        if newest:
            self._ports.events.set_last_poll(newest)
        return Polled(settled, recovered)

    def check(self, order_id: str) -> Json | None:
        """“I have paid”: read the order's session and payment, whatever reports say."""
        document = self._ports.orders.find(order_id)
        if document is None or not document.get("stripeCheckoutSessionId"):
            return document
        return self._settlement.learn(order_id, self._state(Order.read(document)))

    def check_open(self, older_than_seconds: int) -> int:
        """Check orders that have waited for their payment for long; answers how many."""
        before = self._clock.now() - timedelta(seconds=older_than_seconds)
        waiting = self._ports.orders.open_before(iso(before), _OPEN_ORDERS)
        for document in waiting:
            self.check(document["_id"])
        return len(waiting)

    def _reports(self, since: int, account: str | None) -> tuple[list[Report], int]:
        """Everything of interest since then, oldest first; and when the newest of all was made, by
        the provider's clock: this computer's may be wrong.
        """
        found: list[Report] = []
        newest = 0
        after: str | None = None
        while True:
            page = self._page(since, after, account)
            found += [report for report in page.reports if is_of_interest(report.type)]
            newest = max(newest, *(report.created for report in page.reports), 0)
            if not page.has_more or not page.reports:
                return found[::-1], newest
            after = page.reports[-1].id

    def _page(self, since: int, after: str | None, account: str | None) -> ReportPage:
        """The report that was read last may be dropped for its age before the next page is asked
        for. Then all that would follow it is older, and dropped as well.
        """
        try:
            return self._payments.reports.page(max(0, since), after, PAGE, account)
        except NotFound:
            if after is None:
                raise
            return ReportPage([], has_more=False)

    def _reports_of(self, account: str, since: int) -> list[Report]:
        """A seller's account may have gone; then there is nothing to ask."""
        try:
            return self._reports(since, account)[0]
        except NotFound:
            return []

    def _recover_older(self, since: int, now: int) -> int:
        """What happened in a gap that reports no longer reach back to."""
        if since >= now - REPORTS_KEPT_DAYS * DAY:
            return 0
        recovered = 0
        for charge in self._charges_since(since):
            if charge.order_id and self.check(charge.order_id) is not None:
                recovered += 1
        return recovered

    def _charges_since(self, since: int) -> Iterator[ChargeState]:
        """The charges that money moved for, by sale or by refund."""
        seen: set[str] = set()
        for movement in self._payments.books.movements(since=max(0, since)):
            source = movement.source_id or ""
            if movement.type == "charge" and source not in seen:
                seen.add(source)
                yield self._payments.shares.charge(source)
            elif movement.type in ("refund", "refund_failure") and source:
                charge_id = self._payments.shares.find_refund(source).charge_id
                if charge_id and charge_id not in seen:
                    seen.add(charge_id)
                    yield self._payments.shares.charge(charge_id)

    def _state(self, order: Order) -> OrderFacts:
        """The facts that session, payment and refunds are by themselves."""
        session = self._payments.checkouts.find(order.stripe_checkout_session_id or "")
        facts = _session_facts(session, int(self._clock.now().timestamp()))
        if session.intent_id is None:
            return facts
        charge = self._payments.checkouts.payment(session.intent_id).charge
        if charge is None or not charge.is_paid:
            return facts
        facts = facts.join(OrderFacts(charge_id=charge.id, charge_refunded=charge.amount_refunded))
        return facts.join(self._refund_facts(charge)) if charge.amount_refunded else facts

    def _refund_facts(self, charge: ChargeState) -> OrderFacts:
        refunds = {}
        for one in self._payments.shares.refunds(charge.id):
            key = one.metadata.get(OPERATION) or one.id
            refunds[key] = RefundFact(one.amount, one.status, one.id, at=one.created)
        return OrderFacts(refunds=refunds)


def _session_facts(session: CheckoutState, now: int) -> OrderFacts:
    common = OrderFacts(session_id=session.id, intent_id=session.intent_id or "")
    if session.status == "complete" and session.payment_status != "unpaid":
        entry = {f"{session.id}:paid": Entry(now, "paid", session.amount_total)}
        paid = OrderFacts(paid_at=now, paid_amount=session.amount_total, timeline=entry)
        return common.join(paid)
    if session.status == "complete":
        return common.join(OrderFacts(processing_at=now))
    if session.status == "expired":
        entry = {f"{session.id}:expired": Entry(now, "expired", session.amount_total)}
        return common.join(OrderFacts(ended_at=now, timeline=entry))
    return common
