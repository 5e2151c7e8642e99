"""The stage of the gallery: a window with made-up surroundings, and reaching its parts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.messages import Messages
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.settings import Settings
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.services import Services
from koda_desktop.views.theme.theme import Theme
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.allowances import Allowances
from koda_desktop.workspace.info import WorkspaceInfo
from tests.views.fakes import FakeDesk, FakeWorkspace, StillClock
from tests.views.gallery_data import (
    INFOS,
)

SETTLE = 0.35


def _raise(name: str, error: BaseException) -> None:
    raise error


class Studio:
    """A window with made-up surroundings."""

    def __init__(self, theme: Theme, data: Path) -> None:
        self.theme = theme
        self.data = data
        self.pools = Pools()
        self.background = Background(_raise)
        self.messages = Messages()
        self.tools = Tools(self.pools, self.background, self.messages, ChangeFeed())
        self.preferences = Preferences(self.tools, Settings(data / "settings.json", {}))
        self.widgets: list[QWidget] = []

    def window(self, *, desk: FakeDesk | None = None, width: int = 1240) -> MainWindow:
        async def open_workspace(info: WorkspaceInfo | None) -> None:
            return None

        allowances = Allowances(self.data, StillClock())
        services = Services(
            tools=self.tools,
            preferences=self.preferences,
            desk=desk or FakeDesk(INFOS),
            open_workspace=open_workspace,
            inspect=lambda path, kept: inspect_path(path, allowed=allowances.digests(), kept=kept),
            allowances=allowances,
            clock=StillClock(),
            version="0.1.0",
            data_folder=self.data,
            licences=self.data,
        )
        window = MainWindow(self.theme)
        window.begin(services)
        window.resize(width, 800)
        self.widgets.append(window)
        return window

    def show(self, widget: QWidget) -> QWidget:
        self.widgets.append(widget)
        widget.show()
        return widget

    async def close(self) -> None:
        await asyncio.sleep(0.05)
        await self.background.close(2)
        for widget in self.widgets:
            if isinstance(widget, MainWindow):
                widget.close_for_good()
            widget.close()
            widget.deleteLater()
        self.pools.close(2)
        await asyncio.sleep(0.02)


async def opened(studio: Studio, workspace: FakeWorkspace, **options: int) -> MainWindow:
    window = studio.window(**options)  # type: ignore[arg-type]
    window.show()
    window.use(workspace)
    await asyncio.sleep(SETTLE)
    return window


def part(parent: QWidget, name: str) -> QWidget:
    """The widget ``name`` inside ``parent``."""
    found = parent.findChild(QWidget, name)
    assert isinstance(found, QWidget), name
    return found
