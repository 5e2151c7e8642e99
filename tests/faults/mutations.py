"""Taking one guard away at a time: the suite must notice each.

The program and its tests are copied, the copy is patched, and what must notice is run there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

from tests.faults.guards import GUARDS, Guard, Seeds

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 900
JOBS = 2
"""Guards that are taken away at a time, each in a copy of its own."""

_COPIED = ("koda_desktop", "tests")
_LINKED = ("pyproject.toml", "resources", "benchmarks", "docs", "dev.py")

Say = Callable[[str], None]


class Stale(Exception):
    """A guard's text is not, or not once, in its file: the list must be mended."""


def patched(source: str, guard: Guard) -> str:
    """The file without its guard. Raises Stale."""
    found = source.count(guard.text)
    if found != 1:
        raise Stale(f"{guard.name}: its text is {found} times in {guard.file}")
    return source.replace(guard.text, guard.instead)


def check_fit(guards: Iterable[Guard] = GUARDS) -> list[str]:
    """What does not fit the source any more."""
    wrong = []
    for guard in guards:
        try:
            patched((ROOT / guard.file).read_text(), guard)
        except (Stale, OSError) as problem:
            wrong.append(str(problem))
    return wrong


class Laboratory:
    """A copy of the program and its tests. Use as a context manager."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="koda-mutations-"))
        ignored = shutil.ignore_patterns("__pycache__")
        for name in _COPIED:
            shutil.copytree(ROOT / name, self.folder / name, ignore=ignored)
        for name in _LINKED:
            (self.folder / name).symlink_to(ROOT / name)

    def __enter__(self) -> Laboratory:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def notices(self, guard: Guard) -> str:
        """Which seed or test fails without the guard, "" for none. Raises Stale."""
        path = self.folder / guard.file
        source = path.read_text()
        path.write_text(patched(source, guard))
        try:
            return self._fails(guard)
        finally:
            path.write_text(source)

    def passes(self, guard: Guard) -> bool:
        """Whether what must notice is content with the program as it is."""
        return not self._fails(guard)

    def _fails(self, guard: Guard) -> str:
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "QT_QPA_PLATFORM": "offscreen",
        }
        done = subprocess.run(
            [sys.executable, "-m", *_command(guard)],
            cwd=self.folder,
            env=environment,
            timeout=TIMEOUT_SECONDS,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return _noticed_by(done.stdout) if done.returncode == 1 else ""


def _noticed_by(said: str) -> str:
    """The first seed or test that failed, as the runner named it."""
    for line in said.splitlines():
        if line.startswith("seed "):
            return line.partition("): ")[0].replace("(", "").partition(": Traceback")[0]
        if line.startswith(("FAILED ", "ERROR ")):
            return line.split()[1].removeprefix("tests/")
    return "something"


def _command(guard: Guard) -> list[str]:
    if isinstance(guard.notices, Seeds):
        seeds = ["--seeds", str(guard.notices.count), "--first", str(guard.notices.first)]
        return ["tests.faults.run", *seeds, "--jobs", "1", "--until-failure"]
    return ["pytest", "-q", "-x", "-rfE", "-p", "no:cacheprovider", *guard.notices.names]


def run_mutations(say: Say, guards: Iterable[Guard] = GUARDS) -> int:
    """Take each guard away and say which seed or test noticed.

    Answers how many went unnoticed or do not fit.
    """
    began = time.monotonic()
    waiting = SimpleQueue[Guard]()
    for guard in guards:
        waiting.put(guard)
    count = waiting.qsize()
    with ThreadPoolExecutor(JOBS) as pool:
        missed = sum(pool.map(lambda _: _take_away(waiting, say), range(JOBS)))
    say(f"{count} guards were taken away one at a time, {time.monotonic() - began:.0f} s")
    say(f"{missed} can go without being missed" if missed else "every guard is missed")
    return missed


def _take_away(waiting: SimpleQueue[Guard], say: Say) -> int:
    """Take away guards that wait until none is left; answers how many went unnoticed."""
    missed = 0
    with Laboratory() as laboratory:
        while True:
            try:
                guard = waiting.get_nowait()
            except Empty:
                return missed
            began = time.monotonic()
            try:
                noticed = laboratory.notices(guard)
                verdict = f"noticed by {noticed}" if noticed else "NOT NOTICED"
            except (Stale, subprocess.TimeoutExpired) as problem:
                noticed, verdict = "", f"FAILED: {problem}"
            missed += not noticed
            say(f"  {time.monotonic() - began:4.0f} s  {guard.name}: {verdict}")
