"""The catalogue at Stripe follows the listings in the database, each change once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace import catalogue_following
from koda_desktop.marketplace.catalogue_following import MOST, CatalogueFollowing
from koda_desktop.runtime.clock import iso
from tests.services.stripe.conftest import Till
from tests.services.stripe.shop import Shop

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def shop(till: Till) -> Shop:
    made = Shop(till)
    made.onboard(made.ada)
    return made


def put(shop: Shop, minute: int, price: float = 9.99, **fields: object) -> str:
    """A listing that was changed last in that minute."""
    moment = iso(START + timedelta(minutes=minute))
    return shop.list(shop.ada, price, updatedAt=moment, **fields)


def change(shop: Shop, listing: str, minute: int, **fields: object) -> None:
    moment = iso(START + timedelta(minutes=minute))
    shop.trade.products.documents[listing].update(updatedAt=moment, **fields)


def prices(shop: Shop, listing: str) -> dict[int, bool]:
    """Amounts of a listing's prices, and whether each is offered."""
    found = shop.trade.prices.of_product(listing)
    return {one["unitAmount"]: one["active"] for one in found}


def test_new_changed_archived_and_deleted_listings_are_followed(shop: Shop) -> None:
    following = shop.made.following
    first, second = put(shop, 1), put(shop, 2, 0)
    assert following.follow().synced == 2
    assert following.follow().synced == 0
    assert (prices(shop, first), prices(shop, second)) == ({999: True}, {})
    change(shop, first, 3, price=12)
    change(shop, second, 4, active=False)
    assert following.follow().synced == 2
    assert prices(shop, first) == {999: False, 1200: True}
    change(shop, first, 5, price=9.99, deletedAt=iso(START))
    following.follow()
    now_offered = [one for one in shop.trade.prices.of_product(first) if one["active"]]
    assert [one["unitAmount"] for one in now_offered] == [999]
    assert len(shop.trade.prices.of_product(first)) == 3


def test_what_is_free_is_not_sold_at_the_provider(shop: Shop) -> None:
    free = put(shop, 1, 0)
    before = len(shop.till.client.sent)
    assert shop.made.following.follow().synced == 1
    assert len(shop.till.client.sent) == before
    paid = put(shop, 2)
    shop.made.following.follow()
    assert offered(shop, paid) == (True, [999])
    change(shop, paid, 3, price=0)
    change(shop, free, 4, price=3)
    shop.made.following.follow()
    assert offered(shop, paid) == (False, [])
    assert offered(shop, free) == (True, [300])
    assert shop.made.following.follow().synced == 0


def test_what_the_provider_need_not_know_asks_it_nothing(shop: Shop) -> None:
    listing = put(shop, 1)
    shop.made.following.follow()
    change(shop, listing, 2, averageRating=4.5, reviewCount=2)
    assert shop.made.following.follow().synced == 0
    assert shop.trade.prices.followed() is not None


def test_a_crash_before_the_place_is_remembered_makes_nothing_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing = put(shop, 1)
    with monkeypatch.context() as patch:
        patch.setattr(shop.trade.prices, "link_product", _killed)
        with pytest.raises(KeyboardInterrupt):
            shop.made.following.follow()
    (made,) = shop.trade.prices.of_product(listing)
    with monkeypatch.context() as patch:
        patch.setattr(shop.trade.prices, "insert", _killed)
        other = put(shop, 2, 5)
        with pytest.raises(KeyboardInterrupt):
            shop.made.following.follow()
    assert shop.made.following.follow().synced == 1
    assert shop.trade.prices.of_product(listing) == [made]
    assert prices(shop, other) == {500: True}


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_two_who_follow_at_once_make_one_price(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one read the listing and its prices before the first wrote anything."""
    listing = put(shop, 1)
    products, ports = shop.trade.products, shop.trade.ports
    product = dict(products.documents[listing])
    CatalogueFollowing(ports.prices, shop.made.catalogue).follow()
    products.documents[listing] = product
    with monkeypatch.context() as patch:
        patch.setattr(ports.prices, "of_product", lambda _: [])
        shop.made.following.follow(with_overlap=True)
    assert prices(shop, listing) == {999: True}
    assert len(ports.prices.of_product(listing)) == 1


def test_one_that_is_refused_or_unreadable_holds_nothing_up(shop: Shop) -> None:
    refused, unreadable = put(shop, 1, title=""), put(shop, 2, price=1)
    shop.trade.products.documents[unreadable]["price"] = "much"
    good = put(shop, 3)
    done = shop.made.following.follow()
    assert (done.synced, set(done.faults)) == (1, {refused, unreadable})
    assert prices(shop, good) == {999: True}


def test_a_silent_provider_is_asked_again_from_there(shop: Shop) -> None:
    first, second = put(shop, 1), put(shop, 2)
    shop.made.following.follow()
    third = put(shop, 3)
    shop.till.stripe.act("faults", kind="server-error", method="POST", path="/v1/prices")
    shop.use(shop.till.other(retries=0))
    with pytest.raises(ServerDown):
        shop.made.following.follow()
    assert shop.made.following.follow().synced == 1
    assert [prices(shop, one) for one in (first, second, third)] == [{999: True}] * 3


def test_a_long_list_is_done_in_goes(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue_following, "PAGE", 7)
    monkeypatch.setattr(catalogue_following, "MOST", 10)
    for minute in range(23):
        put(shop, minute)
    assert [shop.made.following.follow().synced for _ in range(4)] == [10, 10, 3, 0]
    assert MOST >= 10


def test_a_recurring_price_gets_its_place(shop: Shop) -> None:
    listing = put(shop, 1)
    monthly = {
        "_id": "d" * 24,
        "productId": listing,
        "type": "RECURRING",
        "unitAmount": 500,
        "currency": "EUR",
        "interval": "month",
        "trialDays": 14,
        "active": True,
    }
    shop.trade.prices.insert(monthly)
    shop.made.following.follow()
    found = {one["type"]: one for one in shop.trade.prices.of_product(listing)}
    assert found["RECURRING"]["stripePriceId"].startswith("price_")
    assert found["RECURRING"]["stripePriceId"] != found["ONE_TIME"]["stripePriceId"]
    assert found["RECURRING"]["active"]


def test_a_listing_that_was_deleted_for_good_is_no_longer_offered(shop: Shop) -> None:
    """No change tells of it: it is found by its prices, from time to time."""
    gone, kept = put(shop, 101), put(shop, 102)
    monthly = {
        "_id": "e" * 24,
        "productId": gone,
        "type": "RECURRING",
        "unitAmount": 500,
        "currency": "EUR",
        "interval": "month",
        "active": True,
    }
    shop.trade.prices.insert(monthly)
    following = shop.made.following
    assert following.follow().synced == 2
    document = shop.trade.products.documents.pop(gone)
    assert following.follow().synced == 0
    assert following.follow(with_overlap=True).synced == 1
    assert offered(shop, gone) == (False, [])
    assert offered(shop, kept) == (True, [999])
    assert following.follow(with_overlap=True).synced == 0
    shop.trade.products.documents[gone] = {**document, "stripeSynced": ""}
    change(shop, gone, 103)
    following.follow()
    assert offered(shop, gone) == (True, [999])
    del shop.trade.products.documents[gone]
    following.follow(with_overlap=True)
    assert offered(shop, gone) == (False, [])


def offered(shop: Shop, listing: str) -> tuple[bool, list[int]]:
    """Whether Stripe offers the listing's product, and the amounts of our prices it offers."""
    client = shop.till.sdk()
    product = client.v1.products.retrieve(f"koda_{listing}")
    prices = shop.trade.prices.of_product(listing)
    there = {one["_id"]: client.v1.prices.retrieve(one["stripePriceId"]) for one in prices}
    assert all(there[one["_id"]].active is one["active"] for one in prices)
    return product.active, [one.unit_amount or 0 for one in there.values() if one.active]


def test_one_that_stripe_will_not_withdraw_holds_nothing_up(shop: Shop) -> None:
    first, second = put(shop, 201), put(shop, 202)
    shop.made.following.follow()
    for listing in (first, second):
        del shop.trade.products.documents[listing]
    path = f"/v1/products/koda_{first}"
    shop.till.stripe.act("faults", kind="declined", method="POST", path=path)
    done = shop.made.following.follow(with_overlap=True)
    assert (done.synced, set(done.faults)) == (1, {first})
    assert shop.made.following.follow(with_overlap=True).synced == 1
