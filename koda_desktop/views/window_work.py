"""What the window does: its controllers, actions, menu and messages, and the pages made later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QMimeData, QPoint

from koda_desktop.controllers.activity import ActivityController
from koda_desktop.controllers.conflicts import ConflictsController
from koda_desktop.controllers.events import OperatorGate
from koda_desktop.controllers.keys import KeyBindings
from koda_desktop.controllers.listings import ListingsController
from koda_desktop.controllers.preview import PreviewController
from koda_desktop.controllers.shell import ShellController
from koda_desktop.controllers.transfers import TransfersController
from koda_desktop.controllers.workspaces import WorkspacesController
from koda_desktop.runtime.settings import DENSITY, THEME
from koda_desktop.views.actions import Act, Actions, default_keys
from koda_desktop.views.bulk_flow import BulkFlow
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.grid_flow import GridFlow
from koda_desktop.views.intake_flow import IntakeFlow
from koda_desktop.views.many_flow import ManyFlow
from koda_desktop.views.pool_painting import make_ready
from koda_desktop.views.relays import ActivityRelay, ConflictsRelay, TransfersRelay
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.widgets.drop_overlay import DropOverlay, dropped_files
from koda_desktop.views.widgets.toasts import Toasts
from koda_desktop.views.window_asks import WindowAsks
from koda_desktop.views.window_menu import WindowMenu
from koda_desktop.views.window_moving import EDITOR, WindowMoving
from koda_desktop.views.window_pages import WindowPages
from koda_desktop.views.window_status import WindowStatus

if TYPE_CHECKING:
    from koda_desktop.views.exchange_flow import ExchangeFlow
    from koda_desktop.views.main_window import MainWindow
    from koda_desktop.views.palette_flow import PaletteFlow
    from koda_desktop.views.tray import Tray
    from koda_desktop.workspace.facade import Workspace

_TABLES = {".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx"}


class Follower(Protocol):
    """What shows the workspace in use."""

    def use(self, workspace: Workspace | None) -> None: ...


class WindowWork:
    """Puts ``window`` to work with ``services``; made once the window has been painted."""

    def __init__(self, window: MainWindow, theme: Theme, services: Services) -> None:
        self._window = window
        self._theme = theme
        self._services = services
        self._tray: Tray | None = None
        make_ready()
        self.overlay = DropOverlay(theme, window)
        self.toasts = Toasts(theme, window)
        self._make_controllers()
        self.moving = WindowMoving(window)
        self.asks = WindowAsks(window, theme, services)
        self.pages = WindowPages(window, theme, services)
        self.bindings = KeyBindings(services.preferences, default_keys())
        self.actions = Actions(window, self._handlers(), self.bindings)
        self._palette: PaletteFlow | None = None
        self._exchange: ExchangeFlow | None = None
        self.shrink = _shrink
        self.workspace: Workspace | None = None
        self.menu = WindowMenu(theme, window.sidebar.workspace, self.actions, self.workspaces)
        self.operator = OperatorGate(services.tools, self._show_operator)
        self._wire()

    def _make_controllers(self) -> None:
        window, services = self._window, self._services
        tools = services.tools
        self.listings = ListingsController(tools, window.listings_page, services.clock.now)
        self.previews = PreviewController(tools, window.listings_page, _shrink)
        self.transfers_relay = TransfersRelay(window.sidebar)
        self.activity_relay = ActivityRelay(window.sidebar)
        self.transfers = TransfersController(tools, self.transfers_relay)
        self.activity = ActivityController(tools, self.activity_relay, window.show_listing)
        self.conflicts_relay = ConflictsRelay(window.sidebar)
        self.conflicts = ConflictsController(tools, self.conflicts_relay)
        self.bulk = BulkFlow(
            self._theme,
            tools,
            window,
            services.clock,
            window.go,
            services.inspect,
            window.show_listing,
        )
        self.grid = GridFlow(
            self._theme,
            tools,
            window.listings_page,
            self.bulk.history,
            self.confirm,
            self.bulk.edit,
            self.rescan_selected,
            window.show_listing,
        )
        self.many = ManyFlow(self._theme, tools, window.listings_page, self.bulk.history)
        self.status = WindowStatus(window, services.clock)
        self.shell = ShellController(tools, self.status)
        self.workspaces = WorkspacesController(tools, services.desk, services.open_workspace)
        self.intake = IntakeFlow(
            self._theme,
            tools,
            window,
            services.inspect,
            services.allowances,
            services.preferences,
            window.show_listing,
        )

    def _wire(self) -> None:
        window, services = self._window, self._services
        window.setAcceptDrops(True)
        self._theme.show_mark()
        window.listings_page.connect_intents(self.listings)
        window.listings_page.add_files_asked.connect(self.intake.choose)
        window.listings_page.edit_asked.connect(self.moving.edit_listing)
        window.listings_page.bulk_asked.connect(self._edit_selected)
        self.bulk.relay.attach_actions(self.actions[Act.UNDO], self.actions[Act.REDO])
        window.listings_page.settle_asked.connect(lambda: window.go("conflicts"))
        window.listings_page.save_file_asked.connect(self.asks.file_folder)
        window.listings_page.detail_shown.connect(self.previews.show)
        window.listings_page.picture_asked.connect(self.asks.picture)
        window.listings_page.preview_taken.connect(self.previews.take)
        window.sidebar.section_chosen.connect(window.go)
        window.sidebar.status.clicked.connect(self.shell.sync_now)
        services.tools.messages.listen(self.toasts.show_message)
        services.preferences.changed.connect(self._preference_changed)
        self._preference_changed(DENSITY.key)

    def _handlers(self) -> dict[Act, Callable[[], None]]:
        window = self._window
        return {
            Act.ADD_FILES: self.intake.choose,
            Act.IMPORT: lambda: self._exchanging().import_file(),
            Act.EXPORT: self._export,
            Act.FOLDER: lambda: self._exchanging().folder(),
            Act.PALETTE: self._open_palette,
            Act.SEARCH: window.search,
            Act.FILTER_ROW: self._toggle_filter_row,
            Act.EDIT: self._edit,
            Act.SAVE: self._save,
            Act.PUBLISH: self._publish,
            Act.UNDO: self.bulk.history.undo,
            Act.REDO: self.bulk.history.redo,
            Act.BULK: self._edit_selected,
            Act.RESCAN: self.rescan_selected,
            Act.SYNC: self.shell.sync_now,
            Act.OFFLINE: self.shell.toggle_offline,
            Act.LISTINGS: lambda: window.go("listings"),
            Act.TRANSFERS: lambda: window.go("transfers"),
            Act.ACTIVITY: lambda: window.go("activity"),
            Act.CONFLICTS: lambda: window.go("conflicts"),
            Act.SALES: lambda: window.go("sales"),
            Act.HISTORY: lambda: window.go("history"),
            Act.EVENTS: lambda: window.go("events"),
            Act.PAYOUTS: lambda: window.go("payouts"),
            Act.SETTINGS: lambda: window.go("settings"),
            Act.BACK: self.moving.back,
            Act.FORWARD: self.moving.forward,
            Act.SIDEBAR: window.toggle_sidebar,
            Act.SHORTCUTS: self._show_shortcuts,
            Act.CONNECT: self.pages.connect_marketplace,
            Act.MENU: self._open_menu,
            Act.QUIT: window.quit_asked.emit,
        }

    # -- the workspace --

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on; None shows the first-run page."""
        self._use(workspace)
        self._services.tools.feed.follow(workspace)
        self.shell.use(workspace)
        self.previews.use(workspace)
        for controller in self._followers():
            controller.use(workspace)
        self.intake.use(workspace)
        self.pages.show_first_run(workspace is None)
        self.workspaces.refresh()
        self._start_tray()
        self.pages.watch_network()

    def leave(self) -> None:
        """Let go of the workspace in use before another is opened."""
        self._use(None)
        self._services.tools.feed.follow(None)
        self.shell.use(None)
        self.previews.use(None)
        for controller in self._followers():
            controller.use(None)
        self.intake.use(None)

    def _followers(self) -> tuple[Follower, ...]:
        first = (self.listings, self.transfers, self.activity, self.conflicts)
        return *first, self.bulk, self.grid, self.many, self.operator

    def _show_operator(self, is_operator: bool) -> None:
        """What only an operator may see is there for them alone."""
        self._window.sidebar.set_shown("events", is_operator)
        self.actions[Act.EVENTS].setEnabled(is_operator)
        if not is_operator and self.moving.section == "events":
            self._window.go("listings")

    def _start_tray(self) -> None:
        """Once the window stands: a tray icon where the desktop has a tray."""
        from koda_desktop.views.tray import Tray, has_tray

        if self._tray is not None or not has_tray():
            return
        self._tray = Tray(self._window, self._services.preferences)
        self._tray.shown.connect(self._window.come_forward)
        self._tray.quit_asked.connect(self._window.quit_asked)
        self._services.tools.messages.listen(self._tray.show_message)

    # -- asking and telling --

    def now(self) -> datetime:
        return self._services.clock.now()

    async def may_close(self) -> bool:
        """Ask about what was typed and not saved; False when the person stays."""
        await self.settle()
        if not self.listings.unsaved:
            return True
        from koda_desktop.views.dialogs.unsaved import DISCARD, KEEP, SAVE, UnsavedDialog

        answer = await ask(UnsavedDialog(self._theme, self._window, self.listings.unsaved))
        if answer == DISCARD:
            await self.listings.discard_all()
        return answer in (DISCARD, KEEP) or (answer == SAVE and await self.listings.save_all())

    def confirm(self, title: str, text: str, verb: str, then: Callable[[], None]) -> None:
        """Do ``then`` once the person agreed."""
        work = self._confirmed(title, text, verb, then)
        self._services.tools.spawn(work, "window.confirm")

    async def _confirmed(self, title: str, text: str, verb: str, then: Callable[[], None]) -> None:
        from koda_desktop.views.dialogs.confirm import ConfirmDialog

        if await ask(ConfirmDialog(self._theme, self._window, title, text, verb)):
            then()

    def _open_menu(self) -> None:
        self.menu.open()

    def _use(self, workspace: Workspace | None) -> None:
        """Hand ``workspace`` to what is made when it is first needed."""
        self.workspace = workspace
        pages = self.pages
        money = (pages.sales, pages.payouts, pages.events)
        made = (self._palette, self._exchange, pages.editor, pages.versions, *money)
        for each in made:
            if each is not None:
                each.use(workspace)

    def _edit(self) -> None:
        listing_id = self._window.listings_page.shown_id()
        if listing_id and self.moving.section == "listings":
            self.moving.edit_listing(listing_id)

    def _toggle_filter_row(self) -> None:
        self._window.go("listings")
        self._window.listings_page.toggle_filter_row()

    def _edit_selected(self) -> None:
        self._window.listings_page.act_on_selected("Edit", self.bulk.edit)

    def rescan_selected(self) -> None:
        """Look at the files of what is selected again; nothing changes, so nobody is asked."""
        self.bulk.rescan(self._window.listings_page.table.picked.selection())

    def _save(self) -> None:
        page = self.pages.editor_page
        if page is not None and self.moving.section == EDITOR:
            page.save()
        elif (inspector := self._window.listings_page.shown_inspector) is not None:
            inspector.save()

    def _publish(self) -> None:
        page = self.pages.editor_page
        if page is not None and self.moving.section == EDITOR:
            page.publish()
        else:
            self._window.listings_page.publish_selected()

    async def settle(self) -> None:
        """Write down what is being typed, before the workspace goes. Raises KodaErrors."""
        await self.listings.keep_typed()
        if self.pages.editor is not None:
            await self.pages.editor.leave_now()

    def _exchanging(self) -> ExchangeFlow:
        """The dialogs of files and folders, made when the first is asked for."""
        if self._exchange is None:
            from koda_desktop.views.exchange_flow import ExchangeFlow

            services = self._services
            self._exchange = ExchangeFlow(
                self._theme, services.tools, self._window, services.inspect
            )
            self._exchange.use(self.workspace)
        return self._exchange

    def _export(self) -> None:
        picked = self._window.listings_page.table.picked
        self._exchanging().export(picked.selection(), picked.count(), self.listings.query)

    def _open_palette(self) -> None:
        if self._palette is None:
            from koda_desktop.views.palette_flow import PaletteFlow

            self._palette = PaletteFlow(
                self._window,
                self._theme,
                self._services,
                self.actions,
                self.bindings,
                self.workspaces,
            )
            self._palette.use(self.workspace)
            self.workspaces.refresh()
        self._palette.open()

    def _show_shortcuts(self) -> None:
        from koda_desktop.views.dialogs.shortcuts import ShortcutsDialog

        async def show() -> None:
            await ask(ShortcutsDialog(self._theme, self._window, self.bindings))

        self._services.tools.spawn(show(), "window.shortcuts")

    def _preference_changed(self, key: str) -> None:
        preferences = self._services.preferences
        if key == THEME.key:
            self._theme.set_scheme(Scheme(preferences.text(THEME)))
        elif key == DENSITY.key:
            self._window.listings_page.set_compact(preferences.text(DENSITY) == "compact")

    # -- files let go over the window --

    def show_drop(self, data: QMimeData) -> bool:
        """Cover the window if ``data`` holds files; whether it does."""
        files = dropped_files(data)
        if files:
            self.overlay.show_for(len(files))
        return bool(files)

    def _listing_under(self, at: QPoint) -> str:
        """The listing whose details or page are at a point of the window; "" for none."""
        editor = self.pages.editor_page
        if editor is not None and self.moving.section == EDITOR:
            return editor.listing_id
        part = self._window.childAt(at)
        while part is not None and part.objectName() != "inspector-frame":
            part = part.parentWidget()
        return self._window.listings_page.shown_id() if part is not None else ""

    def take_drop(self, data: QMimeData, at: QPoint) -> None:
        """Check the files in ``data``; a single file of listings is imported.

        One that is let go over a listing's details is offered as its next version.
        """
        self.overlay.hide()
        files = dropped_files(data)
        if len(files) == 1 and files[0].suffix.lower() in _TABLES:
            self._exchanging().import_file(files[0])
        else:
            self.intake.add(files, self._listing_under(at) if len(files) == 1 else "")


def _shrink(data: bytes) -> object:
    """Imported when the first preview is shown: it is of no use for the first paint."""
    from koda_desktop.views.preview_pictures import shrink

    return shrink(data)
