"""Selling from the command line, in a sandbox with a real database and a make-believe Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from bson import ObjectId

from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.checkout import CheckoutAsk
from koda_desktop.marketplace.pricing import WantedItem
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.sandbox.info import BUYER_ID, SELLER_ID
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secrets
from tests.cli.conftest import Koda

SANDBOX = ("--workspace", "sandbox", "--json")


@dataclass
class Market:
    """A sandbox that stays up between commands, and a buyer in it."""

    connector: Connector

    def buy(self, operation: str, cents: int) -> str:
        """A paid order of a new listing of the demo seller; answers its number."""
        listing = ObjectId()
        database = self.connector.open().database
        _list(database, listing, cents)
        ask = CheckoutAsk(
            operation, [WantedItem(str(listing), cents)], "http://x.test/a", "http://x.test/b"
        )
        trade = self.connector.trade()
        answer = trade.checkout.start(Actor(BUYER_ID), ask)
        assert answer.page
        httpx.post(answer.page.url, data={"way": "accepted"})
        return str(answer.order["orderNumber"])


def _list(database: Connection, listing: ObjectId, cents: int) -> None:
    database.collection("products").insert_one(
        {
            "_id": listing,
            "title": "Invoices",
            "description": "Sends them.",
            "price": cents / 100,
            "category": "Sales",
            "sellerId": ObjectId(SELLER_ID),
            "productType": "Automation",
            "platform": "n8n",
            "fileUrl": "key",
        }
    )


@pytest.fixture
def market(data_dir: Path) -> Iterator[Market]:
    info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
    connector = Connector(info, Secrets(info), Paths(data_dir), SystemClock())
    connector.open()
    yield Market(connector)
    connector.close()


def test_a_sale_is_seen_refunded_and_adds_up(market: Market, koda: Koda) -> None:
    first, second = market.buy("op-1", 1999), market.buy("op-2", 700)
    assert koda(*SANDBOX, "onboard").record["state"] == "active"

    listed = koda(*SANDBOX, "orders").records
    assert {(one["order"], one["status"], one["total"]) for one in listed} == {
        (first, "COMPLETED", 1999),
        (second, "COMPLETED", 700),
    }
    shown = koda(*SANDBOX, "orders", first.lower(), "--no-update").record
    assert shown["items"] == [{"title": "Invoices", "amount": 1999, "fee": 300}]
    assert sorted(entry["kind"] for entry in shown["timeline"]) == ["paid", "transferred"]
    assert koda(*SANDBOX, "orders", "KD-999999").code == 1

    preview = koda(*SANDBOX, "refund", first, "--amount", "10")
    assert preview.record == {
        "to_buyer": 1000,
        "from_sellers": 850,
        "from_platform": 150,
        "currency": "EUR",
    }
    assert koda(*SANDBOX, "orders", first).record["refunded"] == 0
    for _ in range(2):
        words = ("refund", first, "--amount", "10", "--yes", "--operation", "r-1")
        assert koda(*SANDBOX, *words).record["refunded"] == 1000
    assert koda(*SANDBOX, "refund", first, "--amount", "9.999").code == 2
    too_much = koda(*SANDBOX, "refund", first, "--amount", "10", "--yes")
    assert (too_much.code, too_much.records[-1]["error"]["code"]) == (1, "refund-too-high")

    sales = {one["order"]: one for one in koda(*SANDBOX, "sales").records}
    assert sales[first] == {
        "order": first,
        "gross": 1999,
        "fee": 300,
        "stripe_fee": 55,
        "transfer": 999,
        "refunded": 1000,
        "net": 849,
        "payout": None,
        "difference": 0,
    }
    balance, *payouts = koda(*SANDBOX, "payouts").records
    assert (balance["pending"] + balance["available"], balance["difference"]) == (849 + 595, 0)
    assert payouts == []

    events = koda(*SANDBOX, "events", "list").records
    assert all(one["processed"] for one in events)
    assert "buyer@sandbox.invalid" not in str(events)
    replayed = koda(*SANDBOX, "events", "replay", events[0]["stripeEventId"])
    assert (replayed.code, replayed.record["failed"]) == (0, 0)
    assert koda(*SANDBOX, "events", "replay", "evt_none").code == 1


def test_onboarding_starts_on_a_page_that_works_once(market: Market, koda: Koda) -> None:
    started = koda(*SANDBOX, "onboard", "--start", "--print-url")
    with httpx.Client(follow_redirects=True) as browser:
        assert "Set up payouts" in browser.get(started.record["url"]).text
        assert browser.get(started.record["url"]).url.path == "/pages/stripe/refresh"


def test_selling_needs_the_marketplace(koda: Koda) -> None:
    said = koda("--workspace", "sandbox", "--offline", "sales")
    assert said.code == 1
    assert "marketplace" in said.err
