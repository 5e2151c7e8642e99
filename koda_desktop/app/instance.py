"""One window to a data folder: a second start brings the first one to the front."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QObject, Slot

from koda_desktop.runtime.filelock import FileLock

_WAIT_MS = 2_000
_PAUSE_SECONDS = 0.05


class SingleInstance(QObject):
    """Holds the data folder's lock; the first to hold it listens for those who come later."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._lock = FileLock(folder / "window.lock")
        self.is_first = self._lock.acquire()
        self._raise: Callable[[], None] | None = None

    def listen(self, raise_window: Callable[[], None]) -> None:
        """Call ``raise_window`` whenever the program is started again. After the first paint."""
        from PySide6.QtNetwork import QLocalServer

        self._raise = raise_window
        address = self._address()
        QLocalServer.removeServer(address)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._called)
        self._server.listen(address)

    def raise_first(self) -> None:
        """Ask the window that is open to come to the front; it may still be starting."""
        from PySide6.QtNetwork import QLocalSocket

        socket = QLocalSocket()
        deadline = QDeadlineTimer(_WAIT_MS)
        socket.connectToServer(self._address())
        while not socket.waitForConnected(_WAIT_MS) and not deadline.hasExpired():
            time.sleep(_PAUSE_SECONDS)
            socket.connectToServer(self._address())
        socket.disconnectFromServer()

    def release(self) -> None:
        """Let another window open this data folder."""
        if self._raise is not None:
            self._server.close()
        self._lock.release()

    def _address(self) -> str:
        import hashlib

        return f"koda-{hashlib.sha256(str(self._folder).encode()).hexdigest()[:24]}"

    @Slot()
    def _called(self) -> None:
        self._server.nextPendingConnection().deleteLater()
        if self._raise is not None:
            self._raise()
