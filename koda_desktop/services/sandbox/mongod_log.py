"""Reading mongod's log: whether it is ready, and why it ended."""

from __future__ import annotations

import json
from pathlib import Path

_TAIL_BYTES = 64 * 1024
_LINES = 5
_WIDTH = 200
_SEVERE = {"E", "F", "W"}
_READY = "waiting for connections"
_DISK_FULL = ("no space left on device", "enospc", "disk quota exceeded")


def is_ready(log: Path) -> bool:
    """Whether mongod said that it accepts connections (message 23016, the same since 3.0).

    Asking the log, not the port, cannot mistake another program on that port for our server.
    """
    return _READY in _tail(log).lower()


def is_disk_full(log: Path) -> bool:
    text = _tail(log).lower()
    return any(sign in text for sign in _DISK_FULL)


def summary(log: Path) -> list[str]:
    """The last few severe lines, each as message and reason, shortened.

    Only these two fields are taken: the others may hold addresses and commands.
    """
    lines = (_sentence(line) for line in _tail(log).splitlines())
    return [line for line in lines if line][-_LINES:]


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, stream.seek(0, 2) - _TAIL_BYTES))
            return stream.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def _sentence(line: str) -> str | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return line[:_WIDTH]  # what is said before the log begins, such as a missing library
    if not isinstance(entry, dict) or entry.get("s") not in _SEVERE:
        return None
    attributes = entry.get("attr")
    reason = attributes.get("error", "") if isinstance(attributes, dict) else ""
    return f"{entry.get('msg', '')} {reason}".strip()[:_WIDTH]
