"""Fails a test for running timers, busy threads of Qt's pool, windows and warnings left behind.

pytest-qt already fails a test for Qt's warnings while it runs (``qt_log_level_fail``); this adds
those that come while the test is torn down.
"""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMessageLogContext,
    QThreadPool,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication, QWidget

POOL_GRACE_MS = 2000

# One QLabel that Qt keeps for all tool tips.
_OF_QT_ITSELF = {"QTipLabel"}

_WITH_QT = {"app", "controllers", "journeys", "views"}
_GRAVE = {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg}


class StartedTimers:
    """Every QTimer that Python code starts. Timers inside Qt's own classes are not its business."""

    def __init__(self) -> None:
        self._timers: list[weakref.ref[QTimer]] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        start: Callable[..., None] = QTimer.start

        def start_and_keep(timer: QTimer, *args: Any) -> None:
            self._timers.append(weakref.ref(timer))
            start(timer, *args)

        monkeypatch.setattr(QTimer, "start", start_and_keep)

    def running(self) -> list[QTimer]:
        timers = {id(timer): timer for ref in self._timers if (timer := ref()) is not None}
        return [t for t in timers.values() if shiboken6.isValid(t) and t.isActive()]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Listen to Qt while fixtures go; pytest-qt stops listening when the test itself is over."""
    ignored = [*item.config.getini("qt_log_ignore")]
    ignored += [p for mark in item.iter_markers("qt_log_ignore") for p in mark.args]
    heard: list[str] = []

    def hear(kind: QtMsgType, _: QMessageLogContext, message: str) -> None:
        if kind in _GRAVE and not any(re.search(pattern, message) for pattern in ignored):
            heard.append(message)

    previous = qInstallMessageHandler(hear)
    try:
        result = yield
    finally:
        qInstallMessageHandler(previous)
    if heard:
        pytest.fail("Qt warned while the test was torn down: " + "; ".join(heard), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Python does not look for garbage while there are objects of Qt, as in the program with a
    window, for it may end in a deadlock (docs/decisions/0028): it is looked for after each test.
    """
    if nextitem is not None and _WITH_QT.isdisjoint(item.path.parts):
        return (yield)
    gc.freeze()  # What was there before is not looked through again for each test.
    gc.disable()
    result = yield
    gc.collect()
    if nextitem is not None:  # With the last test goes what was kept for all of them.
        gc.enable()
    return result


@pytest.fixture(autouse=True)
def nothing_of_qt_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    timers = StartedTimers()
    timers.watch(monkeypatch)
    before = _windows()  # kept, so that their wrappers stay the same objects
    yield
    _delete_what_is_to_be_deleted()
    faults = [
        *_left("timers still running", timers.running),
        *_left("windows", lambda: [w for w in _windows() if not any(w is b for b in before)]),
    ]
    if not QThreadPool.globalInstance().waitForDone(POOL_GRACE_MS):
        faults.append("work of QThreadPool still running")
    if faults:
        pytest.fail("left after the test: " + "; ".join(faults), pytrace=False)


def _left(what: str, find: Callable[[], list[Any]]) -> list[str]:
    """One line for what ``find`` still finds once garbage is collected."""
    if not find():
        return []
    gc.collect()
    _delete_what_is_to_be_deleted()
    found = [f"{type(each).__name__} {each.objectName()!r}" for each in find()]
    return [f"{what}: {', '.join(found)}"] if found else []


def _windows() -> list[QWidget]:
    if not isinstance(QCoreApplication.instance(), QApplication):
        return []
    return [w for w in QApplication.topLevelWidgets() if type(w).__name__ not in _OF_QT_ITSELF]


def _delete_what_is_to_be_deleted() -> None:
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
