"""The pages of the window that are made when they are first shown, and what they are wired to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.messages import Level
from koda_desktop.errors import KodaError
from koda_desktop.sync.rows import ConflictRow, OperationRow
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.ribbon import SandboxRibbon
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind

if TYPE_CHECKING:
    from PySide6.QtWidgets import QFileDialog

    from koda_desktop.views.main_window import MainWindow, Services
    from koda_desktop.views.pages.first_run_page import FirstRunPage
    from koda_desktop.views.widgets.keys_banner import KeysBanner


class WindowPages:
    """Makes pages for ``window`` on demand."""

    def __init__(self, window: MainWindow, theme: Theme, services: Services) -> None:
        self._window = window
        self._theme = theme
        self._services = services
        self._made: dict[str, QWidget] = {}
        self._ribbon: SandboxRibbon | None = None
        self._keys: KeysBanner | None = None
        self._first_run: FirstRunPage | None = None
        self.is_first_run = False

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
            "settings": self._settings,
            "first-run": self._first_run_page,
        }

    def _transfers(self) -> QWidget:
        from koda_desktop.views.pages.transfers_page import TransfersPage

        page = TransfersPage(self._theme, self._window.transfers)
        page.opened.connect(self._window.show_listing)
        page.save_asked.connect(self.save_file)
        page.folder_asked.connect(lambda path: _show(str(Path(path).parent)))
        page.custom_limit_asked.connect(self._ask_limit)
        self._window.transfers_relay.attach(page)
        return page

    def _conflicts(self) -> QWidget:
        from koda_desktop.views.pages.conflicts_page import ConflictsPage

        page = ConflictsPage(self._theme, self._services.clock.now, self._window.conflicts)
        page.opened.connect(self._window.show_listing)
        page.edit_asked.connect(self._ask_value)
        self._window.conflicts_relay.attach(page)
        return page

    def _activity(self) -> QWidget:
        from koda_desktop.views.pages.activity_page import ActivityPage

        page = ActivityPage(self._theme, self._services.clock.now, self._window.activity)
        page.opened.connect(self._window.show_listing)
        page.drop_asked.connect(self._ask_drop)
        page.settle_asked.connect(lambda: self._window.go("conflicts"))
        page.sync_asked.connect(self._window.shell.sync_now)
        self._window.activity_relay.attach(page)
        return page

    def _settings(self) -> QWidget:
        from koda_desktop.views.pages.settings_page import SettingsPage

        services = self._services
        page = SettingsPage(self._theme, services.preferences, services.version)
        page.add_asked.connect(self.connect_marketplace)
        page.used.connect(self._window.workspaces.use)
        page.remove_asked.connect(self._ask_remove)
        page.data_folder_asked.connect(lambda: _show(str(services.data_folder)))
        page.licences_asked.connect(lambda: _show(str(services.licences)))
        self._window.workspaces.add_view(page)
        self._window.workspaces.refresh()
        self._window.workspaces.refresh_places()
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
            self._keys.update_asked.connect(lambda: self._window.go("settings"))
            self._keys.again_asked.connect(self._window.shell.sync_now)
            self._window.add_above(self._keys)
        if self._keys is not None:
            self._keys.setVisible(wanted)

    # -- what is asked before something is done --

    def save_file(self, listing_id: str) -> None:
        """Ask for a folder and fetch the listing's file into it."""
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self._window, "Save the file of this listing into")
        dialog.setObjectName("save-file-dialog")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._services.tools.spawn(self._save_file(dialog, listing_id), "window.save-file")

    async def _save_file(self, dialog: QFileDialog, listing_id: str) -> None:
        if await ask(dialog):
            folder = Path(dialog.selectedFiles()[0])
            window = self._window
            window.transfers.download(listing_id, folder, lambda: window.go("transfers"))

    def _ask_limit(self, begun: int | None) -> None:
        self._services.tools.spawn(self._limited(begun), "window.limit")

    async def _limited(self, begun: int | None) -> None:
        from koda_desktop.views.dialogs.speed import SpeedDialog

        dialog = SpeedDialog(self._theme, self._window, begun)
        if await ask(dialog):
            self._window.transfers.limit(dialog.bytes_per_second)

    def _ask_value(self, row: ConflictRow) -> None:
        self._services.tools.spawn(self._valued(row), "window.value")

    async def _valued(self, row: ConflictRow) -> None:
        """Ask until a value was accepted or the person gave up."""
        from koda_desktop.views.dialogs.value import ValueDialog

        value, problem = row.mine.value, ""
        while True:
            dialog = ValueDialog(
                self._theme, self._window, row.field, row.listing_title, value, problem
            )
            if not await ask(dialog):
                return
            value = dialog.value
            problem = await self._window.conflicts.settle_by(row, value)
            if not problem:
                return

    def _ask_drop(self, rows: Sequence[OperationRow]) -> None:
        """Drop ``rows``, after a question where something that was typed would be lost."""
        from koda_desktop.views.activity_words import drop_words, kept_words

        question, (done, kept) = drop_words(rows), kept_words(rows)
        messages, activity = self._services.tools.messages, self._window.activity

        def told() -> None:
            messages.tell(Level.INFO, done, kept, key="dropped")

        if question is None:
            activity.drop(rows, told)
        else:
            self._window.confirm(*question, "Drop", lambda: activity.drop(rows, told))

    def connect_marketplace(self) -> None:
        """Open the form that connects one's own marketplace."""
        self._services.tools.spawn(self._connect(), "window.connect")

    async def _connect(self) -> None:
        from koda_desktop.views.dialogs.workspace import WorkspaceDialog

        controller = self._window.workspaces
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
            await self._window.workspaces.add(NewWorkspace(WorkspaceInfo(kind.value, kind)))
        except KodaError as error:
            page.show_fault(error.what, f"{error.kept} {error.remedy}".strip())

    def _ask_remove(self, name: str) -> None:
        self._window.confirm(
            f"Remove the workspace “{name}”?",
            "Its keys are deleted from the keyring. Its listings stay in the data folder and in "
            "the marketplace; add it again under the same name to see them.",
            "Remove",
            lambda: self._window.workspaces.remove(name),
        )


def _show(path: str) -> None:
    """Open a file or folder with whatever this computer opens it with."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
