"""The first paint loads no SDK, and what blocks never runs on the window's thread."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from koda_desktop.runtime.paths import Paths
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry

HEAVY = ("boto3", "botocore", "pymongo", "bson", "stripe", "httpx", "keyring", "numpy", "pydantic")

PROGRAM = f"""
import json, sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from koda_desktop.app import make_application, work
from koda_desktop.app.instance import SingleInstance
from koda_desktop.app.opening import Opening
from koda_desktop.app.start import Options
from koda_desktop.runtime.paths import Paths

class Watch(QObject):
    def __init__(self, window):
        super().__init__()
        self.window = window
        self.table = window.listings_page.table
        self.table.viewport().installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self.table.model().row_at(0) is not None:
            title = self.table.model().row_at(0).title
            heavy = [name for name in {HEAVY!r} if name in sys.modules]
            print(json.dumps({{"title": title, "heavy": heavy}}), flush=True)
            self.table.viewport().removeEventFilter(self)
            if "stay" not in sys.argv:
                QTimer.singleShot(0, self.window.quit_asked.emit)
        return False

application = make_application()
paths = Paths(Path(sys.argv[1]))
opening = Opening(application, Options(paths))
opening.paint()
watch = Watch(opening.window)
sys.exit(work(application, opening, SingleInstance(paths.root)))
"""


def filled(folder: Path, sample: Path) -> Paths:
    """A data folder whose offline workspace holds one draft."""
    paths = Paths(folder).ensure()
    info = WorkspaceInfo("offline", WorkspaceKind.OFFLINE)
    Registry(paths).add(info)
    workspace = Workspace.open(paths, info)
    workspace.draft(inspect_path(sample), {"price": 5})
    workspace.close()
    return paths


def run(program: str, *arguments: str) -> list[str]:
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_first_rows_are_painted_before_any_sdk_is_loaded(tmp_path: Path, sample: Path) -> None:
    paths = filled(tmp_path / "data", sample)
    told = json.loads(run(PROGRAM, str(paths.root))[0])
    assert told == {"title": "Daily lead digest", "heavy": []}


def test_a_second_start_gives_way_and_the_first_ends_when_asked(
    tmp_path: Path, sample: Path
) -> None:
    paths = filled(tmp_path / "data", sample)
    environ = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROGRAM, str(paths.root), "stay"]
    first = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline()
        second = [sys.executable, "-m", "koda_desktop", "--data-dir", str(paths.root)]
        assert subprocess.run(second, env=environ, timeout=30, check=False).returncode == 0
        assert first.poll() is None
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=30) == 0
    finally:
        first.kill()
        first.communicate()
