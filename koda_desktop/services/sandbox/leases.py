"""Who uses the servers of a sandbox: one small file per user, named after its process.

A lease whose process has ended counts for nothing and is swept, so a killed program keeps no
server alive. Callers hold the sandbox's lock.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

from koda_desktop.runtime.files import write_atomically
from koda_desktop.services.sandbox.processes import ProcessId, identify


class Lease:
    """One user's right to find the servers running."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Two sandboxes opened by one process count as two users.
        self._path = folder / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"

    def take(self) -> None:
        """Raises DiskFull, NoRights or LocalFault."""
        me = identify(os.getpid())
        started = me.started if me else ""
        document = json.dumps({"pid": os.getpid(), "started": started})
        write_atomically(self._path, document.encode(), mode=0o600)

    def give_back(self) -> None:
        self._path.unlink(missing_ok=True)

    def others(self) -> int:
        """How many other users are alive. Sweeps the dead ones."""
        alive = 0
        for path in self._folder.glob("[0-9]*"):
            if path == self._path:
                continue
            if _holder_lives(path):
                alive += 1
            else:
                path.unlink(missing_ok=True)
        return alive


def _holder_lives(path: Path) -> bool:
    try:
        document = json.loads(path.read_bytes())
        return ProcessId(int(document["pid"]), str(document["started"])).is_alive
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return False
