"""Uploads in parts over boto3: begun, listed, completed, aborted.

Stores differ in what they do of the protocol. Nothing here believes more than was answered: a store
that refuses a condition or a whole-object checksum is asked again without, and the rules look at
what is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from koda_desktop.marketplace.api import FileFacts, OpenUpload, StoredPart
from koda_desktop.marketplace.ports import Completion
from koda_desktop.services.s3.faults import error_code, http_status, s3_faults
from koda_desktop.services.s3.signing import base64_of, whole_hex

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_FULL_OBJECT = "FULL_OBJECT"
_NO_UPLOAD = {"NoSuchUpload", "404", "NotFound"}
_OUTCOMES = {
    **dict.fromkeys(_NO_UPLOAD, Completion.UNKNOWN),
    "PreconditionFailed": Completion.EXISTS,
    "412": Completion.EXISTS,
    "ConditionalRequestConflict": Completion.INVALID,
    "OperationAborted": Completion.INVALID,
    "InvalidPart": Completion.INVALID,
    "InvalidPartOrder": Completion.INVALID,
    "EntityTooSmall": Completion.INVALID,
    "409": Completion.INVALID,
}
_REFUSALS = {400, 403, 405, 501}
"""Statuses of a store, or of a key's policy, that will not list uploads."""


class Multipart:
    """The calls of one bucket that concern uploads in parts."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client: Any = client
        self._bucket = bucket

    def create(self, key: str, file: FileFacts) -> str:
        """Asks for a CRC-32 of the whole object; a store that knows none is asked without."""
        wanted: dict[str, Any] = {"ChecksumAlgorithm": "CRC32", "ChecksumType": _FULL_OBJECT}
        given: dict[str, Any] = {
            "Bucket": self._bucket,
            "Key": key,
            "ContentType": file.media_type,
        }
        with s3_faults():
            try:
                return str(self._client.create_multipart_upload(**given, **wanted)["UploadId"])
            except ClientError as error:
                if http_status(error) not in (400, 501):
                    raise
            return str(self._client.create_multipart_upload(**given)["UploadId"])

    def parts(self, key: str, upload_id: str) -> tuple[StoredPart, ...] | None:
        pages = self._client.get_paginator("list_parts").paginate(
            Bucket=self._bucket, Key=key, UploadId=upload_id
        )
        with s3_faults():
            try:
                found = [part for page in pages for part in page.get("Parts", ())]
            except ClientError as error:
                if error_code(error) in _NO_UPLOAD:
                    return None
                raise
        return tuple(_stored(part) for part in found)

    def complete(
        self, key: str, upload_id: str, parts: Sequence[StoredPart], crc32: str
    ) -> Completion:
        """With a whole-object checksum and ``If-None-Match: *``, as far as the store knows them."""
        whole: dict[str, Any] = {
            "ChecksumCRC32": base64_of(crc32),
            "ChecksumType": _FULL_OBJECT,
            "MpuObjectSize": sum(part.size for part in parts),
        }
        where = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        extras: dict[str, Any] | None = {**whole, "IfNoneMatch": "*"}
        with s3_faults():
            while extras is not None:
                result = self._complete(where, parts, extras)
                if isinstance(result, Completion):
                    return result
                extras = self._less(where, extras, result)
        return Completion.INVALID

    def _complete(
        self, where: dict[str, Any], parts: Sequence[StoredPart], extras: dict[str, Any]
    ) -> Completion | int:
        """What became of it; the HTTP status where the store refused the request as it was put."""
        listed: Any = {"Parts": [_listed(part) for part in parts]}
        try:
            # botocore reads a 200 that holds an <Error> as the error it is.
            self._client.complete_multipart_upload(**where, MultipartUpload=listed, **extras)
        except ClientError as error:
            result = _OUTCOMES.get(error_code(error))
            if result is None and http_status(error) not in (400, 501):
                raise
            return result or http_status(error)
        return Completion.STORED

    def _less(
        self, where: dict[str, Any], extras: dict[str, Any], status: int
    ) -> dict[str, Any] | None:
        """What to ask for next, where ``extras`` were refused; None when there is nothing left."""
        if status == 501 and "IfNoneMatch" in extras:
            return {name: value for name, value in extras.items() if name != "IfNoneMatch"}
        if "ChecksumCRC32" in extras and not self._is_full_object(where):
            return {name: value for name, value in extras.items() if name == "IfNoneMatch"}
        return None

    def _is_full_object(self, where: dict[str, Any]) -> bool:
        """Whether the store keeps a checksum of the whole for this upload, as its list says."""
        try:
            answer = self._client.list_parts(**where, MaxParts=1)
        except ClientError:
            return False
        return bool(answer.get("ChecksumType") == _FULL_OBJECT)

    def abort(self, key: str, upload_id: str) -> None:
        with s3_faults():
            try:
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id
                )
            except ClientError as error:
                if error_code(error) not in _NO_UPLOAD:
                    raise

    def open_uploads(self, prefix: str) -> tuple[OpenUpload, ...]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(
            Bucket=self._bucket, Prefix=prefix
        )
        with s3_faults():
            try:
                found = [one for page in pages for one in page.get("Uploads", ())]
            except ClientError as error:
                if http_status(error) in _REFUSALS:
                    return ()
                raise
        found.sort(key=lambda one: (one["Key"], str(one.get("Initiated", ""))))
        return tuple(OpenUpload(one["Key"], one["UploadId"]) for one in found)


def _stored(part: Any) -> StoredPart:
    etag = part.get("ETag", "").strip('"')
    return StoredPart(part["PartNumber"], part["Size"], etag, whole_hex(part.get("ChecksumCRC32")))


def _listed(part: StoredPart) -> dict[str, Any]:
    checksum = {"ChecksumCRC32": base64_of(part.crc32)} if part.crc32 else {}
    return {"PartNumber": part.number, "ETag": f'"{part.etag}"', **checksum}
