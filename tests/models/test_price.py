"""Prices keep what they do not know, and say by themselves whether they are on sale."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from koda_desktop.models.money import Money
from koda_desktop.models.price import Interval, Price, PriceType


def document(**fields: Any) -> dict[str, Any]:
    return {"_id": "1" * 24, "productId": "2" * 24, "unitAmount": 1999, **fields}


def test_a_price_reads_as_it_is_stored() -> None:
    stored = document(
        type="RECURRING",
        interval="month",
        intervalCount=3,
        trialDays=14,
        stripePriceId="price_1",
        currency="EUR",
        active=True,
        deletedAt=None,
        taxBehavior="inclusive",
    )
    price = Price.read(stored)
    assert (price.type, price.interval) == (PriceType.RECURRING, Interval.MONTH)
    assert (price.interval_count, price.trial_days) == (3, 14)
    assert price.money == Money(1999)
    assert price.as_document() == stored


@pytest.mark.parametrize(
    ("fields", "is_on_sale"),
    [({}, True), ({"active": False}, False), ({"deletedAt": "2026-01-01T00:00:00.000Z"}, False)],
)
def test_a_retired_or_deleted_price_is_not_on_sale(
    fields: dict[str, Any], is_on_sale: bool
) -> None:
    assert Price.read(document(**fields)).is_on_sale is is_on_sale


def test_an_unknown_type_is_kept_and_a_negative_amount_is_not() -> None:
    assert Price.read(document(type="PAY_WHAT_YOU_WANT")).type == "PAY_WHAT_YOU_WANT"
    with pytest.raises(ValidationError):
        Price.read(document(unitAmount=-1))
