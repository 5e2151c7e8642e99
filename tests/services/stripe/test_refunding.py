"""Refunds and reconciliation: every party's money, to the cent, at a stateful Stripe."""

from __future__ import annotations

import pytest

from koda_desktop.errors import NotAllowed, NotFound, Refused, ServerDown
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.refunds import RefundRequest, RefundTooHigh, RefundUnfinished
from koda_desktop.models.order import Order
from tests.services.stripe.conftest import Till
from tests.services.stripe.shop import Shop


@pytest.fixture
def shop(till: Till) -> Shop:
    made = Shop(till)
    made.onboard(made.ada, made.bob)
    return made


def stripe_keeps(order: Order) -> int:
    """Stripe's own fee, which no refund gives back: 1.5% and 25 cents."""
    return (order.total_amount * 15 + 500) // 1000 + 25


@pytest.mark.parametrize("parts", [[1999], [1, 1998], [700, 700, 599], [333, 333, 333, 1000]])
def test_one_sellers_refunds_end_with_everybody_at_zero(shop: Shop, parts: list[int]) -> None:
    platform = shop.net()
    order = shop.sell((shop.ada, 19.99))
    account = shop.account_of(shop.ada)
    before = shop.net(account)
    given = 0
    for part in parts:
        request = RefundRequest(shop.till.operation(), order.id, amount=part, reason="Broken")
        preview = shop.refunds.preview(Actor(shop.ada), request)
        assert preview.to_buyer == part
        assert preview.from_sellers + preview.from_platform == part
        shop.refunds.refund(Actor(shop.ada), request)
        given += preview.from_sellers
        assert shop.net(account) == before - given
    after = shop.order(order.id)
    assert (after.status, after.payment_status) == ("REFUNDED", "REFUNDED")
    assert after.refund_reason == "Broken"
    assert shop.net(account) == before - order.lines[0].net == before - given
    assert shop.net() == platform - stripe_keeps(order)
    assert not after.shares_due


def test_several_sellers_give_back_their_own_part(shop: Shop) -> None:
    platform, ada, bob = shop.net(), shop.account_of(shop.ada), shop.account_of(shop.bob)
    order = shop.sell((shop.ada, 10), (shop.bob, 3.33))
    nets = shop.net(ada), shop.net(bob)
    assert nets == (850, 283)
    mine = RefundRequest(shop.till.operation(), order.id)
    assert shop.refunds.preview(Actor(shop.ada), mine).to_buyer == 1000
    shop.refunds.refund(Actor(shop.ada), mine)
    assert (shop.net(ada), shop.net(bob)) == (0, 283)
    shop.refunds.refund(
        Actor(shop.admin), RefundRequest(shop.till.operation(), order.id, amount=100)
    )
    half_way = shop.net(bob)
    assert half_way == 283 - (100 - 15)
    shop.refunds.refund(Actor(shop.admin), RefundRequest(shop.till.operation(), order.id))
    assert (shop.net(ada), shop.net(bob)) == (0, 0)
    assert shop.net() == platform - stripe_keeps(order)
    assert shop.order(order.id).status == "REFUNDED"


def test_never_more_than_what_is_left(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10), (shop.ada, 5))
    first, second = (item.id for item in order.items)
    refunds = shop.refunds

    def request(**fields: object) -> RefundRequest:
        return RefundRequest(shop.till.operation(), order.id, **fields)  # type: ignore[arg-type]

    for wrong in (
        request(amount=1501),
        request(amount=0),
        request(amounts={first: 1001}),
        request(amounts={first: -1, second: 5}),
        request(amounts={first: 0}),
    ):
        for attempt in (refunds.preview, refunds.refund):
            with pytest.raises(RefundTooHigh):
                attempt(Actor(shop.ada), wrong)
    refunds.refund(Actor(shop.ada), request(amounts={first: 1000}))
    with pytest.raises(RefundTooHigh):
        refunds.refund(Actor(shop.ada), request(amounts={first: 1}))
    refunds.refund(Actor(shop.ada), request(amounts={second: 500}))
    with pytest.raises(RefundTooHigh):
        refunds.refund(Actor(shop.ada), request())


def test_only_who_sold_it_may_refund(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10), (shop.bob, 5))
    bobs = order.items[1].id
    with pytest.raises(NotAllowed):
        shop.refunds.refund(Actor(shop.ada), RefundRequest("op-1", order.id, amounts={bobs: 5}))
    with pytest.raises(NotAllowed):
        shop.refunds.refund(Actor(shop.buyer), RefundRequest("op-2", order.id))
    with pytest.raises(NotFound):
        shop.refunds.refund(Actor(shop.ada), RefundRequest("op-3", "9" * 24))
    unpaid = shop.start([(shop.list(shop.ada, 10), 1000)]).order
    with pytest.raises(RefundTooHigh):
        shop.refunds.refund(Actor(shop.ada), RefundRequest("op-4", unpaid["_id"]))


def test_a_lost_answer_is_gone_on_with_and_refunds_once(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10))
    before = shop.net(shop.account_of(shop.ada))
    request = RefundRequest(shop.till.operation(), order.id, amount=400)
    shop.till.stripe.act("faults", kind="timeout", method="POST", path="/v1/refunds")
    shop.use(shop.till.other(retries=0, timeouts=(5.0, 0.5)))
    with pytest.raises(ServerDown):
        shop.refunds.refund(Actor(shop.ada), request)
    assert shop.order(order.id).known.reserved_amount == 400
    other = RefundRequest("op-other", order.id, amount=100)
    for attempt in (shop.refunds.preview, shop.refunds.refund):
        with pytest.raises(RefundUnfinished) as raised:
            attempt(Actor(shop.ada), other)
        assert raised.value.facts["operation"] == request.operation_id
    shop.use(shop.till.payments)
    shop.refunds.refund(Actor(shop.ada), request)
    shop.refunds.refund(Actor(shop.ada), request)
    shop.poll()
    after = shop.order(order.id)
    assert (after.refunded_amount, after.known.reserved_amount) == (400, 0)
    assert shop.net(shop.account_of(shop.ada)) == before - 340


@pytest.mark.parametrize("fault", ["timeout", "server-error"])
@pytest.mark.parametrize("days", [0, 3])
def test_another_computer_finishes_a_refund_and_it_is_made_once(
    shop: Shop, fault: str, days: int
) -> None:
    """Whether Stripe made it before the answer was lost, or not; also when Stripe no longer
    remembers the operation itself, and no report came.
    """
    order = shop.sell((shop.ada, 10), (shop.bob, 5))
    adas, bobs = (item.id for item in order.items)
    request = RefundRequest(shop.till.operation(), order.id, {adas: 400}, reason="Broken")
    shop.till.stripe.act("faults", kind=fault, method="POST", path="/v1/refunds")
    shop.use(shop.till.other(retries=0, timeouts=(5.0, 0.5)))
    with pytest.raises(ServerDown):
        shop.refunds.refund(Actor(shop.ada), request)
    shop.use(shop.till.payments)
    shop.wait(days=days)
    assert shop.refunds.unfinished(Actor(shop.bob), order.id) is None
    for actor in (shop.ada, shop.admin):
        found = shop.refunds.unfinished(Actor(actor), order.id)
        assert found is not None
        begun, preview = found
        assert begun == request
        assert (preview.to_buyer, preview.from_sellers) == (400, 340)
        assert [line.left for line in preview.lines] == [600]
    bobs_part = RefundRequest(shop.till.operation(), order.id, {bobs: 500})
    shop.refunds.refund(Actor(shop.bob), bobs_part)
    shop.refunds.refund(Actor(shop.admin), begun)
    assert shop.refunds.unfinished(Actor(shop.admin), order.id) is None
    shop.poll()
    assert shop.order(order.id).refunded_amount == 900
    charge = shop.payments.shares.charge(order.known.charge_id)
    assert charge.amount_refunded == 900


def test_a_finished_refund_asked_for_again_days_later_is_not_made_again(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10))
    request = RefundRequest(shop.till.operation(), order.id, amount=300)
    shop.refunds.refund(Actor(shop.ada), request)
    shop.wait(days=3)
    assert shop.refunds.refund(Actor(shop.ada), request)["refundedAmount"] == 300
    assert shop.payments.shares.charge(order.known.charge_id).amount_refunded == 300


def test_a_refund_that_stripe_refuses_reserves_nothing(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10))
    shop.till.stripe.act("dispute", charge=order.known.charge_id)
    with pytest.raises(Refused):
        shop.refunds.refund(Actor(shop.ada), RefundRequest(shop.till.operation(), order.id))
    assert shop.order(order.id).known.reserved_amount == 0


def test_a_crash_between_refund_and_shares_is_mended_by_the_next_round(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10), (shop.bob, 10))
    shop.till.stripe.act("faults", kind="server-error", method="POST", path="/v1/transfers")
    shop.use(shop.till.other(retries=0))
    after = shop.refunds.refund(Actor(shop.admin), RefundRequest(shop.till.operation(), order.id))
    assert after["refundedAmount"] == 2000
    assert shop.order(order.id).shares_due
    assert shop.sharing.settle_due() == {}
    assert (shop.net(shop.account_of(shop.ada)), shop.net(shop.account_of(shop.bob))) == (0, 0)


def test_a_refund_made_at_stripe_is_seen_and_shared(shop: Shop) -> None:
    """In Stripe's dashboard nobody ticks “reverse transfer”."""
    order = shop.sell((shop.ada, 10))
    charge = order.known.charge_id
    shop.payments.shares.refund(charge, 400, {}, shop.till.operation(), is_reversed=False)
    shop.poll()
    assert shop.order(order.id).payment_status == "PARTIALLY_REFUNDED"
    assert shop.sharing.settle_due() == {}
    assert shop.net(shop.account_of(shop.ada)) == 510


def test_a_refund_that_the_bank_sends_back_is_a_sale_again(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10))
    shop.refunds.refund(Actor(shop.ada), RefundRequest("op-fails", order.id))
    assert shop.order(order.id).status == "REFUNDED"
    refund = shop.order(order.id).known.refunds["op-fails"].refund_id
    shop.till.stripe.act("fail-refund", refund=refund)
    shop.poll()
    after = shop.order(order.id)
    assert (after.status, after.payment_status, after.refunded_amount) == ("COMPLETED", "PAID", 0)


def test_every_sale_explains_itself_and_the_books_add_up(shop: Shop) -> None:
    orders = [
        shop.sell((shop.ada, 19.99)),
        shop.sell((shop.ada, 10), (shop.bob, 3.33)),
        shop.sell((shop.bob, 7)),
    ]
    shop.refunds.refund(
        Actor(shop.ada), RefundRequest(shop.till.operation(), orders[0].id, amount=777)
    )
    shop.refunds.refund(
        Actor(shop.admin), RefundRequest(shop.till.operation(), orders[1].id, amount=100)
    )
    shop.wait(days=5)
    shop.poll()
    for order in orders:
        lines = shop.sale_lines(order.id)
        assert [line.difference for line in lines] == [0] * len(lines)
        assert sum(line.gross for line in lines) == order.total_amount
        assert sum(line.provider_fee for line in lines) == stripe_keeps(order)
        assert all(line.payout_id for line in lines)
    for account in (None, shop.account_of(shop.ada), shop.account_of(shop.bob)):
        books = shop.books(account)
        assert [one.difference for one in books.holdings] == [0] * len(books.holdings)
        assert [line.difference for line in books.payouts] == [0] * len(books.payouts)


def test_a_line_that_does_not_add_up_says_by_how_much(shop: Shop) -> None:
    order = shop.sell((shop.ada, 10))
    (transfer,) = shop.payments.shares.transfers(order.id)
    shop.payments.shares.reverse(transfer.id, 123, shop.till.operation())
    (line,) = shop.sale_lines(order.id)
    assert (line.net, line.found, line.difference) == (850, 727, -123)
