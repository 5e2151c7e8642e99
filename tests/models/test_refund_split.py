"""Refunds add up: never more than was paid, and everybody back at zero when all is refunded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.money import MAX_MINOR, Money, MoneyError, split_fee
from koda_desktop.models.refund_split import (
    Given,
    Line,
    given_back,
    largest_remainder,
    refunded_lines,
)


def line(number: int, gross: int) -> Line:
    return Line(f"{number:024x}", "s" * 24, gross, split_fee(Money(gross)).fee.minor)


lines = st.lists(st.integers(0, 5_000) | st.integers(0, MAX_MINOR), min_size=1, max_size=6).map(
    lambda amounts: tuple(line(number, gross) for number, gross in enumerate(amounts))
)


@given(st.data(), st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_parts_add_up_and_are_within_one_of_the_exact_share(
    data: st.DataObject, weights: list[int]
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert part <= weight
        assert abs(part * sum(weights) - total * weight) < max(sum(weights), 1)


@given(st.data(), lines)
def test_refunds_in_any_sequence_never_exceed_and_end_at_zero(
    data: st.DataObject, sold: tuple[Line, ...]
) -> None:
    """Each refund is aimed at a line or shared; after the last cent every party is back at zero."""
    total = sum(one.gross for one in sold)
    aimed: dict[str, int] = {}
    shared = 0
    before = tuple(Given(0, 0) for _ in sold)
    while (left := total - shared - sum(aimed.values())) > 0:
        amount = data.draw(st.just(left) | st.integers(1, left))
        target = data.draw(st.integers(0, len(sold)))
        room = 0
        if target < len(sold):
            one = sold[target]
            room = one.gross - before[target].refunded
        if room and target < len(sold):
            amount = min(amount, room)
            item = sold[target].item_id
            aimed[item] = aimed.get(item, 0) + amount
        else:
            shared += amount
        after = refunded_lines(sold, aimed, shared)
        assert sum(one.refunded for one in after) == shared + sum(aimed.values())
        for sale, given_now in zip(sold, after, strict=True):
            assert 0 <= given_now.refunded <= sale.gross
            assert 0 <= given_now.fee <= sale.fee
            assert 0 <= given_now.net <= sale.net
        before = after
    for sale, given_in_all in zip(sold, before, strict=True):
        assert (given_in_all.refunded, given_in_all.fee) == (sale.gross, sale.fee)


@given(st.integers(1, 100_000), st.data())
def test_one_lines_fee_and_net_only_ever_go_back(gross: int, data: st.DataObject) -> None:
    sale = line(1, gross)
    steps = sorted(data.draw(st.lists(st.integers(0, gross), max_size=6)))
    given_so_far = Given(0, 0)
    for refunded in [*steps, gross]:
        now = given_back(sale, refunded)
        step = now - given_so_far
        assert step.fee >= 0
        assert step.net >= 0
        assert step.fee + step.net == step.refunded
        given_so_far = now
    assert given_so_far == Given(gross, sale.fee)


@pytest.mark.parametrize(
    ("gross", "refunded", "fee"),
    [(1000, 500, 75), (1999, 1, 0), (1999, 10, 2), (1999, 1999, 300), (7, 3, 0), (7, 4, 1)],
)
def test_fees_given_back_worked_out_by_hand(gross: int, refunded: int, fee: int) -> None:
    assert given_back(line(1, gross), refunded) == Given(refunded, fee)


def test_shares_worked_out_by_hand() -> None:
    assert largest_remainder(100, [1, 1, 1]) == (34, 33, 33)
    assert largest_remainder(5, [0, 3, 7]) == (0, 2, 3)
    assert largest_remainder(0, [0, 0]) == (0, 0)


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0]), (-1, [1]), (1, [2, -1])])
def test_what_cannot_be_shared_is_refused(total: int, weights: list[int]) -> None:
    with pytest.raises(MoneyError):
        largest_remainder(total, weights)


def test_a_report_that_is_wrong_never_takes_more_than_a_line_holds() -> None:
    sold = (line(1, 1000), line(2, 500))
    given_now = refunded_lines(sold, {sold[0].item_id: 1200}, 0)
    assert [one.refunded for one in given_now] == [1000, 200]
    assert [one.refunded for one in refunded_lines(sold, {}, 9999)] == [1000, 500]
