"""Taking one guard away at a time: the suite must notice each.

The program and its tests are copied, the copy is patched, and what must notice is run there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.guards import GUARDS, Guard, Seeds

ROOT = Path(__file__).parents[2]
TIMEOUT_SECONDS = 900
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

    def notices(self, guard: Guard) -> bool:
        """Whether what must notice fails without the guard. Raises Stale."""
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

    def _fails(self, guard: Guard) -> bool:
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
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return done.returncode == 1


def _command(guard: Guard) -> list[str]:
    if isinstance(guard.notices, Seeds):
        seeds = ["--seeds", str(guard.notices.count), "--first", str(guard.notices.first)]
        return ["tests.faults.run", *seeds, "--jobs", "1", "--until-failure"]
    return ["pytest", "-q", "-x", "-p", "no:cacheprovider", *guard.notices.names]


def run_mutations(say: Say, guards: Iterable[Guard] = GUARDS) -> int:
    """Take each guard away and say who noticed; answers how many went unnoticed or do not fit."""
    missed = 0
    with Laboratory() as laboratory:
        for guard in guards:
            try:
                verdict = "noticed" if laboratory.notices(guard) else "NOT NOTICED"
            except (Stale, subprocess.TimeoutExpired) as problem:
                verdict = f"FAILED: {problem}"
            missed += verdict != "noticed"
            say(f"  {guard.name:68} {_by(guard):34} {verdict}")
    say(f"{missed} guards can go without being missed" if missed else "every guard is missed")
    return missed


def _by(guard: Guard) -> str:
    if isinstance(guard.notices, Seeds):
        return f"{guard.notices.count} seeds"
    return " ".join(name.removeprefix("tests/") for name in guard.notices.names)
