"""What the pages ask of money, in a sandbox with a real database and a make-believe Stripe."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bson import ObjectId

from koda_desktop.errors import NotFound, Offline
from koda_desktop.marketplace.refunds import RefundRequest
from koda_desktop.runtime.paths import Paths
from koda_desktop.services.sandbox.info import SELLER_ACCOUNT, SELLER_ID
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from tests.workspace.market import Market, open_market


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    with open_market(Paths(tmp_path / "data")) as market:
        yield market


@pytest.fixture
def workspace(market: Market, tmp_path: Path) -> Iterator[Workspace]:
    info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
    opened = Workspace.open(Paths(tmp_path / "data"), info)
    yield opened
    opened.close()


def test_a_sellers_money_from_onboarding_to_the_bank(market: Market, workspace: Workspace) -> None:
    selling = workspace.selling
    market.act("account", account=SELLER_ACCOUNT, due=["external_account"])
    standing = selling.standing()
    assert (standing.state, standing.wanted) == ("action-needed", ("external_account",))
    page = selling.begin_onboarding()
    assert "Set up payouts" in httpx.get(page.url).text
    market.act("account", account=SELLER_ACCOUNT, due=[])
    assert selling.standing().state == "active"

    number = market.buy("op-1", 1999)
    selling.update()
    (order,) = selling.orders(10)
    request = RefundRequest("r-1", order.id, amount=1000, reason="Broken")
    preview = selling.preview_refund(request)
    assert (preview.to_buyer, preview.from_sellers, preview.from_platform) == (1000, 850, 150)
    assert selling.refund(request).refunded_amount == 1000
    assert selling.refund(request).refunded_amount == 1000

    before = selling.payouts()
    (balance,) = before.balances
    assert (balance.currency, balance.available + balance.pending) == ("EUR", 849)
    market.act("clock", days=4)
    after = selling.payouts()
    (payout,) = after.payouts
    assert (payout.amount, payout.status, payout.difference) == (849, "paid", 0)
    assert payout.lines is not None
    assert sum(line.net for line in payout.lines) == 849
    assert {line.order for line in payout.lines if line.type == "payment"} == {number}
    assert after.adds_up
    assert workspace.known_money.payouts() == after
    asked = selling.standing()
    assert workspace.known_money.standing() == asked


def test_reports_are_listed_and_taken_in_again(market: Market, workspace: Workspace) -> None:
    selling = workspace.selling
    market.buy("op-1", 700)
    selling.update()
    events = selling.events(50)
    assert events
    assert all(one.is_processed and one.tries == 1 for one in events)
    assert "buyer@sandbox.invalid" not in str([one.payload for one in events])
    assert selling.events(50, only_open=True) == []
    ids = [one.id for one in events[:2]]
    done = selling.replay(ids)
    assert (done.processed, done.failed, done.errors) == (2, 0, {})
    assert [one.tries for one in selling.events(50) if one.id in ids] == [2, 2]
    with pytest.raises(NotFound):
        selling.replay(["evt_none"])


def test_a_sandbox_that_was_reached_by_the_engine_is_reached_beside_it(
    market: Market, workspace: Workspace
) -> None:
    """The engine connects anew at any moment: what a page asks just then is answered."""
    answers: list[str] = []
    asking = threading.Thread(
        target=lambda: answers.extend(workspace.selling.standing().state for _ in range(20))
    )
    asking.start()
    workspace.sync_now()
    asking.join()
    assert answers == ["active"] * 20


def test_offline_nothing_is_asked(market: Market, workspace: Workspace) -> None:
    assert (workspace.known_money.standing(), workspace.known_money.payouts()) == (None, None)
    workspace.set_offline(True)
    for ask in (workspace.selling.standing, workspace.selling.payouts):
        with pytest.raises(Offline):
            ask()


def test_a_seller_without_an_account_is_told_so(market: Market, workspace: Workspace) -> None:
    database = market.connector.open().database
    seller = {"_id": ObjectId(SELLER_ID)}
    database.collection("users").update_one(seller, {"$unset": {"stripeConnectId": ""}})
    assert workspace.selling.standing().state == "not-started"
    with pytest.raises(NotFound):
        workspace.selling.payouts()
