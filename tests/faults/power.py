"""Power loss for SQLite: a VFS that remembers every write and sync, and what a cut would leave.

The disk keeps what was synced. Of what was written since, it keeps any part: sectors of 512 bytes,
each by itself, in no order. (SQLite's own assumptions: "Atomic Commit In SQLite", section 2.)
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes handed to the disk, or the file's new length."""

    name: str
    offset: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Synced:
    """Everything written to the file before is on the disk."""

    name: str


@dataclass(frozen=True, slots=True)
class Deleted:
    name: str


Event = Written | Synced | Deleted


@dataclass(slots=True)
class DiskLog:
    """What a session did to its files, in order. ``mark`` notes what was promised by then."""

    events: list[Event] = field(default_factory=list)
    promises: list[tuple[int, int]] = field(default_factory=list)
    """(number of events so far, what was promised to survive), in order."""

    def promise(self, what: int) -> None:
        """From here on ``what`` must be found after any cut."""
        self.promises.append((len(self.events), what))

    def promised(self, at: int) -> int:
        """The newest promise made before the event number ``at``; 0 before the first."""
        return max((what for events, what in self.promises if events <= at), default=0)

    def image(self, at: int, folder: Path, rng: random.Random | None, keep: float = 0.5) -> None:
        """Write into ``folder`` what a cut just before event ``at`` may leave.

        ``keep`` is the share of unsynced sectors that arrived; without ``rng`` none did.
        """
        folder.mkdir(parents=True)
        for name, data in _files(self.events[:at], rng, keep).items():
            (folder / name).write_bytes(data)


def _files(events: list[Event], rng: random.Random | None, keep: float) -> dict[str, bytes]:
    safe: dict[str, bytearray] = {}
    waiting: dict[str, list[Written]] = {}
    for event in events:
        if isinstance(event, Written):
            waiting.setdefault(event.name, []).append(event)
            safe.setdefault(event.name, bytearray())
        elif isinstance(event, Synced):
            for write in waiting.pop(event.name, ()):
                _put(safe[event.name], write.offset, write.data)
        else:
            safe.pop(event.name, None)
            waiting.pop(event.name, None)
    if rng is not None:
        for name, writes in waiting.items():
            for write in writes:
                _tear(safe[name], write, rng, keep)
    return {name: bytes(data) for name, data in safe.items()}


def _put(file: bytearray, offset: int, data: bytes | None) -> None:
    if data is None:
        del file[offset:]
        return
    if len(file) < offset:
        file.extend(bytes(offset - len(file)))
    file[offset : offset + len(data)] = data


def _tear(file: bytearray, write: Written, rng: random.Random, keep: float) -> None:
    if write.data is None:
        if rng.random() < keep:
            _put(file, write.offset, None)
        return
    for at in range(0, len(write.data), SECTOR):
        if rng.random() < keep:
            _put(file, write.offset + at, write.data[at : at + SECTOR])


class PowerVfs(apsw.VFS):
    """The system's VFS with a log of what reaches the files."""

    def __init__(self, name: str, base: str, log: DiskLog) -> None:
        self._log = log
        self._base = base
        super().__init__(name, base)

    def xOpen(self, name: Any, flags: list[int]) -> PowerFile:
        return PowerFile(self._base, name, flags, self._log)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        super().xDelete(filename, syncdir)
        self._log.events.append(Deleted(Path(filename).name))


class PowerFile(apsw.VFSFile):
    """One open file; temporary ones are nobody's promise and are not logged."""

    def __init__(self, base: str, name: Any, flags: list[int], log: DiskLog) -> None:
        filename = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(filename).name if filename else ""
        self._log = log
        super().__init__(base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        super().xWrite(data, offset)
        self._note(Written(self._name, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:
        super().xTruncate(newsize)
        self._note(Written(self._name, newsize, None))

    def xSync(self, flags: int) -> None:
        super().xSync(flags)
        self._note(Synced(self._name))

    def _note(self, event: Event) -> None:
        if self._name:
            self._log.events.append(event)


@contextmanager
def watched_disk() -> Iterator[DiskLog]:
    """Every database opened meanwhile is written through the log."""
    log = DiskLog()
    before = apsw.vfs_names()[0]
    vfs = PowerVfs("koda-power", before, log)
    apsw.set_default_vfs("koda-power")
    try:
        yield log
    finally:
        apsw.set_default_vfs(before)
        vfs.unregister()
