"""The window: navigation at the left, one page at a time beside it, messages over it.

What is seen at first is made here. What it does is in ``window_work``, which is imported once it
has been painted (docs/decisions/0009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.layouts import column, holder, row
from koda_desktop.views.widgets.sidebar import Section, Sidebar
from koda_desktop.views.window_state import WindowState

if TYPE_CHECKING:
    from datetime import datetime

    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDragLeaveEvent,
        QDropEvent,
        QMouseEvent,
        QResizeEvent,
        QShowEvent,
    )

    from koda_desktop.views.services import Services
    from koda_desktop.views.window_work import WindowWork
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.info import WorkspaceInfo

SECTIONS = (
    Section("listings", "listings", "Listings"),
    Section("transfers", "transfers", "Transfers"),
    Section("activity", "activity", "Activity"),
    Section("conflicts", "swap", "Conflicts"),
    Section("sales", "store", "Sales"),
    Section("payouts", "bank", "Payouts"),
    Section("history", "clock", "History"),
    Section("events", "bell", "Events"),
)
FOOT = (Section("settings", "settings", "Settings"),)
_NARROW_BELOW = 920
"""The wide sidebar, the least of a page and the least of a panel beside it need 917."""


class MainWindow(QMainWindow):
    """Made to be shown; ``begin`` puts it to work, and ``use`` gives it a workspace.

    Closing the window does not close it: ``quit_asked`` is emitted, and whoever made the window
    closes it for good with ``close_for_good`` once ``may_close`` said so.
    """

    quit_asked = Signal()

    work: WindowWork
    """From ``begin`` on."""

    def __init__(self, theme: Theme, state: WindowState | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._may_close = False
        self._narrow_by_choice = bool(state and state.is_sidebar_narrow)
        self.setObjectName("main-window")
        self.setWindowTitle("Koda Desktop")
        self.setMinimumSize(QSize(760, 520))
        self._build()
        self._restore(state or WindowState())

    # -- building --

    def _build(self) -> None:
        self.sidebar = Sidebar(self._theme, SECTIONS, FOOT)
        self.sidebar.mark("listings")
        self.sidebar.set_shown("events", False)
        self.listings_page = ListingsPage(self._theme, self._now, self.confirm)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.listings_page)
        self._content = column(self.stack, gap=0)
        middle = row(self.sidebar, holder(self._content), gap=0)
        middle.setStretch(1, 1)
        self.setCentralWidget(holder(middle, "canvas"))

    def _restore(self, state: WindowState) -> None:
        self.resize(1240, 800)
        if state.geometry:
            self.restoreGeometry(QByteArray.fromBase64(state.geometry.encode("ascii")))

    def begin(self, services: Services) -> None:
        """Put the window to work. Nothing of this is seen in its first paint."""
        from koda_desktop.views.window_work import WindowWork

        self.work = WindowWork(self, self._theme, services)

    # -- what the program asks --

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on; None shows the first-run page."""
        self.work.use(workspace)

    def leave(self) -> None:
        """Let go of the workspace in use before another is opened; the pages stay as they are."""
        self.work.leave()

    def show_opening(self, info: WorkspaceInfo | None) -> None:
        """Say that the workspace ``info`` takes its time to open; None takes that back."""
        self.work.pages.show_opening(info)
        self.work.status.show_opening(info is not None)

    def open_files(self, paths: Sequence[Path]) -> None:
        """Check ``paths`` as if they had been dropped on the window."""
        self.work.intake.add(paths)

    def window_state(self) -> WindowState:
        """What to remember of the window; read it before the window is closed."""
        geometry = bytes(self.saveGeometry().toBase64().data()).decode("ascii")
        return WindowState(geometry, self._narrow_by_choice)

    async def settle(self) -> None:
        """Write down what is being typed, before the workspace is closed. Raises KodaErrors."""
        await self.work.settle()

    async def may_close(self) -> bool:
        """Ask about what was typed and not saved; False when the person stays."""
        return await self.work.may_close()

    def close_for_good(self) -> None:
        """Close the window without asking anyone."""
        self.work.pages.stop_watching()
        self._may_close = True
        self.close()

    def show_listing(self, listing_id: str) -> None:
        """Bring a listing into view from any page."""
        self.work.moving.show_listing(listing_id)

    def confirm(self, title: str, text: str, verb: str, then: Callable[[], None]) -> None:
        """Do ``then`` once the person agreed."""
        self.work.confirm(title, text, verb, then)

    # -- moving about --

    @Slot(str)
    def go(self, key: str) -> None:
        """Show the section ``key``."""
        self.work.moving.go(key)

    def search(self) -> None:
        """Go to the search field, with what it holds selected."""
        self.go("listings")
        self.listings_page.search_field.setFocus()
        self.listings_page.search_field.selectAll()

    def add_above(self, widget: QWidget) -> None:
        """Put ``widget`` over the pages, under the window's edge."""
        self._content.insertWidget(0, widget)

    @Slot()
    def come_forward(self) -> None:
        """Stand before other programs' windows."""
        self.showNormal()
        self.raise_()
        self.activateWindow()

    def toggle_sidebar(self) -> None:
        """Narrow the navigation to its icons, or widen it; remembered."""
        self._narrow_by_choice = not self.sidebar.is_narrow
        self.sidebar.set_narrow(self._narrow_by_choice)

    def _now(self) -> datetime:
        return self.work.now()

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

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_close:
            event.accept()
        else:
            event.ignore()
            self.quit_asked.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The buttons at the side of a mouse go back and forward."""
        if event.button() is Qt.MouseButton.BackButton:
            self.work.moving.back()
        elif event.button() is Qt.MouseButton.ForwardButton:
            self.work.moving.forward()
        else:
            super().mousePressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.work.show_drop(event.mimeData()):
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.work.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.work.take_drop(event.mimeData(), event.position().toPoint())
