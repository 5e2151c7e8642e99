"""One bucket: presigned URLs bound to what they are for, and what the store says of an object."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from koda_desktop.marketplace.api import FileFacts
from koda_desktop.marketplace.keys import safe_name
from koda_desktop.marketplace.ports import SignedRequest, StoredObject
from koda_desktop.runtime.clock import Clock, iso
from koda_desktop.services.s3.faults import error_code, missing_bucket, s3_faults

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the bucket is and the keys that open it. ``endpoint`` empty means Amazon's own."""

    name: str
    region: str
    endpoint: str
    access_key_id: str = field(repr=False)
    secret_access_key: str = field(repr=False)


class S3Objects:
    """``marketplace.ports.Objects`` over any S3-compatible store. Safe in several threads."""

    def __init__(self, bucket: Bucket, clock: Clock) -> None:
        self._name = bucket.name
        self._clock = clock
        with s3_faults():
            self._client = _client(bucket)

    def sign_put(self, key: str, file: FileFacts, seconds: int) -> SignedRequest:
        """The signature covers type, length, checksum and ``If-None-Match: *``.

        Amazon S3 User Guide, "Conditional writes": a PUT that would overwrite answers 412.
        """
        checksum = base64.b64encode(bytes.fromhex(file.sha256)).decode()
        params = {
            "Bucket": self._name,
            "Key": key,
            "ContentType": file.media_type,
            "ContentLength": file.size,
            "ChecksumSHA256": checksum,
            "IfNoneMatch": "*",
        }
        headers = {
            "Content-Type": file.media_type,
            "Content-Length": str(file.size),
            "x-amz-checksum-sha256": checksum,
            "If-None-Match": "*",
        }
        return self._sign("put_object", "PUT", params, headers, seconds)

    def sign_get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        params = {
            "Bucket": self._name,
            "Key": key,
            "ResponseContentDisposition": _disposition(file_name),
        }
        return self._sign("get_object", "GET", params, {}, seconds)

    def _sign(
        self, call: str, method: str, params: dict[str, Any], headers: dict[str, str], seconds: int
    ) -> SignedRequest:
        expires = self._clock.now() + timedelta(seconds=seconds)
        with s3_faults():
            url = self._client.generate_presigned_url(call, Params=params, ExpiresIn=seconds)
        return SignedRequest(method, url, headers, iso(expires))

    def head(self, key: str) -> StoredObject | None:
        with s3_faults():
            try:
                found = self._client.head_object(Bucket=self._name, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if error_code(error) not in ("404", "NoSuchKey", "NotFound"):
                    raise
                self.check_bucket()
                return None
        return StoredObject(
            key, found["ContentLength"], found["ETag"], _sha256_hex(found.get("ChecksumSHA256"))
        )

    def check_bucket(self) -> None:
        """Raise MissingResource, WrongCredentials or ServerDown unless the bucket is there."""
        with s3_faults():
            try:
                self._client.head_bucket(Bucket=self._name)
            except ClientError as error:
                if error_code(error) in ("404", "NoSuchBucket", "NotFound"):
                    raise missing_bucket() from error
                raise

    def sha256(self, key: str) -> str:
        digest = hashlib.sha256()
        with s3_faults():
            body = self._client.get_object(Bucket=self._name, Key=key)["Body"]
            for block in body.iter_chunks(_BLOCK):
                digest.update(block)
        return digest.hexdigest()

    def close(self) -> None:
        self._client.close()


def _client(bucket: Bucket) -> S3Client:
    """A client that signs with SigV4 and computes no checksums of its own accord.

    Some S3-compatible stores refuse the SDK's checksum trailers; ours are asked for by name.
    """
    return boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region or "us-east-1",
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if bucket.endpoint else "virtual"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=20,
            retries={"total_max_attempts": 2, "mode": "standard"},
        ),
    )


def _sha256_hex(checksum: str | None) -> str | None:
    """The whole-object SHA-256 in hex; a multipart checksum of checksums is none."""
    if not checksum or "-" in checksum:
        return None
    return base64.b64decode(checksum).hex()


def _disposition(file_name: str) -> str:
    """A Content-Disposition that keeps the real name (RFC 6266) beside a plain one."""
    return f"attachment; filename=\"{safe_name(file_name)}\"; filename*=UTF-8''{quote(file_name)}"
