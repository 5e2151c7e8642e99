"""Power loss for plain files: what of a folder was really on the disk, at every moment.

A file's bytes are safe once its descriptor was fsynced, a name (a new file, a rename, a removal)
once its folder was. Everything else may be gone: a file that was renamed before it was synced is
found again with its name and without its bytes.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

LOST = b""
"""What a file holds whose bytes were never synced."""


@dataclass(slots=True)
class FileLog:
    """What is safe in one folder. Watch it with ``watched_files``."""

    folder: Path
    on_change: Callable[[], None] = lambda: None
    """Called after each fsync, rename and removal: a moment at which the power may go."""
    _bytes: dict[int, bytes] = field(default_factory=dict)
    """The synced bytes of each file, by inode."""
    _names: dict[Path, int] = field(default_factory=dict)
    """The inode of each name that is safe."""

    def synced(self, descriptor: int) -> None:
        """A descriptor was fsynced: a file's bytes, or a folder's names, are safe."""
        facts = os.fstat(descriptor)
        if stat.S_ISDIR(facts.st_mode):
            self._sync_names(facts.st_ino)
        else:
            self._bytes[facts.st_ino] = _read(descriptor, facts.st_size)

    def vanishes(self, path: Path) -> None:
        """A file loses its last name, so that its inode may soon be another file's."""
        if path.exists() and path.stat().st_nlink == 1:
            self._bytes.pop(path.stat().st_ino, None)

    def _sync_names(self, inode: int) -> None:
        folders = [self.folder, *(one for one in self.folder.rglob("*") if one.is_dir())]
        for folder in folders:
            if folder.stat().st_ino != inode:
                continue
            for name in [one for one in self._names if one.parent == folder]:
                del self._names[name]
            for path in folder.iterdir():
                if path.is_file():
                    self._names[path] = path.stat().st_ino

    def image(self, *, late_names: bool) -> dict[Path, bytes]:
        """What a cut would leave now. ``late_names``: names arrived although nobody synced them."""
        names = dict(self._names)
        if late_names:
            now = [one for one in self.folder.rglob("*") if one.is_file()]
            names = {path: path.stat().st_ino for path in now}
        return {path: self._bytes.get(inode, LOST) for path, inode in names.items()}


def _read(descriptor: int, size: int) -> bytes:
    with Path(f"/proc/self/fd/{descriptor}").open("rb") as stream:
        return stream.read(size)


@contextmanager
def watched_files(folder: Path, on_change: Callable[[FileLog], None]) -> Iterator[FileLog]:
    """Follow every fsync, rename and removal of this process meanwhile."""
    log = FileLog(folder)
    log.on_change = lambda: on_change(log)
    fsync, replace, rename, unlink = os.fsync, os.replace, os.rename, os.unlink

    def watched_fsync(descriptor: int) -> None:
        fsync(descriptor)
        log.synced(descriptor)
        log.on_change()

    def watched(call: Callable[..., None]) -> Callable[..., None]:
        def run(*paths: str | Path, **named: object) -> None:
            log.vanishes(Path(paths[-1]))
            call(*paths, **named)
            log.on_change()

        return run

    with (
        mock.patch("os.fsync", watched_fsync),
        mock.patch("os.fdatasync", watched_fsync),
        mock.patch("os.replace", watched(replace)),
        mock.patch("os.rename", watched(rename)),
        mock.patch("os.unlink", watched(unlink)),
    ):
        yield log
