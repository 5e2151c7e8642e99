"""What the engine needs of whoever carries files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from koda_desktop.marketplace.api import DownloadGrant, PartGrant, UploadGrant
from koda_desktop.runtime.work import CancelToken

BytesReport = Callable[[int], None]
"""Called with the bytes that went so far. Raising Cancelled from it stops the transfer."""


def ignore_bytes(_: int) -> None:
    """A BytesReport for callers who do not look."""


Sink = Callable[[memoryview], None]
"""Takes the next bytes of a range; the view is good until it returns."""


NOWHERE = memoryview(b"")
"""No memory of the caller's for what comes."""


@dataclass(frozen=True, slots=True)
class Span:
    """``size`` bytes of a file from ``offset``."""

    offset: int
    size: int

    @property
    def end(self) -> int:
        return self.offset + self.size


class PutResult(StrEnum):
    STORED = "stored"
    EXISTS = "exists"
    """An object is there already (412): ask the marketplace whether it is this very file."""


@dataclass(frozen=True, slots=True)
class SentPart:
    """What the store said of a part it took. ``is_checked``: it compared the checksum itself."""

    etag: str
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file read through turned out to be; ``sha256`` in lower-case hex."""

    size: int
    sha256: str


class Carrier(Protocol):
    """Carries bytes between this computer and an object store. Safe to use from several threads."""

    def width(self, url: str) -> int:
        """How many parts may be on their way to the URL's host at the same time just now."""
        ...

    def limit(self, bytes_per_second: int | None) -> None:
        """Keep all transfers together under this speed from now on; None lifts the limit."""
        ...

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

    def put_part(
        self,
        grant: PartGrant,
        path: Path,
        span: Span,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> SentPart:
        """Send a part of the file. Raises as ``put`` does, and UploadLost
        when the store knows the upload no more.
        """
        ...

    def fetch(
        self,
        grant: DownloadGrant,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        """Hand a range of the object to ``sink``, in order; answers the object's ETag. What comes
        may be put into ``memory``, from its beginning on: such views stay good.

        Raises as ``put`` does, and ObjectChanged when ``etag`` is given and is not the object's.
        Bytes that ``sink`` got before an error do not count.
        """
        ...

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        """Read the object through without keeping it. Raises as ``put`` does."""
        ...

    def close(self) -> None:
        """Carry nothing more: what is under way ends with an error now. Safe to call twice."""
        ...
