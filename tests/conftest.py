"""What every test gets: strictness, an empty data folder, and no screen unless one is asked for."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import hypothesis
import pytest

# Before anything imports Qt.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_API"] = "pyside6"

T = TypeVar("T")
RunAsync = Callable[[Coroutine[Any, Any, T]], T]

_OPTIONAL = ("fixtures_servers",)
# Set by dev.py or by the person for the tests; everything else named KODA_ is the person's own.
_FOR_TESTS = ("KODA_TEST_", "KODA_REAL_WORKFLOWS", "KODA_SANDBOX_MONGOD")

pytest_plugins = [
    "tests.strictness.logs",
    "tests.strictness.threads",
    "tests.strictness.qt",
    *(f"tests.{name}" for name in _OPTIONAL if (Path(__file__).parent / f"{name}.py").exists()),
]

hypothesis.settings.register_profile("ci", derandomize=True, max_examples=60, deadline=None)
hypothesis.settings.register_profile("explore", max_examples=2000, deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, and a home of its own, so that no test sees the person's files."""
    for name in list(os.environ):
        if name.startswith("KODA_") and not name.startswith(_FOR_TESTS):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    folders = {
        "XDG_CONFIG_HOME": ".config",
        "XDG_CACHE_HOME": ".cache",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
    }
    for name, folder in folders.items():
        monkeypatch.setenv(name, str(home / folder))
    data = tmp_path / "data"
    monkeypatch.setenv("KODA_DATA_DIR", str(data))
    return data


@pytest.fixture
def run_async() -> Iterator[RunAsync[Any]]:
    """Runs a coroutine to its end on one plain asyncio loop per test, within 30 seconds.

    What a task or callback raised and nobody awaited fails the test, as do tasks left running.
    """
    lost: list[str] = []
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        loop.set_exception_handler(lambda _, context: lost.append(repr(context)))
        yield lambda work: runner.run(asyncio.wait_for(work, 30))
        left = [task.get_name() for task in asyncio.all_tasks(loop)]
    if lost or left:
        pytest.fail(f"lost errors: {lost}; tasks left running: {left}", pytrace=False)
