"""The sandbox's Stripe: started when needed, shared, kept; and a newcomer's first sale."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from bson import ObjectId

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.checkout import CheckoutAsk
from koda_desktop.marketplace.onboarding import OnboardingState
from koda_desktop.marketplace.pricing import WantedItem
from koda_desktop.marketplace.trade import Trade
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.mongodb.trade import trade_ports
from koda_desktop.services.mongodb.users import MongoUsers
from koda_desktop.services.sandbox.info import (
    BUYER_ID,
    DATABASE,
    SELLER_ID,
    SandboxInfo,
    StripeAccess,
)
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.services.sandbox.processes import identify
from koda_desktop.services.sandbox.sandbox import Sandbox
from koda_desktop.services.sandbox.state import ServerState
from koda_desktop.services.stripe.client import StripeSettings
from koda_desktop.services.stripe.payments import StripePayments


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A sandbox's folder, whose servers are gone afterwards whatever the test did."""
    place = tmp_path / "sandbox"
    yield place
    for name in ("objectstore", "stripe"):
        state = ServerState.load(place / name / "state.json")
        if state is not None and state.process is not None and state.process.is_alive:
            os.kill(state.process.pid, 9)


@pytest.fixture
def uri(mongod: Mongod) -> Iterator[str]:
    yield mongod.uri
    with connected(mongod.uri) as client:
        client.drop_database(DATABASE)


@contextmanager
def trading(info: SandboxInfo, access: StripeAccess) -> Iterator[tuple[Trade, Connection]]:
    connection = Connection(info.mongodb_uri, info.database)
    payments = StripePayments(StripeSettings(access.key, api_base=access.api_base))
    users, products = MongoUsers(connection), MongoProducts(connection)
    try:
        yield Trade(users, products, trade_ports(connection), payments, SystemClock()), connection
    finally:
        connection.close()


def is_serving(folder: Path) -> bool:
    state = ServerState.load(folder / "stripe" / "state.json")
    return state is not None and state.process is not None and state.process.is_alive


def test_it_starts_when_it_is_first_needed_and_stops_with_the_others(
    folder: Path, uri: str
) -> None:
    sandbox, other = Sandbox(folder, mongodb_uri=uri), Sandbox(folder, mongodb_uri=uri)
    sandbox.start()
    other.start()
    assert not is_serving(folder)
    first, second = sandbox.stripe(), other.stripe()
    assert first == second
    assert first.key not in repr(first)
    sandbox.stop()
    assert is_serving(folder)
    other.stop()
    assert not is_serving(folder)
    with sandbox:
        assert sandbox.stripe() == first
    assert not is_serving(folder)


def test_a_sandbox_from_before_there_was_a_stripe_gets_a_key(folder: Path, uri: str) -> None:
    sandbox = Sandbox(folder, mongodb_uri=uri)
    with sandbox:
        pass
    path = folder / "credentials.json"
    known = json.loads(path.read_text())
    del known["stripe_key"]
    path.write_text(json.dumps(known))
    with sandbox as info:
        key = sandbox.stripe().key
        assert info.s3_secret_access_key == known["s3_secret_access_key"]
    assert json.loads(path.read_text()) == {**known, "stripe_key": key}
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0
    assert identify(os.getpid())


def test_a_newcomer_sees_a_first_sale(folder: Path, uri: str) -> None:
    """The demo buyer pays on the page in a browser, and the demo seller has a sale."""
    sandbox = Sandbox(folder, mongodb_uri=uri)
    with sandbox as info, trading(info, sandbox.stripe()) as (trade, connection):
        status = trade.onboarding.status(Actor(SELLER_ID))
        assert status.state is OnboardingState.ACTIVE
        listing = ObjectId("1" * 24)
        connection.collection("products").insert_one(
            {
                "_id": listing,
                "title": "Invoices",
                "description": "Sends them.",
                "price": 19.99,
                "category": "Sales",
                "sellerId": ObjectId(SELLER_ID),
                "productType": "Automation",
                "platform": "n8n",
                "fileUrl": "key",
            }
        )
        base = sandbox.stripe().api_base
        ask = CheckoutAsk(
            "first-sale",
            [WantedItem(str(listing), 1999)],
            f"{base}/pages/paid",
            f"{base}/pages/left",
        )
        answer = trade.checkout.start(Actor(BUYER_ID), ask)
        assert answer.page
        assert answer.order["orderNumber"] == "KD-000001"
        with httpx.Client(follow_redirects=True) as browser:
            assert re.search("Invoices", browser.get(answer.page.url).text)
            paid = browser.post(answer.page.url, data={"way": "accepted"})
            assert paid.url.path == "/pages/paid"
        trade.poller.poll()
        order = trade.ports.orders.find(answer.order["_id"]) or {}
        assert (order["status"], order["paymentStatus"]) == ("COMPLETED", "PAID")
        (purchase,) = connection.collection("purchases").find()
        assert (purchase["amount"], str(purchase["buyerId"])) == (19.99, BUYER_ID)
        assert trade.poller.poll().settled.processed == 0
        stored = str(list(connection.collection("webhookevents").find()))
        stored += str(order)
        assert "checkout" in stored
        assert answer.page.url not in stored
        assert "buyer@sandbox.invalid" not in stored
