"""One run of the program: the window, the workspace it shows, and what they work with.

Imported once the window has been painted (docs/decisions/0009), as is all it imports.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from koda_desktop import __version__
from koda_desktop.app.garbage import GarbageSearch
from koda_desktop.app.inspecting import Inspectors
from koda_desktop.app.instance import SingleInstance
from koda_desktop.app.interrupt import Interrupts
from koda_desktop.app.opening import Opening
from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.messages import Level, Message, MessageAction, Messages
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Tools
from koda_desktop.errors import KodaError
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.crash import CrashReports
from koda_desktop.runtime.files import write_atomically
from koda_desktop.runtime.resources import resources_root
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.views.services import Services
from koda_desktop.views.window_state import WindowState
from koda_desktop.workspace.allowances import Allowances
from koda_desktop.workspace.desk import Desk
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Vaults

_PAINT_SECONDS = 0.4

_PATIENCE_SECONDS = 1.0
"""A store that takes longer to open is being migrated or repaired, and that is told."""

_END_SECONDS = 10.0
"""How long quitting waits for work between two steps; a process that hangs is worse."""

_log = logging.getLogger(__name__)


class Session:
    """Puts the window and a workspace together, and takes them apart in the right order."""

    def __init__(self, opening: Opening, crashes: CrashReports | None = None) -> None:
        self._options = opening.options
        self._settings = opening.settings
        self._crashes = crashes
        self._vaults = Vaults()
        self._allowances = Allowances(self._options.paths.root, SystemClock())
        self._inspectors = Inspectors(self._allowances.digests, time.monotonic)
        self._desk = Desk(self._options.paths, vaults=self._vaults)
        self.workspace: Workspace | None = None
        self.tools = Tools(Pools(), Background(self._failed), Messages(), ChangeFeed())
        self._garbage = GarbageSearch()
        self.window = opening.window
        self.window.begin(self._services())
        self._quit = asyncio.Event()

    def _services(self) -> Services:
        return Services(
            tools=self.tools,
            preferences=Preferences(self.tools, self._settings),
            desk=self._desk,
            open_workspace=self.open_workspace,
            inspect=self._inspectors,
            allowances=self._allowances,
            clock=SystemClock(),
            version=__version__,
            data_folder=self._options.paths.root,
            licences=resources_root() / "licences.html",
        )

    # -- the run --

    async def main(self, instance: SingleInstance) -> None:
        """Open the workspace in the window, and live until the person quits."""
        interrupts = Interrupts(self._quit.set)
        self.window.quit_asked.connect(self._ask_to_quit)
        self._listen_for_crashes()
        self._tell_settings_problem()
        self.tools.spawn(self._open_first(), "session.open")
        self.tools.spawn(self._settle(instance), "session.settle")
        await self._quit.wait()
        await self.close()
        interrupts.close()
        instance.release()

    async def _settle(self, instance: SingleInstance) -> None:
        """What can wait for the first rows."""
        await asyncio.sleep(_PAINT_SECONDS)
        self._garbage.start()
        instance.listen(self.window.come_forward)

    async def close(self) -> None:
        """Stop everything: the window first, so that quitting looks as quick as it should be."""
        with contextlib.suppress(KodaError):
            # Of an interrupt: who quits by hand was asked before, and told of what cannot be kept.
            await self.window.settle()
        self.tools.feed.follow(None)
        state = self.window.window_state()
        self.window.close_for_good()
        await self.tools.pools.run("disk", self._write_state, state)
        await self.tools.background.close(_END_SECONDS)
        if self.workspace is not None:
            await self.tools.pools.run("store", self.workspace.close)
        self._inspectors.close()
        self.tools.pools.close(_END_SECONDS)
        # Last of all: until then a task or a change may still be shown in it.
        self.window.deleteLater()
        self._garbage.stop()

    async def open_workspace(self, info: WorkspaceInfo | None) -> None:
        """Close the workspace in use and open ``info``; None shows the first-run page."""
        if self.workspace is not None:
            await self.window.settle()
        before, self.workspace = self.workspace, None
        if before is not None:
            self.window.leave()
            await self.tools.pools.run("store", before.close)
        if info is not None:
            self.workspace = await self._opened(info)
        self.window.use(self.workspace)
        if self.workspace is not None:
            self._tell_notice(self.workspace.notice)
            self.tools.spawn(self._start_sync(self.workspace), f"session.sync.{id(self.workspace)}")

    async def _opened(self, info: WorkspaceInfo) -> Workspace:
        loop = asyncio.get_running_loop()
        telling = loop.call_later(_PATIENCE_SECONDS, self.window.show_opening, info)
        try:
            return await self.tools.pools.run("store", self._open, info)
        finally:
            telling.cancel()
            self.window.show_opening(None)

    async def _start_sync(self, workspace: Workspace) -> None:
        """Loading the SDKs keeps the interpreter busy: the first rows are painted before."""
        await asyncio.sleep(_PAINT_SECONDS)
        if workspace is self.workspace:
            await self.tools.pools.run("store", workspace.start_sync)

    def _open(self, info: WorkspaceInfo) -> Workspace:
        paths, offline = self._options.paths, self._options.is_offline
        return Workspace.open(paths, info, offline=offline, vaults=self._vaults)

    async def _open_first(self) -> None:
        info = await self.tools.pools.run("disk", self._first_workspace)
        await self.open_workspace(info)

    def _first_workspace(self) -> WorkspaceInfo | None:
        """The workspace named at start, else the one in use; the sandbox is made when asked for."""
        name = self._options.workspace
        if name is None:
            return self._desk.current()
        known = {info.name: info for info in self._desk.all()}
        if name == WorkspaceKind.SANDBOX and name not in known:
            from koda_desktop.workspace.info import NewWorkspace

            return self._desk.add(NewWorkspace(WorkspaceInfo(name, WorkspaceKind.SANDBOX)))
        return self._desk.use(name)

    # -- quitting --

    def _ask_to_quit(self) -> None:
        self.tools.spawn(self._quit_if_saved(), "session.quit")

    async def _quit_if_saved(self) -> None:
        if await self.window.may_close():
            self._quit.set()

    # -- faults --

    def _failed(self, name: str, error: BaseException) -> None:
        """A task nobody awaited failed: a bug, for the report."""
        _log.error("The task %s failed", name)
        if self._crashes is not None:
            self._crashes.report(type(error), error, error.__traceback__)

    def _listen_for_crashes(self) -> None:
        if self._crashes is None:
            return
        loop = asyncio.get_running_loop()

        def reported(report: Path) -> None:
            loop.call_soon_threadsafe(self._tell_crash, report)

        self._crashes.listen(reported)

    def _tell_crash(self, report: Path) -> None:
        show = MessageAction("Show report", lambda: _show(report))
        self.tools.messages.post(
            Message(
                Level.DANGER,
                "Something went wrong that Koda did not expect.",
                "What was saved before is kept. Please send the report to the developers.",
                (show,),
                key="crash",
            )
        )

    def _tell_notice(self, notice: str) -> None:
        if notice:
            self.tools.messages.post(Message(Level.WARNING, notice))

    def _tell_settings_problem(self) -> None:
        if self._settings.problem:
            self.tools.messages.post(Message(Level.WARNING, self._settings.problem))

    # -- the window's place --

    def _write_state(self, state: WindowState) -> None:
        try:
            write_atomically(self._options.paths.window_file, state.to_json().encode())
        except KodaError:
            _log.info("The window’s place was not remembered")


def _show(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
