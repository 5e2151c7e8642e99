"""``koda-desktop``: arguments, folders and crash handler; then the window. Imports no Qt."""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from koda_desktop import __version__
from koda_desktop.errors import KodaError
from koda_desktop.runtime.crash import CrashReports
from koda_desktop.runtime.paths import Paths, data_root
from koda_desktop.runtime.turns import take_short_turns


def main(arguments: Sequence[str] | None = None) -> int:
    """Open the window, or run the main job without one; answers the exit code."""
    given = _parser().parse_args(arguments)
    if given.serve:
        return _serve(given.serve)
    if given.main_job:
        from koda_desktop.main_job import run_main_job

        return run_main_job(given.data_dir, given.screenshot)
    try:
        paths = Paths(data_root(given.data_dir)).ensure()
    except KodaError as error:
        print(f"koda-desktop: {error}", file=sys.stderr)
        return 1
    crashes = CrashReports(paths.crash)
    crashes.install()
    # Until the session listens to it, Ctrl+C ends the process at once: nothing is open yet, and Qt
    # would swallow a KeyboardInterrupt raised while it is loaded or paints.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    take_short_turns()
    # As ``make_application`` does, and from here on: what start-up makes stays.
    gc.disable()
    from koda_desktop.app import run
    from koda_desktop.app.start import Options

    is_offline = given.offline or os.environ.get("KODA_OFFLINE", "0") not in ("", "0")
    return run(Options(paths, given.workspace, is_offline), crashes)


def _serve(task: str) -> int:
    """Be a child of another process of this program."""
    if task == "paint":
        from koda_desktop.app.drawing import serve as paint

        return paint()
    if task == "replace":
        from koda_desktop.sync.bulk.patterns import serve as replace

        return replace()
    if task == "inspect":
        from koda_desktop.app.inspecting import serve as inspect

        return inspect()
    if task == "unpack":
        from koda_desktop.sync.engine.unpacking import serve as unpack

        return unpack()
    from koda_desktop.cli.checking import serve as check

    return check()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="koda-desktop", description="Koda Desktop’s window.")
    parser.add_argument("--version", action="version", version=f"koda-desktop {__version__}")
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help="keep everything in DIR")
    parser.add_argument("--workspace", metavar="NAME", help="the marketplace to open")
    parser.add_argument("--offline", action="store_true", help="use no network, only queue")
    parser.add_argument(
        "--main-job",
        action="store_true",
        help="publish a sample to the sandbox without a screen, step by step, and check it",
    )
    parser.add_argument(
        "--screenshot", type=Path, metavar="FILE", help="with --main-job: where to write a picture"
    )
    # For child processes of this program: not for people, so not in the help.
    tasks = ["check", "inspect", "paint", "replace", "unpack"]
    parser.add_argument("--serve", choices=tasks, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
