"""Settlement: reports of the payment provider become orders that are paid, and purchases.

One handler for both sources, polled reports and webhooks. Reports may come late, twice, in any
order, and in any number at once: each is turned into facts, the facts of an order are joined, and
the order stands where they put it (see ``models.order_facts``). A report that names a payment
nobody knows yet waits in the database for the one that says which order it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from koda_desktop.errors import KodaError, Unavailable
from koda_desktop.marketplace.applying import (
    AmountDiffers,
    Applied,
    Unreadable,
    apply_facts,
    read_order,
)
from koda_desktop.marketplace.payments import Accounts, Report
from koda_desktop.marketplace.report_reading import Told, read_report
from koda_desktop.marketplace.trade_ports import Batch, EventRecord, Json, TradePorts
from koda_desktop.models.order_facts import OrderFacts
from koda_desktop.models.webhook_event import scrubbed

BATCH = 500
"""How many reports are written in one transaction."""

_TRIES = 8
MOST_ATTEMPTS = 10
"""How often a report that fails is tried again by itself."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of some reports."""

    processed: int = 0
    waiting: int = 0
    failed: int = 0
    ignored: int = 0
    """None of ours, or processed before."""

    def __add__(self, other: Settled) -> Settled:
        return Settled(
            self.processed + other.processed,
            self.waiting + other.waiting,
            self.failed + other.failed,
            self.ignored + other.ignored,
        )


class PayoutNotes(Protocol):
    """Writes down which orders went to the bank with a payout, as the payout itself is now."""

    def note_payout(self, account: str, payout_id: str) -> object: ...


class Settlement:
    """Takes reports in. Blocking; several may run at once, on one computer or many.

    Without ``payouts``, those of payouts are kept and that is all.
    """

    def __init__(
        self, ports: TradePorts, accounts: Accounts, payouts: PayoutNotes | None = None
    ) -> None:
        self._ports = ports
        self._accounts = accounts
        self._payouts = payouts

    def settle(self, reports: Sequence[Report]) -> Settled:
        """Take ``reports`` in; each counts once, however often it is told.

        Raises Unavailable when the database does not answer: tell them again.
        """
        total = Settled()
        for start in range(0, len(reports), BATCH):
            total += self._settle(reports[start : start + BATCH])
        return total

    def retry(self) -> Settled:
        """Try the reports again that failed or wait."""
        unfinished = self._ports.events.unfinished(MOST_ATTEMPTS, BATCH)
        return self._take([report_of(record) for record in unfinished])

    def replay(self, event_ids: Sequence[str]) -> Settled:
        """Take reports in again that are kept here, processed or not: safe by design."""
        records = self._ports.events.find(event_ids)
        return self._take([report_of(record) for record in records])

    def learn(self, order_id: str, facts: OrderFacts) -> Json | None:
        """Apply facts that were asked for instead of told; answers the order as it is then."""
        for _ in range(_TRIES):
            document = self._ports.orders.find(order_id)
            if document is None:
                return None
            applied = apply_facts(read_order(document), facts)
            if applied.update is None:
                return document
            batch = Batch([applied.update], applied.purchases)
            if self._ports.ledger.commit(batch):
                self._release_waiting(applied)
                return self._ports.orders.find(order_id)
        raise busy()

    def _release_waiting(self, applied: Applied) -> None:
        if applied.new_intent:
            waiting = self._ports.events.waiting([applied.new_intent])
            self._take([report_of(record) for record in waiting])

    def _settle(self, reports: Sequence[Report]) -> Settled:
        by_id = {report.id: report for report in reports}
        done = self._ports.events.processed(by_id)
        fresh = [report for report in by_id.values() if report.id not in done]
        return self._take(fresh) + Settled(ignored=len(reports) - len(fresh))

    def _take(self, reports: Sequence[Report]) -> Settled:
        told, broken, ignored = _read(reports)
        broken += self._look_at_accounts(one for one in told if one.account_id)
        looked_at = [one for one in told if one.account_id]
        failed = {record.event_id for record in broken}
        records = [_record(one.report) for one in looked_at if one.report.id not in failed]
        of_orders = [one for one in told if not one.account_id]
        settled = self._commit(of_orders, [*records, *broken])
        return settled + Settled(ignored=ignored)

    def _look_at_accounts(self, told: Iterable[Told]) -> list[EventRecord]:
        """A report of an account, or of a payout of it, may be late, so they themselves are asked;
        answers failures. A bank that sends a payout back is a reason to stop payouts.
        """
        failures = []
        asked: dict[tuple[str, str | None], KodaError | None] = {}
        for one in told:
            account_id = one.account_id or ""
            for place in dict.fromkeys([(account_id, None), (account_id, one.payout_id)]):
                if place not in asked:
                    asked[place] = self._look_at(*place)
            fault = asked[account_id, None] or asked[account_id, one.payout_id]
            if fault is not None:
                failures.append(_failure(one.report, fault.what))
        return failures

    def _look_at(self, account_id: str, payout_id: str | None) -> KodaError | None:
        try:
            if payout_id is None:
                self._look_at_account(account_id)
            elif self._payouts is not None:
                self._payouts.note_payout(account_id, payout_id)
        except KodaError as fault:
            return fault
        return None

    def _look_at_account(self, account_id: str) -> None:
        found = self._accounts.find(account_id)
        self._ports.sellers.set_onboarding(account_id, found is not None and found.is_complete)

    def _commit(self, told: Sequence[Told], records: Sequence[EventRecord]) -> Settled:
        for _ in range(_TRIES):
            batch, waiting = self._batch(told)
            events = [*batch.events, *records]
            if self._ports.ledger.commit(Batch(batch.orders, batch.purchases, events)):
                failed = sum(1 for one in events if one.error)
                return Settled(len(events) - failed - waiting, waiting, failed)
        raise busy()

    def _batch(self, told: Sequence[Told]) -> tuple[Batch, int]:
        """What ``told`` changes, as the orders are now; and how many of it has to wait."""
        found = self._orders(told)
        told = [*told, *self._late(told, found)]
        orders: list[Applied] = []
        events: list[EventRecord] = []
        for order_id, group in _grouped(told, found):
            if order_id is None:
                events += [_record(one.report, waiting_for=_waits_for(one)) for one in group]
                continue
            applied, records = _apply(found[order_id], group)
            orders.append(applied)
            events += records
        updates = [applied.update for applied in orders if applied.update]
        bought = [purchase for applied in orders for purchase in applied.purchases]
        waiting = sum(1 for one in events if one.waiting_for)
        return Batch(updates, bought, events), waiting

    def _orders(self, told: Sequence[Told]) -> dict[str, Json]:
        """The orders that are meant, by id and by the payments that name no order."""
        orders = self._ports.orders
        ids = {one.order_id for one in told if one.order_id}
        intents = {one.intent_id for one in told if one.intent_id and not one.order_id}
        found = orders.find_many(ids) if ids else {}
        for document in (orders.find_by_payments(intents) if intents else {}).values():
            found.setdefault(document["_id"], document)
        return found

    def _late(self, told: Sequence[Told], found: dict[str, Json]) -> list[Told]:
        """The reports that waited for the payments whose orders come to light now."""
        known = {document.get("stripePaymentIntentId") for document in found.values()}
        here = {one.report.id for one in told}
        named = {one.facts.intent_id for one in told if one.order_id in found}
        intents = named - known - {""}
        waiting = self._ports.events.waiting(intents) if intents else ()
        return [one for one in _told(waiting) if one.report.id not in here]


def _apply(document: Json, group: Sequence[Told]) -> tuple[Applied, list[EventRecord]]:
    """What all of a group at once makes of an order."""
    facts = OrderFacts()
    for one in group:
        facts = facts.join(one.facts)
    try:
        applied = apply_facts(read_order(document), facts)
    except (AmountDiffers, Unreadable) as refusal:
        return Applied(), [_failure(one.report, refusal.what) for one in group]
    return applied, [_record(one.report) for one in group]


def report_of(record: EventRecord) -> Report:
    """The report again, as it was kept."""
    return Report(record.event_id, record.type, record.created, record.payload, record.account)


def busy() -> Unavailable:
    """Others changed the same orders again and again."""
    return Unavailable("The orders are being changed by others just now.", remedy="Try again.")


def _read(reports: Sequence[Report]) -> tuple[list[Told], list[EventRecord], int]:
    """What the reports say, those that cannot be read, and how many are none of ours."""
    told: list[Told] = []
    broken: list[EventRecord] = []
    for report in reports:
        try:
            one = read_report(report)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            broken.append(_failure(report, f"unreadable: {type(error).__name__} {error}"))
            continue
        if one is not None:
            told.append(one)
    return told, broken, len(reports) - len(told) - len(broken)


def _told(records: Iterable[EventRecord]) -> Iterator[Told]:
    for record in records:
        one = read_report(report_of(record))
        if one is not None:
            yield one


def _grouped(
    told: Sequence[Told], orders: dict[str, Json]
) -> Iterator[tuple[str | None, list[Told]]]:
    """Reports by order; under None those whose order is not known."""
    by_intent = {
        document["stripePaymentIntentId"]: order_id
        for order_id, document in orders.items()
        if document.get("stripePaymentIntentId")
    }
    by_intent |= {one.facts.intent_id: one.order_id for one in told if one.order_id}
    groups: dict[str | None, list[Told]] = {}
    for one in told:
        named = one.order_id or by_intent.get(one.intent_id or "")
        groups.setdefault(named if named in orders else None, []).append(one)
    yield from groups.items()


def _waits_for(one: Told) -> str | None:
    """The payment a report waits for. One that names an order which is not here is not ours."""
    return None if one.order_id else one.intent_id


def _record(report: Report, *, waiting_for: str | None = None) -> EventRecord:
    return EventRecord(
        event_id=report.id,
        type=report.type,
        created=report.created,
        payload=scrubbed(report.body),
        account=report.account,
        is_processed=waiting_for is None,
        waiting_for=waiting_for,
    )


def _failure(report: Report, error: str) -> EventRecord:
    return EventRecord(
        event_id=report.id,
        type=report.type,
        created=report.created,
        payload=scrubbed(report.body),
        account=report.account,
        is_processed=False,
        error=error,
    )
