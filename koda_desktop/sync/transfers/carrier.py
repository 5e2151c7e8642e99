"""What the engine needs of whoever carries files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from koda_desktop.marketplace.api import DownloadGrant, UploadGrant
from koda_desktop.runtime.work import CancelToken

BytesReport = Callable[[int], None]
"""Called with the bytes that went so far. Raising Cancelled from it stops the transfer."""


def ignore_bytes(_: int) -> None:
    """A BytesReport for callers who do not look."""


class PutResult(StrEnum):
    STORED = "stored"
    EXISTS = "exists"
    """An object is there already (412): ask the marketplace whether it is this very file."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file read through turned out to be; ``sha256`` in lower-case hex."""

    size: int
    sha256: str


class Carrier(Protocol):
    """Carries bytes between this computer and an object store. Safe to use from several threads."""

    def put(
        self,
        grant: UploadGrant,
        path: Path,
        size: int,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> PutResult:
        """Send the file. Raises GrantExpired, ServerDown, WrongCredentials, ClockWrong,
        MissingResource, Refused, Unverified, LocalFault or Cancelled.
        """
        ...

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        """Read the object through without keeping it. Raises as ``put`` does."""
        ...

    def close(self) -> None:
        """Close idle connections."""
        ...
