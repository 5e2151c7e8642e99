"""One request as S3 sees it: bucket, key, query, headers, and who signed it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from urllib.parse import quote, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope

from koda_desktop.services.sandbox.objectstore.errors import S3Error

MAX_KEY_BYTES = 1024
_DRAIN_LIMIT = 64 * 1024 * 1024

Query = tuple[tuple[str, str], ...]


class S3Request:
    """A parsed request. Raises InvalidURI, KeyTooLongError for what cannot be one.

    ``path`` is decoded; ``query`` keeps order and repeats. ``headers`` joins repeated headers with
    commas under lower-case names, the form signatures are made over.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._http = Request(scope, receive)
        self._body_started = False
        self._body_ended = False
        self.method = self._http.method
        self.path = _decoded(scope["raw_path"])
        self.query: Query = _parse_query(scope["query_string"])
        self.headers: Mapping[str, str] = _joined_headers(scope)
        self.bucket, self.key = _split(self.path)

    @property
    def canonical_path(self) -> str:
        """The path encoded the one way that signatures are computed over."""
        return quote(self.path, safe="/-_.~")

    def parameter(self, name: str) -> str | None:
        """The first value of a query parameter, or None."""
        return next((value for key, value in self.query if key == name), None)

    def has(self, name: str) -> bool:
        return any(key == name for key, _ in self.query)

    def value(self, name: str) -> str | None:
        """A header, or the query parameter of that name in a URL that carries it (``x-amz-…``)."""
        return self.headers.get(name) or self._hoisted().get(name)

    def amazon_headers(self) -> dict[str, str]:
        """Every ``x-amz-`` setting, from headers and from the signed query."""
        sent = {name: value for name, value in self.headers.items() if name.startswith("x-amz-")}
        return {**self._hoisted(), **sent}

    def _hoisted(self) -> dict[str, str]:
        pairs = ((name.lower(), value) for name, value in self.query)
        return {name: value for name, value in pairs if name.startswith("x-amz-")}

    async def body(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises IncompleteBody when the client goes away in the middle."""
        self._body_started = True
        try:
            async for block in self._http.stream():
                if block:
                    yield block
            self._body_ended = True
        except ClientDisconnect as error:
            raise S3Error("IncompleteBody") from error

    @property
    def has_unread_body(self) -> bool:
        """Whether bytes of the body may still come; then the connection is of no further use."""
        length = self.headers.get("content-length", "0")
        return not self._body_ended and (length != "0" or "transfer-encoding" in self.headers)

    async def drain(self) -> None:
        """Read and drop a body that was refused unread, so that the client hears the answer.

        A client that waits for ``100 Continue`` has sent nothing and is not asked to.
        """
        if self._body_started or "100-continue" in self.headers.get("expect", "").lower():
            return
        dropped = 0
        try:
            async for block in self._http.stream():
                dropped += len(block)
                if dropped > _DRAIN_LIMIT:
                    return
            self._body_ended = True
        except ClientDisconnect:
            return


def _decoded(raw: bytes) -> str:
    if not raw.startswith(b"/"):
        raise S3Error("InvalidURI")
    return _unquoted(raw.decode("latin-1"))


def _unquoted(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise S3Error("InvalidURI") from error


def _parse_query(raw: bytes) -> Query:
    pairs = (pair.partition("=") for pair in raw.decode("latin-1").split("&") if pair)
    return tuple((_unquoted(name), _unquoted(value)) for name, _, value in pairs)


def _joined_headers(scope: Scope) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _split(path: str) -> tuple[str, str]:
    bucket, _, key = path[1:].partition("/")
    if len(key.encode()) > MAX_KEY_BYTES:
        raise S3Error("KeyTooLongError")
    return bucket, key
