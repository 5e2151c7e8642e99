"""The window until it has been painted: made and shown with Qt alone.

Nothing is imported here that the first paint does not need: no asyncio, no controller, no workspace
(docs/decisions/0009 names what it costs, and a test the modules).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from koda_desktop.app.start import Options
from koda_desktop.runtime.resources import resources_root
from koda_desktop.runtime.settings import THEME, Settings
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.theme.theme import Scheme, Theme
from koda_desktop.views.window_state import WindowState

_LONGEST_MS = 500
"""A window that nobody sees is never painted."""


class Opening(QObject):
    """The first window of a run, and what it is made of. A Session then puts it to work."""

    def __init__(self, application: QApplication, options: Options) -> None:
        super().__init__()
        self.options = options
        self.settings = Settings.load(options.paths.settings_file)
        scheme = Scheme(self.settings.get(THEME))
        theme = Theme(application, resources_root(), scheme, is_dressed=False)
        self.window = MainWindow(theme, self._read_state())
        theme.dress()
        self._loop = QEventLoop()

    def paint(self) -> None:
        """Show the window and come back once it is painted and Qt has nothing else to do.

        What a person does meanwhile waits for the session: nothing could answer it yet.
        """
        self.window.installEventFilter(self)
        self.window.show()
        QTimer.singleShot(_LONGEST_MS, self._loop.quit)
        self._loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.window.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self._loop.quit)
        return False

    def _read_state(self) -> WindowState:
        try:
            return WindowState.from_json(self.options.paths.window_file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            return WindowState()
