"""Two thousand files in the intake's dialog, beside the same look at them without a window.

``python benchmarks/bench_intake_window.py [--files 2000]`` tells how long both take, and how long
the window at the worst did not answer: the longest pause between two turns of its event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.app.garbage import GarbageSearch
from koda_desktop.app.inspecting import Inspectors
from koda_desktop.controllers.feed import ChangeFeed
from koda_desktop.controllers.intake import IntakeController
from koda_desktop.controllers.intake_previews import IntakePreviews
from koda_desktop.controllers.intake_state import IntakeFile, IntakeStage
from koda_desktop.controllers.keeping import Keeping
from koda_desktop.controllers.messages import Messages
from koda_desktop.controllers.preferences import Preferences
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.runtime.settings import Settings
from koda_desktop.runtime.tasks import Background, Pools
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace.allowances import Allowances

if TYPE_CHECKING:
    from koda_desktop.controllers.intake_becoming import Revised
    from koda_desktop.controllers.preview import ShownPreview
    from koda_desktop.views.dialogs.intake import IntakeDialog
    from koda_desktop.workflows.drawing.scene import Scene

_SAMPLE = Path(__file__).parents[1] / "resources" / "samples" / "lead-digest.n8n.json"
_TICK_SECONDS = 0.005


def make_files(folder: Path, count: int) -> list[Path]:
    """``count`` workflows of the sample's steps, each with a name of its own."""
    sample = json.loads(_SAMPLE.read_bytes())
    paths = [folder / f"{number:05}.json" for number in range(count)]
    for path in paths:
        path.write_text(json.dumps({**sample, "name": f"Workflow {path.stem}"}), "utf-8")
    return paths


class _View:
    """Hands everything on to the dialog."""

    def __init__(self, dialog: IntakeDialog) -> None:
        self._dialog = dialog

    def show_files(self, files: Sequence[IntakeFile]) -> None:
        self._dialog.show_files(files)

    def show_file(self, file: IntakeFile) -> None:
        self._dialog.show_file(file)

    def show_scene(self, number: int, scene: Scene) -> None:
        self._dialog.show_scene(number, scene)

    def show_preview(self, number: int, shown: ShownPreview) -> None:
        self._dialog.show_preview(number, shown)

    def show_done(self, saved: Sequence[str], published: bool, revised: Sequence[Revised]) -> None:
        """The saved files are off the list already; nothing more is to be shown."""


def _controller(
    dialog: IntakeDialog, tools: Tools, data: Path, inspectors: Inspectors
) -> IntakeController:
    from koda_desktop.views.preview_pictures import paint_preview, shrink

    preferences = Preferences(tools, Settings(data / "settings.json", {}))
    allowances = Allowances(data, SystemClock())
    view = _View(dialog)
    previews = IntakePreviews(tools, view, paint_preview, shrink)
    return IntakeController(tools, view, inspectors, allowances, Keeping(preferences), previews)


async def _pauses(controller: IntakeController, count: int) -> list[float]:
    """Seconds of every pause until all files are checked, the shortest first."""
    pauses, before = [0.0], time.perf_counter()
    while sum(file.stage is IntakeStage.CHECKED for file in controller.files) < count:
        await asyncio.sleep(_TICK_SECONDS)
        now = time.perf_counter()
        pauses.append(now - before - _TICK_SECONDS)
        before = now
    return sorted(pauses)


async def _checked(dialog: IntakeDialog, paths: list[Path], data: Path) -> list[float]:
    tools = Tools(Pools(), Background(_raise), Messages(), ChangeFeed())
    inspectors = Inspectors(frozenset, time.monotonic)
    controller = _controller(dialog, tools, data, inspectors)
    search = GarbageSearch()
    search.start()
    dialog.connect_intents(controller)
    dialog.show()
    controller.add(paths)
    pauses = await _pauses(controller, len(paths))
    await tools.background.close(10)
    inspectors.close()
    tools.pools.close(10)
    search.stop()
    return pauses


def _raise(name: str, error: BaseException) -> None:
    raise error


def in_window(paths: list[Path], data: Path) -> tuple[float, list[float]]:
    """Seconds until all files are checked, and of each pause on the way."""
    import qasync

    from koda_desktop.app import make_application
    from koda_desktop.runtime.resources import resources_root
    from koda_desktop.views.dialogs.intake import IntakeDialog
    from koda_desktop.views.theme.theme import Theme

    application = make_application()
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    with loop:
        dialog = IntakeDialog(Theme(application, resources_root()), None)
        begun = time.perf_counter()
        pauses = loop.run_until_complete(_checked(dialog, paths, data))
        return time.perf_counter() - begun, pauses


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    count = parser.parse_args().files
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        paths = make_files(Path(folder), count)
        begun = time.perf_counter()
        for path in paths:
            inspect_path(path)
        bare = time.perf_counter() - begun
        total, pauses = in_window(paths, Path(folder))
    print(f"{count:,} files inspected without a window  {bare:6.1f} s")
    print(f"{count:,} files checked in the dialog       {total:6.1f} s")
    print(f"pauses of the window: longest {pauses[-1] * 1000:.0f} ms, "
          f"99 of 100 below {pauses[len(pauses) * 99 // 100] * 1000:.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
