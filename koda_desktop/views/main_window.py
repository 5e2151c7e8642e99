"""The window: navigation at the left, one page at a time beside it, messages over it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from koda_desktop.controllers.activity import ActivityController
from koda_desktop.controllers.conflicts import ConflictsController
from koda_desktop.controllers.listings import ListingsController
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.shell import ShellController
from koda_desktop.controllers.tools import Tools
from koda_desktop.controllers.transfers import TransfersController
from koda_desktop.controllers.workspaces import OpenWorkspace, WorkspaceDesk, WorkspacesController
from koda_desktop.runtime.clock import Clock
from koda_desktop.runtime.settings import DENSITY, THEME
from koda_desktop.sync.rows import Link, SyncStatus
from koda_desktop.views.actions import Act, Actions, shortcut_words
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.intake_flow import IntakeFlow
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.relays import ActivityRelay, ConflictsRelay, TransfersRelay
from koda_desktop.views.status_words import status_words
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.widgets.drop_overlay import DropOverlay, dropped_files
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.sidebar import Section, Sidebar
from koda_desktop.views.widgets.toasts import Toasts
from koda_desktop.views.window_menu import WindowMenu
from koda_desktop.views.window_pages import WindowPages
from koda_desktop.views.window_state import WindowState
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.views.tray import Tray
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.allowances import Allowances
    from koda_desktop.workspace.facade import Workspace

SECTIONS = (
    Section("listings", "listings", "Listings"),
    Section("transfers", "transfers", "Transfers"),
    Section("activity", "activity", "Activity"),
    Section("conflicts", "swap", "Conflicts"),
)
FOOT = (Section("settings", "settings", "Settings"),)
_NARROW_BELOW = 900
_STATUS_MS = 30_000


@dataclass(frozen=True)
class Services:
    """What the window works with.

    ``inspect`` blocks and is run on a pool; it lets the values in ``allowances`` pass.
    """

    tools: Tools
    preferences: Preferences
    desk: WorkspaceDesk
    open_workspace: OpenWorkspace
    inspect: Callable[[Path], Inspection]
    allowances: Allowances
    clock: Clock
    version: str
    data_folder: Path
    licences: Path


class MainWindow(QMainWindow):
    """Made before a workspace is open; ``use`` gives it one.

    Closing the window does not close it: ``quit_asked`` is emitted, and whoever made the window
    closes it for good with ``close_for_good`` once ``may_close`` said so.
    """

    quit_asked = Signal()

    def __init__(self, theme: Theme, services: Services, state: WindowState | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._services = services
        self._may_close = False
        self._tray: Tray | None = None
        self._status: SyncStatus | None = None
        self._is_sandbox = False
        self._narrow_by_choice = bool(state and state.is_sidebar_narrow)
        self.setObjectName("main-window")
        self.setWindowTitle("Koda Desktop")
        self.setMinimumSize(QSize(760, 520))
        self.setAcceptDrops(True)
        self._build()
        self._make_controllers()
        self._wire()
        self._restore(state or WindowState())

    # -- building --

    def _build(self) -> None:
        self.sidebar = Sidebar(self._theme, SECTIONS, FOOT)
        self.listings_page = ListingsPage(self._theme, self._now, self.confirm)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.listings_page)
        self._content = column(self.stack, gap=0)
        middle = row(self.sidebar, holder(self._content), gap=0)
        middle.setStretch(1, 1)
        self.setCentralWidget(holder(middle, "canvas"))
        self.overlay = DropOverlay(self._theme, self)
        self.toasts = Toasts(self._theme, self)

    def _make_controllers(self) -> None:
        tools, services = self._services.tools, self._services
        self.listings = ListingsController(tools, self.listings_page)
        self.transfers_relay = TransfersRelay(self.sidebar)
        self.activity_relay = ActivityRelay(self.sidebar)
        self.transfers = TransfersController(tools, self.transfers_relay)
        self.activity = ActivityController(tools, self.activity_relay, self.show_listing)
        self.conflicts_relay = ConflictsRelay(self.sidebar)
        self.conflicts = ConflictsController(tools, self.conflicts_relay)
        self.shell = ShellController(tools, self)
        self.workspaces = WorkspacesController(tools, services.desk, services.open_workspace)
        self.intake = IntakeFlow(
            self._theme, tools, self, services.inspect, services.allowances, self.show_listing
        )
        self.pages = WindowPages(self, self._theme, services)

    def _wire(self) -> None:
        self.listings_page.connect_intents(self.listings)
        self.listings_page.add_files_asked.connect(self.intake.choose)
        self.listings_page.settle_asked.connect(lambda: self.go("conflicts"))
        self.listings_page.save_file_asked.connect(self.pages.save_file)
        self.sidebar.section_chosen.connect(self.go)
        self.sidebar.status.clicked.connect(self.shell.sync_now)
        self.actions_ = Actions(self, self._handlers())
        self.menu = WindowMenu(self._theme, self.sidebar.workspace, self.actions_, self.workspaces)
        self._services.tools.messages.listen(self.toasts.show_message)
        self._services.preferences.changed.connect(self._preference_changed)
        self._preference_changed(DENSITY.key)
        self._tick = QTimer(self)
        self._tick.setInterval(_STATUS_MS)
        self._tick.timeout.connect(self._show_status_words)
        self._tick.start()
        self.sidebar.mark("listings")

    def _handlers(self) -> dict[Act, Callable[[], None]]:
        return {
            Act.ADD_FILES: self.intake.choose,
            Act.SEARCH: self._search,
            Act.PUBLISH: self.listings_page.publish_selected,
            Act.SYNC: self.shell.sync_now,
            Act.OFFLINE: self.shell.toggle_offline,
            Act.LISTINGS: lambda: self.go("listings"),
            Act.TRANSFERS: lambda: self.go("transfers"),
            Act.ACTIVITY: lambda: self.go("activity"),
            Act.CONFLICTS: lambda: self.go("conflicts"),
            Act.SETTINGS: lambda: self.go("settings"),
            Act.SIDEBAR: self._toggle_sidebar,
            Act.SHORTCUTS: self._show_shortcuts,
            Act.CONNECT: self.pages.connect_marketplace,
            Act.MENU: self._open_menu,
            Act.QUIT: self.quit_asked.emit,
        }

    # -- what the program asks --

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on; None shows the first-run page."""
        self._services.tools.feed.follow(workspace)
        self.shell.use(workspace)
        for controller in (self.listings, self.transfers, self.activity, self.conflicts):
            controller.use(workspace)
        self.intake.use(workspace)
        self.pages.show_first_run(workspace is None)
        self.workspaces.refresh()
        self._start_tray()

    def _start_tray(self) -> None:
        """Once the window stands: a tray icon where the desktop has a tray."""
        from koda_desktop.views.tray import Tray, has_tray

        if self._tray is not None or not has_tray():
            return
        self._tray = Tray(self, self._services.preferences)
        self._tray.shown.connect(self._come_forward)
        self._tray.quit_asked.connect(self.quit_asked)
        self._services.tools.messages.listen(self._tray.show_message)

    def leave(self) -> None:
        """Let go of the workspace in use before another is opened; the pages stay as they are."""
        self._services.tools.feed.follow(None)
        self.shell.use(None)
        for controller in (self.listings, self.transfers, self.activity, self.conflicts):
            controller.use(None)
        self.intake.use(None)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Check ``paths`` as if they had been dropped on the window."""
        self.intake.add(paths)

    def window_state(self) -> WindowState:
        """What to remember of the window; read it before the window is closed."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        return WindowState(geometry, self._narrow_by_choice)

    async def may_close(self) -> bool:
        """Ask about what was typed and not saved; False when the person stays."""
        if not self.listings.unsaved:
            return True
        from koda_desktop.views.dialogs.unsaved import DISCARD, SAVE, UnsavedDialog

        answer = await ask(UnsavedDialog(self._theme, self, self.listings.unsaved))
        return answer == DISCARD or (answer == SAVE and await self.listings.save_all())

    def close_for_good(self) -> None:
        """Close the window without asking anyone."""
        self._may_close = True
        self.close()

    # -- what controllers show --

    def show_workspace(self, info: WorkspaceInfo | None) -> None:
        """ShellView: the name at the head of the navigation, the ribbon, the title."""
        from koda_desktop.views.pages.workspace_list import KINDS

        self._is_sandbox = info is not None and info.kind is WorkspaceKind.SANDBOX
        kind = KINDS[info.kind][1] if info else "No workspace yet"
        self.sidebar.workspace.show_workspace(info.name if info else "Koda", kind)
        self.setWindowTitle(f"{info.name} – Koda Desktop" if info else "Koda Desktop")
        self.pages.show_ribbon(self._is_sandbox)

    def show_status(self, status: SyncStatus | None) -> None:
        """ShellView: the status button."""
        self._status = status
        self._show_status_words()
        self.pages.show_needs_keys(status is not None and status.needs_keys)
        offline = status is not None and status.link is Link.OFFLINE
        self.actions_[Act.OFFLINE].setText("Work online" if offline else "Work offline")

    def show_listing(self, listing_id: str) -> None:
        """Bring a listing into view from any page."""
        self.go("listings")
        self.listings.show_listing(listing_id)

    def confirm(self, title: str, text: str, verb: str, then: Callable[[], None]) -> None:
        """Do ``then`` once the person agreed."""
        work = self._confirmed(title, text, verb, then)
        self._services.tools.spawn(work, "window.confirm")

    async def _confirmed(self, title: str, text: str, verb: str, then: Callable[[], None]) -> None:
        from koda_desktop.views.dialogs.confirm import ConfirmDialog

        if await ask(ConfirmDialog(self._theme, self, title, text, verb)):
            then()

    # -- moving about --

    @Slot(str)
    def go(self, key: str) -> None:
        """Show the section ``key``."""
        page = self.listings_page if key == "listings" else self.pages.page(key)
        if self.pages.is_first_run and key != "settings":
            page = self.pages.page("first-run")
        self.stack.setCurrentWidget(page)
        self.sidebar.mark(key)

    def add_above(self, widget: QWidget) -> None:
        """Put ``widget`` over the pages, under the window's edge."""
        self._content.insertWidget(0, widget)

    def _search(self) -> None:
        self.go("listings")
        self.listings_page.search_field.setFocus()
        self.listings_page.search_field.selectAll()

    @Slot()
    def _come_forward(self) -> None:
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def _open_menu(self) -> None:
        self.menu.open()

    def _toggle_sidebar(self) -> None:
        self._narrow_by_choice = not self.sidebar.is_narrow
        self.sidebar.set_narrow(self._narrow_by_choice)

    def _show_shortcuts(self) -> None:
        from koda_desktop.views.dialogs.shortcuts import ShortcutsDialog

        async def show() -> None:
            await ask(ShortcutsDialog(self._theme, self, shortcut_words()))

        self._services.tools.spawn(show(), "window.shortcuts")

    def _now(self) -> datetime:
        return self._services.clock.now()

    @Slot()
    def _show_status_words(self) -> None:
        words = status_words(self._status, self._now())
        self.sidebar.status.tell(words.tone, words.first, words.second, words.tip)

    @Slot(str)
    def _preference_changed(self, key: str) -> None:
        if key == THEME.key:
            self._theme.set_scheme(Scheme(self._services.preferences.text(THEME)))
        elif key == DENSITY.key:
            compact = self._services.preferences.text(DENSITY) == "compact"
            self.listings_page.set_compact(compact)

    def _restore(self, state: WindowState) -> None:
        self.resize(1240, 800)
        if state.geometry:
            self.restoreGeometry(QByteArray.fromBase64(state.geometry.encode("ascii")))

    # -- Qt's own events --

    def showEvent(self, event: QShowEvent) -> None:
        """No button starts with a focus ring; Tab goes to the first one."""
        super().showEvent(event)
        if self.focusWidget() is None:
            self.stack.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self._narrow_by_choice or self.width() < _NARROW_BELOW
        if narrow != self.sidebar.is_narrow:
            self.sidebar.set_narrow(narrow)
        if self.overlay.isVisible():
            self.overlay.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.quit_asked.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        files = dropped_files(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.overlay.show_for(len(files))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.acceptProposedAction()
        self.open_files(dropped_files(event.mimeData()))
