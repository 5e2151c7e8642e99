"""Which files are meant: those named, and everything worth a look in the folders named.

Folders are walked in the order of their names' bytes, so that every computer reports in the same
order. Left out are hidden folders, ``__pycache__``, links to folders (which also keeps a walk from
going round in circles), pipes and devices, and empty files that only hold a place. Links to files
count as the files they lead to.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.cli.shown import shown
from koda_desktop.errors import InputError, KodaError
from koda_desktop.runtime.files import disk_fault

_PLACEHOLDERS = ("__init__.py", "py.typed")
Told = Callable[[KodaError], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A file to look at; ``size`` in bytes, 0 where it is not known. ``is_walked`` says that a
    folder was named, not the file itself."""

    path: Path
    size: int
    is_walked: bool


def find_files(paths: Iterable[Path], told: Told) -> Iterator[Found]:
    """The files of ``paths`` in their order. ``told`` hears of folders that cannot be listed and
    of those with nothing to look at."""
    for path in paths:
        if path.is_dir():
            yield from _of_folder(path, told)
        else:
            yield Found(path, _size(path), is_walked=False)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _of_folder(folder: Path, told: Told) -> Iterator[Found]:
    is_empty = True
    unlisted: list[KodaError] = []
    for found in _walk(folder, unlisted.append):
        is_empty = False
        yield found
    for error in unlisted:
        told(error)
    if is_empty and not unlisted:
        told(
            InputError(
                f"There is no file to look at in {shown(folder)}.",
                remedy="Hidden folders and links to folders are left out; name a file to have "
                "it looked at anyway.",
            )
        )


def _walk(root: Path, told: Told) -> Iterator[Found]:
    """Without recursion: folders may be nested deeper than the interpreter's stack."""
    seen: set[tuple[int, int]] = set()
    open_folders = [iter(_entries(root, seen, told))]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
        elif entry.is_dir(follow_symlinks=False):
            if not _is_left_out(entry.name):
                open_folders.append(iter(_entries(Path(entry.path), seen, told)))
        elif (size := _worth_a_look(entry)) is not None:
            yield Found(Path(entry.path), size, is_walked=True)


def _entries(folder: Path, seen: set[tuple[int, int]], told: Told) -> list[os.DirEntry[str]]:
    """What is in ``folder``, sorted; nothing where it was ``seen``, as junctions may lead back."""
    try:
        status = folder.stat()
        identity = (status.st_dev, status.st_ino)
        if identity in seen:
            return []
        seen.add(identity)
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        told(disk_fault(f"The folder {shown(folder)} could not be listed", error))
        return []


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name == "__pycache__"


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
