"""Selling from the command line, in a sandbox with a real database and a make-believe Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from koda_desktop.runtime.paths import Paths
from tests.cli.conftest import Koda
from tests.workspace.market import Market, open_market

SANDBOX = ("--workspace", "sandbox", "--json")


@pytest.fixture
def market(data_dir: Path) -> Iterator[Market]:
    with open_market(Paths(data_dir)) as market:
        yield market


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


def test_a_newcomer_buys_their_own_listing(market: Market, koda: Koda) -> None:
    market.buy("op-1", 700)
    listing = market.connector.open().database.collection("products").find_one()
    assert listing
    started = koda(*SANDBOX, "try-sale", str(listing["_id"]), "--print-url")
    with httpx.Client(follow_redirects=True) as browser:
        paid = browser.post(started.record["url"], data={"way": "accepted"})
        assert "Thank you" in paid.text
    statuses = [one["status"] for one in koda(*SANDBOX, "orders").records]
    assert statuses == ["COMPLETED"] * 2
    assert koda(*SANDBOX, "try-sale", "f" * 24).code == 1


def test_onboarding_starts_on_a_page_that_works_once(market: Market, koda: Koda) -> None:
    started = koda(*SANDBOX, "onboard", "--start", "--print-url")
    with httpx.Client(follow_redirects=True) as browser:
        assert "Set up payouts" in browser.get(started.record["url"]).text
        assert browser.get(started.record["url"]).url.path == "/pages/stripe/refresh"


def test_selling_needs_the_marketplace(koda: Koda) -> None:
    said = koda("--workspace", "sandbox", "--offline", "sales")
    assert said.code == 1
    assert "marketplace" in said.err
