"""Values that look like secrets and that their owner declared to be none, each with a reason.

Kept as SHA-256 digests in ``allowed-secrets.json`` of the data folder: the values themselves are
never written down. The file is this account's alone, because a short value could be guessed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from koda_desktop.errors import LocalFault, UsageError
from koda_desktop.runtime.clock import Clock, iso
from koda_desktop.runtime.files import disk_faults, write_atomically

REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class Allowance:
    """One value that may be published. ``digest`` is the SHA-256 in hex; ``at`` is ISO 8601."""

    digest: str
    reason: str
    kind: str
    at: str


class Allowances:
    """Reads and writes the list; each change is one atomic write."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / "allowed-secrets.json"
        self._clock = clock

    def all(self) -> tuple[Allowance, ...]:
        """Every allowance, oldest first. Raises LocalFault when the file is damaged."""
        with disk_faults("The list of allowed values could not be read"):
            if not self._path.exists():
                return ()
            data = self._path.read_bytes()
        try:
            return tuple(Allowance(**entry) for entry in json.loads(data)["allowed"])
        except (ValueError, KeyError, TypeError) as error:
            raise LocalFault(
                f"The list of allowed values ({self._path.name}) is damaged.",
                kept="Your listings are kept; every such value blocks publishing again.",
                remedy="Move the file aside, then allow the values again.",
            ) from error

    def digests(self) -> frozenset[str]:
        """What ``workflows.inspect`` takes as ``allowed``."""
        return frozenset(allowance.digest for allowance in self.all())

    def allow(self, digest: str, kind: str, reason: str) -> None:
        """Let a value pass from now on. Raises UsageError without a reason."""
        cleaned = reason.strip()[:REASON_MAX]
        if not cleaned:
            raise UsageError("Say why this value is no secret.")
        kept = [one for one in self.all() if one.digest != digest]
        self._write([*kept, Allowance(digest, cleaned, kind, iso(self._clock.now()))])

    def forget(self, digest: str) -> None:
        """Let a value block publishing again."""
        self._write([one for one in self.all() if one.digest != digest])

    def _write(self, allowances: list[Allowance]) -> None:
        content = {"version": 1, "allowed": [asdict(one) for one in allowances]}
        data = json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"
        write_atomically(self._path, data, mode=0o600)
