"""A store kept up to date by real servers: with a stream, and page by page on a standalone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from bson import ObjectId

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.ports import Objects
from koda_desktop.sync import feed_state
from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.parts import Parts, Session
from koda_desktop.sync.feed_state import Mode
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.transfers.carrier import Carrier
from tests.marketplace.memory import MemoryUsers
from tests.services.mongodb.conftest import SELLER, Shop
from tests.services.mongodb.test_stream import insert_broken
from tests.sync import asking
from tests.sync.desk import ManualClock


class Follower:
    """A store over a shop; nothing of it is published from here."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.shop = shop
        self.clock = ManualClock()
        self.store = Store(folder / "store.sqlite", derive_touched)
        users = MemoryUsers()
        users.add({"_id": str(SELLER), "clerkId": "user"})
        marketplace = DirectMarketplace(users, shop.products, cast("Objects", None))
        parts = Parts(
            self.store,
            Staging(folder / "staging"),
            cast("Carrier", None),
            Actor(str(SELLER)),
            Stamps(self.clock),
        )
        self.session = Session(parts, marketplace, "device-1")

    def pull(self) -> int:
        return asking.pull(self.session)

    def titles(self) -> dict[str, str]:
        return dict(self.store.read(lambda db: db.rows("SELECT id, title FROM entity")))

    def mode(self) -> Mode | None:
        return self.store.read(feed_state.load).mode

    def hours_later(self) -> None:
        self.clock.wall += timedelta(hours=7)

    def list(self, title: str, **fields: Any) -> str:
        """A listing by the web application."""
        whole = {
            "description": "Words.",
            "price": 5,
            "category": "Other",
            "platform": "n8n",
            "productType": "Automation",
            "fileUrl": "key",
            **fields,
        }
        listing_id = self.shop.add(title=title, **whole)
        self.touch(listing_id)
        return listing_id

    def touch(self, listing_id: str) -> None:
        now = {"$currentDate": {"updatedAt": True}}
        self.shop.raw.update_one({"_id": ObjectId(listing_id)}, now)


@pytest.fixture(params=["replica set", "standalone"])
def follower(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Follower]:
    name = "shop" if request.param == "replica set" else "lone_shop"
    follower = Follower(tmp_path, request.getfixturevalue(name))
    yield follower
    follower.store.close()


def has_stream(follower: Follower) -> bool:
    return follower.mode() is Mode.STREAM


def test_what_the_web_application_does_is_followed(follower: Follower) -> None:
    first = follower.list("First")
    assert follower.pull() == 1
    second = follower.list("Second")
    follower.shop.set(first, title="First, later")
    follower.touch(first)
    follower.pull()
    assert follower.titles() == {first: "First, later", second: "Second"}
    assert follower.pull() == 0


def test_a_hard_deletion_by_a_foreign_writer_is_noticed(follower: Follower) -> None:
    gone, kept = follower.list("Gone"), follower.list("Kept")
    follower.pull()
    follower.shop.raw.delete_one({"_id": ObjectId(gone)})
    if not has_stream(follower):
        follower.hours_later()
    follower.pull()
    assert follower.titles() == {kept: "Kept"}
    copies = follower.store.read(lambda db: db.rows("SELECT id FROM removed"))
    assert copies == [(gone,)]


def test_a_foreign_writer_who_forgets_the_time_is_noticed(follower: Follower) -> None:
    listing_id = follower.list("Old")
    follower.shop.set(listing_id, updatedAt=follower.clock.wall - timedelta(days=1))
    newest = follower.list("Newest")
    follower.pull()
    follower.shop.set(listing_id, title="Silent")
    if not has_stream(follower):
        follower.pull()
        assert follower.titles()[listing_id] == "Old"
        follower.hours_later()
    follower.pull()
    assert follower.titles() == {listing_id: "Silent", newest: "Newest"}


def test_a_time_that_was_put_back_hides_nothing(follower: Follower) -> None:
    listing_id = follower.list("Old")
    follower.pull()
    long_ago = follower.clock.wall - timedelta(days=1000)
    follower.shop.set(listing_id, title="New", updatedAt=long_ago)
    if not has_stream(follower):
        follower.hours_later()
    follower.pull()
    assert follower.titles() == {listing_id: "New"}


def test_poison_is_put_aside_and_counted(follower: Follower) -> None:
    good = follower.list("Good")
    broken = insert_broken(follower.shop)
    follower.touch(broken)
    follower.list("Bad price", price="free")
    follower.list("Bad date", createdAt="never")
    follower.list("Huge", text="x" * (15 * 2**20))
    after = follower.list("After", n=float("nan"), i=2**62, category="Brand new")
    follower.pull()
    assert follower.titles() == {good: "Good", after: "After"}
    assert follower.store.read(applying.quarantined) == 4
    assert follower.pull() == 0
