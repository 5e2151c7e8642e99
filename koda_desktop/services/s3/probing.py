"""What a bucket's server does of the protocol, found by trying it on objects of a few bytes."""

from __future__ import annotations

import contextlib
import hashlib
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from koda_desktop.marketplace.ports import Capabilities
from koda_desktop.services.s3.faults import http_status, s3_faults
from koda_desktop.services.s3.signing import base64_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "koda-probe/"
_DATA = b"koda"
_SHA256 = base64_of(hashlib.sha256(_DATA).hexdigest())
_CRC32 = base64_of(f"{zlib.crc32(_DATA):08x}")
_MD5 = hashlib.md5(_DATA, usedforsecurity=False).hexdigest()


class Probe:
    """Writes two small objects under fixed names and clears them away.

    Where a key may not delete, they stay, and are written over the next time.
    """

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client: Any = client
        self._single = {"Bucket": bucket, "Key": f"{PREFIX}single"}
        self._joined = {"Bucket": bucket, "Key": f"{PREFIX}parts"}
        self._bucket = bucket

    def capabilities(self) -> Capabilities:
        """Raises ServerDown, WrongCredentials or MissingResource when nothing can be tried."""
        with s3_faults(), self._cleared():
            keeps_sums, refuses = self._try_single()
            found = self._try_parts()
        return Capabilities(
            keeps_checksums=keeps_sums and found["part_sums"],
            keeps_whole_checksums=found["whole_sums"],
            refuses_overwriting=refuses,
            refuses_overwriting_in_parts=found["refuses"],
            has_md5_etags=found["md5"],
            lists_uploads=found["lists"],
        )

    def _try_single(self) -> tuple[bool, bool]:
        self._client.put_object(**self._single, Body=_DATA, ChecksumSHA256=_SHA256)
        head = self._client.head_object(**self._single, ChecksumMode="ENABLED")
        refuses = False
        try:
            self._client.put_object(**self._single, Body=_DATA, IfNoneMatch="*")
        except ClientError as error:
            refuses = http_status(error) == 412
        return head.get("ChecksumSHA256") == _SHA256, refuses

    def _try_parts(self) -> dict[str, bool]:
        found = self._join()
        head = self._client.head_object(**self._joined, ChecksumMode="ENABLED")
        found["whole_sums"] = head.get("ChecksumCRC32") == _CRC32
        # A second upload to the same key, which a condition at completion would refuse.
        upload = self._begin()
        listed = [{"PartNumber": 1, "ETag": self._send(upload)}]
        try:
            self._complete(upload, listed, IfNoneMatch="*")
        except ClientError as error:
            found["refuses"] = http_status(error) == 412
            self._abort(upload)
        return found

    def _join(self) -> dict[str, bool]:
        """One whole upload, looked at half-way."""
        upload = self._begin()
        etag = self._send(upload)
        part = self._listed_part(upload)
        found = {
            "md5": part.get("ETag", "").strip('"') == _MD5,
            "part_sums": part.get("ChecksumCRC32") == _CRC32,
            "lists": self._lists(upload["UploadId"]),
            "refuses": False,
        }
        self._complete(upload, [{"PartNumber": 1, "ETag": etag}])
        return found

    def _listed_part(self, upload: dict[str, Any]) -> dict[str, Any]:
        """What the store says of the part that was sent; nothing where it will not list parts."""
        with contextlib.suppress(ClientError):
            for part in self._client.list_parts(**upload).get("Parts", ()):
                return dict(part)
        return {}

    def _begin(self) -> dict[str, Any]:
        sums: dict[str, Any] = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
        try:
            made = self._client.create_multipart_upload(**self._joined, **sums)
        except ClientError as error:
            if http_status(error) not in (400, 501):
                raise
            made = self._client.create_multipart_upload(**self._joined)
        return {**self._joined, "UploadId": made["UploadId"]}

    def _send(self, upload: dict[str, Any]) -> str:
        sent = self._client.upload_part(**upload, PartNumber=1, Body=_DATA, ChecksumCRC32=_CRC32)
        return str(sent.get("ETag", ""))

    def _complete(
        self, upload: dict[str, Any], listed: list[dict[str, Any]], **extras: Any
    ) -> None:
        chosen: Any = {"Parts": listed}
        self._client.complete_multipart_upload(**upload, MultipartUpload=chosen, **extras)

    def _lists(self, upload_id: str) -> bool:
        try:
            answer = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=PREFIX)
        except ClientError:
            return False
        return any(one.get("UploadId") == upload_id for one in answer.get("Uploads", ()))

    def _abort(self, upload: dict[str, Any]) -> None:
        with contextlib.suppress(ClientError):
            self._client.abort_multipart_upload(**upload)

    @contextlib.contextmanager
    def _cleared(self) -> Iterator[None]:
        try:
            yield
        finally:
            for where in (self._single, self._joined):
                with contextlib.suppress(ClientError, BotoCoreError):
                    self._client.delete_object(**where)
