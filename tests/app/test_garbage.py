"""Circular garbage is looked for on the window's thread, whichever thread makes it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from koda_desktop.app.garbage import GarbageSearch
from koda_desktop.runtime.garbage import no_garbage_search

MANY = 50_000


@pytest.fixture
def ended_on() -> list[int]:
    """The threads on which the objects of ``leave_behind`` came to their ends."""
    return []


@pytest.fixture
def search(qapp: QApplication) -> Iterator[GarbageSearch]:
    made = GarbageSearch()
    yield made
    made.stop()


def leave_behind(ended_on: list[int]) -> None:
    """An object of Qt in a circle, which only a search finds."""
    found = QObject()
    found.circle = found  # type: ignore[attr-defined]
    weakref.finalize(found, lambda: ended_on.append(threading.get_ident()))


def allocate_elsewhere() -> list[list[int]]:
    """More than enough for Python to look through all generations, were its search not off."""
    made: list[list[int]] = []
    thread = threading.Thread(target=lambda: made.extend([n] for n in range(MANY)))
    thread.start()
    thread.join()
    return made


def test_garbage_of_qt_is_collected_on_the_windows_thread(
    search: GarbageSearch, ended_on: list[int]
) -> None:
    search.start()
    leave_behind(ended_on)
    kept = allocate_elsewhere()
    assert ended_on == []
    for _ in range(100):
        if ended_on:
            break
        QTest.qWait(20)
    assert (ended_on, len(kept)) == ([threading.get_ident()], MANY)


def test_nothing_is_looked_for_while_the_search_is_paused(
    search: GarbageSearch, ended_on: list[int]
) -> None:
    leave_behind(ended_on)
    kept = allocate_elsewhere()
    with no_garbage_search():
        search.look()
        assert ended_on == []
    search.look()
    assert (ended_on, len(kept)) == ([threading.get_ident()], MANY)


def test_python_itself_does_not_look_once_there_is_an_application() -> None:
    script = (
        "import gc; from koda_desktop.app import make_application; kept = make_application();"
        " raise SystemExit(gc.isenabled())"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment, timeout=60)
