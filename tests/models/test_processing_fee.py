"""The estimate of the provider's fee: exact at every cent, and what the make-believe one takes."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.models.money import MAX_MINOR, MoneyError
from koda_desktop.models.processing_fee import CARD_RATES, estimated_processing
from koda_desktop.services.sandbox.stripe.charges import stripe_fee

amounts = st.integers(min_value=1, max_value=MAX_MINOR)


@given(amounts, st.sampled_from(sorted(CARD_RATES)))
@example(1, "EUR")
@example(100, "EUR")
@example(MAX_MINOR, "USD")
def test_the_estimate_is_the_rate_rounded_half_up_and_the_fixed_part(
    minor: int, currency: str
) -> None:
    rate = CARD_RATES[currency]
    estimate = estimated_processing(minor, currency)
    assert estimate is not None
    exact = Decimal(minor) * rate.per_mille / 1000 + rate.fixed
    assert -Decimal("0.5") < estimate - exact <= Decimal("0.5")


@given(amounts, amounts)
def test_a_higher_price_never_costs_less_to_charge(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert (estimated_processing(low) or 0) <= (estimated_processing(high) or 0)


@given(amounts)
def test_the_sandbox_takes_what_was_estimated(minor: int) -> None:
    assert estimated_processing(minor) == stripe_fee(minor)


@pytest.mark.parametrize(
    ("minor", "currency", "fee"),
    [(1000, "EUR", 40), (999, "EUR", 40), (1000, "USD", 59), (10000, "USD", 320), (0, "EUR", 0)],
)
def test_estimates_worked_out_by_hand(minor: int, currency: str, fee: int) -> None:
    assert estimated_processing(minor, currency) == fee


def test_nothing_is_estimated_without_a_rate_and_a_refund_gives_nothing_back() -> None:
    assert estimated_processing(1000, "CHF") is None
    with pytest.raises(MoneyError):
        estimated_processing(-1)
