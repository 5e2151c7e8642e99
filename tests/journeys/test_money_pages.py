"""Money by the pages: a real window over the sandbox's own database, object store and Stripe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.paths import Paths
from koda_desktop.runtime.settings import Settings
from koda_desktop.services.sandbox.info import SELLER_ACCOUNT
from koda_desktop.views.dialogs.refund import RefundDialog
from koda_desktop.views.format import money
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.pages.events_page import EventsPage
from koda_desktop.views.pages.payouts_page import PayoutsPage
from koda_desktop.views.pages.sales_page import SalesPage
from koda_desktop.views.services import Services
from koda_desktop.views.tables.sales_table import SaleColumn
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.allowances import Allowances
from tests.browser import Browser, taken_addresses
from tests.controllers.support import Bench
from tests.views.fakes import FakeDesk
from tests.workspace.market import Market, open_market

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
CTRL = Qt.KeyboardModifier.ControlModifier
PATIENCE = 20
W = TypeVar("W", bound=QWidget)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with taken_addresses() as taken:
        yield taken


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    with open_market(Paths(tmp_path / "data")) as market:
        yield market


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, RESOURCES, Scheme.LIGHT)
    yield made
    qapp.setStyleSheet("")
    made.setParent(None)
    made.deleteLater()


class Desktop:
    """A shown window over a real workspace that keeps up in the background."""

    def __init__(self, theme: Theme, folder: Path) -> None:
        self.bench = Bench()
        info = WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)
        self.workspace = Workspace.open(Paths(folder / "data"), info)
        self.window = MainWindow(theme)
        self.window.begin(self._services(folder, info))

    def _services(self, folder: Path, info: WorkspaceInfo) -> Services:
        async def open_workspace(chosen: WorkspaceInfo | None) -> None:
            return None

        allowances = Allowances(folder, SystemClock())
        return Services(
            tools=self.bench.tools,
            preferences=Preferences(self.bench.tools, Settings(folder / "settings.json", {})),
            desk=FakeDesk((info,)),
            open_workspace=open_workspace,
            inspect=lambda path, kept: inspect_path(path, kept=kept),
            allowances=allowances,
            clock=SystemClock(),
            version="0",
            data_folder=folder,
            licences=folder,
        )

    async def start(self) -> None:
        self.window.show()
        self.window.use(self.workspace)
        await self.bench.tools.pools.run("network", self.workspace.start_sync)

    async def close(self) -> None:
        self.window.leave()
        await self.bench.close()
        self.window.close_for_good()
        self.window.deleteLater()
        self.workspace.close()
        QApplication.processEvents()

    async def see(self, condition: Callable[[], Any]) -> None:
        """Wait for ``condition``: real servers take longer than made-up ones."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while not condition():
            assert loop.time() < deadline, "it did not come true in time"
            QApplication.processEvents()
            await asyncio.sleep(0.02)

    async def seen(self, kind: type[W], name: str) -> W:
        await self.see(lambda: any(p.isVisible() for p in self.window.findChildren(kind, name)))
        return next(p for p in self.window.findChildren(kind, name) if p.isVisible())

    async def go(self, key: Qt.Key, kind: type[W], name: str) -> W:
        """Show a page by its keys."""
        self.window.activateWindow()
        await self.see(self.window.isActiveWindow)
        QTest.keyClick(self.window, key, CTRL)
        return await self.seen(kind, name)

    async def press(self, name: str) -> None:
        """Click a button once it can be."""
        button = await self.seen(QAbstractButton, name)
        await self.see(button.isEnabled)
        button.click()


def texts(part: QWidget) -> list[str]:
    return [one.text() for one in part.findChildren(QLabel) if one.isVisible()]


def test_a_sellers_money_from_onboarding_to_the_bank(
    run_async: Any,
    theme: Theme,
    market: Market,
    browser: Browser,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "koda_desktop")
    market.act("account", account=SELLER_ACCOUNT, due=["external_account"])

    async def journey() -> None:
        desktop = Desktop(theme, tmp_path)
        try:
            await desktop.start()
            await _onboard(desktop, market, browser)
            number = await _sell(desktop, market)
            await _refund(desktop, number)
            await _paid_out(desktop, market, number)
            await _adds_up(desktop)
            await _replay(desktop)
        finally:
            await desktop.close()

    run_async(journey())
    (address,) = browser.addresses
    # The browser of this test goes there, and says so in httpx's own log.
    ours = [record.getMessage() for record in caplog.records if record.name != "httpx"]
    assert not any(address in line for line in ours)


async def _onboard(desktop: Desktop, market: Market, browser: Browser) -> None:
    """Stripe wants something; it is given in the browser, and the page notices by itself."""
    page = await desktop.go(Qt.Key.Key_6, PayoutsPage, "payouts-page")
    await desktop.see(lambda: "Stripe needs something from you" in texts(page))
    await desktop.see(lambda: "A bank account to be paid out to" in texts(page))
    await desktop.press("standing-begin")
    await desktop.see(lambda: browser.addresses)
    shown = await asyncio.to_thread(httpx.get, browser.addresses[0])
    assert "Set up payouts" in shown.text
    await asyncio.to_thread(market.act, "account", account=SELLER_ACCOUNT, due=[])
    desktop.window.activateWindow()
    QApplication.sendEvent(page, QEvent(QEvent.Type.ActivationChange))
    await desktop.see(
        lambda: any(p.isVisible() for p in page.findChildren(QWidget, "payouts-ready"))
    )


async def _sell(desktop: Desktop, market: Market) -> str:
    """Somebody buys; the sale arrives on the Sales page by itself."""
    number = await asyncio.to_thread(market.buy, "op-1", 1999)
    page = await desktop.go(Qt.Key.Key_5, SalesPage, "sales-page")
    await asyncio.to_thread(desktop.workspace.wake)
    await desktop.see(lambda: (row := page.model.row_at(0)) is not None and row.paid_at)
    row = page.model.row_at(0)
    assert row is not None
    assert (row.number, row.sums.gross, row.sums.net) == (number, 1999, 1699)
    return number


async def _refund(desktop: Desktop, number: str) -> None:
    """Ten of it go back to the buyer, to the cent as it was announced."""
    page = await desktop.seen(SalesPage, "sales-page")
    page.table.selectRow(0)
    await desktop.press("sale-refund")
    dialog = await desktop.seen(RefundDialog, "refund-dialog")
    go_on = await desktop.seen(QAbstractButton, "refund-go-on")
    await desktop.see(go_on.isEnabled)
    (field,) = [one for one in dialog.findChildren(QLineEdit) if "amount" in one.objectName()]
    field.selectAll()
    QTest.keyClicks(field, "10")
    await desktop.see(lambda: go_on.isEnabled() and go_on.text() == f"Refund {money(1000)}…")
    await desktop.see(lambda: {money(850), money(150)} <= set(texts(dialog)))
    go_on.click()
    await desktop.press("refund-do")
    await desktop.see(lambda: f"{money(1000)} goes back to the buyer" in texts(dialog))
    await desktop.press("refund-close")

    def refunded() -> bool:
        row = page.model.row_at(0)
        return row is not None and (row.sums.refunded, row.sums.net) == (1000, 849)

    await desktop.see(refunded)
    assert number in texts(page)


async def _paid_out(desktop: Desktop, market: Market, number: str) -> None:
    """Days pass; what is left of the sale is at the bank, and its line leads to the order."""
    await asyncio.to_thread(market.act, "clock", days=4)
    page = await desktop.go(Qt.Key.Key_6, PayoutsPage, "payouts-page")
    await desktop.press("payouts-check")
    await desktop.see(lambda: page.table.lines.rowCount() == 1)
    cells = [cell.text for cell in page.table.lines.lines[0].cells]
    assert cells[1:] == ["Paid out", "3 lines", money(849), "Adds up"]
    lines = [tuple(cell.text for cell in line.cells) for line in page.lines.lines.lines]
    assert sorted(line[0] for line in lines) == ["Correction", "Refund", "Sale"]
    sale = next(line for line in lines if line[0] == "Sale")
    assert (sale[1], sale[3:]) == (number, (money(1999), money(-300), money(1699)))
    await desktop.see(lambda: texts(page).count("Adds up") == 1)


async def _adds_up(desktop: Desktop) -> None:
    """What Stripe's books say of the sale reaches the Sales page by itself."""
    page = await desktop.go(Qt.Key.Key_5, SalesPage, "sales-page")
    await asyncio.to_thread(desktop.workspace.wake)
    await desktop.see(lambda: page.model.index(0, SaleColumn.DIFFERENCE).data() == "Adds up")


async def _replay(desktop: Desktop) -> None:
    """Whoever has the sandbox runs it: every event is there, and taking all in again is safe."""
    page = await desktop.go(Qt.Key.Key_8, EventsPage, "events-page")
    await desktop.see(lambda: page.table.lines.rowCount() > 0)
    assert {line.cells[3].text for line in page.table.lines.lines} == {"Done"}
    page.table.selectAll()
    await desktop.press("events-replay")
    await desktop.see(lambda: any("taken in again" in text for text in texts(page)))
    assert not any("failed" in text for text in texts(page))
