"""Carrying files over HTTP, with httpx: one client, made when it is first needed."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.errors import KodaError, LocalFault, Misconfigured, ServerDown
from koda_desktop.marketplace.api import DownloadGrant, UploadGrant
from koda_desktop.runtime.files import disk_faults
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.transfers.answers import BODY_MAX, refusal
from koda_desktop.sync.transfers.carrier import BytesReport, Digest, PutResult, ignore_bytes

if TYPE_CHECKING:
    import httpx

BLOCK = 1024 * 1024
"""Bytes read from the disk and handed to the connection at a time."""

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 60.0
"""How long a connection may move nothing."""

_LOOPBACK = ("all://localhost", "all://127.0.0.1", "all://[::1]")
_PRECONDITION_FAILED = 412


class HttpCarrier:
    """``Carrier`` over presigned URLs.

    The system's proxy settings are honoured, as a company's network may need them, except for this
    computer's own addresses, which no proxy can reach.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None

    def put(
        self,
        grant: UploadGrant,
        path: Path,
        size: int,
        cancel: CancelToken,
        report: BytesReport = ignore_bytes,
    ) -> PutResult:
        headers = {**_lower(grant.headers), "content-length": str(size)}
        client = self._open()
        with _http_faults():
            request = client.build_request(
                grant.method, grant.url, headers=headers, content=_body(path, size, cancel, report)
            )
            response = client.send(request, stream=True)
            with contextlib.closing(response):
                body = _text(response)
        if response.status_code == _PRECONDITION_FAILED:
            return PutResult.EXISTS
        if not response.is_success:
            raise refusal(response.status_code, response.headers, body)
        return PutResult.STORED

    def digest(
        self, grant: DownloadGrant, cancel: CancelToken, report: BytesReport = ignore_bytes
    ) -> Digest:
        client = self._open()
        with (
            _http_faults(),
            client.stream("GET", grant.url, headers={"accept-encoding": "identity"}) as response,
        ):
            if not response.is_success:
                raise refusal(response.status_code, response.headers, _text(response))
            return _digest(response, grant.size, cancel, report)

    def close(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _open(self) -> httpx.Client:
        with self._lock:
            if self._client is None:
                self._client = _client()
            return self._client


def _client() -> httpx.Client:
    import httpx

    # At their usual levels these two log every URL whole.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.Client(
        timeout=httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS, pool=None),
        mounts=dict.fromkeys(_LOOPBACK),
        follow_redirects=False,
    )


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _body(path: Path, size: int, cancel: CancelToken, report: BytesReport) -> Iterator[bytes]:
    sent = 0
    with disk_faults("The staged file could not be read"), path.open("rb") as stream:
        while sent < size:
            cancel.check()
            block = stream.read(min(BLOCK, size - sent))
            if not block:
                raise LocalFault(
                    "The file of this listing has changed on this computer.",
                    kept="The listing is kept as it is.",
                    remedy="Drop the original file on the window to make a new draft of it.",
                )
            yield block
            sent += len(block)
            report(sent)


def _digest(
    response: httpx.Response, promised: int, cancel: CancelToken, report: BytesReport
) -> Digest:
    digest = hashlib.sha256()
    size = 0
    for block in response.iter_raw(BLOCK):
        cancel.check()
        digest.update(block)
        size += len(block)
        report(size)
        if size > promised:
            break
    return Digest(size, digest.hexdigest())


def _text(response: httpx.Response) -> str:
    """The beginning of an answer's body."""
    body = b""
    for block in response.iter_bytes():
        body += block
        if len(body) >= BODY_MAX:
            break
    return body[:BODY_MAX].decode("utf-8", "replace")


@contextlib.contextmanager
def _http_faults() -> Iterator[None]:
    """Turn httpx's errors into KodaErrors. They are not chained: they hold the URL."""
    import httpx

    try:
        yield
    except httpx.TransportError as error:
        raise _fault(error) from None
    except (httpx.InvalidURL, httpx.RequestError) as error:
        raise _misconfigured(error) from None


def _fault(error: httpx.TransportError) -> KodaError:
    import httpx

    facts = {"error": type(error).__name__}
    if isinstance(error, httpx.UnsupportedProtocol | httpx.ProxyError):
        return _misconfigured(error)
    if "CERTIFICATE" in str(error):
        return Misconfigured(
            "The object store's certificate is not trusted by this computer.",
            remedy="Check the endpoint's address; ask its operator for a valid certificate.",
            facts=facts,
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return ServerDown("The object store cannot be reached.", facts=facts)
    return ServerDown("The connection to the object store was lost.", facts=facts)


def _misconfigured(error: Exception) -> KodaError:
    return Misconfigured(
        "The object store's address, or the proxy to it, cannot be used.",
        remedy="Check the endpoint of this workspace and the proxy of this computer.",
        facts={"error": type(error).__name__},
    )
