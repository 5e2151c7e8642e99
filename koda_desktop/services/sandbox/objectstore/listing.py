"""ListObjectsV2 and ListMultipartUploads."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from koda_desktop.services.sandbox.objectstore.answers import document, iso
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import ObjectInfo
from koda_desktop.services.sandbox.objectstore.store import Store
from koda_desktop.services.sandbox.objectstore.uploads import Upload
from koda_desktop.services.sandbox.objectstore.xml import Value

_MAX_KEYS = 1000
# Sorts after every key that begins with the prefix it is put behind.
_AFTER_ALL = chr(0x10FFFF)


@dataclass(slots=True)
class _Page:
    objects: list[ObjectInfo] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    next_key: str | None = None

    @property
    def count(self) -> int:
        return len(self.objects) + len(self.prefixes)


async def list_objects(store: Store, request: S3Request) -> Response:
    if request.parameter("list-type") != "2":
        raise S3Error("NotImplemented", "This store lists objects by ListObjectsV2 only.")
    bucket = store.buckets.get(request.bucket)
    prefix, delimiter = request.parameter("prefix") or "", request.parameter("delimiter") or ""
    limit = page_size(request, "max-keys")
    last = _continuation(request)
    start = last or request.parameter("start-after") or ""
    objects = await run_in_threadpool(bucket.after, max(start, prefix), inclusive=start < prefix)
    page = _page(objects, prefix, delimiter, limit, last)
    return document("ListBucketResult", _fields(request, page, limit))


def page_size(request: S3Request, name: str) -> int:
    """How many entries one answer may hold: at most 1,000. Raises InvalidArgument."""
    text = request.parameter(name)
    if text is None:
        return _MAX_KEYS
    if not text.isascii() or not text.isdigit():
        raise S3Error("InvalidArgument", f"{name} is not a number.", ArgumentName=name)
    return min(int(text), _MAX_KEYS)


def key_encoder(request: S3Request) -> Callable[[str], str]:
    """How keys are written in this answer: URL-encoded if the client asks for it."""
    kind = request.parameter("encoding-type")
    if kind not in (None, "url"):
        raise S3Error("InvalidArgument", "Invalid Encoding Method specified in Request")
    return quote if kind else str


async def list_uploads(store: Store, request: S3Request) -> Response:
    store.buckets.get(request.bucket)
    prefix, write = request.parameter("prefix") or "", key_encoder(request)
    marker = request.parameter("key-marker") or "", request.parameter("upload-id-marker")
    found = [
        upload
        for upload in store.uploads.of_bucket(request.bucket)
        if upload.key.startswith(prefix) and _is_after(upload, *marker)
    ]
    limit = page_size(request, "max-uploads")
    shown = found[:limit]
    uploads: list[tuple[str, Value]] = [
        (
            "Upload",
            (
                ("Key", write(upload.key)),
                ("UploadId", upload.upload_id),
                ("Initiated", iso(upload.started_ms)),
                ("StorageClass", "STANDARD"),
            ),
        )
        for upload in shown
    ]
    truncated = len(found) > len(shown) > 0
    last = shown[-1] if truncated else None
    return document(
        "ListMultipartUploadsResult",
        [
            ("Bucket", request.bucket),
            ("Prefix", write(prefix)),
            ("MaxUploads", limit),
            ("EncodingType", request.parameter("encoding-type")),
            ("IsTruncated", truncated),
            ("NextKeyMarker", write(last.key) if last else None),
            ("NextUploadIdMarker", last.upload_id if last else None),
            *uploads,
        ],
    )


def _is_after(upload: Upload, key_marker: str, id_marker: str | None) -> bool:
    if upload.key != key_marker:
        return upload.key > key_marker
    return id_marker is not None and upload.upload_id > id_marker


def _continuation(request: S3Request) -> str:
    """The key the page before ended with, or "". Raises InvalidArgument for a foreign token."""
    token = request.parameter("continuation-token") or ""
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise S3Error("InvalidArgument", "The continuation token is not valid.") from error


def _token(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode("ascii")


def _page(
    objects: Iterable[ObjectInfo], prefix: str, delimiter: str, limit: int, last: str
) -> _Page:
    """Up to ``limit`` objects and common prefixes; ``next_key`` is set when more are left.

    ``last`` is where the page before ended, or empty on the first.
    """
    page = _Page()
    for info in objects:
        if not info.key.startswith(prefix):
            break
        group = _group(info.key, prefix, delimiter)
        # A whole group was told once; the token behind it skips the rest on the next page.
        if group and last.startswith(group):
            continue
        if page.count >= limit:
            page.next_key = last if limit else None
            break
        if group:
            page.prefixes.append(group)
            last = group + _AFTER_ALL
        else:
            page.objects.append(info)
            last = info.key
    return page


def _group(key: str, prefix: str, delimiter: str) -> str:
    if not delimiter:
        return ""
    end = key.find(delimiter, len(prefix))
    return "" if end < 0 else key[: end + len(delimiter)]


def _fields(request: S3Request, page: _Page, limit: int) -> list[tuple[str, Value | None]]:
    write = key_encoder(request)
    optional = {"Delimiter": "delimiter", "StartAfter": "start-after", "Prefix": "prefix"}
    echoed = {name: request.parameter(query) for name, query in optional.items()}
    return [
        ("Name", request.bucket),
        *((name, None if value is None else write(value)) for name, value in echoed.items()),
        ("EncodingType", request.parameter("encoding-type")),
        ("MaxKeys", limit),
        ("KeyCount", page.count),
        ("IsTruncated", page.next_key is not None),
        ("ContinuationToken", request.parameter("continuation-token")),
        ("NextContinuationToken", None if page.next_key is None else _token(page.next_key)),
        *(("Contents", _entry(info, write)) for info in page.objects),
        *(("CommonPrefixes", (("Prefix", write(prefix)),)) for prefix in page.prefixes),
    ]


def _entry(info: ObjectInfo, write: Callable[[str], str]) -> Value:
    return (
        ("Key", write(info.key)),
        ("LastModified", iso(info.modified_ms)),
        ("ETag", f'"{info.etag}"'),
        ("Size", info.size),
        ("StorageClass", "STANDARD"),
        *(("ChecksumAlgorithm", name.upper()) for name in info.checksums),
    )
