"""Money is exact at every cent, in both directions and through the fee."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from koda_desktop.models.money import (
    MAX_MINOR,
    Money,
    MoneyError,
    from_web_number,
    parse_amount,
    split_fee,
    to_web_number,
)

cents = st.integers(min_value=0, max_value=MAX_MINOR)


@given(cents)
@example(1)
@example(1999)
@example(MAX_MINOR)
def test_every_amount_survives_the_web_applications_number(minor: int) -> None:
    money = Money(minor)
    assert from_web_number(to_web_number(money)) == money


@given(cents)
@example(1)
@example(3)
@example(7)
@example(33)
@example(1999)
def test_fee_and_net_add_up_and_the_fee_is_15_percent_rounded_half_up(minor: int) -> None:
    split = split_fee(Money(minor))
    assert split.fee + split.net == split.gross
    exact = Decimal(minor) * 15 / 100
    assert -Decimal("0.5") < Decimal(split.fee.minor) - exact <= Decimal("0.5")


@pytest.mark.parametrize(
    ("gross", "fee"), [(0, 0), (1, 0), (3, 0), (4, 1), (7, 1), (10, 2), (33, 5), (1999, 300)]
)
def test_fees_worked_out_by_hand(gross: int, fee: int) -> None:
    assert split_fee(Money(gross)).fee == Money(fee)


def test_a_refund_is_not_a_fee_split() -> None:
    with pytest.raises(MoneyError):
        split_fee(Money(-1))


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("9.99", 999), ("9,99", 999), (" 12 ", 1200), ("0", 0), (".5", 50), ("1 234,50 €", 123450)],
)
def test_prices_as_people_type_them(typed: str, minor: int) -> None:
    assert parse_amount(typed) == Money(minor)


@pytest.mark.parametrize(
    "typed",
    ["", "abc", "1.234,50", "1,234.50", "9.999", "-1", "NaN", "Infinity", "1e999", "1000000"],
)
def test_what_is_not_a_price_is_refused(typed: str) -> None:
    with pytest.raises(MoneyError):
        parse_amount(typed)


@given(st.text(max_size=30))
def test_any_text_is_a_price_or_refused(typed: str) -> None:
    try:
        money = parse_amount(typed)
    except MoneyError:
        return
    assert 0 <= money.minor <= MAX_MINOR


@pytest.mark.parametrize(
    ("stored", "minor"),
    [
        (9.99, 999),
        (5, 500),
        ({"$numberDecimal": "19.90"}, 1990),
        (0.1 + 0.2, 30),
        (1e3, 100000),
    ],
)
def test_prices_as_the_database_holds_them(stored: object, minor: int) -> None:
    assert from_web_number(stored) == Money(minor)


@pytest.mark.parametrize("stored", [None, True, "free", [], {}, float("nan"), float("inf"), -1])
def test_what_the_database_should_not_hold_is_refused(stored: object) -> None:
    with pytest.raises(MoneyError):
        from_web_number(stored)


def test_currencies_never_mix() -> None:
    with pytest.raises(MoneyError):
        Money(1, "ZZZ")
