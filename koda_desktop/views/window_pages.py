"""The pages of the window that are made when they are first shown, and what they are wired to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from koda_desktop.errors import KodaError
from koda_desktop.runtime.clock import LocalZone
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.qt_types import make_all
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.ribbon import SandboxRibbon
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.controllers.editor import EditorController
    from koda_desktop.controllers.sales import SalesController
    from koda_desktop.controllers.versions import VersionsController
    from koda_desktop.views.events_flow import EventsFlow
    from koda_desktop.views.main_window import MainWindow
    from koda_desktop.views.pages.editor_page import EditorPage
    from koda_desktop.views.pages.first_run_page import FirstRunPage
    from koda_desktop.views.payouts_flow import PayoutsFlow
    from koda_desktop.views.refund_flow import RefundFlow
    from koda_desktop.views.widgets.keys_banner import KeysBanner
    from koda_desktop.workflows.drawing.scene import Scene

_NETWORK_MS = 1_500
"""Loading Qt's network information is left until the first rows are painted."""
_OPENING = (
    "Its local store is being brought up to date, or repaired. With a large catalogue that takes a "
    "minute. What was there before is kept beside it."
)


class WindowPages:
    """Makes pages for ``window`` on demand."""

    def __init__(self, window: MainWindow, theme: Theme, services: Services) -> None:
        self._window = window
        self._theme = theme
        self._services = services
        self._made: dict[str, QWidget] = {}
        self._ribbon: SandboxRibbon | None = None
        self._keys: KeysBanner | None = None
        self._network: QTimer | None = None
        self._first_run: FirstRunPage | None = None
        self._opening: QWidget | None = None
        self._refunds: RefundFlow | None = None
        self.is_first_run = False
        self.editor: EditorController | None = None
        self.versions: VersionsController | None = None
        """From the first time that a listing is edited on a whole page."""
        self.editor_page: EditorPage | None = None
        self.sales: SalesController | None = None
        """From the first time that the sales are shown."""
        self.payouts: PayoutsFlow | None = None
        """From the first time that the payouts are shown."""
        self.events: EventsFlow | None = None
        """From the first time that an operator looks at the events."""

    def page(self, key: str) -> QWidget:
        """The page ``key``, made now if it is asked for the first time."""
        if key not in self._made:
            made = self._makers()[key]()
            self._made[key] = made
            self._window.stack.addWidget(made)
        return self._made[key]

    def _makers(self) -> dict[str, Callable[[], QWidget]]:
        return {
            "transfers": self._transfers,
            "activity": self._activity,
            "conflicts": self._conflicts,
            "history": self._history,
            "settings": self._settings,
            "editor": self._editor,
            "sales": self._sales,
            "payouts": self._payouts,
            "events": self._events,
            "first-run": self._first_run_page,
        }

    def _transfers(self) -> QWidget:
        from koda_desktop.views.pages.transfers_page import TransfersPage

        work = self._window.work
        page = TransfersPage(self._theme, work.transfers)
        page.opened.connect(self._window.show_listing)
        page.save_asked.connect(work.asks.file_folder)
        page.folder_asked.connect(lambda path: _show(str(Path(path).parent)))
        page.custom_limit_asked.connect(work.asks.speed)
        work.transfers_relay.attach(page)
        return page

    def _conflicts(self) -> QWidget:
        from koda_desktop.views.pages.conflicts_page import ConflictsPage

        work = self._window.work
        page = ConflictsPage(self._theme, self._services.clock.now, work.conflicts)
        page.opened.connect(self._window.show_listing)
        page.edit_asked.connect(work.asks.value)
        work.conflicts_relay.attach(page)
        return page

    def _history(self) -> QWidget:
        from koda_desktop.views.pages.history_page import HistoryPage

        work = self._window.work
        page = HistoryPage(self._theme, self._services.clock.now, work.bulk.history)
        page.opened.connect(self._window.show_listing)
        work.bulk.attach(page)
        return page

    def _activity(self) -> QWidget:
        from koda_desktop.views.pages.activity_page import ActivityPage

        work = self._window.work
        page = ActivityPage(self._theme, self._services.clock.now, work.activity)
        page.opened.connect(self._window.show_listing)
        page.drop_asked.connect(work.asks.drop)
        page.settle_asked.connect(lambda: self._window.go("conflicts"))
        page.sync_asked.connect(work.shell.sync_now)
        work.activity_relay.attach(page)
        return page

    def _sales(self) -> QWidget:
        from koda_desktop.controllers.sales import SalesController
        from koda_desktop.views.pages.sales_page import SalesPage

        now, zone = self._services.clock.now, LocalZone()
        page = SalesPage(self._theme, zone, now)
        self.sales = SalesController(self._services.tools, page, now, zone)
        page.attach(self.sales)
        page.export_asked.connect(self._window.work.asks.sales_file)
        page.refund_asked.connect(self._refund)
        self.sales.use(self._window.work.workspace)
        return page

    def _refund(self, order_id: str, number: str) -> None:
        """Open the refund dialog."""
        from koda_desktop.views.refund_flow import RefundFlow

        workspace = self._window.work.workspace
        if self._refunds is None:
            self._refunds = RefundFlow(self._theme, self._services.tools, self._window)
        if workspace is not None:
            self._refunds.open(workspace, order_id, number)

    def _payouts(self) -> QWidget:
        from koda_desktop.views.payouts_flow import PayoutsFlow

        self.payouts = PayoutsFlow(self._theme, self._services, self._show_order)
        self.payouts.use(self._window.work.workspace)
        return self.payouts.page

    def _events(self) -> QWidget:
        from koda_desktop.views.events_flow import EventsFlow

        self.events = EventsFlow(self._theme, self._services)
        self.events.use(self._window.work.workspace)
        return self.events.page

    def _show_order(self, number: str) -> None:
        """Open an order on the Sales page, whatever that page lists."""
        self._window.go("sales")
        if self.sales is not None:
            self.sales.open(number)

    def _editor(self) -> QWidget:
        from koda_desktop.controllers.editor import EditorController
        from koda_desktop.controllers.versions import VersionsController
        from koda_desktop.views.pages.editor_page import EditorPage

        page = EditorPage(self._theme, self._services.clock.now)
        work = self._window.work
        self.editor = EditorController(
            self._services.tools, page, self._drawn, work.shrink, work.listings
        )
        self.editor.use(self._window.work.workspace)
        page.attach(self.editor)
        page.back_asked.connect(lambda: self._window.go("listings"))
        self.versions = VersionsController(
            self._services.tools, page.versions, self._services.inspect
        )
        self.versions.use(self._window.work.workspace)
        page.versions.attach(self.versions)
        page.versions.file_asked.connect(self._window.work.asks.version_file)
        page.listing_shown.connect(self.versions.open)
        self.editor_page = page
        return page

    def _drawn(self, path: Path) -> Scene | None:
        """The geometry of the workflow in a file; None where there is nothing to draw."""
        from koda_desktop.controllers.scenes import scene_of
        from koda_desktop.workflows.kept import NOTHING_KEPT

        inspection = self._services.inspect(path, NOTHING_KEPT)
        if not inspection.graph.nodes:
            return None
        return scene_of(inspection)

    def _settings(self) -> QWidget:
        from koda_desktop.controllers.allowances import AllowancesController
        from koda_desktop.views.allowances_flow import AllowancesFlow
        from koda_desktop.views.pages.settings_page import SettingsPage

        services = self._services
        page = SettingsPage(self._theme, services.preferences, services.version)
        page.add_asked.connect(self.connect_marketplace)
        page.used.connect(self._window.work.workspaces.use)
        page.remove_asked.connect(self._ask_remove)
        page.keys_asked.connect(self._window.work.asks.keys)
        page.data_folder_asked.connect(lambda: _show(str(services.data_folder)))
        page.licences_asked.connect(lambda: _show(str(services.licences)))
        allowances = AllowancesController(services.tools, services.allowances)
        allowances.add_view(page)
        flow = AllowancesFlow(self._theme, services.tools, self._window, allowances)
        page.shown.connect(allowances.refresh)
        page.allowances_asked.connect(flow.open)
        self._window.work.workspaces.add_view(page)
        self._window.work.workspaces.refresh()
        self._window.work.workspaces.refresh_places()
        return page

    def _first_run_page(self) -> QWidget:
        from koda_desktop.views.pages.first_run_page import FirstRunPage

        page = self._first_run = FirstRunPage(self._theme)
        page.sandbox_chosen.connect(lambda: self._begin(WorkspaceKind.SANDBOX))
        page.offline_chosen.connect(lambda: self._begin(WorkspaceKind.OFFLINE))
        page.own_chosen.connect(self.connect_marketplace)
        return page

    def show_first_run(self, wanted: bool) -> None:
        """Put the first-run page in front, or the listings behind it."""
        was, self.is_first_run = self.is_first_run, wanted
        self._window.sidebar.setVisible(not wanted)
        if wanted or was:
            self._window.go("listings")
        if self._first_run is not None:
            self._first_run.show_ready()

    def show_opening(self, info: WorkspaceInfo | None) -> None:
        """Say in the listings' place that ``info`` takes its time to open; None takes that back."""
        stack, before = self._window.stack, self._opening
        if before is not None:
            if stack.currentWidget() is before:
                stack.setCurrentWidget(self._window.listings_page)
            stack.removeWidget(before)
            before.deleteLater()
            self._opening = None
        if info is not None:
            from koda_desktop.views.widgets.empty_state import EmptyState

            self._opening = EmptyState(self._theme, "clock", f"Opening {info.name}", _OPENING)
            stack.addWidget(self._opening)
            if stack.currentWidget() is self._window.listings_page:
                stack.setCurrentWidget(self._opening)

    def show_ribbon(self, wanted: bool) -> None:
        """Say on every page that this is the sandbox."""
        if wanted and self._ribbon is None:
            self._ribbon = SandboxRibbon(self._theme)
            self._ribbon.more.clicked.connect(self.connect_marketplace)
            self._window.add_above(self._ribbon)
        if self._ribbon is not None:
            self._ribbon.setVisible(wanted)

    def show_needs_keys(self, wanted: bool) -> None:
        """Say on every page that the marketplace refuses the keys, and what can be done."""
        if wanted and self._keys is None:
            from koda_desktop.views.widgets.keys_banner import KeysBanner

            self._keys = KeysBanner(self._theme)
            self._keys.update_asked.connect(self._update_keys)
            self._keys.again_asked.connect(self._window.work.shell.sync_now)
            self._window.add_above(self._keys)
        if self._keys is not None:
            self._keys.setVisible(wanted)

    def _update_keys(self) -> None:
        """The banner's way on: Settings, and over it the form for the keys of what is in use."""
        self._window.go("settings")
        info = self._window.work.status.info
        if info is not None and info.kind is WorkspaceKind.DIRECT:
            self._window.work.asks.keys(info.name)

    def watch_network(self) -> None:
        """Once the window stands: try again when the network is back or the computer woke."""
        if self._network is None:
            self._network = QTimer(self._window)
            self._network.setSingleShot(True)
            self._network.timeout.connect(self._listen_to_network)
            self._network.start(_NETWORK_MS)

    def stop_watching(self) -> None:
        """The window is closed for good before it stood for long: nothing begins any more."""
        if self._network is not None:
            self._network.stop()

    def _listen_to_network(self) -> None:
        from koda_desktop.controllers.connectivity import Connectivity

        Connectivity(self._window.work.shell.sync_now, self._services.clock, self._window)
        self._services.tools.spawn(self._load_ahead(), "window.load-ahead")

    async def _load_ahead(self) -> None:
        """What the largest page is made of is loaded while nobody waits for it."""
        await make_all()
        await self._services.tools.pools.run("disk", _load_sales)

    def connect_marketplace(self) -> None:
        """Open the form that connects one's own marketplace."""
        self._services.tools.spawn(self._connect(), "window.connect")

    async def _connect(self) -> None:
        from koda_desktop.views.dialogs.workspace import WorkspaceDialog

        controller = self._window.work.workspaces
        spawn = self._services.tools.spawn
        await ask(
            WorkspaceDialog(self._theme, self._window, spawn, controller.test, controller.add)
        )

    def _begin(self, kind: WorkspaceKind) -> None:
        self._services.tools.spawn(self._begun(kind), "window.begin")

    async def _begun(self, kind: WorkspaceKind) -> None:
        page = self._first_run
        if page is None:
            return
        sandbox = kind is WorkspaceKind.SANDBOX
        page.show_busy("Setting up the sandbox" if sandbox else "Setting up")
        try:
            await self._window.work.workspaces.add(NewWorkspace(WorkspaceInfo(kind.value, kind)))
        except KodaError as error:
            page.show_fault(error.what, f"{error.kept} {error.remedy}".strip())

    def _ask_remove(self, name: str) -> None:
        self._window.confirm(
            f"Remove the workspace “{name}”?",
            "Its keys are deleted from the keyring. Its listings stay in the data folder and in "
            "the marketplace; add it again under the same name to see them.",
            "Remove",
            lambda: self._window.work.workspaces.remove(name),
        )


def _show(path: str) -> None:
    """Open a file or folder with whatever this computer opens it with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


def _load_sales() -> None:
    import koda_desktop.controllers.sales
    import koda_desktop.views.pages.sales_page  # noqa: F401
