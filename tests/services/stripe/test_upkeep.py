"""Round after round: reports are settled, parts sent, books compared and payouts found."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace import upkeep as upkeep_rules
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.polling import Polled
from koda_desktop.marketplace.refunds import RefundRequest
from koda_desktop.marketplace.upkeep import (
    ACCOUNTS_SECONDS,
    DEEP_SECONDS,
    PAYOUTS_SECONDS,
    SHARES_AGAIN_SECONDS,
    Upkeep,
)
from koda_desktop.models.order import Order
from tests.services.stripe.conftest import Till
from tests.services.stripe.shop import Shop


@pytest.fixture
def shop(till: Till) -> Shop:
    made = Shop(till)
    made.onboard(made.ada, made.bob)
    return made


def buy(shop: Shop, *items: tuple[str, float]) -> str:
    """A paid order that nobody has settled yet; answers its id."""
    listings = [(shop.list(seller, price), round(price * 100)) for seller, price in items]
    answer = shop.start(listings)
    shop.pay(answer)
    return str(answer.order["_id"])


def books(order: Order) -> dict[str, tuple[int, int, bool]]:
    """By seller: transferred, difference and whether the payout is known."""
    return {
        one.seller_id: (one.transferred, one.difference, one.payout_id is not None)
        for one in order.reconciled
    }


def test_a_sale_goes_all_the_way_to_the_bank(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    one, both = buy(shop, (shop.ada, 19.99)), buy(shop, (shop.ada, 10), (shop.bob, 3.33))
    first = upkeep.round(shop.made)
    assert (first.has_news, first.faults) == (True, {})
    assert books(shop.order(one)) == {shop.ada: (1999, 0, False)}
    assert books(shop.order(both)) == {shop.ada: (850, 0, False), shop.bob: (283, 0, False)}
    fees = [part.processing_fee for part in shop.order(both).reconciled]
    assert sum(fees) == (1333 * 15 + 500) // 1000 + 25

    upkeep.round(shop.made)  # the reports of the transfers it made
    assert not upkeep.round(shop.made).has_news
    shop.wait(days=4)
    upkeep.round(shop.made)
    assert books(shop.order(one)) == {shop.ada: (1999, 0, True)}
    assert books(shop.order(both)) == {shop.ada: (850, 0, True), shop.bob: (283, 0, True)}
    revision = shop.order(one).revision
    shop.wait(seconds=int(PAYOUTS_SECONDS) + 1)
    upkeep.round(shop.made)
    assert shop.order(one).revision == revision


def test_a_refund_is_compared_again_and_keeps_its_payout(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    key = buy(shop, (shop.ada, 10))
    upkeep.round(shop.made)
    shop.wait(days=4)
    upkeep.round(shop.made)
    request = RefundRequest(shop.till.operation(), key, amount=400)
    shop.refunds.refund(Actor(shop.ada), request)
    assert shop.order(key).books_due
    upkeep.round(shop.made)
    assert books(shop.order(key)) == {shop.ada: (600, 0, True)}


@pytest.mark.parametrize("status", ["failed", "canceled"])
def test_a_payout_that_comes_back_goes_out_with_the_next_one(shop: Shop, status: str) -> None:
    upkeep = Upkeep(shop.clock)
    key = buy(shop, (shop.ada, 10))
    account = shop.account_of(shop.ada)
    upkeep.round(shop.made)
    shop.wait(days=3)
    upkeep.round(shop.made)
    (first,) = shop.payments.books.payouts(account)
    assert shop.order(key).reconciled[0].payout_id == first.id
    shop.till.stripe.act("return-payout", payout=first.id, status=status)
    upkeep.round(shop.made)
    shop.wait(seconds=int(ACCOUNTS_SECONDS) + 1)
    upkeep.round(shop.made)
    assert shop.order(key).reconciled[0].payout_id is None
    (line,) = shop.sale_lines(key)
    assert (line.payout_id, line.difference) == (None, 0)
    shop.settlement.replay(list(shop.trade.events.records))
    assert shop.order(key).reconciled[0].payout_id is None

    shop.wait(days=2)
    upkeep.round(shop.made)
    second, again = shop.payments.books.payouts(account)
    assert (again.id, again.status, second.amount) == (first.id, status, first.amount)
    assert bool(again.failure) is (status == "failed")
    assert shop.order(key).reconciled[0].payout_id == second.id
    (line,) = shop.sale_lines(key)
    assert (line.payout_id, line.difference) == (second.id, 0)
    assert shop.books(account).adds_up
    kinds = {one.type: one for one in shop.trade.events.records.values()}
    assert kinds[f"payout.{status}"].is_processed
    assert kinds["payout.paid"].is_processed


def test_a_report_of_a_payout_that_cannot_be_asked_for_is_tried_again(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    key = buy(shop, (shop.ada, 10))
    upkeep.round(shop.made)
    shop.wait(days=4)
    order = {"method": "GET", "path": "/v1/payouts/", "times": 2}
    shop.till.stripe.act("faults", kind="server-error", **order)
    shop.use(shop.till.other(retries=0))
    shop.poll()
    found = [one for one in shop.trade.events.records.values() if one.type == "payout.paid"]
    assert [one.is_processed for one in found if one.account] == [False]
    assert all(one.is_processed for one in found if not one.account)
    shop.settlement.retry()
    assert shop.order(key).reconciled[0].payout_id


def test_money_taken_back_behind_our_back_is_a_difference(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    key = buy(shop, (shop.ada, 10))
    upkeep.round(shop.made)
    (transfer,) = shop.payments.shares.transfers(key)
    shop.payments.shares.reverse(transfer.id, 123, shop.till.operation())
    upkeep.round(shop.made)
    assert books(shop.order(key))[shop.ada][1] == -123


def test_what_stripe_does_not_answer_stays_due(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    key = buy(shop, (shop.ada, 10))
    shop.till.stripe.act("faults", kind="server-error", method="GET", path="/v1/transfers")
    shop.use(shop.till.other(retries=0))
    with pytest.raises(ServerDown):
        upkeep.round(shop.made)
    assert shop.order(key).books_due
    upkeep.round(shop.made)
    assert books(shop.order(key)) == {shop.ada: (1000, 0, False)}


def test_an_order_that_nobody_can_read_holds_nothing_up(shop: Shop) -> None:
    upkeep = Upkeep(shop.clock)
    broken, good = buy(shop, (shop.ada, 10)), buy(shop, (shop.ada, 20))
    shop.trade.orders.documents[broken]["items"] = "gone"
    done = upkeep.round(shop.made)
    assert shop.order(good).status == "COMPLETED"
    assert done.faults == {}
    failed = [one for one in shop.trade.events.records.values() if one.error]
    assert failed
    assert all("KD-" in (one.error or "") for one in failed)


def test_parts_that_cannot_be_sent_hold_up_none_that_can(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than are looked at in one go; each comes back after a while, or when asked."""
    monkeypatch.setattr(upkeep_rules, "AT_ONCE", 2)
    upkeep, users = Upkeep(shop.clock), shop.trade.users.documents
    stuck = [buy(shop, (shop.ada, 10), (shop.bob, 10)) for _ in range(3)]
    account = users[shop.bob].pop("stripeConnectId")
    assert set(upkeep.round(shop.made).faults) == set(stuck[:2])
    good = buy(shop, (shop.ada, 5), (shop.admin, 0))
    assert set(upkeep.round(shop.made).faults) == set(stuck)
    assert not shop.order(good).shares_due
    users[shop.bob]["stripeConnectId"] = account
    assert set(upkeep.round(shop.made).faults) == set(stuck)
    shop.wait(seconds=int(SHARES_AGAIN_SECONDS))
    assert set(upkeep.round(shop.made).faults) == {stuck[2]}
    upkeep.hurry()
    assert upkeep.round(shop.made).faults == {}
    assert not any(shop.order(one).shares_due for one in stuck)


def test_a_round_that_is_to_end_does_no_more(shop: Shop) -> None:
    key = buy(shop, (shop.ada, 10), (shop.bob, 10))
    Upkeep(shop.clock).round(shop.made, lambda: True)
    order = shop.order(key)
    assert (order.status, order.shares_due, order.reconciled) == ("COMPLETED", True, [])


def test_each_thing_has_its_own_pace(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    upkeep = Upkeep(shop.clock)
    poll = shop.made.poller.poll

    def noted(**how: Any) -> Polled:
        asked.append(how)
        return poll(**how)

    monkeypatch.setattr(shop.made.poller, "poll", noted)
    for seconds in (0, 15, int(ACCOUNTS_SECONDS), int(DEEP_SECONDS)):
        shop.wait(seconds=seconds)
        upkeep.round(shop.made)
    assert [one["with_accounts"] for one in asked] == [True, False, True, True]
    overlaps = [one["overlap"] for one in asked]
    assert overlaps[0] == overlaps[3] > overlaps[1] == overlaps[2]
