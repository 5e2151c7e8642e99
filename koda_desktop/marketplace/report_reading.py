"""What a report of the payment provider says of an order, as facts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.marketplace.payments import Report
from koda_desktop.models.order_facts import (
    DisputeFact,
    Entry,
    IntentFact,
    OrderFacts,
    RefundFact,
)
from koda_desktop.runtime.ids import is_object_id

Json = dict[str, Any]

ORDER = "order"
OPERATION = "operation"
"""The keys of metadata that name an order, and the operation that asked for a refund."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one report says, and of what: an order, a payment whose order is to be found, or an
    account or one of its payouts, which is to be looked at.
    """

    report: Report
    facts: OrderFacts = field(default_factory=OrderFacts)
    order_id: str | None = None
    intent_id: str | None = None
    account_id: str | None = None
    payout_id: str | None = None


def read_report(report: Report) -> Told | None:
    """None for a report of something that is none of ours.

    Raises ValueError, KeyError, TypeError or AttributeError for one that is not as it should be.
    """
    reader = _READERS.get(report.type)
    if reader is None:
        return None
    if reader is _account:
        return Told(report, account_id=report.account or report.body["id"])
    if reader is _payout:
        return Told(report, account_id=report.account, payout_id=report.body["id"])
    facts = reader(report)
    order_id = _order_of(report.body)
    intent_id = _identity(report.body.get("payment_intent"))
    if order_id is None and intent_id is None:
        return None
    return Told(report, facts, order_id, intent_id)


def is_of_interest(kind: str) -> bool:
    """Whether reports of this type are read at all."""
    return kind in _READERS


def _order_of(body: Json) -> str | None:
    named = (body.get("metadata") or {}).get(ORDER) or body.get("transfer_group")
    return named if isinstance(named, str) and is_object_id(named) else None


def _identity(value: Any) -> str | None:
    if isinstance(value, dict):
        return str(value["id"])
    return value if isinstance(value, str) else None


def _entry(report: Report, kind: str, amount: int | None = None) -> dict[str, Entry]:
    return {report.id: Entry(report.created, kind, amount)}


def _session(report: Report, kind: str, **facts: Any) -> OrderFacts:
    body = report.body
    return OrderFacts(
        session_id=body["id"],
        intent_id=_identity(body.get("payment_intent")) or "",
        timeline=_entry(report, kind, body["amount_total"]),
        **facts,
    )


def _completed(report: Report) -> OrderFacts:
    """Only a session that is paid makes a sale; a debit that is on its way does not yet."""
    if report.body["payment_status"] in ("paid", "no_payment_required"):
        return _paid(report)
    return _session(report, "processing", processing_at=report.created)


def _paid(report: Report) -> OrderFacts:
    amount = int(report.body["amount_total"])
    return _session(report, "paid", paid_at=report.created, paid_amount=amount)


def _failed(report: Report) -> OrderFacts:
    return _session(report, "failed", failed_at=report.created)


def _expired(report: Report) -> OrderFacts:
    return _session(report, "expired", ended_at=report.created)


def _intent(report: Report) -> OrderFacts:
    body = report.body
    kind = {"requires_payment_method": "declined", "requires_action": "action"}.get(body["status"])
    return OrderFacts(
        intent_id=body["id"],
        intent=IntentFact(report.created, body["status"]),
        ended_at=report.created if body["status"] == "canceled" else None,
        processing_at=report.created if body["status"] == "processing" else None,
        timeline=_entry(report, kind) if kind else {},
    )


def _charge(report: Report) -> OrderFacts:
    body = report.body
    is_paid = bool(body["paid"])
    return OrderFacts(
        intent_id=_identity(body.get("payment_intent")) or "",
        charge_id=body["id"] if is_paid else "",
        charge_refunded=int(body["amount_refunded"]) if is_paid else 0,
    )


def _refund(report: Report) -> OrderFacts:
    body = report.body
    metadata = body.get("metadata") or {}
    status = str(body["status"])
    refund = RefundFact(
        amount=int(body["amount"]),
        status=status,
        refund_id=body["id"],
        at=int(body["created"]),
    )
    kind = {"succeeded": "refunded", "failed": "refund-failed"}.get(status)
    return OrderFacts(
        refunds={metadata.get(OPERATION) or body["id"]: refund},
        timeline=_entry(report, kind, refund.amount) if kind else {},
    )


def _dispute(report: Report) -> OrderFacts:
    body = report.body
    status = str(body["status"])
    kind = {"won": "dispute-won", "lost": "dispute-lost"}.get(status, "disputed")
    fact = DisputeFact(status, int(body["amount"]), str(body.get("reason") or ""), report.created)
    is_told = report.type in ("charge.dispute.created", "charge.dispute.closed")
    return OrderFacts(
        disputes={body["id"]: fact},
        timeline=_entry(report, kind, fact.amount) if is_told else {},
    )


def _transfer(report: Report) -> OrderFacts:
    is_back = report.type == "transfer.reversed"
    amount = int(report.body["amount_reversed" if is_back else "amount"])
    return OrderFacts(timeline=_entry(report, "reversed" if is_back else "transferred", amount))


def _account(report: Report) -> OrderFacts:
    return OrderFacts()


def _payout(report: Report) -> OrderFacts:
    return OrderFacts()


_READERS: dict[str, Callable[[Report], OrderFacts]] = {
    "account.application.deauthorized": _account,
    "account.updated": _account,
    "charge.dispute.closed": _dispute,
    "charge.dispute.created": _dispute,
    "charge.dispute.funds_reinstated": _dispute,
    "charge.dispute.funds_withdrawn": _dispute,
    "charge.dispute.updated": _dispute,
    "charge.refunded": _charge,
    "charge.succeeded": _charge,
    "charge.updated": _charge,
    "checkout.session.async_payment_failed": _failed,
    "checkout.session.async_payment_succeeded": _paid,
    "checkout.session.completed": _completed,
    "checkout.session.expired": _expired,
    "payment_intent.canceled": _intent,
    "payment_intent.payment_failed": _intent,
    "payment_intent.processing": _intent,
    "payment_intent.requires_action": _intent,
    "payment_intent.succeeded": _intent,
    "payout.canceled": _payout,
    "payout.failed": _payout,
    "payout.paid": _payout,
    "refund.created": _refund,
    "refund.failed": _refund,
    "refund.updated": _refund,
    "transfer.created": _transfer,
    "transfer.reversed": _transfer,
    "transfer.updated": _transfer,
}
