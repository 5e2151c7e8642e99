"""The SDK's errors as KodaErrors: the one place that knows both.

=============================================  ===========================================
what Stripe answered                           what it is here
=============================================  ===========================================
402, a card error                              PaymentDeclined
401                                            WrongCredentials
403, a restricted key without a permission     Misconfigured, naming the permission
404, ``resource_missing``                      NotFound
400, the request cannot be done                Refused, with Stripe's code
400, an idempotency key used for another one   Refused
409, the same operation is still being done    Unavailable
429                                            TooManyRequests, with ``retry_after``
5xx, no connection, no answer in time          ServerDown; the same operation may be asked again
a webhook's signature is wrong or too old      NotAllowed
=============================================  ===========================================
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import stripe

from koda_desktop.errors import (
    KodaError,
    Misconfigured,
    NotAllowed,
    NotFound,
    Refused,
    ServerDown,
    Unavailable,
    WrongCredentials,
)
from koda_desktop.marketplace.payments import PaymentDeclined, TooManyRequests

_UNCHANGED = "Nothing was changed at Stripe."
_ONCE = "If it was done already, asking again does not do it twice."
_DECLINED = {
    "expired_card": "The card has expired.",
    "incorrect_cvc": "The card’s check digits are wrong.",
    "incorrect_number": "The card’s number is wrong.",
    "insufficient_funds": "There is not enough money on the card.",
    "lost_card": "The bank has blocked the card.",
    "stolen_card": "The bank has blocked the card.",
}
"""What a bank says of a card (docs.stripe.com/declines/codes); of the others it says no more."""
_PERMISSION = re.compile(r"'((?:rak_)?[a-z_]+(?::(?:read|write)|_(?:read|write)))'")


@contextlib.contextmanager
def stripe_faults() -> Iterator[None]:
    """Raise a KodaError for whatever the SDK raises. No key, name or address is quoted."""
    try:
        yield
    except stripe.StripeError as error:
        raise translate(error) from None


def translate(error: stripe.StripeError) -> KodaError:
    """The KodaError that tells ``error`` to a person."""
    facts = _facts(error)
    if isinstance(error, stripe.SignatureVerificationError):
        return NotAllowed(
            "This report is not signed by Stripe, or is too old.", kept=_UNCHANGED, facts=facts
        )
    if isinstance(error, stripe.CardError):
        what = _DECLINED.get(str(facts.get("decline_code") or facts.get("stripe_code")))
        remedy = "Pay with another card, or ask the bank."
        return PaymentDeclined(what or "The card was declined.", remedy=remedy, facts=facts)
    if error.http_status in (409, 429):
        return _pause(error, facts)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return _keys(error, facts)
    if isinstance(error, stripe.InvalidRequestError | stripe.IdempotencyError):
        return _request(error, facts)
    what = "Stripe has a fault of its own." if error.http_status else "Stripe does not answer."
    return ServerDown(what, kept=_ONCE, remedy="Try again in a moment.", facts=facts)


def _pause(error: stripe.StripeError, facts: dict[str, object]) -> KodaError:
    if error.http_status == 409:
        what = "Stripe is still busy with this very request."
        return Unavailable(what, kept=_ONCE, remedy="Try again in a moment.", facts=facts)
    wait = facts.get("retry_after")
    when = f"in {wait:.0f} seconds" if isinstance(wait, float) else "in a moment"
    what, remedy = "Stripe asks for a pause.", f"Try again {when}."
    return TooManyRequests(what, kept=_UNCHANGED, remedy=remedy, facts=facts)


def _keys(error: stripe.StripeError, facts: dict[str, object]) -> KodaError:
    if isinstance(error, stripe.AuthenticationError):
        return WrongCredentials("Stripe refused the key.", facts=facts)
    if facts.get("stripe_code") == "account_invalid":
        return NotFound("This Stripe account is not one of the marketplace’s.", facts=facts)
    wanted = _PERMISSION.search(error.user_message or "")
    needs = f"Give the key the permission {wanted[1]}" if wanted else "Check the key’s permissions"
    return Misconfigured(
        "The Stripe key may not do this.",
        remedy=f"{needs} in the Stripe dashboard, under Developers, API keys.",
        facts=facts,
    )


def _request(error: stripe.StripeError, facts: dict[str, object]) -> KodaError:
    if isinstance(error, stripe.IdempotencyError):
        return Refused(
            "This operation was asked for before with other content.",
            kept=_UNCHANGED,
            remedy="Look at what became of it before starting a new one.",
            facts=facts,
        )
    if error.code == "resource_missing":
        return NotFound("Stripe does not know what was asked for.", facts=facts)
    return Refused("Stripe did not accept the request.", kept=_UNCHANGED, facts=facts)


def _facts(error: stripe.StripeError) -> dict[str, object]:
    body = error.error.to_dict() if error.error is not None else {}
    found = {
        "stripe_code": error.code or body.get("code"),
        "decline_code": body.get("decline_code"),
        "parameter": body.get("param"),
        "http_status": error.http_status,
        "request_id": error.request_id,
        "retry_after": _retry_after(error),
    }
    return {name: value for name, value in found.items() if value is not None}


def _retry_after(error: stripe.StripeError) -> float | None:
    """Seconds, where Stripe named them."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    try:
        return float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
