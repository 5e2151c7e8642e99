"""What is known of an order's payment, as facts that only ever grow.

Reports of the payment provider arrive late, twice, out of order and sometimes never. So none of
them changes an order: each becomes facts, facts are joined, and what the order is follows from the
facts alone. Joining is commutative, associative and idempotent (each field keeps the earliest time,
the largest amount, or for each thing its furthest state), so the same reports give the same order
in whatever order and however often they come.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

Json = dict[str, Any]
T = TypeVar("T")

REFUND_STATES = ("requested", "pending", "requires_action", "succeeded", "canceled", "failed")
"""A refund's states from first to last. ``requested`` is ours: asked for, not yet confirmed."""

NOT_REFUNDED = frozenset({"canceled", "failed"})
"""The money of such a refund came back."""


KINDS = (
    "action",
    "declined",
    "processing",
    "failed",
    "expired",
    "paid",
    "transferred",
    "delivered",
    "refunded",
    "reversed",
    "refund-failed",
    "disputed",
    "dispute-won",
    "dispute-lost",
)
"""What a timeline can tell."""


@dataclass(frozen=True, slots=True)
class RefundFact:
    """One refund. ``lines`` are amounts by item id, empty for one that is shared by all lines."""

    amount: int
    status: str
    refund_id: str = ""
    reason: str = ""
    at: int = 0
    """When it was first known, in seconds since 1970."""
    lines: Mapping[str, int] = field(default_factory=dict)

    def join(self, other: RefundFact) -> RefundFact:
        first, last = sorted((self, other), key=lambda fact: (_refund_rank(fact), fact.status))
        return RefundFact(
            amount=max(self.amount, other.amount),
            status=last.status,
            refund_id=max(self.refund_id, other.refund_id),
            reason=max(self.reason, other.reason),
            at=_earliest(self.at, other.at) or 0,
            lines=max(first.lines, last.lines, key=_order_of_lines),
        )

    @property
    def is_confirmed(self) -> bool:
        """Whether the provider has it: one that is only asked for moves no money yet."""
        return self.status != "requested"


@dataclass(frozen=True, slots=True)
class DisputeFact:
    """A buyer's objection at the bank, in its latest reported state."""

    status: str
    amount: int
    reason: str = ""
    at: int = 0
    """When this state was reported."""

    def join(self, other: DisputeFact) -> DisputeFact:
        return max(self, other, key=lambda fact: (fact.is_closed, fact.at, fact.status))

    @property
    def is_closed(self) -> bool:
        return self.status in ("won", "lost", "warning_closed", "prevented")


@dataclass(frozen=True, slots=True)
class IntentFact:
    """The latest state of the payment itself; the states of one second are told apart by name."""

    at: int
    status: str

    def join(self, other: IntentFact) -> IntentFact:
        return max(self, other, key=lambda fact: (fact.at, fact.status))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an order's timeline. ``at`` in seconds since 1970, ``amount`` in minor units."""

    at: int
    kind: str
    amount: int | None = None

    @property
    def place(self) -> tuple[int, int]:
        """Time, then the order in which kinds follow each other; an unknown kind comes last."""
        known = self.kind in KINDS
        return self.at, KINDS.index(self.kind) if known else len(KINDS)


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Everything that was ever reported of one order. Times in seconds since 1970."""

    paid_at: int | None = None
    failed_at: int | None = None
    ended_at: int | None = None
    """The session expired, or the payment was canceled."""
    processing_at: int | None = None
    delivered_at: int | None = None
    """The buyer's first download was finished."""
    session_id: str = ""
    intent_id: str = ""
    charge_id: str = ""
    paid_amount: int = 0
    intent: IntentFact | None = None
    charge_refunded: int = 0
    """The largest total of refunds that the charge itself ever told."""
    refunds: Mapping[str, RefundFact] = field(default_factory=dict)
    """By the operation that asked for it, or the provider's id when none of ours did."""
    disputes: Mapping[str, DisputeFact] = field(default_factory=dict)
    timeline: Mapping[str, Entry] = field(default_factory=dict)
    """By the id of the event that told it."""

    def join(self, other: OrderFacts) -> OrderFacts:
        """The facts of both."""
        return OrderFacts(
            paid_at=_earliest(self.paid_at, other.paid_at),
            failed_at=_earliest(self.failed_at, other.failed_at),
            ended_at=_earliest(self.ended_at, other.ended_at),
            processing_at=_earliest(self.processing_at, other.processing_at),
            delivered_at=_earliest(self.delivered_at, other.delivered_at),
            session_id=max(self.session_id, other.session_id),
            intent_id=max(self.intent_id, other.intent_id),
            charge_id=max(self.charge_id, other.charge_id),
            paid_amount=max(self.paid_amount, other.paid_amount),
            intent=_joined(self.intent, other.intent, IntentFact.join),
            charge_refunded=max(self.charge_refunded, other.charge_refunded),
            refunds=_merged(self.refunds, other.refunds, RefundFact.join),
            disputes=_merged(self.disputes, other.disputes, DisputeFact.join),
            timeline=_merged(self.timeline, other.timeline, _earlier_entry),
        )

    @property
    def refunded_amount(self) -> int:
        """What the buyer has back, in minor units.

        The charge's own total and the single refunds are two tellings of the same; the larger one
        is the fuller. Refunds that failed count in both, and are taken off.
        """
        told = [refund for refund in self.refunds.values() if refund.is_confirmed]
        failed = sum(one.amount for one in told if one.status in NOT_REFUNDED)
        return max(0, max(self.charge_refunded, sum(one.amount for one in told)) - failed)

    @property
    def reserved_amount(self) -> int:
        """What is asked for and not yet confirmed."""
        return sum(one.amount for one in self.refunds.values() if not one.is_confirmed)

    def aimed(self) -> dict[str, int]:
        """What refunds that name their lines gave back, by item id."""
        sums: dict[str, int] = {}
        for refund in self.refunds.values():
            if refund.is_confirmed and refund.status not in NOT_REFUNDED:
                for item_id, amount in refund.lines.items():
                    sums[item_id] = sums.get(item_id, 0) + amount
        return sums

    def entries(self) -> list[Entry]:
        """The timeline, oldest first; what happened in one second, in the order it can happen."""
        pairs = sorted(self.timeline.items(), key=lambda pair: (*pair[1].place, pair[0]))
        return [entry for _, entry in pairs]

    def with_refund(self, key: str, refund: RefundFact) -> OrderFacts:
        return self.join(OrderFacts(refunds={key: refund}))

    def without_refund(self, key: str) -> OrderFacts:
        """Without a refund that was asked for and never made."""
        return replace(self, refunds={k: v for k, v in self.refunds.items() if k != key})

    def as_json(self) -> Json:
        """As it is stored in the order; fields that say nothing are left out."""
        parts: Json = {
            name: getattr(self, name) for name in _PLAIN if getattr(self, name) not in (None, "", 0)
        }
        if self.intent:
            parts["intent"] = {"at": self.intent.at, "status": self.intent.status}
        for name in _TABLES:
            table = getattr(self, name)
            if table:
                parts[name] = [{"key": key, **_bare(fact)} for key, fact in sorted(table.items())]
        return parts

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Self:
        """What ``as_json`` wrote. Fields of a later version are left to it."""
        stored = stored or {}
        parts: Json = {name: stored[name] for name in _PLAIN if name in stored}
        for name, kind in _TABLES.items():
            rows = stored.get(name, ())
            parts[name] = {row["key"]: kind(**_known(row, kind)) for row in rows}
        intent = stored.get("intent")
        if intent:
            parts["intent"] = IntentFact(intent["at"], intent["status"])
        return cls(**parts)


_PLAIN = (
    "paid_at",
    "failed_at",
    "ended_at",
    "processing_at",
    "delivered_at",
    "session_id",
    "intent_id",
    "charge_id",
    "paid_amount",
    "charge_refunded",
)
_TABLES: Mapping[str, Callable[..., Any]] = {
    "refunds": RefundFact,
    "disputes": DisputeFact,
    "timeline": Entry,
}


def _bare(fact: Any) -> Json:
    values = {name: getattr(fact, name) for name in fact.__slots__}
    return {name: value for name, value in values.items() if value not in (None, "", {})}


def _known(row: Mapping[str, Any], kind: Any) -> Json:
    return {name: row[name] for name in kind.__slots__ if name in row}


def _earliest(one: int | None, other: int | None) -> int | None:
    if not one or not other:
        return one or other
    return min(one, other)


def _joined(one: T | None, other: T | None, join: Callable[[T, T], T]) -> T | None:
    if one is None or other is None:
        return other if one is None else one
    return join(one, other)


def _merged(
    one: Mapping[str, T], other: Mapping[str, T], join: Callable[[T, T], T]
) -> Mapping[str, T]:
    if not one or not other:
        return one or other
    merged = dict(one)
    for key, fact in other.items():
        merged[key] = join(merged[key], fact) if key in merged else fact
    return merged


def _earlier_entry(one: Entry, other: Entry) -> Entry:
    return min(one, other, key=lambda entry: (entry.at, entry.kind, entry.amount or 0))


def _refund_rank(fact: RefundFact) -> int:
    known = fact.status in REFUND_STATES
    return REFUND_STATES.index(fact.status) if known else REFUND_STATES.index("pending")


def _order_of_lines(lines: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(lines.items())
