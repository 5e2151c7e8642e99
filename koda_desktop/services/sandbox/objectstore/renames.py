"""Renaming and removing files that somebody may be reading.

POSIX lets a reader keep the old bytes. Windows refuses while the file is open, so the action is
tried again for a second; after that the client is told to come back, which SDKs do by themselves.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from koda_desktop.services.sandbox.objectstore.errors import S3Error

_ATTEMPTS = 20
_PAUSE_SECONDS = 0.05


def replace_file(source: Path, target: Path) -> None:
    """Rename ``source`` over ``target``. Raises SlowDown while it cannot be done."""
    insist(lambda: source.replace(target))


def insist(action: Callable[[], object]) -> None:
    """Do ``action`` as soon as the file system permits it. Raises SlowDown."""
    for _ in range(_ATTEMPTS):
        try:
            action()
        except PermissionError:
            time.sleep(_PAUSE_SECONDS)
        else:
            return
    raise S3Error("SlowDown")
