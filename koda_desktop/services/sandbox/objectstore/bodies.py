"""Receiving a body: bounded memory, and every promise the headers made about it is checked.

A body that breaks a promise never becomes an object: the caller publishes only after ``receive``
returned.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from starlette.concurrency import run_in_threadpool

from koda_desktop.services.sandbox.objectstore import checksums
from koda_desktop.services.sandbox.objectstore.buckets import BucketStore
from koda_desktop.services.sandbox.objectstore.chunked import ChunkedDecoder
from koda_desktop.services.sandbox.objectstore.errors import S3Error
from koda_desktop.services.sandbox.objectstore.request import S3Request
from koda_desktop.services.sandbox.objectstore.sealed import Draft

BLOCK = 1024 * 1024
MAX_BODY = 5 * 1024**3
MAX_XML = 4 * 1024 * 1024
_UNSIGNED = "UNSIGNED-PAYLOAD"
_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Promises:
    """What the headers say about the body, parsed and checked for form."""

    length: int | None
    sha256: bytes | None
    md5: bytes | None
    checksum: tuple[str, str] | None
    trailer: str | None
    chunked: bool

    @classmethod
    def of(cls, request: S3Request) -> Promises:
        """Raises the S3Error for promises that are malformed or that this store cannot check."""
        chunked, sha256 = _content_hash(request.value("x-amz-content-sha256"))
        trailer = request.headers.get("x-amz-trailer")
        given = checksums.value_in(request.amazon_headers())
        if given is not None:
            checksums.check_form(*given)
        return cls(
            length=_length(request, chunked=chunked),
            sha256=sha256,
            md5=_md5(request.headers.get("content-md5")),
            checksum=given,
            trailer=checksums.algorithm_named(trailer) if trailer else None,
            chunked=chunked,
        )

    @property
    def algorithm(self) -> str | None:
        """The checksum algorithm of this body, wherever its value comes from."""
        return self.checksum[0] if self.checksum else self.trailer

    @property
    def algorithms(self) -> set[str]:
        """What has to be computed while receiving."""
        wanted = {self.algorithm} if self.algorithm else set()
        return wanted | ({"sha256"} if self.sha256 is not None else set())


async def receive(request: S3Request, promises: Promises, draft: Draft) -> None:
    """Write the whole body into ``draft``; raise the S3Error of the first promise it breaks."""
    decoder = ChunkedDecoder() if promises.chunked else None
    async for block in _blocks(request, decoder):
        if draft.size + len(block) > (MAX_BODY if promises.length is None else promises.length):
            raise S3Error("IncompleteBody" if promises.length is not None else "EntityTooLarge")
        await run_in_threadpool(draft.write, block)
    if promises.length is not None and draft.size != promises.length:
        raise S3Error("IncompleteBody")
    _verify(promises, draft, decoder)


async def receive_xml(
    request: S3Request, buckets: BucketStore, *, checksum_is_of_object: bool = False
) -> bytes:
    """A small body, checked like any other, as bytes.

    ``checksum_is_of_object``: the checksum header speaks of the object being completed, not of
    this body, which its signed SHA-256 covers.
    """
    promises = Promises.of(request)
    if checksum_is_of_object:
        promises = replace(promises, checksum=None)
    if (promises.length or 0) > MAX_XML:
        raise S3Error("EntityTooLarge")
    with buckets.draft(promises.algorithms) as scratch:
        await receive(request, promises, scratch)
        return scratch.path.read_bytes()


async def _blocks(request: S3Request, decoder: ChunkedDecoder | None) -> AsyncIterator[bytes]:
    """The payload in blocks of about 1 MiB, so that threads and digests get big pieces."""
    pending = bytearray()
    async for piece in request.body():
        pending += decoder.feed(piece) if decoder else piece
        if len(pending) >= BLOCK:
            yield bytes(pending)
            pending.clear()
    if decoder:
        decoder.finish()
    if pending:
        yield bytes(pending)


def _verify(promises: Promises, draft: Draft, decoder: ChunkedDecoder | None) -> None:
    if promises.sha256 is not None and not _same(promises.sha256, draft.digest("sha256")):
        raise S3Error("XAmzContentSHA256Mismatch")
    if promises.md5 is not None and not _same(promises.md5, draft.digest("md5")):
        raise S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.")
    expected = promises.checksum
    if promises.trailer and decoder:
        value = decoder.trailers.get(f"{checksums.PREFIX}{promises.trailer}")
        if value is None:
            raise S3Error("InvalidRequest", "The trailing checksum that was announced is missing.")
        expected = (promises.trailer, value)
    if expected and draft.checksum(expected[0]) != expected[1]:
        raise S3Error(
            "BadDigest",
            f"The {expected[0].upper()} you specified did not match the calculated checksum.",
        )


def _same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)


def _content_hash(value: str | None) -> tuple[bool, bytes | None]:
    """Whether the body is aws-chunked, and the SHA-256 it must have."""
    if value is None or value == _UNSIGNED:
        return False, None
    if value == _TRAILER:
        return True, None
    if value.startswith("STREAMING-"):
        raise S3Error("NotImplemented", f"This store does not read bodies of type {value}.")
    if not _SHA256.match(value):
        raise S3Error(
            "InvalidArgument",
            f"x-amz-content-sha256 must be {_UNSIGNED}, {_TRAILER}, or a valid sha256 value.",
        )
    return False, bytes.fromhex(value)


def _length(request: S3Request, *, chunked: bool) -> int | None:
    """The payload's length. Raises MissingContentLength, InvalidArgument, EntityTooLarge."""
    name = "x-amz-decoded-content-length" if chunked else "content-length"
    text = request.headers.get(name)
    if text is None:
        if request.method == "PUT" or "transfer-encoding" in request.headers:
            raise S3Error("MissingContentLength")
        return 0
    if not text.isascii() or not text.isdigit():
        raise S3Error("InvalidArgument", f"{name} is not a number.")
    if int(text) > MAX_BODY:
        raise S3Error("EntityTooLarge")
    return int(text)


def _md5(value: str | None) -> bytes | None:
    if value is None:
        return None
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise S3Error("InvalidDigest") from error
    if len(raw) != 16:
        raise S3Error("InvalidDigest")
    return raw
