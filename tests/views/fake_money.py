"""Money at a made-up Stripe: what the pages of payouts, refunds and reports are shown in tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from koda_desktop.errors import KodaError, Refused
from koda_desktop.marketplace.payments import HostedPage
from koda_desktop.marketplace.refunds import (
    RefundLine,
    RefundPreview,
    RefundRequest,
    RefundTooHigh,
)
from koda_desktop.models.money import Money, split_fee
from koda_desktop.models.order import Order
from koda_desktop.runtime.clock import from_iso
from koda_desktop.workspace.money_rows import (
    BalanceRow,
    EventRow,
    MovementRow,
    PayoutRow,
    Payouts,
    Replayed,
    Standing,
)
from koda_desktop.workspace.pending_refunds import PendingRefund
from tests.sync.sales import making
from tests.views.fakes import NOW, before

DAY = 86_400
TODAY = int(NOW.timestamp())
PAGE = "http://stripe.test/onboarding/once"
ACTIVE = Standing("active", True, True, as_of=before(minutes=3))
WANTED = ("individual.verification.document", "individual.dob.day", "individual.dob.month")


def payout(number: int, **fields: Any) -> PayoutRow:
    """A payout of some sales and a refund, which adds up unless ``difference`` says otherwise."""
    created = TODAY - number * 7 * DAY
    sales = [1999, 999, 2900, 4900, 999][: 2 + number % 4]
    lines = [
        MovementRow("payment", net, 0, net, "EUR", created - DAY, f"KD-{500 + n:06}")
        for n, net in enumerate(one * 85 // 100 for one in sales)
    ]
    lines.append(MovementRow("payment_refund", -425, 0, -425, "EUR", created - DAY, "KD-000500"))
    net = sum(line.net for line in lines)
    given = {"currency": "EUR", "lines": tuple(lines), "difference": 0, "status": "paid", **fields}
    amount = net + (given["difference"] or 0)
    arrives = created + 2 * DAY
    return PayoutRow(f"po_{number:04}", amount, created=created, arrives_on=arrives, **given)


def payouts(*rows: PayoutRow, difference: int = 0) -> Payouts:
    """A balance in euros beside these payouts."""
    return Payouts(before(minutes=3), (BalanceRow("EUR", 84_960, 21_250, difference),), rows)


def many_payouts() -> Payouts:
    """Payouts in every state, one of which does not add up and one that says nothing."""
    return payouts(
        payout(0, status="in_transit"),
        payout(1),
        payout(2, difference=-127),
        payout(3, status="failed"),
        payout(4, lines=None, difference=None),
        *(payout(number) for number in range(5, 14)),
    )


_TYPES = (
    "checkout.session.completed",
    "charge.succeeded",
    "payment_intent.succeeded",
    "charge.refunded",
    "payout.paid",
    "account.updated",
)


def event(number: int, **fields: Any) -> EventRow:
    """A report that was taken in, made ``number`` minutes ago unless ``created`` says otherwise."""
    kind = _TYPES[number % len(_TYPES)]
    payload = {"data": {"object": {"id": f"ob_{number:06}", "amount": 1999, "email": "hidden"}}}
    made = EventRow(f"evt_{number:06}", kind, before(minutes=number * 7), True, 1, payload=payload)
    return replace(made, **fields)


def some_events() -> list[EventRow]:
    """Reports in each state, newest first."""
    found = [event(number) for number in range(40)]
    error = "The order KD-000512 is not here, and the amount of the report is not that of any."
    found[3] = replace(found[3], is_processed=False, tries=6, error=error)
    found[5] = replace(found[5], id="evt_bad", is_processed=False, tries=2, error="No such order.")
    found[8] = replace(found[8], is_processed=False, tries=1, waits_for="pi_000123")
    return found


@dataclass
class FakeKnownMoney:
    """What was heard before this start."""

    last_standing: Standing | None = None
    last_payouts: Payouts | None = None

    def standing(self) -> Standing | None:
        return self.last_standing

    def payouts(self) -> Payouts | None:
        return self.last_payouts


@dataclass
class FakePendingRefunds:
    """In memory, as a store that is not closed between two dialogs."""

    kept: dict[str, PendingRefund] = field(default_factory=dict)
    fault: KodaError | None = None

    def of(self, order_id: str) -> PendingRefund | None:
        return self.kept.get(order_id)

    def keep(self, pending: PendingRefund) -> None:
        if self.fault is not None:
            raise self.fault
        self.kept[pending.request.order_id] = pending

    def forget(self, order_id: str) -> None:
        self.kept.pop(order_id, None)


@dataclass
class FakeSelling:
    """Answers what it was made with; ``fault`` is raised instead while there is one."""

    standing_now: Standing = ACTIVE
    payouts_now: Payouts = field(default_factory=many_payouts)
    fault: KodaError | None = None
    problem: KodaError | None = None
    calls: list[tuple[Any, ...]] = field(default_factory=list)
    wait: Callable[[], None] = lambda: None
    sold: dict[str, int] = field(default_factory=lambda: {"1" * 24: 1999, "2" * 24: 700})
    """What was paid for each item of the one order there is."""
    titles: dict[str, str] = field(default_factory=dict)
    runs_it: bool = True
    event_rows: list[EventRow] = field(default_factory=list)
    refunded: dict[str, int] = field(default_factory=dict)
    made: dict[str, RefundRequest] = field(default_factory=dict)
    begun: RefundRequest | None = None
    """A refund that another computer began and did not finish."""

    def _called(self, *call: Any) -> None:
        self.calls.append(call)
        self.wait()
        if self.fault is not None:
            raise self.fault

    def standing(self) -> Standing:
        self._called("standing")
        return self.standing_now

    def payouts(self) -> Payouts:
        self._called("payouts")
        return self.payouts_now

    def preview_refund(self, request: RefundRequest) -> RefundPreview:
        self._called("preview", request)
        left = {item: gross - self.refunded.get(item, 0) for item, gross in self.sold.items()}
        amounts = request.amounts or left
        if sum(left.values()) == 0:
            raise RefundTooHigh("Nothing is left of this order.")
        return RefundPreview([self._line(i, n, left[i]) for i, n in amounts.items()], "EUR")

    def _line(self, item: str, amount: int, left: int) -> RefundLine:
        fee = split_fee(Money(amount)).fee.minor
        title = self.titles.get(item, item)
        return RefundLine(item, title, "s" * 24, amount, amount - fee, fee, left - amount)

    def unfinished_refund(self, order_id: str) -> PendingRefund | None:
        if self.begun is None or self.begun.operation_id in self.made:
            return None
        return PendingRefund(self.begun, self.preview_refund(self.begun))

    def refund(self, request: RefundRequest) -> Order:
        """Once for each operation, as the marketplace does; a lost answer changes nothing."""
        if request.operation_id not in self.made and not isinstance(self.fault, Refused):
            self.made[request.operation_id] = request
            for item, amount in request.amounts.items():
                self.refunded[item] = self.refunded.get(item, 0) + amount
        self._called("refund", request)
        total, back = sum(self.sold.values()), sum(self.refunded.values())
        made = making.order(1, making.item(1, total))
        return Order.read({**made, "totalAmount": total, "refundedAmount": back})

    def is_operator(self) -> bool:
        self._called("is_operator")
        return self.runs_it

    def settling_problem(self) -> KodaError | None:
        return self.problem

    def events(
        self, limit: int, *, only_open: bool = False, before: int | None = None
    ) -> list[EventRow]:
        self._called("events", limit, only_open, before)
        found = [
            one
            for one in self.event_rows
            if not (only_open and one.is_processed)
            and (before is None or from_iso(one.created).timestamp() < before)
        ]
        return found[:limit]

    def replay(self, event_ids: Sequence[str]) -> Replayed:
        """All that failed are done now, but the one called evt_bad."""
        self._called("replay", tuple(event_ids))
        errors = {one: "The order is gone." for one in event_ids if one == "evt_bad"}
        self.event_rows = [
            replace(one, is_processed=True, error="", tries=one.tries + 1)
            if one.id in event_ids and one.id not in errors
            else one
            for one in self.event_rows
        ]
        return Replayed(len(event_ids) - len(errors), 0, len(errors), 0, errors)

    def begin_onboarding(self, web: str = "") -> HostedPage:
        self._called("begin", web)
        return HostedPage(PAGE, TODAY + 300)
