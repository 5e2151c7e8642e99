"""How accounts, payouts and their lines at the payment provider are written for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from koda_desktop.errors import KodaError, Offline, ServerDown
from koda_desktop.views.format import counted
from koda_desktop.views.sales_words import day, off_words
from koda_desktop.views.widgets.pill import Badge
from koda_desktop.workspace.money_rows import BalanceRow, PayoutRow

_WANTED = (
    ("verification.additional_document", "A document that shows your address"),
    ("verification.document", "A picture of a passport, identity card or driving licence"),
    ("external_account", "A bank account to be paid out to"),
    ("business_type", "Whether you sell as a person or as a company"),
    ("tos_acceptance", "Your agreement to Stripe’s terms"),
    ("business_profile.url", "A web page about what you sell"),
    ("business_profile.product_description", "A few words about what you sell"),
    ("business_profile", "Your line of business"),
    ("owners_provided", "Who owns the company"),
    ("directors_provided", "Who directs the company"),
    ("executives_provided", "Who manages the company"),
    ("tax_id", "A tax number"),
    ("vat_id", "A VAT number"),
    ("id_number", "The number of an identity document"),
    ("ssn_last_4", "The last four digits of a Social Security number"),
    ("dob", "A date of birth"),
    ("first_name", "A full name"),
    ("last_name", "A full name"),
    ("name", "The company’s name"),
    ("address", "An address"),
    ("email", "An e-mail address"),
    ("phone", "A telephone number"),
)
"""What Stripe asks of an account, by the parts of its names for it; the first that fits holds
(docs.stripe.com/connect/required-verification-information).
"""
_REASONS = {
    "requirements.past_due": "Stripe has waited too long for what it asked.",
    "requirements.pending_verification": "Stripe is checking what you gave; this may take days.",
    "action_required.requested_capabilities": "Something has to be added to your account first.",
    "under_review": "Stripe is looking at your account.",
    "listed": "Stripe is looking at your account.",
    "platform_paused": "The marketplace has paused your account; write to it.",
    "rejected.fraud": "Stripe has closed your account; write to Stripe.",
    "rejected.incomplete_verification": "Stripe could not make sure who you are; write to Stripe.",
    "rejected.listed": "Stripe has closed your account; write to Stripe.",
    "rejected.terms_of_service": "Stripe has closed your account for what is sold.",
    "rejected.other": "Stripe has closed your account; write to Stripe.",
}
"""``requirements.disabled_reason`` of an account (docs.stripe.com/api/accounts/object)."""
_STATUSES = {
    "paid": Badge("Paid out", "success"),
    "pending": Badge("Being sent", "info"),
    "in_transit": Badge("On its way", "info"),
    "canceled": Badge("Cancelled", "neutral"),
    "failed": Badge("Failed", "danger"),
}
_LINES = {
    "charge": "Sale",
    "payment": "Sale",
    "refund": "Refund",
    "payment_refund": "Refund",
    "transfer": "Sale",
    "transfer_refund": "Refund",
    "payout": "Payout",
    "payout_failure": "Payout that came back",
    "payout_cancel": "Payout that was cancelled",
    "application_fee": "Marketplace’s fee",
    "application_fee_refund": "Marketplace’s fee given back",
    "adjustment": "Correction",
    "stripe_fee": "Stripe’s fee",
}

_GOES_AGAIN = "Its money is in your balance again and goes out with the next payout."


def wanted_words(wanted: Sequence[str]) -> tuple[str, ...]:
    """What Stripe still wants, in plain words, each thing once; a name nobody knows as it came."""
    return tuple(dict.fromkeys(map(_wanted, wanted)))


def _wanted(name: str) -> str:
    known = next((words for part, words in _WANTED if f".{part}." in f".{name}."), "")
    if not known:
        return f"What Stripe calls “{name}”"
    is_of_company = name.startswith("company.") and "company" not in known
    return f"{known}, of the company" if is_of_company else known


def reason_words(reason: str) -> str:
    """Why an account may not be used; empty where it may, an unknown reason as it came."""
    return _REASONS.get(reason, f"Stripe says “{reason}”.") if reason else ""


def payout_badge(status: str) -> Badge:
    return _STATUSES.get(status, Badge(status.replace("_", " ").capitalize(), "neutral"))


def came_back_words(status: str, failure: str) -> str:
    """Where the money of a payout is that did not reach the bank; empty for one that did."""
    if status not in ("failed", "canceled"):
        return ""
    what = "This payout was cancelled." if status == "canceled" else "The bank sent this back."
    return " ".join(part for part in (what, failure, _GOES_AGAIN) if part)


def line_words(kind: str) -> str:
    """What one line of a payout is."""
    return _LINES.get(kind, kind.replace("_", " ").capitalize())


def books_badge(difference: int | None, currency: str) -> Badge:
    """Whether something adds up; without words where there is nothing to compare."""
    if difference is None:
        return Badge("", "neutral")
    if difference:
        return Badge(off_words(difference, currency), "danger")
    return Badge("Adds up", "success")


def account_badge(balance: BalanceRow, payouts: Sequence[PayoutRow]) -> Badge:
    """Whether all of a currency adds up: what the account holds, and each payout from it."""
    off = sum(1 for one in payouts if one.currency == balance.currency and one.difference)
    if off and not balance.difference:
        return Badge(f"{counted(off, 'payout')} {'differs' if off == 1 else 'differ'}", "danger")
    return books_badge(balance.difference, balance.currency)


def again_words(error: KodaError) -> str:
    """What to do about a fault of a page that asks only when it is told to."""
    return "Try again in a moment." if isinstance(error, ServerDown) else error.remedy


def fault_look(error: KodaError) -> tuple[str, str]:
    """The tone of a banner and its icon, empty for the tone's own."""
    if isinstance(error, Offline):
        return "warning", "cloud-off"
    return ("warning" if error.can_retry else "danger"), ""


def day_of(seconds: int, zone: tzinfo) -> str:
    """The day of a moment in the person's zone."""
    return day(datetime.fromtimestamp(seconds, zone).date())
