"""Waking when the network comes back and after sleep."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QApplication

from koda_desktop.controllers.connectivity import Connectivity
from tests.views.fakes import NOW

KINDS = QNetworkInformation.Reachability


class SetClock:
    """Moved by the test alone."""

    def __init__(self) -> None:
        self.moment = NOW

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("kind", "times"),
    [(KINDS.Online, 1), (KINDS.Site, 1), (KINDS.Disconnected, 0), (KINDS.Unknown, 0)],
)
def test_only_a_network_that_is_there_wakes(
    qapp: QApplication, kind: QNetworkInformation.Reachability, times: int
) -> None:
    woken: list[bool] = []
    connectivity = Connectivity(lambda: woken.append(True), SetClock(), qapp)
    connectivity.reached(kind)
    assert len(woken) == times
    connectivity.deleteLater()


def test_sleep_is_noticed_once_and_the_usual_pause_is_not(qapp: QApplication) -> None:
    woken: list[bool] = []
    clock = SetClock()
    connectivity = Connectivity(lambda: woken.append(True), clock, qapp)
    for seconds, times in ((15, 0), (20, 0), (3_600, 1), (15, 1), (-3_600, 1), (15, 1)):
        clock.moment += timedelta(seconds=seconds)
        connectivity.look()
        assert len(woken) == times
    connectivity.deleteLater()
