"""What the window's frame says: the workspace's name, the ribbon, and the sync status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from koda_desktop.runtime.clock import Clock
from koda_desktop.sync.rows import Link, SyncStatus
from koda_desktop.views.actions import Act
from koda_desktop.views.status_words import OPENING, status_words
from koda_desktop.views.workspace_kinds import KINDS
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind

if TYPE_CHECKING:
    from koda_desktop.views.main_window import MainWindow

_STATUS_MS = 30_000


class WindowStatus(QObject):
    """The view of ShellController. "Synced 5 min ago" is said anew twice a minute."""

    def __init__(self, window: MainWindow, clock: Clock) -> None:
        super().__init__(window)
        self._window = window
        self._clock = clock
        self._status: SyncStatus | None = None
        self.info: WorkspaceInfo | None = None
        """The workspace in use."""
        self._is_opening = False
        self._tick = QTimer(self)
        self._tick.setInterval(_STATUS_MS)
        self._tick.timeout.connect(self._show_words)
        self._tick.start()

    def show_workspace(self, info: WorkspaceInfo | None) -> None:
        """ShellView: the name at the head of the navigation, the ribbon, the title."""
        window = self._window
        kind = KINDS[info.kind][1] if info else "No workspace yet"
        self.info = info
        window.sidebar.workspace.show_workspace(info.name if info else "Koda", kind)
        window.setWindowTitle(f"{info.name} – Koda Desktop" if info else "Koda Desktop")
        window.work.pages.show_ribbon(info is not None and info.kind is WorkspaceKind.SANDBOX)

    def show_opening(self, is_opening: bool) -> None:
        """Whether a workspace takes its time to open."""
        self._is_opening = is_opening
        self._show_words()

    def show_status(self, status: SyncStatus | None) -> None:
        """ShellView: the status button, and the words of its action."""
        self._status = status
        self._show_words()
        self._window.work.pages.show_needs_keys(status is not None and status.needs_keys)
        offline = status is not None and status.link is Link.OFFLINE
        action = self._window.work.actions[Act.OFFLINE]
        action.setText("Work online" if offline else "Work offline")

    @Slot()
    def _show_words(self) -> None:
        words = OPENING if self._is_opening else status_words(self._status, self._clock.now())
        self._window.sidebar.status.tell(words.tone, words.first, words.second, words.tip)
