"""The small file that says which process serves a folder, and on which port."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.files import write_atomically
from koda_desktop.services.sandbox.processes import ProcessId


@dataclass(frozen=True, slots=True)
class ServerState:
    """``process`` is None after a clean stop; the port is kept, so that addresses stay the same."""

    port: int
    process: ProcessId | None

    def save(self, path: Path) -> None:
        """Raises DiskFull, NoRights or LocalFault."""
        identity = self.process
        document = {
            "port": self.port,
            "pid": identity.pid if identity else None,
            "started": identity.started if identity else None,
        }
        write_atomically(path, json.dumps(document).encode(), mode=0o600)

    @classmethod
    def load(cls, path: Path) -> ServerState | None:
        """What ``path`` says; None if it is missing or damaged, which means no known server."""
        try:
            document = json.loads(path.read_bytes())
            port, pid, started = (document[name] for name in ("port", "pid", "started"))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None
        return cls(int(port), ProcessId(int(pid), str(started)) if pid is not None else None)


def usable_port(preferred: int | None) -> int:
    """``preferred`` if nobody listens there, else any free port of 127.0.0.1."""
    for port in (preferred, 0):
        if port is None:
            continue
        with bindable_socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise LocalFault("This computer has no free port for the sandbox.")


def bindable_socket() -> socket.socket:
    """A TCP socket that may take a port whose last connections are still fading out."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere this option would let two programs share the port
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return made
