"""The system tray: an icon, and a notice when work ends while the window is not in front."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from koda_desktop.controllers.messages import Level, Message
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.runtime.settings import NOTIFICATIONS, SHOW_IN_TRAY

_NOTICE_MS = 6000


class Tray(QObject):
    """Made only where there is a tray; ``shown`` asks for the window, ``quit_asked`` to leave."""

    shown = Signal()
    quit_asked = Signal()

    def __init__(self, window: QWidget, preferences: Preferences) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._icon = QSystemTrayIcon(window.windowIcon(), self)
        self._icon.setToolTip("Koda Desktop")
        self._menu = QMenu(window)
        self._menu.addAction("Show Koda", self.shown.emit)
        self._menu.addAction("Quit", self.quit_asked.emit)
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._activated)
        self._icon.messageClicked.connect(self.shown)
        preferences.changed.connect(self._update)
        self._update()

    @Slot(object)
    def show_message(self, message: Message) -> None:
        """Tell ``message`` outside the window, unless the person looks at it or wants none."""
        wanted = self._preferences.is_on(NOTIFICATIONS) and self._icon.isVisible()
        if wanted and not self._window.isActiveWindow() and message.level is not Level.INFO:
            icon = QSystemTrayIcon.MessageIcon.Information
            self._icon.showMessage(message.text, message.detail, icon, _NOTICE_MS)

    @Slot()
    def _update(self) -> None:
        self._icon.setVisible(self._preferences.is_on(SHOW_IN_TRAY))

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.shown.emit()


def has_tray() -> bool:
    """Whether this desktop has a system tray."""
    return QSystemTrayIcon.isSystemTrayAvailable()
