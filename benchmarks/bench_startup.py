"""From starting the process to a window that is painted and idle, beside a bare QMainWindow.

Ours has 10,000 listings in its store; it is timed twice, when the window is painted and when the
first rows are. Both are
started in turn, so that a machine which changes its pace changes it for both. Also: the memory
after the first paint, and which heavy SDKs were loaded before it (none should be).
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import koda_desktop
from koda_desktop.sync.entities import NewEntity, StagedFile

ROUNDS = 15
LISTINGS = 10_000
HEAVY = ("boto3", "botocore", "pymongo", "bson", "stripe", "httpx", "keyring", "numpy", "pydantic")

BARE = """
import sys, time
from PySide6.QtCore import QTimer, QEvent
from PySide6.QtWidgets import QApplication, QMainWindow
import json, resource_use
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, self.done)
    def done(self):
        resource_use.tell()
        app.quit()
app = QApplication([])
window = Window()
window.resize(1240, 800)
window.show()
app.exec()
"""

OURS = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from koda_desktop.app import loop_runner, make_application
from koda_desktop.app.session import Session
from koda_desktop.app.start import Options
from koda_desktop.runtime.paths import Paths
import gc, resource_use

class Painted(QObject):
    def __init__(self, session, wanted):
        super().__init__()
        self._table = session.window.listings_page.table
        self._stop = session._quit.set
        self._wanted = wanted
        watched = session.window if wanted == "window" else self._table.viewport()
        watched.installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and self._is_there():
            QTimer.singleShot(0, self._done)
        return False
    def _is_there(self):
        return self._wanted == "window" or self._table.model().row_at(0) is not None
    def _done(self):
        if self._stop is not None:
            resource_use.tell()
            self._stop()
            self._stop = None

class NoInstance:
    def listen(self, raise_window): pass
    def release(self): pass

gc.disable()  # as koda_desktop.app.run does until the first paint
application = make_application()
session = Session(application, Options(Paths(Path(sys.argv[1])).ensure(), is_offline=True))
watch = Painted(session, sys.argv[2])
with loop_runner(application) as runner:
    runner.run(session.main(NoInstance()))
"""

TELL = f"""
import json, sys, time
HEAVY = {HEAVY!r}
def tell():
    now = time.time()
    with open("/proc/self/status") as status:
        rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    heavy = [name for name in HEAVY if name in sys.modules]
    print(json.dumps({{"now": now, "mib": rss / 1024, "heavy": heavy}}), flush=True)
"""


def main() -> int:
    # As an installed program is: compiled, whatever the environment says of writing bytecode.
    compileall.compile_dir(Path(koda_desktop.__file__).parent, quiet=2)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "resource_use.py").write_text(TELL)
        data = folder / "data"
        fill(data)
        programs = {
            "bare": (BARE, []),
            "koda window": (OURS, [str(data), "window"]),
            "koda rows": (OURS, [str(data), "rows"]),
        }
        took: dict[str, list[float]] = {name: [] for name in programs}
        memory: dict[str, float] = {}
        heavy: list[str] = []
        for _ in range(ROUNDS + 1):
            for name, (program, arguments) in programs.items():
                seconds, told = measure(program, arguments, folder)
                took[name].append(seconds)
                memory[name] = told["mib"]
                heavy = told["heavy"]
    report({name: values[1:] for name, values in took.items()}, memory, heavy)
    return 0


def fill(data: Path) -> None:
    """A workspace with LISTINGS published listings, as a pull would leave them."""
    from koda_desktop.runtime.paths import Paths
    from koda_desktop.sync import entities
    from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
    from koda_desktop.workspace.registry import Registry

    paths = Paths(data).ensure()
    info = WorkspaceInfo("bench", WorkspaceKind.OFFLINE)
    Registry(paths).add(info)
    workspace = Workspace.open(paths, info)
    rows = [listing(number) for number in range(LISTINGS)]
    workspace._parts.store.write(lambda tx: entities.insert(tx, rows))
    workspace.close()


def listing(number: int) -> NewEntity:
    """One made-up listing; its file's facts are those of no file on this computer."""
    listing_id = f"{number:024x}"
    document = {
        "_id": listing_id,
        "title": f"Automation number {number}",
        "description": "Moves rows from one place to another, every morning. " * 5,
        "price": number % 90 + 0.99,
        "category": "Productivity",
        "tags": ["n8n", "sheets", f"group-{number % 40}"],
        "platform": "n8n",
        "version": "1.0.0",
    }
    return NewEntity(
        id=listing_id,
        document=document,
        file=StagedFile("flow.json", "application/json", 4_000, "0" * 64),
        updated_at="2026-01-02T03:04:05.678Z",
        inspection=None,
    )


def measure(program: str, arguments: list[str], folder: Path) -> tuple[float, dict[str, Any]]:
    environ = {
        **os.environ,
        "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen"),
        "PYTHONPATH": os.pathsep.join([str(folder), str(Path(__file__).parents[1])]),
    }
    began = time.time()
    process = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(process.stdout.splitlines()[-1])
    return told["now"] - began, told


def report(took: dict[str, list[float]], memory: dict[str, float], heavy: list[str]) -> None:
    median = {name: statistics.median(values) * 1000 for name, values in took.items()}
    for name in took:
        low, high = min(took[name]) * 1000, max(took[name]) * 1000
        print(
            f"{name:>11}: painted and idle after {median[name]:6.1f} ms "
            f"(median of {len(took[name])}, {low:.0f} to {high:.0f}), {memory[name]:5.1f} MiB"
        )
    for name in ("koda window", "koda rows"):
        ratio = median[name] / median["bare"]
        print(f"ratio, {name}: {ratio:.2f} (goal 2.0), with {LISTINGS:,} listings")
    print(f"memory after first paint: {memory['koda rows']:.1f} MiB (goal 90)")
    print(f"heavy modules loaded before it: {', '.join(heavy) or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
