"""Onboarding, checkout, settlement and the split, from the first click to the seller's balance."""

from __future__ import annotations

import threading

import pytest

from koda_desktop.errors import NotAllowed, NotFound, Refused, ServerDown
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.checkout import SESSION_SECONDS, CheckoutAsk, metadata
from koda_desktop.marketplace.onboarding import OnboardingState
from koda_desktop.marketplace.payments import REPORTS_KEPT_DAYS, ReportPage
from koda_desktop.marketplace.polling import DAY
from koda_desktop.marketplace.pricing import PriceChanged, WantedItem
from koda_desktop.models.order import Order
from koda_desktop.models.order_status import OrderStatus
from tests.marketplace.stories import new_order
from tests.services.stripe.conftest import Till
from tests.services.stripe.shop import Shop


@pytest.fixture
def shop(till: Till) -> Shop:
    return Shop(till)


def test_onboarding_goes_through_its_states_and_back(shop: Shop) -> None:
    ada, user = Actor(shop.ada), shop.trade.users.documents[shop.ada]
    assert shop.onboarding.status(ada).state is OnboardingState.NOT_STARTED
    first = shop.onboarding.begin(ada, "http://x.test/back", "http://x.test/again")
    assert shop.onboarding.status(ada).state is OnboardingState.IN_PROGRESS
    account = shop.account_of(shop.ada)
    second = shop.onboarding.begin(ada, "http://x.test/back", "http://x.test/again")
    assert (shop.account_of(shop.ada), first.url != second.url) == (account, True)
    act = shop.till.stripe.act
    act("account", account=account, due=["individual.verification.document"])
    status = shop.onboarding.status(ada)
    assert status.state is OnboardingState.ACTION_NEEDED
    assert status.account
    assert status.account.due == ("individual.verification.document",)
    assert not user["onboardingComplete"]
    act("account", account=account, due=[])
    assert shop.onboarding.status(ada).state is OnboardingState.ACTIVE
    assert user["onboardingComplete"]
    act("account", account=account, due=["external_account"])
    assert shop.onboarding.status(ada).state is OnboardingState.ACTION_NEEDED
    assert not user["onboardingComplete"]


def test_two_windows_that_start_onboarding_at_once_get_one_account(shop: Shop) -> None:
    pages: list[str] = []

    def begin() -> None:
        page = shop.onboarding.begin(Actor(shop.ada), "http://x.test/a", "http://x.test/b")
        pages.append(page.url)

    windows = [threading.Thread(target=begin) for _ in range(4)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert len(set(pages)) == 4
    created = {
        key
        for method, path, _, key in shop.till.client.sent
        if (method, path) == ("POST", "/v1/accounts")
    }
    assert len(created) == 1
    assert shop.account_of(shop.ada)


def test_an_account_that_is_gone_is_replaced(shop: Shop) -> None:
    shop.onboard(shop.ada)
    gone = shop.account_of(shop.ada)
    shop.payments.accounts.delete(gone)
    assert shop.onboarding.status(Actor(shop.ada)).state is OnboardingState.NOT_STARTED
    assert not shop.trade.users.documents[shop.ada]["onboardingComplete"]
    shop.onboard(shop.ada)
    assert shop.account_of(shop.ada) != gone


def test_a_poll_sees_onboarding_that_ended_and_was_revoked(shop: Shop) -> None:
    shop.onboarding.begin(Actor(shop.ada), "http://x.test/back", "http://x.test/again")
    user = shop.trade.users.documents[shop.ada]
    for due in ([], ["external_account"], []):
        shop.till.stripe.act("account", account=shop.account_of(shop.ada), due=due)
        shop.poll()
        assert user["onboardingComplete"] is (due == [])


def test_one_seller_is_paid_by_the_charge_less_15_percent(shop: Shop) -> None:
    shop.onboard(shop.ada)
    order = shop.sell((shop.ada, 19.99), (shop.ada, 0.07))
    assert (order.status, order.payment_status) == ("COMPLETED", "PAID")
    assert order.fulfillment_status == "FULFILLED"
    assert order.total_amount == 2006
    assert [item.fee_amount for item in order.items] == [300, 1]
    assert shop.net(shop.account_of(shop.ada)) == 2006 - 301
    bought = sorted(one["amount"] for one in shop.trade.ledger.purchases.values())
    assert bought == [0.07, 19.99]


def test_several_sellers_get_a_transfer_each(shop: Shop) -> None:
    shop.onboard(shop.ada, shop.bob)
    order = shop.sell((shop.ada, 10), (shop.bob, 3.33), (shop.ada, 1))
    assert order.destination is None
    assert not order.shares_due
    assert shop.net(shop.account_of(shop.ada)) == 850 + 85
    assert shop.net(shop.account_of(shop.bob)) == 333 - 50
    assert shop.sharing.settle_due() == {}
    assert len(shop.payments.shares.transfers(order.id)) == 2


def test_a_transfer_that_cannot_be_made_yet_is_made_later(shop: Shop) -> None:
    shop.onboard(shop.ada, shop.bob)
    listings = [(shop.list(shop.ada, 10), 1000), (shop.list(shop.bob, 5), 500)]
    answer = shop.start(listings)
    shop.pay(answer)
    act = shop.till.stripe.act
    act("account", account=shop.account_of(shop.bob), due=["external_account"])
    shop.poll()
    faults = shop.sharing.settle_due()
    assert list(faults) == [answer.order["_id"]]
    assert shop.order(answer.order["_id"]).shares_due
    act("account", account=shop.account_of(shop.bob), due=[])
    assert shop.sharing.settle_due() == {}
    assert (shop.net(shop.account_of(shop.ada)), shop.net(shop.account_of(shop.bob))) == (850, 425)


def test_free_things_never_see_stripe(shop: Shop) -> None:
    before = len(shop.till.client.sent)
    answer = shop.start([(shop.list(shop.ada, 0), 0)])
    assert (answer.page, answer.order["status"]) == (None, "COMPLETED")
    assert len(shop.till.client.sent) == before
    ((session, _),) = shop.trade.ledger.purchases
    assert session == f"free_{answer.order['_id']}"


def test_what_the_client_believes_of_a_price_is_never_charged(shop: Shop) -> None:
    shop.onboard(shop.ada)
    listing = shop.list(shop.ada, 20)
    with pytest.raises(PriceChanged) as raised:
        shop.start([(listing, 100)])
    assert raised.value.facts["items"] == [
        {"product": listing, "title": "Listing 1", "shown": 100, "now": 2000}
    ]
    assert shop.trade.orders.documents == {}
    answer = shop.start([(listing, 2000)])
    shop.trade.products.documents[listing]["price"] = 1
    session = shop.payments.checkouts.find(answer.order["stripeCheckoutSessionId"])
    assert session.amount_total == answer.order["totalAmount"] == 2000


def test_a_price_of_several_is_charged_as_it_stands(shop: Shop) -> None:
    shop.onboard(shop.ada)
    listing = shop.list(shop.ada, 20)
    price = {"_id": "e" * 24, "productId": listing, "unitAmount": 700, "active": True}
    shop.trade.prices.insert(price)

    def ask(price_id: str, shown: int) -> CheckoutAsk:
        wanted = [WantedItem(listing, shown, price_id)]
        return CheckoutAsk(shop.till.operation(), wanted, "http://x.test/a", "http://x.test/b")

    answer = shop.checkout.start(Actor(shop.buyer), ask("e" * 24, 700))
    assert answer.order["totalAmount"] == 700
    shop.trade.prices.set("e" * 24, {"active": False})
    for wrong in ("e" * 24, "f" * 24):
        with pytest.raises(Refused):
            shop.checkout.start(Actor(shop.buyer), ask(wrong, 700))


def test_a_subscription_is_refused_with_the_reason(shop: Shop) -> None:
    shop.onboard(shop.ada)
    listing = shop.list(shop.ada, 20)
    monthly = {"_id": "d" * 24, "productId": listing, "type": "RECURRING", "unitAmount": 500}
    shop.trade.prices.insert({**monthly, "interval": "month", "active": True})
    wanted = [WantedItem(listing, 500, "d" * 24)]
    ask = CheckoutAsk(shop.till.operation(), wanted, "http://x.test/a", "http://x.test/b")
    with pytest.raises(Refused) as raised:
        shop.checkout.start(Actor(shop.buyer), ask)
    assert "subscription" in raised.value.remedy
    assert shop.trade.orders.documents == {}


@pytest.mark.parametrize(
    "fields", [{"active": False}, {"deletedAt": "2026-01-01T00:00:00.000Z"}, {"sellerId": "9" * 24}]
)
def test_what_is_not_for_sale_is_refused(shop: Shop, fields: dict[str, object]) -> None:
    shop.onboard(shop.ada)
    with pytest.raises(Refused):
        shop.start([(shop.list(shop.ada, 20, **fields), 2000)])


def test_nobody_buys_what_is_not_there_their_own_or_when_banned(shop: Shop) -> None:
    shop.onboard(shop.ada)
    listing = shop.list(shop.ada, 20)
    with pytest.raises(NotFound):
        shop.start([("9" * 24, 2000)])
    with pytest.raises(Refused):
        shop.start([(listing, 2000)], buyer=shop.ada)
    with pytest.raises(Refused):
        shop.start([])
    with pytest.raises(Refused):
        shop.start([(shop.list(shop.ada, 0.49), 49)])
    shop.trade.users.documents[shop.ada]["isBanned"] = True
    with pytest.raises(Refused):
        shop.start([(listing, 2000)])
    shop.trade.users.documents[shop.buyer]["isBanned"] = True
    with pytest.raises(NotAllowed):
        shop.start([(listing, 2000)])


def test_the_same_operation_is_the_same_order_and_session(shop: Shop) -> None:
    shop.onboard(shop.ada)
    items = [(shop.list(shop.ada, 20), 2000)]
    first = shop.start(items, "op-again")
    second = shop.start(items, "op-again")
    assert first.order["_id"] == second.order["_id"]
    assert first.page
    assert second.page
    assert first.page.url == second.page.url
    with pytest.raises(NotAllowed):
        shop.start(items, "op-again", buyer=shop.bob)
    shop.pay(first)
    shop.poll()
    assert shop.start(items, "op-again").page is None
    assert first.page.url not in str(shop.trade.orders.documents)


def test_a_lost_answer_while_the_session_is_made_makes_no_second_one(shop: Shop) -> None:
    shop.onboard(shop.ada)
    items = [(shop.list(shop.ada, 20), 2000)]
    shop.till.stripe.act("faults", kind="timeout", method="POST", path="/v1/checkout/sessions")
    shop.use(shop.till.other(retries=0, timeouts=(5.0, 0.5)))
    with pytest.raises(ServerDown):
        shop.start(items, "op-lost")
    shop.use(shop.till.payments)
    answer = shop.start(items, "op-lost")
    assert answer.page
    # Stripe may still be busy with the first request; the SDK then asks again, by the same key.
    sent = [s for s in shop.till.client.sent if s[:2] == ("POST", "/v1/checkout/sessions")]
    assert {key for *_, key in sent} == {"op-lost:session"}
    assert len(shop.trade.orders.documents) == 1
    assert (
        shop.payments.checkouts.find(answer.order["stripeCheckoutSessionId"]).order_id
        == answer.order["_id"]
    )


def test_an_order_that_nobody_pays_ends_with_its_session(shop: Shop) -> None:
    shop.onboard(shop.ada)
    answer = shop.start([(shop.list(shop.ada, 20), 2000)], "op-left")
    shop.wait(seconds=SESSION_SECONDS + 1)
    shop.poll()
    order = shop.order(answer.order["_id"])
    assert (order.status, order.payment_status) == ("CANCELLED", "CANCELED")
    assert shop.trade.ledger.purchases == {}


def test_a_buyer_can_end_an_order(shop: Shop) -> None:
    shop.onboard(shop.ada)
    answer = shop.start([(shop.list(shop.ada, 20), 2000)])
    with pytest.raises(NotFound):
        shop.checkout.abandon(Actor(shop.bob), answer.order["_id"])
    ended = shop.checkout.abandon(Actor(shop.buyer), answer.order["_id"])
    assert ended["status"] == OrderStatus.CANCELLED
    session = shop.payments.checkouts.find(answer.order["stripeCheckoutSessionId"])
    assert session.status == "expired"
    assert shop.checkout.abandon(Actor(shop.buyer), answer.order["_id"]) == ended


def test_i_have_paid_check_now(shop: Shop) -> None:
    shop.onboard(shop.ada)
    answer = shop.start([(shop.list(shop.ada, 20), 2000)])
    order_id = answer.order["_id"]
    assert (shop.poller.check(order_id) or {})["status"] == "PENDING"
    shop.pay(answer, "debit")
    assert (shop.poller.check(order_id) or {})["status"] == "PROCESSING"
    shop.wait(days=3)
    assert (shop.poller.check(order_id) or {})["status"] == "COMPLETED"
    shop.poll()
    assert len(shop.trade.ledger.purchases) == 1


def test_a_gap_longer_than_reports_are_kept_is_read_from_the_balance(shop: Shop) -> None:
    shop.onboard(shop.ada)
    old = shop.sell((shop.ada, 10))
    answer = shop.start([(shop.list(shop.ada, 20), 2000)])
    shop.pay(answer)
    shop.payments.shares.refund(
        old.known.charge_id, 400, {}, shop.till.operation(), is_reversed=True
    )
    shop.wait(days=45)
    assert shop.order(answer.order["_id"]).status == "PENDING"
    assert shop.poll().recovered == 2
    assert shop.order(answer.order["_id"]).status == "COMPLETED"
    assert shop.order(old.id).refunded_amount == 400
    assert len(shop.trade.ledger.purchases) == 2


def test_reports_dropped_for_their_age_while_pages_are_read_hold_up_none_that_are_there(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.onboard(shop.ada)
    shop.sell((shop.ada, 5))
    shop.wait(days=REPORTS_KEPT_DAYS - 1)
    answer = shop.start([(shop.list(shop.ada, 10), 1000)])
    shop.pay(answer)
    page = shop.payments.reports.page

    def ask(since: int, after: str | None, limit: int, account: str | None = None) -> ReportPage:
        """What was made before the sale is dropped as soon as some of it was shown."""
        found = page(since, after, 1, account)
        if account is None and found.reports[-1].created < shop.till.now() - DAY:
            shop.wait(days=REPORTS_KEPT_DAYS)
        return found

    monkeypatch.setattr(shop.payments.reports, "page", ask)
    shop.poll()
    assert shop.order(answer.order["_id"]).status == "COMPLETED"


def test_orders_that_wait_long_are_checked(shop: Shop) -> None:
    shop.onboard(shop.ada)
    answer = shop.start([(shop.list(shop.ada, 20), 2000)])
    shop.pay(answer)
    assert shop.poller.check_open(-86_400 * 400) == 1
    assert shop.order(answer.order["_id"]).status == "COMPLETED"


def test_metadata_of_the_largest_order_is_within_stripes_limits() -> None:
    document = new_order(1, (1999,))
    item = document["items"][0]
    document["items"] = [
        {**item, "productId": f"{n:024x}", "unitAmount": 99_999_999} for n in range(100)
    ]
    fields = metadata(Order.read({**document, "createdAt": "2026-01-01T00:00:00.000Z"}))
    assert len(fields) <= 50
    assert max(len(value) for value in fields.values()) <= 500
    entries = ",".join(fields[name] for name in fields if name.startswith("items_")).split(",")
    assert [entry.split(":")[0] for entry in entries] == [f"{n:024x}" for n in range(100)]


def test_the_catalogue_follows_a_listing(shop: Shop) -> None:
    listing = shop.list(shop.ada, 9.99)
    first = shop.catalogue.sync(listing, "cat-1")
    assert shop.catalogue.sync(listing, "cat-1") == first
    assert shop.trade.products.documents[listing]["stripeProductId"] == first.product_ref
    shop.trade.products.documents[listing]["price"] = 12
    second = shop.catalogue.sync(listing, "cat-2")
    assert (second.product_ref, second.retired) == (first.product_ref, 1)
    prices = {one["unitAmount"]: one["active"] for one in shop.trade.prices.documents.values()}
    assert prices == {999: False, 1200: True}
    shop.trade.products.documents[listing].update(active=False, price=0)
    assert shop.catalogue.sync(listing, "cat-3").price_id is None
    assert not any(one["active"] for one in shop.trade.prices.documents.values())
    with pytest.raises(NotFound):
        shop.catalogue.sync("9" * 24, "cat-4")


def test_an_order_is_delivered_with_its_buyers_first_download(shop: Shop) -> None:
    shop.onboard(shop.ada)
    unpaid = shop.start([(shop.list(shop.ada, 10), 1000)]).order["_id"]
    delivery = shop.made.delivery
    with pytest.raises(Refused):
        delivery.finished(Actor(shop.buyer), unpaid)
    order = shop.sell((shop.ada, 10))
    assert order.fulfillment_status == "FULFILLED"
    for stranger in (shop.ada, shop.bob):
        with pytest.raises(NotFound):
            delivery.finished(Actor(stranger), order.id)
    first = delivery.finished(Actor(shop.buyer), order.id)
    assert first["fulfillmentStatus"] == "DELIVERED"
    assert delivery.finished(Actor(shop.buyer), order.id) == first
    assert [one["kind"] for one in first["timeline"]].count("delivered") == 1
    shop.poll()
    assert shop.order(order.id).fulfillment_status == "DELIVERED"
