"""PutObject, GetObject, HeadObject, DeleteObject."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from koda_desktop.services.sandbox.objectstore.answers import content, empty
from koda_desktop.services.sandbox.objectstore.bodies import Promises, receive
from koda_desktop.services.sandbox.objectstore.conditions import (
    Span,
    check_read,
    http_date,
    requested_span,
    write_condition,
)
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import Draft, ObjectInfo
from koda_desktop.services.sandbox.objectstore.settings import (
    answer_headers,
    checksum_headers,
    kept_headers,
    kept_metadata,
)
from koda_desktop.services.sandbox.objectstore.store import Store, now_ms


async def put_object(store: Store, request: S3Request) -> Response:
    bucket = store.buckets.get(request.bucket)
    promises, condition = Promises.of(request), write_condition(request.headers)
    headers, metadata = kept_headers(request), kept_metadata(request)
    # Asked before the body is sent as well, so that a refused upload costs no transfer.
    condition(await run_in_threadpool(bucket.find, request.key))
    with store.buckets.draft(promises.algorithms) as draft:
        await receive(request, promises, draft)
        info = ObjectInfo(
            key=request.key,
            etag=draft.digest("md5").hex(),
            modified_ms=now_ms(),
            headers=headers,
            metadata=metadata,
            checksums=computed(promises, draft),
        )
        stored = await run_in_threadpool(bucket.publish, draft, info, condition)
    return empty(headers={"etag": f'"{stored.etag}"', **checksum_headers(stored)})


def computed(promises: Promises, draft: Draft) -> dict[str, str]:
    """The checksum to keep: the one that was promised, already verified."""
    algorithm = promises.algorithm
    return {algorithm: draft.checksum(algorithm)} if algorithm else {}


async def get_object(store: Store, request: S3Request) -> Response:
    _refuse_part_number(request)
    bucket = store.buckets.get(request.bucket)
    info, stream = await run_in_threadpool(bucket.open, request.key)
    try:
        check_read(request.headers, info)
        span = requested_span(request.headers, info)
        headers = _headers(request, info, span)
    except BaseException:
        stream.close()
        raise
    return content(stream, span or Span(0, info.size), 206 if span else 200, headers)


async def head_object(store: Store, request: S3Request) -> Response:
    _refuse_part_number(request)
    bucket = store.buckets.get(request.bucket)
    info = await run_in_threadpool(bucket.find, request.key)
    if info is None:
        raise S3Error("NoSuchKey", Key=request.key)
    check_read(request.headers, info)
    span = requested_span(request.headers, info)
    return empty(206 if span else 200, _headers(request, info, span))


async def delete_object(store: Store, request: S3Request) -> Response:
    bucket = store.buckets.get(request.bucket)
    await run_in_threadpool(bucket.remove, request.key)
    return empty(204)


def _headers(request: S3Request, info: ObjectInfo, span: Span | None) -> dict[str, str]:
    headers = {
        **answer_headers(request, info),
        "accept-ranges": "bytes",
        "etag": f'"{info.etag}"',
        "last-modified": http_date(info.modified_ms),
        "content-length": str(span.length if span else info.size),
    }
    if span:
        headers["content-range"] = f"bytes {span.start}-{span.end - 1}/{info.size}"
    # A checksum of the whole says nothing about a range.
    elif (request.value("x-amz-checksum-mode") or "").upper() == "ENABLED":
        headers.update(checksum_headers(info))
    return headers


def _refuse_part_number(request: S3Request) -> None:
    if request.has("partNumber"):
        raise S3Error("NotImplemented", "This store does not read single parts of an object.")
