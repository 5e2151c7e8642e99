"""Presigned URLs bound to what they are for, and S3's way of writing checksums."""

from __future__ import annotations

import base64
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from koda_desktop.marketplace.api import FileFacts, PartFacts
from koda_desktop.marketplace.keys import safe_name
from koda_desktop.marketplace.ports import SignedRequest
from koda_desktop.runtime.clock import Clock, iso
from koda_desktop.services.s3.faults import s3_faults
from koda_desktop.services.s3.presigning import SigningKeys, presigned

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class Signer:
    """Signs requests for one bucket by signature version 4, in the query."""

    def __init__(self, client: S3Client, bucket: str, keys: SigningKeys, clock: Clock) -> None:
        self._client = client
        self._bucket = bucket
        self._keys = keys
        self._clock = clock
        self._address = lru_cache(maxsize=8)(self._resolved)

    def put(
        self, key: str, file: FileFacts, seconds: int, *, is_conditional: bool = True
    ) -> SignedRequest:
        """The signature covers type, length, checksum and, conditional, ``If-None-Match: *``.

        Amazon S3 User Guide, "Conditional writes": a PUT that would overwrite answers 412.
        """
        checksum = base64_of(file.sha256)
        params: dict[str, Any] = {
            "Key": key,
            "ContentType": file.media_type,
            "ContentLength": file.size,
            "ChecksumSHA256": checksum,
        }
        headers = {
            "Content-Type": file.media_type,
            "Content-Length": str(file.size),
            "x-amz-checksum-sha256": checksum,
        }
        if is_conditional:
            params["IfNoneMatch"] = headers["If-None-Match"] = "*"
        return self._sign("put_object", "PUT", params, headers, seconds)

    def part(self, key: str, upload_id: str, part: PartFacts, seconds: int) -> SignedRequest:
        """The signature covers the part's number, length and CRC-32."""
        checksum = base64_of(part.crc32)
        query = {"uploadId": upload_id, "partNumber": str(part.number)}
        headers = {"Content-Length": str(part.size), "x-amz-checksum-crc32": checksum}
        now = self._clock.now()
        url = presigned(self._keys, "PUT", self._address(key), query, headers, now, seconds)
        return SignedRequest("PUT", url, headers, iso(now + timedelta(seconds=seconds)))

    def _resolved(self, key: str) -> str:
        """The object's URL without a query: its endpoint as botocore's rules have it."""
        params = {"Bucket": self._bucket, "Key": key}
        with s3_faults():
            url: str = self._client.generate_presigned_url("get_object", Params=params)
        return url.partition("?")[0]

    def get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        """The answer carries ``file_name`` as its content disposition."""
        params = {"Key": key, "ResponseContentDisposition": _disposition(file_name)}
        return self._sign("get_object", "GET", params, {}, seconds)

    def _sign(
        self, call: str, method: str, params: dict[str, Any], headers: dict[str, str], seconds: int
    ) -> SignedRequest:
        expires = self._clock.now() + timedelta(seconds=seconds)
        params = {"Bucket": self._bucket, **params}
        with s3_faults():
            url = self._client.generate_presigned_url(call, Params=params, ExpiresIn=seconds)
        return SignedRequest(method, url, headers, iso(expires))


def base64_of(hexadecimal: str) -> str:
    """A checksum as S3 writes it."""
    return base64.b64encode(bytes.fromhex(hexadecimal)).decode()


def whole_hex(checksum: str | None) -> str | None:
    """The checksum of a whole object in hex; a checksum of its parts' checksums is none."""
    if not checksum or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()


def _disposition(file_name: str) -> str:
    """A Content-Disposition that keeps the real name (RFC 6266) beside a plain one."""
    return f"attachment; filename=\"{safe_name(file_name)}\"; filename*=UTF-8''{quote(file_name)}"
