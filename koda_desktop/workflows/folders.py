"""Folders: which files in them are meant, and which of them are one Python project.

Folders are walked in the order of their names' bytes, so that every computer reports in the same
order. Left out are hidden folders, what tools put there (``__pycache__``, ``node_modules``, virtual
environments), links to folders (which also keeps a walk from going round in circles), pipes and
devices, and empty files that only hold a place. Links to files count as the files they lead to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import KodaError
from koda_desktop.runtime.files import disk_fault
from koda_desktop.runtime.work import CancelToken
from koda_desktop.workflows.archives.litter import is_litter
from koda_desktop.workflows.texts import one_line

_PLACEHOLDERS = ("__init__.py", "py.typed")
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "requirements.txt", "__main__.py")
_ENVIRONMENT = "pyvenv.cfg"
_MOST_LOOKED_AT = 2000
Told = Callable[[KodaError], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file to look at, or the folder of a Python project, and its ``size`` in bytes."""

    path: Path
    size: int


class Walk:
    """One walk through ``root``. Raises Cancelled once ``stop`` is set.

    ``told`` hears of folders that cannot be listed; ``left_out`` are the folders that were not
    walked, as far as the walk has come. With ``projects`` the folder of a Python project is one
    entry; without, all its files are.
    """

    def __init__(
        self, root: Path, told: Told, stop: CancelToken | None = None, *, projects: bool = True
    ) -> None:
        self._root = root
        self._told = told
        self._stop = stop or CancelToken()
        self._projects = projects
        self._seen: set[tuple[int, int]] = set()
        self.left_out: list[Path] = []

    def __iter__(self) -> Iterator[Entry]:
        """Without recursion: folders may be nested deeper than the interpreter's stack."""
        if self._projects and is_project(self._root):
            yield Entry(self._root, 0)
            return
        open_folders = [iter(self._entries(self._root))]
        while open_folders:
            self._stop.check()
            entry = next(open_folders[-1], None)
            if entry is None:
                open_folders.pop()
            elif not entry.is_dir(follow_symlinks=False):
                if (size := _worth_a_look(entry)) is not None:
                    yield Entry(Path(entry.path), size)
            elif _is_left_out(entry):
                self.left_out.append(Path(entry.path))
            elif self._projects and is_project(Path(entry.path)):
                yield Entry(Path(entry.path), 0)
            else:
                open_folders.append(iter(self._entries(Path(entry.path))))

    def _entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What is in ``folder``, sorted; nothing where it was seen, as junctions may lead back."""
        try:
            status = folder.stat()
            identity = (status.st_dev, status.st_ino)
            if identity in self._seen:
                return []
            self._seen.add(identity)
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: os.fsencode(entry.name))
        except OSError as error:
            name = one_line(str(folder), 300)
            self._told(disk_fault(f"The folder {name} could not be listed", error))
            return []


def is_project(folder: Path) -> bool:
    """Whether ``folder`` is one Python project: a file of its tools or a start module in it, and
    more Python than JSON below it, for a collection of exports may have tools as well."""
    if not any((folder / mark).is_file() for mark in _MARKS):
        return False
    python = other = 0
    for number, entry in enumerate(Walk(folder, _unheard, projects=False)):
        if number >= _MOST_LOOKED_AT:
            break
        python += entry.path.suffix == ".py"
        other += entry.path.suffix == ".json"
    return python > other


def _unheard(error: KodaError) -> None:
    """What cannot be listed decides nothing."""


def _is_left_out(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith(".") or is_litter(f"{entry.name}/x"):
        return True
    return os.path.exists(os.path.join(entry.path, _ENVIRONMENT))  # noqa: PTH110, PTH118 - many


def _worth_a_look(entry: os.DirEntry[str]) -> int | None:
    """The size of a file to look at, None for what is left out.

    A link that leads nowhere counts, with size 0: the look at it says what is wrong.
    """
    try:
        status = entry.stat()
    except OSError:
        return 0
    if not stat.S_ISREG(status.st_mode):
        return None
    holds_a_place = entry.name.startswith(".") or entry.name in _PLACEHOLDERS
    return None if holds_a_place and not status.st_size else status.st_size
