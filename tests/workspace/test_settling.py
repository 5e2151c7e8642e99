"""Settling in the background: from the demo buyer's payment to the rows of the Sales page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from koda_desktop.errors import KodaError, NotAllowed, NotFound, ServerDown
from koda_desktop.marketplace.api import Actor
from koda_desktop.marketplace.payments import TooManyRequests
from koda_desktop.marketplace.trade import Trade
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.resources import resource
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.sales.rows import SaleQuery, SaleRow
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.secrets import Secrets
from koda_desktop.workspace.selling import Selling
from koda_desktop.workspace.settling import EVERY_SECONDS, SOON_SECONDS, SettlingLoop
from tests.workspace.market import open_market

SANDBOX = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
PATIENCE = 60.0


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(Paths(tmp_path / "data").ensure(), SANDBOX)
    yield opened
    opened.close()


def see(workspace: Workspace, wanted: Callable[[], bool]) -> None:
    """Wait until ``wanted``; it is asked after each change of what is shown."""
    changed = threading.Event()

    def heard(_: Changes) -> None:
        changed.set()

    forget = workspace.subscribe(heard)
    try:
        while not wanted():
            assert changed.wait(PATIENCE), "it never came"
            changed.clear()
    finally:
        forget()


def sold(workspace: Workspace) -> list[SaleRow]:
    return workspace.sales.rows(workspace.sales.keys(SaleQuery()))


def publish(workspace: Workspace) -> str:
    fields = {"price": 19.99, "category": "Sales"}
    listing = workspace.draft(inspect_path(resource("samples/lead-digest.n8n.json")), fields)
    workspace.publish([listing])
    see(workspace, lambda: workspace.listing(listing).row.state == "published")
    return listing


def test_a_newcomer_sees_a_sale_arrive(workspace: Workspace) -> None:
    workspace.start_sync()
    listing = publish(workspace)
    page = workspace.selling.try_sale(listing)
    with httpx.Client(follow_redirects=True) as browser:
        shown = browser.get(page.url).text
        assert "€19.99" in shown
        assert "Thank you" in browser.post(page.url, data={"way": "accepted"}).text
    workspace.wake()
    see(workspace, lambda: any(row.difference is not None for row in sold(workspace)))
    (row,) = sold(workspace)
    assert (row.status, row.payment, row.sums.gross, row.sums.net) == (
        "COMPLETED",
        "PAID",
        1999,
        1699,
    )
    assert (row.difference, row.sums.processing, row.payout) == (0, 55, "")
    assert listing in str(workspace.sales.order(row.number).lines)


def test_only_what_is_published_in_a_sandbox_can_be_tried(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(NotFound):
        workspace.selling.try_sale("f" * 24)
    direct = WorkspaceInfo("shop", WorkspaceKind.DIRECT)
    connector = Connector(direct, Secrets(direct, environ={}), Paths(tmp_path), SystemClock())
    with pytest.raises(NotAllowed):
        Selling(connector, Actor("a"), SystemClock()).try_sale("f" * 24)


def test_a_sandbox_where_nobody_sold_runs_no_stripe(tmp_path: Path) -> None:
    connector = Connector(SANDBOX, Secrets(SANDBOX), Paths(tmp_path).ensure(), SystemClock())
    try:
        assert connector.settling() is None
        connector.open()
        assert connector.settling() is None
        connector.trade()
        assert connector.settling() is not None
    finally:
        connector.close()


class Reach:
    """A way to the marketplace that fails as ordered, and then does not end until it is let go."""

    def __init__(self, *faults: KodaError | None) -> None:
        self.faults = list(faults)
        self.is_reached = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> Trade | None:
        if self.faults:
            fault = self.faults.pop(0)
            if fault is not None:
                raise fault
            return None
        self.is_reached.set()
        self.let_go.wait()
        return None


def waits(loop: SettlingLoop, times: int) -> list[float]:
    return [loop._look() for _ in range(times)]


def test_a_host_that_asks_for_a_pause_is_left_alone_for_as_long() -> None:
    pause = TooManyRequests("Stripe asks for a pause.", facts={"retry_after": 120.0})
    reach = Reach(None, pause, ServerDown("Stripe does not answer."))
    loop = SettlingLoop(cast(Any, reach), SystemClock(), lambda: None)
    soon, long, jittered = waits(loop, 3)
    assert (soon, long) == (SOON_SECONDS, 120.0)
    assert 0 <= jittered <= 60
    assert loop.problem
    assert loop.problem.what == "Stripe does not answer."
    assert EVERY_SECONDS < 60


def test_a_server_that_says_nothing_is_not_waited_for() -> None:
    reach = Reach()
    loop = SettlingLoop(cast(Any, reach), SystemClock(), lambda: None)
    loop.start()
    assert reach.is_reached.wait(PATIENCE)
    loop.join(0.01)
    assert not reach.let_go.is_set()
    reach.let_go.set()
    loop.join(PATIENCE)


def test_a_bug_is_reported_and_the_work_goes_on() -> None:
    bugs: list[type[BaseException]] = []

    def broken() -> Trade | None:
        raise ZeroDivisionError

    loop = SettlingLoop(broken, SystemClock(), lambda: None, lambda kind, *_: bugs.append(kind))
    assert all(wait > 0 for wait in waits(loop, 2))
    assert bugs == [ZeroDivisionError] * 2


def test_what_was_settled_elsewhere_is_seen_here_too(tmp_path: Path) -> None:
    """Two windows on one marketplace: either may settle, and both show it once."""
    with open_market(Paths(tmp_path / "data")) as market:
        number = market.buy("op-1", 1999)
        opened = Workspace.open(Paths(tmp_path / "data"), SANDBOX)
        try:
            opened.start_sync()
            see(opened, lambda: [row.status for row in sold(opened)] == ["COMPLETED"])
            assert [row.number for row in sold(opened)] == [number]
        finally:
            opened.close()
