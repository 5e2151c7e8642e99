"""Building responses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from koda_desktop.services.sandbox.objectstore import xml
from koda_desktop.services.sandbox.objectstore.conditions import Span
from koda_desktop.services.sandbox.objectstore.errors import S3Error

_BLOCK = 1024 * 1024


def document(root: str, fields: xml.Fields, headers: Mapping[str, str] | None = None) -> Response:
    return Response(xml.render(root, fields), 200, headers, media_type="application/xml")


def empty(status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(b"", status, headers)


def failure(error: S3Error, resource: str, request_id: str) -> Response:
    """The XML error body of the S3 API; nothing of the query, which may be a signature."""
    fields = [("Code", error.code), ("Message", error.message), *error.fields.items()]
    fields += [("Resource", resource), ("RequestId", request_id)]
    body = xml.render("Error", fields, namespace=False)
    if error.status == 304:
        return Response(status_code=304)
    return Response(body, error.status, media_type="application/xml")


def content(
    stream: BinaryIO, span: Span, status: int, headers: Mapping[str, str]
) -> StreamingResponse:
    """The bytes of ``span``, read block by block; the stream is closed at the end."""
    return StreamingResponse(_read(stream, span), status, headers)


async def _read(stream: BinaryIO, span: Span) -> AsyncIterator[bytes]:
    with stream:
        stream.seek(span.start)
        left = span.length
        while left:
            block = await run_in_threadpool(stream.read, min(_BLOCK, left))
            if not block:  # the file was cut short; the connection breaks rather than lie
                return
            left -= len(block)
            yield block


def iso(moment_ms: int) -> str:
    moment = datetime.fromtimestamp(moment_ms / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
