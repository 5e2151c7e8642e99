"""The Payouts page put to work: its controller, the browser, and the web application's address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from koda_desktop.controllers.payouts import PayoutsController
from koda_desktop.runtime.clock import LocalZone
from koda_desktop.runtime.settings import WEB_ADDRESS
from koda_desktop.views.pages.payouts_page import PayoutsPage
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workspace.info import WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace


class PayoutsFlow:
    """``show_order`` brings an order into view by its number."""

    def __init__(self, theme: Theme, services: Services, show_order: Callable[[str], None]) -> None:
        self._preferences = services.preferences
        self.page = PayoutsPage(theme, LocalZone(), services.clock.now)
        self._controller = PayoutsController(
            services.tools, self.page, _browse, services.clock.monotonic
        )
        self.page.attach(self)
        self.page.opened.connect(show_order)

    def use(self, workspace: Workspace | None) -> None:
        """Show the payouts of ``workspace`` from now on."""
        is_direct = workspace is not None and workspace.info.kind is WorkspaceKind.DIRECT
        address = self._preferences.text(WEB_ADDRESS) if is_direct else None
        self.page.standing_panel.need_web(address)
        self._controller.use(workspace)
        if self.page.isVisible():
            self._controller.look()

    # -- PayoutIntents --

    def look(self) -> None:
        self._controller.look()

    def check(self) -> None:
        self._controller.check()

    def came_back(self) -> None:
        self._controller.came_back()

    def begin(self, web: str = "") -> None:
        """Go on at Stripe; the address is remembered for the next time."""
        if web and web != self._preferences.text(WEB_ADDRESS):
            self._preferences.choose(WEB_ADDRESS, web)
        self._controller.begin(web)


def _browse(address: str) -> None:
    """Show an address in the browser. It opens the page for whoever has it: nothing keeps it."""
    QDesktopServices.openUrl(QUrl(address))
