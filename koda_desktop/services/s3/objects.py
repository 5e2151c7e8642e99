"""One bucket behind the marketplace's port: where it is, and what it says of an object."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from koda_desktop.errors import ServerDown
from koda_desktop.marketplace.api import FileFacts, OpenUpload, PartFacts, StoredPart
from koda_desktop.marketplace.ports import (
    Capabilities,
    Completion,
    SignedRequest,
    StoredObject,
)
from koda_desktop.runtime.clock import Clock
from koda_desktop.services.s3.attributes import Attributes
from koda_desktop.services.s3.faults import error_code, missing_bucket, s3_faults, wrong_region
from koda_desktop.services.s3.multipart import Multipart
from koda_desktop.services.s3.presigning import SigningKeys
from koda_desktop.services.s3.probing import Probe
from koda_desktop.services.s3.signing import Signer, whole_hex

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

DEFAULT_REGION = "us-east-1"

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
        with s3_faults():
            self._client = _client(bucket)
        self._region = bucket.region or DEFAULT_REGION
        self._is_amazon = not bucket.endpoint
        keys = SigningKeys(bucket.access_key_id, bucket.secret_access_key, self._region)
        self._signer = Signer(self._client, bucket.name, keys, clock)
        self._multipart = Multipart(self._client, bucket.name)
        self._attributes = Attributes(self._client, bucket.name)
        self._has_bucket = False

    def sign_put(
        self, key: str, file: FileFacts, seconds: int, *, is_conditional: bool = True
    ) -> SignedRequest:
        return self._signer.put(key, file, seconds, is_conditional=is_conditional)

    def sign_part(self, key: str, upload_id: str, part: PartFacts, seconds: int) -> SignedRequest:
        return self._signer.part(key, upload_id, part, seconds)

    def sign_get(self, key: str, file_name: str, seconds: int) -> SignedRequest:
        return self._signer.get(key, file_name, seconds)

    def create_upload(self, key: str, file: FileFacts) -> str:
        return self._multipart.create(key, file)

    def parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...] | None:
        return self._multipart.parts(key, upload_id)

    def part_checksums(self, key: str) -> tuple[StoredPart, ...]:
        return self._attributes.parts(key)

    def complete_upload(
        self, key: str, upload_id: str, parts: Sequence[StoredPart], crc32: str
    ) -> Completion:
        return self._multipart.complete(key, upload_id, parts, crc32)

    def abort_upload(self, key: str, upload_id: str) -> None:
        self._multipart.abort(key, upload_id)

    def open_uploads(self, prefix: str) -> tuple[OpenUpload, ...]:
        return self._multipart.open_uploads(prefix)

    def capabilities(self) -> Capabilities:
        return Probe(self._client, self._name).capabilities()

    def head(self, key: str) -> StoredObject | None:
        with s3_faults():
            try:
                found = self._client.head_object(Bucket=self._name, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if error_code(error) not in ("404", "NoSuchKey", "NotFound"):
                    raise
                # Whether the object or its bucket is missing is not told; once there is enough.
                if not self._has_bucket:
                    self.check_bucket()
                return None
        if "ContentLength" not in found:
            # A connection that broke within the headers leaves an answer without the later ones.
            raise ServerDown("The object store’s answer was cut short.")
        return StoredObject(
            key,
            found["ContentLength"],
            found.get("ETag", "").strip('"'),
            whole_hex(found.get("ChecksumSHA256")),
            whole_hex(found.get("ChecksumCRC32")),
            found.get("ContentType", ""),
        )

    def check_bucket(self) -> None:
        """Raise MissingResource, WrongCredentials, Misconfigured or ServerDown unless the bucket
        is there and in the region that URLs are signed for.
        """
        with s3_faults():
            try:
                found = self._client.head_bucket(Bucket=self._name)
            except ClientError as error:
                if error_code(error) in ("404", "NoSuchBucket", "NotFound"):
                    raise missing_bucket() from error
                raise
        if self._is_amazon and found.get("BucketRegion", self._region) != self._region:
            # The SDK followed the bucket there; a presigned URL cannot.
            raise wrong_region({"region": found["BucketRegion"]})
        self._has_bucket = True

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
        region_name=bucket.region or DEFAULT_REGION,
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
