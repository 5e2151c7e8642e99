"""Each strictness plugin is seen to fail a test that deserves it, and to leave a clean one alone.

All the small tests below run once, in a pytest of their own, with this repository's settings.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
_BAD = {"failure", "error"}

# The body of a test, and a piece of what the plugin must say about it.
DESERVING = {
    "logged": (
        'logging.getLogger("some.library").warning("the disk smells")',
        "stray log records",
    ),
    "logged_without_propagation": (
        'logger = logging.getLogger("quiet"); logger.propagate = False; logger.error("unheard")',
        "unheard",
    ),
    "logged_while_tearing_down": (
        'request.addfinalizer(lambda: logging.error("too late"))',
        "too late",
    ),
    "logged_something_else": (
        'expected_logs.allow("disk full"); logging.warning("disk gone")',
        "disk gone",
    ),
    "daemon_thread": (
        'threading.Thread(target=stop.wait, daemon=True, name="stray").start()',
        "threads left after the test: stray",
    ),
    "plain_thread": (
        'threading.Thread(target=stop.wait, name="stray-plain").start()',
        "threads left after the test: stray-plain",
    ),
    "pool": (
        "pools.append(ThreadPoolExecutor(1)); pools[0].submit(str)",
        "threads left after the test: ThreadPoolExecutor",
    ),
    "timer": (
        "timers.append(QTimer()); timers[-1].start(60_000)",
        "timers still running: QTimer",
    ),
    "window": (
        'windows.append(QLabel("left open")); windows[-1].show()',
        "windows: QLabel",
    ),
    "hidden_window": (
        "windows.append(QDialog())",
        "windows: QDialog",
    ),
    "qt_warning": (
        'qWarning("Qt is not amused")',
        "Qt messages",
    ),
    "qt_warning_while_tearing_down": (
        'request.addfinalizer(lambda: qWarning("Qt is late"))',
        "Qt is late",
    ),
    "python_warning": (
        'warnings.warn("old habits", DeprecationWarning, stacklevel=1)',
        "old habits",
    ),
    "lost_task_error": (
        "run_async(spawn_and_lose())",
        "nobody listens",
    ),
    "running_task": (
        "run_async(spawn_and_leave())",
        "tasks left running",
    ),
}

CLEAN = {
    "expected_log": 'expected_logs.allow("disk full"); logging.warning("disk full at last")',
    "info_log": 'logging.getLogger("koda").info("nothing to see")',
    "joined_thread": "t = threading.Thread(target=str); t.start(); t.join()",
    "ending_thread": "threading.Thread(target=lambda: stop.wait(0.2)).start()",
    "stopped_timer": "timers.append(QTimer()); timers[-1].start(9); timers[-1].stop()",
    "single_shot_that_fired": (
        "timers.append(QTimer(singleShot=True)); timers[-1].start(0); qtbot.wait(20)"
    ),
    "closed_window": 'label = QLabel("x"); qtbot.addWidget(label); label.show()',
    "window_to_be_deleted": "dialog = QDialog(); windows.append(dialog); dialog.deleteLater()",
    "window_in_a_cycle": "dialog = QDialog(); dialog.me = lambda: dialog",
    "awaited": "assert run_async(asyncio.sleep(0, 7)) == 7",
}

HEAD = """
import asyncio, logging, threading, warnings
from concurrent.futures import ThreadPoolExecutor
import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QDialog, QLabel

stop = threading.Event()
pools, timers, windows = [], [], []

async def fail():
    raise RuntimeError("nobody listens")

async def spawn_and_lose():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.01)
    del task

async def spawn_and_leave():
    windows.append(asyncio.create_task(asyncio.sleep(60)))

@pytest.fixture(scope="session", autouse=True)
def end_what_was_left():
    yield
    stop.set()
    for timer in timers:
        timer.stop()
    windows.clear()

@pytest.mark.expected_logs("^as announced")
def test_clean_marked():
    logging.warning("as announced")

@pytest.mark.leaves_threads("announced")
def test_clean_marked_thread():
    threading.Thread(target=stop.wait, name="announced-1").start()
"""


def _case(name: str, body: str) -> str:
    return f"def test_{name}(request, qtbot, expected_logs, run_async):\n    {body}\n"


@pytest.fixture(scope="module")
def inner(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Test name → why it failed ("" where it passed), from one run of all the small tests."""
    folder = tmp_path_factory.mktemp("strict")
    cases = [_case(f"bad_{n}", b) for n, (b, _) in DESERVING.items()]
    cases += [_case(f"clean_{n}", b) for n, b in CLEAN.items()]
    (folder / "test_small.py").write_text("\n".join([HEAD, *cases]))
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml")]
    # The file lies outside tests/, so its conftest is named.
    command += ["-p", "tests.conftest", "-p", "no:cacheprovider", "--junitxml=out.xml"]
    command += [f"--rootdir={folder}", "--override-ini", f"pythonpath={ROOT}", "test_small.py"]
    subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        timeout=100,
    )
    return _reasons(folder / "out.xml")


def _reasons(report: Path) -> dict[str, str]:
    """What the failures and errors of each test say. One that fails twice is listed twice."""
    found: dict[str, str] = {}
    for case in ElementTree.parse(report).iter("testcase"):
        name = case.attrib["name"].removeprefix("test_")
        said = [f"{each.attrib.get('message')} {each.text}" for each in case if each.tag in _BAD]
        found[name] = found.get(name, "") + "\n".join(said)
    return found


@pytest.mark.parametrize("name", DESERVING)
def test_what_deserves_to_fail_fails(inner: dict[str, str], name: str) -> None:
    assert DESERVING[name][1] in inner[f"bad_{name}"]


@pytest.mark.parametrize("name", [*CLEAN, "marked", "marked_thread"])
def test_what_is_clean_passes(inner: dict[str, str], name: str) -> None:
    assert inner[f"clean_{name}"] == ""
