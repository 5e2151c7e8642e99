"""How orders are written for people: their statuses, their times, what happened to them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from PySide6.QtCore import QDate

from koda_desktop.models.order_status import OrderStatus, PaymentStatus
from koda_desktop.models.periods import Bucket, Period, Step
from koda_desktop.sync.sales.rows import SaleRow, TimelineRow
from koda_desktop.views.format import locale, money
from koda_desktop.views.widgets.pill import Badge

_BADGES = {
    OrderStatus.PENDING: Badge("Pending", "warning"),
    OrderStatus.PROCESSING: Badge("Processing", "info"),
    OrderStatus.COMPLETED: Badge("Completed", "success"),
    OrderStatus.FAILED: Badge("Failed", "danger"),
    OrderStatus.CANCELLED: Badge("Cancelled", "neutral"),
    OrderStatus.REFUNDED: Badge("Refunded", "conflict"),
}
_PARTLY = Badge("Partly refunded", "conflict")
_NEXT = {
    PaymentStatus.REQUIRES_PAYMENT_METHOD: "The buyer has to choose another way to pay.",
    PaymentStatus.REQUIRES_ACTION: "The buyer’s bank asks them to confirm the payment.",
    PaymentStatus.REQUIRES_CONFIRMATION: "The buyer has not confirmed the payment yet.",
    PaymentStatus.FAILED: "The payment failed; nothing was taken from the buyer.",
    PaymentStatus.CANCELED: "The payment was abandoned; nothing was taken from the buyer.",
    PaymentStatus.PENDING: "The buyer has not paid yet.",
}


def badge(row: SaleRow) -> Badge:
    """An order's status; one that this version does not know is shown as it came."""
    if row.payment == PaymentStatus.PARTIALLY_REFUNDED:
        return _PARTLY
    try:
        return _BADGES[OrderStatus(row.status)]
    except ValueError:
        return Badge(row.status, "neutral")


def payment_words(row: SaleRow) -> str:
    """What stands between an order and its money, in a sentence; empty for a paid one."""
    try:
        return _NEXT.get(PaymentStatus(row.payment), "")
    except ValueError:
        return f"The payment is “{row.payment}”."


def books_words(row: SaleRow) -> str:
    """Whether an order's line adds up with the payment provider; empty before it was compared."""
    if row.difference is None:
        return ""
    return off_words(row.difference, row.currency) if row.difference else "Adds up"


def difference_words(difference: int, currency: str) -> str:
    """A line that does not add up, in a sentence; ``difference`` is found less expected."""
    side = "less" if difference < 0 else "more"
    return f"Stripe shows {money(abs(difference), currency)} {side} than it should."


def off_words(difference: int, currency: str) -> str:
    """By how much something does not add up and which way, as ``difference_words``: ``€1.27
    missing``."""
    return f"{money(abs(difference), currency)} {'missing' if difference < 0 else 'extra'}"


def at(seconds: int | None, zone: tzinfo) -> str:
    """A moment in the person's zone and format."""
    if seconds is None:
        return ""
    moment = datetime.fromtimestamp(seconds, zone)
    return f"{day(moment.date())}, {moment:%H:%M}"


def day(when: date) -> str:
    return locale().toString(QDate(when.year, when.month, when.day), "d MMM yyyy")


def period_words(period: Period) -> str:
    """``1 – 30 Nov 2026``: what both days have in common is said once."""
    first, last = period.first, period.last
    if first == last:
        return day(first)
    pattern = "d MMM yyyy"
    if first.year == last.year:
        pattern = "d" if first.month == last.month else "d MMM"
    begun = locale().toString(QDate(first.year, first.month, first.day), pattern)
    return f"{begun} – {day(last)}"


def bucket_words(bucket: Bucket, step: Step, *, is_short: bool = False) -> str:
    """What a part of the chart is called."""
    first = QDate(bucket.first.year, bucket.first.month, bucket.first.day)
    if step is Step.MONTH:
        return locale().toString(first, "MMM" if is_short else "MMMM yyyy")
    words = locale().toString(first, "d MMM" if is_short else "ddd d MMM yyyy")
    return f"Week of {words}" if step is Step.WEEK and not is_short else words


_KINDS = {
    "placed": "Order placed",
    "created": "Order placed",
    "paid": "Paid",
    "failed": "Payment failed",
    "expired": "Checkout expired",
    "refunded": "Refunded",
    "transferred": "Passed on to the seller",
    "disputed": "The buyer’s bank disputes it",
    "delivered": "Downloaded by the buyer",
}


def timeline_words(entry: TimelineRow, currency: str) -> str:
    """What happened, with the amount where there is one; an unknown kind as it came."""
    words = _KINDS.get(entry.kind, entry.kind.replace("_", " ").replace(".", " ").capitalize())
    return f"{words}: {money(entry.amount, currency)}" if entry.amount else words
