"""CreateMultipartUpload, UploadPart, ListParts, AbortMultipartUpload."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from koda_desktop.services.sandbox.objectstore import checksums
from koda_desktop.services.sandbox.objectstore.answers import document, empty, iso
from koda_desktop.services.sandbox.objectstore.bodies import Promises, receive
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.listing import key_encoder, page_size
from koda_desktop.services.sandbox.objectstore.object_operations import computed
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import ObjectInfo
from koda_desktop.services.sandbox.objectstore.settings import kept_headers, kept_metadata
from koda_desktop.services.sandbox.objectstore.store import Store, now_ms
from koda_desktop.services.sandbox.objectstore.uploads import MAX_PARTS, Upload, new_upload_id
from koda_desktop.services.sandbox.objectstore.xml import Value


async def create_upload(store: Store, request: S3Request) -> Response:
    store.buckets.get(request.bucket)
    algorithm, kind = _upload_checksum(request)
    started = now_ms()
    upload = Upload(
        upload_id=new_upload_id(started),
        bucket=request.bucket,
        key=request.key,
        started_ms=started,
        algorithm=algorithm,
        checksum_type=kind,
        headers=kept_headers(request),
        metadata=kept_metadata(request),
    )
    await run_in_threadpool(store.uploads.create, upload)
    headers = {"x-amz-checksum-algorithm": algorithm.upper(), "x-amz-checksum-type": kind}
    return document(
        "InitiateMultipartUploadResult",
        [("Bucket", upload.bucket), ("Key", upload.key), ("UploadId", upload.upload_id)],
        headers if algorithm else None,
    )


async def upload_part(store: Store, request: S3Request) -> Response:
    upload, number = addressed_upload(store, request), _part_number(request)
    promises = Promises.of(request)
    if upload.algorithm and promises.algorithm != upload.algorithm:
        raise S3Error(
            "InvalidRequest",
            f"Checksum Type mismatch occurred, expected checksum Type: {upload.algorithm}, "
            f"actual checksum Type: {promises.algorithm or 'null'}",
        )
    with store.buckets.draft(promises.algorithms) as draft:
        await receive(request, promises, draft)
        etag, kept = draft.digest("md5").hex(), computed(promises, draft)
        info = ObjectInfo(key=upload.key, etag=etag, modified_ms=now_ms(), checksums=kept)
        await run_in_threadpool(store.uploads.publish_part, upload, number, draft, info)
    values = {f"{checksums.PREFIX}{name}": value for name, value in kept.items()}
    return empty(headers={"etag": f'"{etag}"', **values})


async def list_parts(store: Store, request: S3Request) -> Response:
    upload = addressed_upload(store, request)
    limit = page_size(request, "max-parts")
    marker = _marker(request)
    parts = await run_in_threadpool(store.uploads.parts, upload)
    later = [(number, info) for number, info in parts.items() if number > marker]
    shown = later[:limit]
    return document(
        "ListPartsResult",
        [
            ("Bucket", upload.bucket),
            ("Key", key_encoder(request)(upload.key)),
            ("UploadId", upload.upload_id),
            ("PartNumberMarker", marker),
            ("NextPartNumberMarker", shown[-1][0] if shown else None),
            ("MaxParts", limit),
            ("IsTruncated", len(later) > len(shown)),
            ("ChecksumAlgorithm", upload.algorithm.upper() or None),
            ("ChecksumType", upload.checksum_type or None),
            *(("Part", _part_entry(number, info)) for number, info in shown),
            ("StorageClass", "STANDARD"),
        ],
    )


async def abort_upload(store: Store, request: S3Request) -> Response:
    upload = addressed_upload(store, request)
    store.uploads.claim(upload)
    await run_in_threadpool(store.uploads.discard, upload)
    return empty(204)


def addressed_upload(store: Store, request: S3Request) -> Upload:
    """The upload that ``uploadId`` names. Raises NoSuchBucket, NoSuchUpload."""
    store.buckets.get(request.bucket)
    return store.uploads.get(request.parameter("uploadId") or "", request.bucket, request.key)


def _upload_checksum(request: S3Request) -> tuple[str, str]:
    """The algorithm and type asked for, or two empty strings."""
    name = request.value("x-amz-checksum-algorithm")
    kind = request.value("x-amz-checksum-type")
    if name is None:
        if kind is not None:
            raise S3Error("InvalidRequest", "x-amz-checksum-type needs x-amz-checksum-algorithm.")
        return "", ""
    algorithm = checksums.algorithm_named(name)
    return algorithm, checksums.upload_type(algorithm, kind)


def _part_number(request: S3Request) -> int:
    text = request.parameter("partNumber") or ""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MAX_PARTS:
        raise S3Error(
            "InvalidArgument", f"Part number must be an integer between 1 and {MAX_PARTS}."
        )
    return int(text)


def _marker(request: S3Request) -> int:
    text = request.parameter("part-number-marker") or "0"
    if not text.isascii() or not text.isdigit():
        raise S3Error("InvalidArgument", "part-number-marker is not a number.")
    return int(text)


def _part_entry(number: int, info: ObjectInfo) -> Value:
    return (
        ("PartNumber", number),
        ("LastModified", iso(info.modified_ms)),
        ("ETag", f'"{info.etag}"'),
        ("Size", info.size),
        *((checksums.element_name(name), value) for name, value in info.checksums.items()),
    )
