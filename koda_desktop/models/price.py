"""Prices: ``prices`` documents. An amount never changes: a change makes a new price."""

from __future__ import annotations

import hashlib
from enum import StrEnum

from pydantic import Field

from koda_desktop.models.document import Document, Moment, ObjectIdText
from koda_desktop.models.money import EUR, Money


class PriceType(StrEnum):
    ONE_TIME = "ONE_TIME"
    RECURRING = "RECURRING"


class Interval(StrEnum):
    """How often a recurring price is billed; the payment provider's own words."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


def price_id_of(price_ref: str) -> str:
    """The one ``_id`` that the price with this id at the payment provider can have here."""
    return hashlib.sha256(f"price\n{price_ref}".encode()).hexdigest()[:24]


class Price(Document):
    """What one product costs, in minor units. ``type`` and ``interval`` stay text: an unknown one
    is shown and cannot be bought.
    """

    product_id: ObjectIdText = Field(alias="productId")
    type: str = PriceType.ONE_TIME
    unit_amount: int = Field(alias="unitAmount", ge=0)
    currency: str = EUR
    interval: str | None = None
    interval_count: int | None = Field(default=None, alias="intervalCount", ge=1)
    trial_days: int | None = Field(default=None, alias="trialDays", ge=0)
    stripe_price_id: str | None = Field(default=None, alias="stripePriceId")
    active: bool = True
    deleted_at: Moment | None = Field(default=None, alias="deletedAt")

    @property
    def is_on_sale(self) -> bool:
        """Whether it can be bought now, as far as the price itself says."""
        return self.active and self.deleted_at is None

    @property
    def money(self) -> Money:
        return Money(self.unit_amount, self.currency)
