"""A lock that one process holds and that ends with it, however it ends."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import disk_faults

_PAUSE_SECONDS = 0.02
_HELD = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class FileLock:
    """An exclusive lock on a file of its own. Held by one FileLock at a time, also in one process.

    The operating system drops it when the process dies; the file itself stays.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        return self._descriptor is not None

    def acquire(self) -> bool:
        """Take the lock without waiting; False when somebody else holds it.

        Raises NoRights, DiskFull or LocalFault where the file cannot be made.
        """
        if self._descriptor is not None:
            return True
        with disk_faults(f"The lock {self._path.name} could not be made"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
            descriptor = os.open(self._path, flags, 0o600)
            try:
                is_ours = _lock(descriptor)
            except OSError:
                os.close(descriptor)
                raise
        if not is_ours:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def wait(self, seconds: float) -> FileLock:
        """Take the lock, waiting up to ``seconds`` for it; for use in a ``with``.

        Raises LocalFault when somebody else keeps it, and what ``acquire`` raises.
        """
        end = time.monotonic() + seconds
        while not self.acquire():
            if time.monotonic() >= end:
                raise LocalFault(
                    f"{self._path.parent.name} is being used by another program.",
                    kept="Nothing was changed.",
                    remedy="Close other Koda windows and commands, then try again.",
                )
            time.sleep(_PAUSE_SECONDS)
        return self

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True
