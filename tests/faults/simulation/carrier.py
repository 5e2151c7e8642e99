"""Bytes on their way in a simulation: leave lapses, bits flip, and every URL holds a secret."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from koda_desktop.marketplace.api import DownloadGrant, PartGrant, UploadGrant
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.answers import GrantExpired
from koda_desktop.sync.transfers.carrier import (
    NOWHERE,
    BytesReport,
    Digest,
    PutResult,
    SentPart,
    Sink,
    Span,
    ignore_bytes,
)
from koda_desktop.sync.transfers.sizes import Sizes
from tests.faults.simulation.link import Link
from tests.sync.fake_marketplace import FakeCarrier, Server

CANARY = "?X-Amz-Signature=canary"
"""The end of every signed URL; it may be found nowhere."""

PART = 512
SIZES = Sizes(single_max=700, range_size=400, sync_bytes=800, retry_seconds=0.2)

Grant = TypeVar("Grant", UploadGrant, DownloadGrant, PartGrant)


class SimCarrier(FakeCarrier):
    """The carrier of one device, under its weather."""

    def __init__(self, server: Server, link: Link) -> None:
        super().__init__(server, link)
        self._link = link

    def put(
        self,
        grant: UploadGrant,
        path: Path,
        size: int,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> PutResult:
        return super().put(self._opened(grant), path, size, cancel, report)

    def put_part(
        self,
        grant: PartGrant,
        path: Path,
        span: Span,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> SentPart:
        return super().put_part(self._opened(grant), path, span, cancel, report)

    def fetch(
        self,
        grant: DownloadGrant,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        return super().fetch(self._opened(grant), span, etag, self._flipping(sink), cancel)

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        found = super().digest(self._opened(grant), cancel, report)
        if self._link.strikes("flipped-bit", 0.25):
            return Digest(found.size, hashlib.sha256(b"flipped").hexdigest())
        return found

    def _opened(self, grant: Grant) -> Grant:
        if self._link.strikes("expired", 0.25):
            raise GrantExpired("The leave had lapsed.")
        url, mark, _ = grant.url.partition("?")
        assert mark, "an unsigned URL"
        return replace(grant, url=url)

    def _flipping(self, sink: Sink) -> Sink:
        def flip(data: memoryview) -> None:
            if data and self._link.strikes("flipped-bit", 0.25):
                changed = bytearray(data)
                changed[len(changed) // 2] ^= 1
                data = memoryview(bytes(changed))
            sink(data)

        return flip


def waiting(pause: Callable[[Callable[[], bool], float], None]) -> Callable[..., None]:
    """The ``Wait`` of a simulated device: virtual time, ended early by whoever stops the work."""

    def wait(cancel: CancelToken, seconds: float) -> None:
        cancel.check()
        pause(lambda: cancel.is_cancelled, seconds)
        cancel.check()

    return wait
