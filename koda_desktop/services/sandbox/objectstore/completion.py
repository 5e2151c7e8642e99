"""CompleteMultipartUpload: the list of parts is checked, then the parts become one object."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from xml.etree.ElementTree import Element

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from koda_desktop.services.sandbox.objectstore import checksums, xml
from koda_desktop.services.sandbox.objectstore.answers import document
from koda_desktop.services.sandbox.objectstore.bodies import BLOCK, receive_xml
from koda_desktop.services.sandbox.objectstore.conditions import write_condition
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.multipart import addressed_upload
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import Draft, ObjectInfo, open_sealed
from koda_desktop.services.sandbox.objectstore.store import Store, now_ms
from koda_desktop.services.sandbox.objectstore.uploads import MAX_PARTS, Upload


@dataclass(frozen=True, slots=True)
class _Listed:
    """One part as the client lists it."""

    number: int
    etag: str
    checksums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Whole:
    """What the client says of the finished object; whatever it leaves out is not checked."""

    checksum: tuple[str, str] | None
    kind: str | None
    size: str | None

    @classmethod
    def of(cls, request: S3Request) -> _Whole:
        return cls(
            checksum=checksums.value_in(request.amazon_headers()),
            kind=request.value("x-amz-checksum-type"),
            size=request.value("x-amz-mp-object-size"),
        )

    @property
    def algorithm(self) -> str:
        return self.checksum[0] if self.checksum else ""

    def check(self, info: ObjectInfo, size: int) -> None:
        """Raises BadDigest or InvalidRequest when the joined object is another one."""
        if self.kind is not None and self.kind != info.checksum_type:
            raise S3Error("InvalidRequest", f"The upload’s checksum type is {info.checksum_type}.")
        if self.size is not None and self.size != str(size):
            raise S3Error("InvalidRequest", f"The size of the object is {size} bytes.")
        if self.checksum is None:
            return
        # A composite value may be written with or without its count of parts.
        given, stored = self.checksum[1], info.checksums.get(self.algorithm, "")
        if given not in (stored, stored.partition("-")[0]):
            raise S3Error("BadDigest", f"The {self.algorithm.upper()} of the object differs.")


async def complete_upload(store: Store, request: S3Request) -> Response:
    upload = addressed_upload(store, request)
    condition = write_condition(request.headers)
    whole = _Whole.of(request)
    body = await receive_xml(request, store.buckets, checksum_is_of_object=True)
    listed = _listed_parts(body)
    algorithm = upload.algorithm or whole.algorithm
    with store.buckets.draft({algorithm} if algorithm else set()) as draft:
        parts = await run_in_threadpool(_join, store, upload, listed, draft)
        info = _info(upload, parts, draft, algorithm)
        whole.check(info, draft.size)

        def claim(stored: ObjectInfo | None) -> None:
            condition(stored)
            store.uploads.claim(upload)

        bucket = store.buckets.get(upload.bucket)
        await run_in_threadpool(bucket.publish, draft, info, claim)
    await run_in_threadpool(store.uploads.discard, upload)
    return _answer(request, info)


def _listed_parts(body: bytes) -> list[_Listed]:
    root = xml.parse(body, "CompleteMultipartUpload")
    listed = [_listed_part(element) for element in xml.children(root, "Part")]
    if not 0 < len(listed) <= MAX_PARTS:
        raise S3Error("MalformedXML")
    numbers = [part.number for part in listed]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        raise S3Error("InvalidPartOrder")
    return listed


def _listed_part(element: Element) -> _Listed:
    number, etag = xml.text(element, "PartNumber"), xml.text(element, "ETag")
    if not number or not number.isascii() or not number.isdigit() or etag is None:
        raise S3Error("MalformedXML")
    values = {
        name: value
        for name in checksums.SUPPORTED
        if (value := xml.text(element, checksums.element_name(name))) is not None
    }
    return _Listed(int(number), etag.strip().strip('"'), values)


def _join(store: Store, upload: Upload, listed: list[_Listed], draft: Draft) -> list[ObjectInfo]:
    """Copy the listed parts into ``draft``, each checked as it is opened."""
    parts: list[ObjectInfo] = []
    for index, part in enumerate(listed):
        try:
            info, stream = open_sealed(store.uploads.part_path(upload, part.number))
        except FileNotFoundError as error:
            raise S3Error("InvalidPart", PartNumber=str(part.number)) from error
        with stream:
            _check_part(upload, part, info)
            if info.size < store.min_part and index < len(listed) - 1:
                raise S3Error("EntityTooSmall", PartNumber=str(part.number))
            left = info.size
            while left:
                block = stream.read(min(BLOCK, left))
                draft.write(block)
                left -= len(block)
        parts.append(info)
    return parts


def _check_part(upload: Upload, part: _Listed, info: ObjectInfo) -> None:
    if part.etag != info.etag:
        raise S3Error("InvalidPart", PartNumber=str(part.number))
    if upload.checksum_type == "COMPOSITE" and upload.algorithm not in part.checksums:
        raise S3Error(
            "InvalidRequest",
            f"The upload was created using a {upload.algorithm} checksum. The complete request "
            f"must include the checksum for each part. It was missing for part {part.number}.",
        )
    if any(info.checksums.get(name) != value for name, value in part.checksums.items()):
        raise S3Error("InvalidPart", PartNumber=str(part.number))


def _info(upload: Upload, parts: list[ObjectInfo], draft: Draft, algorithm: str) -> ObjectInfo:
    """The finished object. Its checksum is of the parts' checksums or of all bytes, as begun."""
    digests = b"".join(bytes.fromhex(part.etag) for part in parts)
    if upload.checksum_type == "COMPOSITE":
        kind, value = (
            "COMPOSITE",
            checksums.composite(algorithm, (part.checksums[algorithm] for part in parts)),
        )
    else:
        kind, value = "FULL_OBJECT", draft.checksum(algorithm) if algorithm else ""
    return ObjectInfo(
        key=upload.key,
        etag=f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-{len(parts)}",
        modified_ms=now_ms(),
        headers=upload.headers,
        metadata=upload.metadata,
        checksums={algorithm: value} if algorithm else {},
        checksum_type=kind,
        part_count=len(parts),
        upload_id=upload.upload_id,
    )


def _answer(request: S3Request, info: ObjectInfo) -> Response:
    values = [(checksums.element_name(name), value) for name, value in info.checksums.items()]
    return document(
        "CompleteMultipartUploadResult",
        [
            ("Location", f"http://{request.headers['host']}{request.canonical_path}"),
            ("Bucket", request.bucket),
            ("Key", info.key),
            ("ETag", f'"{info.etag}"'),
            *values,
            ("ChecksumType", info.checksum_type if values else None),
        ],
    )
