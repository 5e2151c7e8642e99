"""Reports of the payment provider: ``webhookevents`` documents, one for each event, ever."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from koda_desktop.models.document import Document, Moment


class WebhookEvent(Document):
    """One event as it was taken in. ``payload`` holds no personal data (see ``scrubbed``).

    ``created`` is the provider's time. An event that is not ``processed`` either failed (``error``
    says why, ``attempts`` how often) or waits for another that names its order (``waitingFor``).
    """

    stripe_event_id: str = Field(alias="stripeEventId", min_length=1)
    type: str
    processed: bool = False
    error: str | None = None
    attempts: int = Field(default=0, ge=0)
    created: Moment
    account: str | None = None
    waiting_for: str | None = Field(default=None, alias="waitingFor")
    payload: dict[str, Any] = Field(default_factory=dict)


_PERSONAL = frozenset(
    [
        "address",
        "billing_details",
        "business_profile",
        "client_secret",
        "collected_information",
        "company",
        "customer_details",
        "customer_email",
        "customer_email_address",
        "customer_name",
        "destination_details",
        "email",
        "evidence",
        "external_accounts",
        "individual",
        "instructions_email",
        "last_payment_error",
        "name",
        "next_action",
        "owner",
        "payment_method_details",
        "phone",
        "receipt_email",
        "receipt_url",
        "shipping",
        "shipping_details",
        "source",
        "tos_acceptance",
        "url",
    ]
)
"""Fields of the provider's objects that say who somebody is, or that open something."""

HIDDEN = "hidden"


def scrubbed(value: Any) -> Any:
    """``value`` with every personal field hidden, at any depth. Absent and null fields stay so."""
    if isinstance(value, dict):
        return {
            name: HIDDEN if name in _PERSONAL and _says_something(item) else scrubbed(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [scrubbed(item) for item in value]
    return value


def _says_something(item: object) -> bool:
    return item is not None and item not in ({}, [])
