"""Carrying files over presigned URLs."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.errors import Cancelled, Misconfigured
from koda_desktop.marketplace.api import DownloadGrant, PartGrant, UploadGrant
from koda_desktop.runtime.clock import Clock, SystemClock
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.answers import BODY_MAX, ObjectChanged, is_slow_down, refusal
from koda_desktop.sync.transfers.bandwidth import Bandwidth
from koda_desktop.sync.transfers.bodies import Pace, received, send_range
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
from koda_desktop.sync.transfers.hosts import Hosts

if TYPE_CHECKING:
    import http.client
    import socket

    from koda_desktop.sync.transfers.connections import Connections

_PRECONDITION_FAILED = 412
_PARTIAL = 206
_CHECKSUM = "x-amz-checksum-crc32"
_RANGE = re.compile(r"bytes (\d+)-(\d+)/")


class HttpCarrier:
    """``Carrier`` over presigned URLs.

    The system's proxy settings are honoured, as a company's network may need them, except for this
    computer's own addresses, which no proxy can reach.
    """

    def __init__(self, clock: Clock | None = None, bandwidth: Bandwidth | None = None) -> None:
        clock = clock or SystemClock()
        self.bandwidth = bandwidth or Bandwidth(clock)
        self._clock = clock
        self._hosts = Hosts(clock)
        self._lock = threading.Lock()
        self._open_connections: Connections | None = None
        self._is_closed = False

    @property
    def _connections(self) -> Connections:
        """Made when first needed: the library behind them costs start-up time."""
        from koda_desktop.sync.transfers.connections import Connections

        with self._lock:
            if self._is_closed:
                raise Cancelled("Stopped.")
            if self._open_connections is None:
                self._open_connections = Connections(self._clock)
            return self._open_connections

    def width(self, url: str) -> int:
        return self._hosts.width(url)

    def limit(self, bytes_per_second: int | None) -> None:
        if bytes_per_second != self.bandwidth.rate:
            self.bandwidth.set_rate(bytes_per_second)

    def put(
        self,
        grant: UploadGrant,
        path: Path,
        size: int,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> PutResult:
        cancel.check()
        pace = self._pace(cancel, report)
        headers = {**_lower(grant.headers), "content-length": str(size)}
        send = self._sender(path, Span(0, size), pace)
        with self._connections.request(grant.method, grant.url, headers, send) as (response, _):
            if response.status == _PRECONDITION_FAILED:
                return PutResult.EXISTS
            self._refuse(response, grant.url)
            response.read(BODY_MAX)
        return PutResult.STORED

    def put_part(
        self,
        grant: PartGrant,
        path: Path,
        span: Span,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> SentPart:
        cancel.check()
        # What is not begun costs nothing when the program is killed: better to wait before a part
        # than within it.
        is_paid = self.bandwidth.take_ahead(span.size, cancel)
        pace = self._pace(cancel, report, is_paid=is_paid)
        headers = {**_lower(grant.headers), "content-length": str(span.size)}
        send = self._sender(path, span, pace)
        with self._connections.request("PUT", grant.url, headers, send) as (response, _):
            self._refuse(response, grant.url)
            response.read(BODY_MAX)
            etag = _etag(response)
            # UploadPart answers with the checksum it compared (Amazon S3 API reference).
            return SentPart(etag, response.headers.get(_CHECKSUM) == headers.get(_CHECKSUM, ""))

    def fetch(
        self,
        grant: DownloadGrant,
        span: Span,
        etag: str,
        sink: Sink,
        cancel: CancelToken,
        memory: memoryview = NOWHERE,
    ) -> str:
        cancel.check()
        headers = {"range": f"bytes={span.offset}-{span.end - 1}"}
        if etag:
            headers["if-match"] = f'"{etag}"'
        with self._get(grant.url, headers) as (response, sock):
            _check_range(response, span, grant.size)
            found = _etag(response) or etag
            if etag and found != etag:
                # The store ignores If-Match.
                raise ObjectChanged
            for view in received(response, sock, memory):
                cancel.check()
                sink(view)
                self.bandwidth.take(len(view), cancel)
            return found

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        cancel.check()
        digest, size = hashlib.sha256(), 0
        with self._get(grant.url, {}) as (response, sock):
            for view in received(response, sock):
                cancel.check()
                digest.update(view)
                size += len(view)
                report(size)
                self.bandwidth.take(len(view), cancel)
                if size > grant.size:
                    break
        return Digest(size, digest.hexdigest())

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            connections = self._open_connections
        if connections is not None:
            connections.close()

    @contextlib.contextmanager
    def _get(
        self, url: str, headers: Mapping[str, str]
    ) -> Iterator[tuple[http.client.HTTPResponse, socket.socket | None]]:
        wanted = {"accept-encoding": "identity", **headers}
        with self._connections.request("GET", url, wanted) as (response, sock):
            self._refuse(response, url)
            yield response, sock

    def _refuse(self, response: http.client.HTTPResponse, url: str) -> None:
        """Raise the KodaError for an answer that is not a success."""
        if 200 <= response.status < 300:
            return
        if response.status == _PRECONDITION_FAILED:
            raise ObjectChanged
        body = response.read(BODY_MAX).decode("utf-8", "replace")
        if is_slow_down(response.status, body):
            self._hosts.slow_down(url)
        raise refusal(response.status, _lower(dict(response.headers)), body)

    def _sender(self, path: Path, span: Span, pace: Pace) -> Callable[[socket.socket], None]:
        return lambda sock: send_range(sock, path, span, pace, self._clock.monotonic)

    def _pace(self, cancel: CancelToken, report: BytesReport, *, is_paid: bool = False) -> Pace:
        """Called after each block that went out: counts it, then waits for the next one's turn,
        unless that was done for all of them.
        """
        done = 0

        def pace(count: int) -> None:
            nonlocal done
            done += count
            report(done)
            cancel.check()
            if not is_paid:
                self.bandwidth.take(count, cancel)

        return pace


def _check_range(response: http.client.HTTPResponse, span: Span, size: int) -> None:
    """Raise Misconfigured unless the answer is the range that was asked for."""
    if response.status == _PARTIAL:
        found = _RANGE.match(response.headers.get("content-range", ""))
        if found and (int(found[1]), int(found[2]) + 1) == (span.offset, span.end):
            return
    elif (span.offset, span.size) == (0, size) and response.length == size:
        return
    raise Misconfigured(
        "The object store does not answer with the part of a file it is asked for.",
        remedy="Use an object store that serves ranges, or read the log of the proxy between.",
        facts={"status": response.status},
    )


def _etag(response: http.client.HTTPResponse) -> str:
    """The object's ETag without quotes; a proxy may have called it weak."""
    return response.headers.get("etag", "").removeprefix("W/").strip('"')


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
