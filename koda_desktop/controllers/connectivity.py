"""When the network comes back, or the computer wakes from sleep, whoever waits tries again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtNetwork import QNetworkInformation

from koda_desktop.runtime.clock import Clock

_LOOK_MS = 15_000
_SLEPT_SECONDS = 60.0
"""A look that comes this late was held up by sleep; a clock that was set costs one try too many."""


class Connectivity(QObject):
    """Calls ``wake`` on the window's thread. Qt's network information may have no backend here:
    then sleep alone is noticed."""

    def __init__(self, wake: Callable[[], None], clock: Clock, parent: QObject | None) -> None:
        super().__init__(parent)
        self._wake = wake
        self._clock = clock
        self._seen: datetime = clock.now()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._listen()

    def _listen(self) -> None:
        feature = QNetworkInformation.Feature.Reachability
        if QNetworkInformation.loadBackendByFeatures(feature):
            information = QNetworkInformation.instance()
            information.reachabilityChanged.connect(self.reached)

    @Slot(QNetworkInformation.Reachability)
    def reached(self, reachability: QNetworkInformation.Reachability) -> None:
        """The network is another one, or there is one again."""
        kinds = QNetworkInformation.Reachability
        if reachability not in (kinds.Unknown, kinds.Disconnected):
            self._wake()

    @Slot()
    def look(self) -> None:
        """See whether the computer slept since the last look."""
        now = self._clock.now()
        slept = (now - self._seen).total_seconds() - _LOOK_MS / 1000 > _SLEPT_SECONDS
        self._seen = now
        if slept:
            self._wake()
