"""A lock between processes that the system lets go when its holder dies."""

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
    """Exclusive over ``path``, which is created and never removed.

    Two locks over one path exclude each other within a process as well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def acquire(self, timeout: float) -> FileLock:
        """Wait up to ``timeout`` seconds. Raises LocalFault when somebody else keeps it."""
        with disk_faults(f"{self._path.name} could not be locked"):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        end = time.monotonic() + timeout
        while not _try_lock(descriptor):
            if time.monotonic() >= end:
                os.close(descriptor)
                raise LocalFault(
                    f"{self._path.parent.name} is being used by another program.",
                    kept="Nothing was changed.",
                    remedy="Close other Koda windows and commands, then try again.",
                )
            time.sleep(_PAUSE_SECONDS)
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Let the lock go; closing the file is enough on every system."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _HELD:
                return False
            raise
        return True
