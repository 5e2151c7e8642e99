"""Start-up order, the Qt loop, quitting. The only room that knows qasync."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from koda_desktop.app.instance import SingleInstance
from koda_desktop.app.opening import Opening
from koda_desktop.errors import KodaError

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from koda_desktop.app.start import Options
    from koda_desktop.runtime.crash import CrashReports
    from koda_desktop.runtime.paths import Paths
    from koda_desktop.workspace import Workspace


NO_SCREEN = (
    "koda-desktop: there is no screen to open a window on.\n"
    "      Use the `koda` command instead, or start it in a desktop session.\n"
)


def run(options: Options, crashes: CrashReports) -> int:
    """Open the window and live until it is closed; answers the exit code."""
    if not has_screen():
        sys.stderr.write(NO_SCREEN)
        return 1
    application = make_application()
    instance = SingleInstance(options.paths.root)
    if not instance.is_first:
        instance.raise_first()
        return 0
    opening = Opening(application, options)
    opening.paint()
    return work(application, opening, instance, crashes)


def work(
    application: QApplication,
    opening: Opening,
    instance: SingleInstance,
    crashes: CrashReports | None = None,
) -> int:
    """Put the window that has been painted to work, until it is closed; answers the exit code."""
    from koda_desktop.app.session import Session
    from koda_desktop.runtime.logs import configure

    try:
        configure(opening.options.paths)
    except KodaError as error:
        sys.stderr.write(f"koda-desktop: {error}\n")
        return 1

    session = Session(opening, crashes)
    with loop_runner(application) as runner:
        runner.run(session.main(instance))
    return 0


SWITCH_SECONDS = 0.0005
"""How long a busy thread keeps Python's lock. Painting gives it up at every call of Qt and has to
wait that long for it each time; a tenth of the usual halves the late frames of a cold sync
(benchmarks/bench_sync.py)."""


def has_screen() -> bool:
    """Whether Qt will find somewhere to show a window; where it does not, it aborts the process."""
    named = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform != "linux" or any(os.environ.get(name) for name in named)


def make_application() -> QApplication:
    """The one QApplication. It does not quit by itself when a window closes: the session does.

    The style is an argument because ``setStyle`` answers with a QStyle, and handing one to Python
    has PySide set up its six hundred enum members, a twentieth of a bare window's start.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    # For good: among objects of Qt only ``GarbageSearch`` may look for garbage.
    gc.disable()
    application = QApplication([*sys.argv[:1], "-style", "Fusion"])
    application.setApplicationName("Koda Desktop")
    application.setDesktopFileName("koda-desktop")
    application.setQuitOnLastWindowClosed(False)
    return application


def loop_runner(application: QApplication) -> asyncio.Runner:
    """asyncio on Qt's own loop."""
    os.environ["QT_API"] = "pyside6"
    import asyncio

    import qasync

    return asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(application))


def picture(paths: Paths, workspace: Workspace, listing_id: str, target: Path) -> None:
    """Write a picture of the window showing ``listing_id`` of ``workspace`` to ``target``."""
    from koda_desktop.app.picture import take

    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = make_application()
    with loop_runner(application) as runner:
        runner.run(take(application, paths, workspace, listing_id, target))
