"""What an archive reader gives: entries as they stand in the archive, before any rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from koda_desktop.workflows.inspection import Problem, Removal, Severity


class Kind(StrEnum):
    """What an entry is. Only files and folders are ordinary."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Entry:
    """``name`` as written in the archive; ``data`` is empty where ``fault`` tells why."""

    name: str
    kind: Kind = Kind.FILE
    data: bytes = b""
    size: int = 0
    fault: Problem | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """All entries, or ``problem`` where the archive as a whole cannot be taken.

    ``traces`` are things of the computer that packed it: comments, owners' names.
    """

    entries: tuple[Entry, ...] = ()
    problem: Problem | None = None
    traces: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive after the rules: files by their clean path, in the order of the archive."""

    files: dict[str, bytes]
    problems: tuple[Problem, ...] = ()
    removed: tuple[Removal, ...] = ()


def refusal(code: str, where: str, message: str) -> Problem:
    """An error about the entry ``where``, or about the whole archive where that is empty."""
    return Problem(Severity.ERROR, code, where, message)


def broken(what: str) -> Problem:
    """The problem of an archive that cannot be read."""
    return refusal(
        "broken-archive",
        "",
        f"The archive cannot be read: {what}. It is damaged or was cut off; pack or download it "
        "again.",
    )
