"""Orders take legal steps only, and what is known of them is the same however it was learnt."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from koda_desktop.models.money import Money
from koda_desktop.models.order import Order, item_fields, order_number, sequence_of
from koda_desktop.models.order_facts import (
    REFUND_STATES,
    DisputeFact,
    Entry,
    IntentFact,
    OrderFacts,
    RefundFact,
)
from koda_desktop.models.order_standing import (
    Standing,
    next_fulfillment,
    next_payment,
    next_status,
    standing,
)
from koda_desktop.models.order_status import (
    STEPS,
    FulfillmentStatus,
    OrderStatus,
    PaymentStatus,
    later_fulfillment,
    later_order_status,
    route,
)
from koda_desktop.models.refund_split import Line

LINES = (Line("a" * 24, "s" * 24, 1999, 300), Line("b" * 24, "s" * 24, 7, 1))
TOTAL = sum(line.gross for line in LINES)

moments = st.integers(min_value=1_700_000_000, max_value=1_700_000_009)
refund_facts = st.builds(
    RefundFact,
    amount=st.integers(1, TOTAL),
    status=st.sampled_from([*REFUND_STATES, "odd"]),
    refund_id=st.sampled_from(["", "re_1", "re_2"]),
    at=moments,
    lines=st.sampled_from([{}, {"a" * 24: 100}, {"b" * 24: 7}]),
)
dispute_facts = st.builds(
    DisputeFact,
    status=st.sampled_from(["needs_response", "under_review", "won", "lost"]),
    amount=st.just(TOTAL),
    at=moments,
)
entries = st.builds(Entry, at=moments, kind=st.sampled_from(["paid", "failed"]))
maybe_moment = st.none() | moments
facts = st.builds(
    OrderFacts,
    paid_at=maybe_moment,
    failed_at=maybe_moment,
    ended_at=maybe_moment,
    processing_at=maybe_moment,
    delivered_at=maybe_moment,
    session_id=st.sampled_from(["", "cs_1"]),
    intent_id=st.sampled_from(["", "pi_1", "pi_2"]),
    intent=st.none()
    | st.builds(
        IntentFact, moments, st.sampled_from(["requires_action", "requires_payment_method", "odd"])
    ),
    charge_refunded=st.integers(0, TOTAL),
    refunds=st.dictionaries(st.sampled_from(["op-1", "re_9"]), refund_facts, max_size=2),
    disputes=st.dictionaries(st.just("dp_1"), dispute_facts, max_size=1),
    timeline=st.dictionaries(st.sampled_from(["evt_1", "evt_2"]), entries, max_size=2),
)


@given(facts, facts, facts)
def test_facts_are_the_same_in_whatever_order_and_however_often_they_come(
    one: OrderFacts, two: OrderFacts, three: OrderFacts
) -> None:
    assert one.join(two) == two.join(one)
    assert one.join(two).join(three) == one.join(two.join(three))
    assert one.join(one) == one
    assert one.join(OrderFacts()) == one


@given(facts)
def test_facts_survive_being_stored(one: OrderFacts) -> None:
    assert OrderFacts.read(one.as_json()) == one
    assert OrderFacts.read({**one.as_json(), "later": 1}) == one


def test_a_refund_that_failed_gives_the_money_back_to_the_sale() -> None:
    paid = OrderFacts(paid_at=1, charge_refunded=500)
    first = RefundFact(500, "succeeded", "re_1", at=2)
    failed = paid.with_refund("re_1", first).with_refund("re_1", RefundFact(500, "failed", "re_1"))
    assert failed.refunded_amount == 0
    assert failed.with_refund("re_2", RefundFact(300, "succeeded", "re_2")).refunded_amount == 300


def test_what_is_only_asked_for_reserves_and_gives_nothing_back() -> None:
    asked = OrderFacts(paid_at=1).with_refund("op-1", RefundFact(400, "requested"))
    assert (asked.refunded_amount, asked.reserved_amount) == (0, 400)
    made = asked.with_refund("op-1", RefundFact(400, "pending", "re_1"))
    assert (made.refunded_amount, made.reserved_amount) == (400, 0)
    assert asked.without_refund("op-1").reserved_amount == 0


class Selling(RuleBasedStateMachine):
    """Facts in any order and another writer, who puts known statuses where he likes."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = OrderFacts()
        self.status: str = OrderStatus.PENDING
        self.payment: str = PaymentStatus.PENDING
        self.fulfillment: str = FulfillmentStatus.UNFULFILLED

    @rule(more=facts)
    def learn(self, more: OrderFacts) -> None:
        before = standing(self.facts, LINES)
        self.facts = self.facts.join(more)
        after = standing(self.facts, LINES)
        status = next_status(self.status, before, after)
        self.check_step(status, before, after)
        self.status, self.payment = status, next_payment(self.payment, before, after)
        fulfillment = next_fulfillment(self.fulfillment, after)
        order = list(FulfillmentStatus)
        assert order.index(FulfillmentStatus(fulfillment)) >= order.index(
            FulfillmentStatus(self.fulfillment)
        )
        self.fulfillment = fulfillment

    def check_step(self, status: str, before: Standing, after: Standing) -> None:
        way = route(OrderStatus(self.status), OrderStatus(status))
        returned = (before.status, after.status) == (OrderStatus.REFUNDED, OrderStatus.COMPLETED)
        assert way is not None or returned
        here = OrderStatus(self.status)
        for step in way or ():
            assert step in STEPS[here]
            here = step

    @rule(status=st.sampled_from([FulfillmentStatus.SHIPPED, FulfillmentStatus.DELIVERED]))
    def ship(self, status: FulfillmentStatus) -> None:
        self.fulfillment = later_fulfillment(self.fulfillment, status)

    @invariant()
    def stands_where_the_facts_put_it(self) -> None:
        told = standing(self.facts, LINES)
        assert self.status == told.status
        assert self.payment == told.payment
        assert 0 <= told.refunded <= TOTAL
        assert sum(given.refunded for given in told.given) == told.refunded


TestSelling = Selling.TestCase


@pytest.mark.parametrize(
    ("stored", "told", "becomes"),
    [
        ("COMPLETED", "PROCESSING", "COMPLETED"),
        ("REFUNDED", "COMPLETED", "REFUNDED"),
        ("COMPLETED", "CANCELLED", "COMPLETED"),
        ("CANCELLED", "COMPLETED", "COMPLETED"),
        ("PENDING", "REFUNDED", "REFUNDED"),
        ("ON_HOLD", "COMPLETED", "ON_HOLD"),
    ],
)
def test_a_status_goes_forwards_or_stays(stored: str, told: str, becomes: str) -> None:
    assert later_order_status(stored, OrderStatus(told)) == becomes


def test_a_status_of_another_writer_is_not_moved_backwards() -> None:
    nothing = standing(OrderFacts(), LINES)
    late = standing(OrderFacts(intent=IntentFact(5, "requires_action")), LINES)
    assert late.payment == "REQUIRES_ACTION"
    assert next_payment("PAID", nothing, late) == "PAID"
    assert next_payment("IN_DISPUTE", nothing, late) == "IN_DISPUTE"
    assert next_fulfillment("PRINTED", late) == "PRINTED"


def test_an_unknown_state_of_the_payment_is_shown_as_it_is() -> None:
    odd = standing(OrderFacts(intent=IntentFact(5, "requires_moonlight")), LINES)
    assert (odd.status, odd.payment) == ("PENDING", "REQUIRES_MOONLIGHT")


@given(st.integers(1, 10**9))
def test_order_numbers_are_read_as_they_are_written(sequence: int) -> None:
    assert sequence_of(order_number(sequence)) == sequence


def test_order_numbers_as_people_know_them() -> None:
    assert order_number(123) == "KD-000123"
    assert order_number(1_234_567) == "KD-1234567"
    assert [sequence_of(text) for text in ("KD-12", "GG-000123", "KD-000123x")] == [None] * 3
    with pytest.raises(ValueError):
        order_number(0)


def order_document(**fields: Any) -> dict[str, Any]:
    item = {
        "_id": "1" * 24,
        "productId": "2" * 24,
        "sellerId": "3" * 24,
        "title": "A",
        **item_fields(Money(1999), 1),
    }
    return {
        "_id": "4" * 24,
        "orderNumber": "KD-000001",
        "buyerId": "5" * 24,
        "totalAmount": 1999,
        "items": [item],
        **fields,
    }


def test_what_an_order_does_not_know_comes_back_untouched() -> None:
    document = order_document(status="ON_HOLD", giftWrap={"paper": "red"})
    document["items"][0]["note"] = "for Ada"
    order = Order.read(document)
    assert (order.status, order.total, order.lines[0].net) == ("ON_HOLD", Money(1999), 1699)
    assert order.as_document() == document


def test_a_free_order_has_a_session_of_its_own_to_name() -> None:
    assert Order.read(order_document()).purchase_session == f"free_{'4' * 24}"


@pytest.mark.parametrize(
    ("known", "fulfillment"),
    [
        (OrderFacts(), "UNFULFILLED"),
        (OrderFacts(delivered_at=5), "UNFULFILLED"),
        (OrderFacts(paid_at=3), "FULFILLED"),
        (OrderFacts(paid_at=3, delivered_at=5), "DELIVERED"),
        (OrderFacts(paid_at=3, delivered_at=5, charge_refunded=TOTAL), "DELIVERED"),
    ],
)
def test_a_file_is_delivered_once_it_was_fetched(known: OrderFacts, fulfillment: str) -> None:
    assert standing(known, LINES).fulfillment == fulfillment


def test_what_was_sent_back_is_not_delivered_again() -> None:
    delivered = standing(OrderFacts(paid_at=3, delivered_at=5), LINES)
    assert next_fulfillment("FULFILLED", delivered) == "DELIVERED"
    assert next_fulfillment("RETURNED", delivered) == "RETURNED"
