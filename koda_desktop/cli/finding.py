"""Which files are meant: those named, and everything worth a look in the folders named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.cli.shown import shown
from koda_desktop.errors import InputError, KodaError
from koda_desktop.workflows.folders import Told, Walk
from koda_desktop.workflows.texts import counted, sentence_list

Passed = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A file or project to look at; ``size`` in bytes, 0 where it is not known. ``is_walked``
    says that a folder was named, not the file itself."""

    path: Path
    size: int
    is_walked: bool


def ignore_passed(folder: Path) -> None:
    """For callers who do not tell which folders were left out."""


def find_files(
    paths: Iterable[Path], told: Told, passed: Passed = ignore_passed
) -> Iterator[Found]:
    """The files of ``paths`` in their order, a folder that is one Python project as one.

    ``told`` hears of folders that cannot be listed and of those with nothing to look at, ``passed``
    of folders inside them that are left out (see ``workflows.folders``)."""
    for path in paths:
        if path.is_dir():
            yield from _of_folder(path, told, passed)
        else:
            yield Found(path, _size(path), is_walked=False)


def left_out_text(folders: list[Path]) -> str:
    """The line that says which folders were not looked at."""
    names = tuple(dict.fromkeys(shown(folder.name) for folder in folders))
    what = counted(len(folders), "folder")
    return f"Left out: {what}, hidden or of tools ({sentence_list(names)})."


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def _of_folder(folder: Path, told: Told, passed: Passed) -> Iterator[Found]:
    is_empty = True
    unlisted: list[KodaError] = []
    walk = Walk(folder, unlisted.append)
    for entry in walk:
        is_empty = False
        yield Found(entry.path, entry.size, is_walked=True)
    for error in unlisted:
        told(error)
    for left_out in walk.left_out:
        passed(left_out)
    if is_empty and not unlisted:
        told(
            InputError(
                f"There is no file to look at in {shown(folder)}.",
                remedy="Hidden folders and links to folders are left out; name a file to have "
                "it looked at anyway.",
            )
        )
