"""The folder of a Python project as one file: a zip in memory, as if its author had packed it."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import KodaError
from koda_desktop.workflows.caps import MEBIBYTE, Caps
from koda_desktop.workflows.folders import Walk
from koda_desktop.workflows.inspection import Problem, Severity
from koda_desktop.workflows.packaging.containers import zip_bytes
from koda_desktop.workflows.problems import quoted
from koda_desktop.workflows.texts import counted, sentence_list

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class PackedFolder:
    """``data`` is a zip, empty where the folder could not be packed; ``problems`` say why, and
    what was left out."""

    data: bytes
    problems: tuple[Problem, ...] = ()


def pack_folder(folder: Path, caps: Caps) -> PackedFolder:
    """Read the files of ``folder`` within ``caps``. Never raises for what a folder holds."""
    files: dict[str, bytes] = {}
    hidden: list[str] = []
    faults: list[KodaError] = []
    walk = Walk(folder, faults.append, projects=False)
    size = 0
    for entry in walk:
        name = entry.path.relative_to(folder).as_posix()
        if entry.path.name.startswith("."):
            hidden.append(name)
            continue
        size += entry.size
        if size > caps.max_bytes or len(files) >= caps.max_entries:
            return PackedFolder(b"", (_too_large(folder, caps),))
        data = _read(entry.path, caps)
        if data is None:
            return PackedFolder(b"", (_unreadable(name),))
        files[name] = data
    if faults:
        return PackedFolder(b"", (_unreadable(folder.name),))
    left_out = [*hidden, *(f"{path.relative_to(folder).as_posix()}/" for path in walk.left_out)]
    return PackedFolder(zip_bytes(files), _left_out(sorted(left_out)))


def _read(path: Path, caps: Caps) -> bytes | None:
    try:
        with path.open("rb") as stream:
            is_file = stat.S_ISREG(path.stat().st_mode)
            return stream.read(caps.max_bytes + 1) if is_file else None
    except OSError:
        return None


def _left_out(names: list[str]) -> tuple[Problem, ...]:
    if not names:
        return ()
    what = "was" if len(names) == 1 else "were"
    listed = sentence_list(tuple(quoted(name) for name in names), _MOST_NAMED)
    message = (
        f"{listed} {what} left out: hidden files and the folders of tools are no part of what is "
        "sold. To sell one of them, pack the folder as a zip yourself."
    )
    return (Problem(Severity.INFO, "left-out", "", message),)


def _too_large(folder: Path, caps: Caps) -> Problem:
    limit = f"{caps.max_bytes / MEBIBYTE:,.3g} MiB or {counted(caps.max_entries, 'file')}"
    message = (
        f"The folder holds more than {limit}, and so much is not read. Add the folder of the "
        "program alone, without its data."
    )
    return Problem(Severity.ERROR, "too-large", "", message)


def _unreadable(name: str) -> Problem:
    message = (
        f"{quoted(name)} could not be read, so the folder was not packed. Change its permissions, "
        "or take it out of the folder."
    )
    return Problem(Severity.ERROR, "no-rights", "", message)
