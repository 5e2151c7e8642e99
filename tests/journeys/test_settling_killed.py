"""Settling is killed at random moments, again and again, and every sale still counts once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from koda_desktop.models.order import Order
from koda_desktop.runtime.paths import Paths
from tests.workspace.market import Market, open_market

SALES = 12
VICTIM = """
import sys
from pathlib import Path
from koda_desktop.marketplace.upkeep import Upkeep
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.connect import Connector
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secrets

info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
connector = Connector(info, Secrets(info), Paths(Path(sys.argv[1])), SystemClock())
trade = connector.trade()
print("ready", flush=True)
for _ in range(2):
    Upkeep(SystemClock()).round(trade)
    print("round", flush=True)
connector.close()
"""


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    with open_market(Paths(tmp_path / "data")) as market:
        yield market


def settle(folder: Path, seconds: float | None) -> bool:
    """Settle in a process of its own, killed after ``seconds``; whether it came to its end."""
    victim = subprocess.Popen(
        [sys.executable, "-c", VICTIM, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert victim.stdout
    with victim.stdout:
        assert victim.stdout.readline() == "ready\n"
        try:
            victim.wait(seconds)
        except subprocess.TimeoutExpired:
            victim.send_signal(signal.SIGKILL)
        return victim.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_every_sale_counts_once_however_often_settling_is_killed(
    market: Market, tmp_path: Path
) -> None:
    chance = random.Random(6)
    for number in range(SALES):
        market.buy(f"op-{number}", 1000 + number)
    kills = [not settle(tmp_path / "data", chance.uniform(0.05, 1.5)) for _ in range(6)]
    assert any(kills)
    assert settle(tmp_path / "data", None)

    trade = market.connector.trade()
    orders = [Order.read(one) for one in trade.ports.orders.changed_after(None, 500)]
    assert len(orders) == SALES
    assert {one.status for one in orders} == {"COMPLETED"}
    assert [part.difference for one in orders for part in one.reconciled] == [0] * SALES
    database = market.connector.open().database
    assert database.collection("purchases").count_documents({}) == SALES
    account = orders[0].destination
    net = sum(one.net for one in trade.payments.books.movements(account=account))
    assert net == sum(line.net for one in orders for line in one.lines)
