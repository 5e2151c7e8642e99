"""From starting the process to a window that is painted and idle, beside a bare QMainWindow.

Ours has 10,000 listings in its store and is timed three times: when the whole window (navigation,
page, table) is painted and Qt is idle; when it is at work, with asyncio's loop idle and everything
wired, so that it answers a click; and when the first rows are painted. All are started in turn, so
that a machine which changes its pace changes it for all; where others keep it busy, the processor's
time says more than the clock. Also: the memory after each, and which heavy SDKs were loaded before
the rows (none should be).
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

# Started as ``koda-desktop`` is; the window's classes are imported first to be watched.
OURS = """
import gc, os, sys
gc.disable()  # as main does first of all
from PySide6.QtCore import QTimer
from koda_desktop.__main__ import main
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.tables.listings_table import ListingsTable
import resource_use

def done():
    resource_use.tell()
    os._exit(0)  # leaving is not timed

def watch(kind, method, is_there):
    before = getattr(kind, method)
    def after(self, *arguments):
        before(self, *arguments)
        if is_there(self):
            QTimer.singleShot(0, done)
    setattr(kind, method, after)

wanted = sys.argv[2]
if wanted == "painted":
    watch(MainWindow, "paintEvent", lambda window: True)
elif wanted == "at work":
    watch(MainWindow, "begin", lambda window: True)
else:
    watch(ListingsTable, "paintEvent", lambda table: table.model().row_at(0) is not None)
main(["--data-dir", sys.argv[1], "--offline"])
"""

TELL = f"""
import json, sys, time
HEAVY = {HEAVY!r}
def tell():
    now, cpu = time.time(), time.process_time()
    with open("/proc/self/status") as status:
        rss = next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
    heavy = [name for name in HEAVY if name in sys.modules]
    print(json.dumps({{"now": now, "cpu": cpu, "mib": rss / 1024, "heavy": heavy}}), flush=True)
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
            "painted": (OURS, [str(data), "painted"]),
            "at work": (OURS, [str(data), "at work"]),
            "rows": (OURS, [str(data), "rows"]),
        }
        took: dict[str, list[float]] = {name: [] for name in programs}
        worked: dict[str, list[float]] = {name: [] for name in programs}
        memory: dict[str, float] = {}
        heavy: list[str] = []
        for _ in range(ROUNDS + 1):
            for name, (program, arguments) in programs.items():
                seconds, told = measure(program, arguments, folder)
                took[name].append(seconds)
                worked[name].append(told["cpu"])
                memory[name] = told["mib"]
                heavy = told["heavy"]
    # The first round warms the caches.
    for each in (took, worked):
        for values in each.values():
            del values[0]
    report(took, worked, memory, heavy)
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


def report(
    took: dict[str, list[float]],
    worked: dict[str, list[float]],
    memory: dict[str, float],
    heavy: list[str],
) -> None:
    for name in took:
        ms = statistics.median(took[name]) * 1000
        low, high = min(took[name]) * 1000, max(took[name]) * 1000
        print(
            f"{name:>8}: idle after {ms:6.1f} ms (median of {len(took[name])}, {low:.0f} to "
            f"{high:.0f}), {times(took, name):.2f} of bare by the clock and "
            f"{times(worked, name):.2f} by the processor, {memory[name]:5.1f} MiB"
        )
    print(f"goals, with {LISTINGS:,} listings: painted 2.0 of bare, memory 90 MiB")
    print(f"heavy modules loaded before the rows: {', '.join(heavy) or 'none'}")


def times(values: dict[str, list[float]], name: str) -> float:
    """How many times as long as the bare window."""
    return statistics.median(values[name]) / statistics.median(values["bare"])


if __name__ == "__main__":
    sys.exit(main())
