"""The Events page put to work, made when an operator first looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from koda_desktop.controllers.events import EventsController
from koda_desktop.views.pages.events_page import EventsPage

if TYPE_CHECKING:
    from koda_desktop.views.services import Services
    from koda_desktop.views.theme.theme import Theme
    from koda_desktop.workspace.facade import Workspace


class EventsFlow:
    """Holds the page and its controller."""

    def __init__(self, theme: Theme, services: Services) -> None:
        self.page = EventsPage(theme, services.clock.now)
        self._controller = EventsController(services.tools, self.page)
        self.page.attach(self._controller)

    def use(self, workspace: Workspace | None) -> None:
        """Show the events of ``workspace`` from now on."""
        self._controller.use(workspace)
        if self.page.isVisible():
            self._controller.refresh()
