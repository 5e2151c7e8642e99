"""Uploads in parts over boto3: begun, listed, completed, aborted.

Stores differ in what they do of the protocol. Nothing here believes more than was answered: what a
store keeps of checksums is read from its list of parts, one that refuses a condition is asked again
without, and the rules look at what is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
"""Statuses of a store, or of a key's policy, that will not list uploads or parts."""

_UNABLE = {405, 501}
"""Statuses of a store that cannot do it at all."""


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
        """None for an upload that is not known; no parts where the store will not list them."""
        where = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        pages = _pages(self._client.list_parts, where, ("PartNumberMarker",))
        with s3_faults():
            try:
                found = [part for page in pages for part in page.get("Parts", ())]
            except ClientError as error:
                if error_code(error) in _NO_UPLOAD:
                    return None
                if http_status(error) in _REFUSALS:
                    return ()
                raise
        return tuple(_stored(part) for part in found)

    def complete(
        self, key: str, upload_id: str, parts: Sequence[StoredPart], crc32: str
    ) -> Completion:
        """With the checksums that the store keeps, and ``If-None-Match: *`` if it can."""
        where = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        with s3_faults():
            try:
                kept = self._client.list_parts(**where, MaxParts=1)
            except ClientError as error:
                if error_code(error) in _NO_UPLOAD:
                    return Completion.UNKNOWN
                if http_status(error) not in _REFUSALS:
                    raise
                kept = {}
            has_sums = any("ChecksumCRC32" in part for part in kept.get("Parts", ()))
            listed = {"Parts": [_listed(part, has_sums=has_sums) for part in parts]}
            extras: dict[str, Any] = {"MultipartUpload": listed, "IfNoneMatch": "*"}
            if kept.get("ChecksumType") == _FULL_OBJECT:
                size = sum(part.size for part in parts)
                sums = {"ChecksumCRC32": base64_of(crc32), "ChecksumType": _FULL_OBJECT}
                extras |= {**sums, "MpuObjectSize": size}
            return self._complete(where, extras)

    def _complete(self, where: dict[str, Any], extras: dict[str, Any]) -> Completion:
        try:
            # botocore reads a 200 that holds an <Error> as the error it is.
            self._client.complete_multipart_upload(**where, **extras)
        except ClientError as error:
            if http_status(error) == 501 and extras.pop("IfNoneMatch", None):
                # The rules have looked whether something is there just before.
                return self._complete(where, extras)
            result = _OUTCOMES.get(error_code(error))
            if result is None and http_status(error) != 400:
                raise
            return result or Completion.INVALID
        return Completion.STORED

    def abort(self, key: str, upload_id: str) -> None:
        with s3_faults():
            try:
                self._client.abort_multipart_upload(
                    Bucket=self._bucket, Key=key, UploadId=upload_id
                )
            except ClientError as error:
                if error_code(error) not in _NO_UPLOAD and http_status(error) not in _UNABLE:
                    raise

    def open_uploads(self, prefix: str) -> tuple[OpenUpload, ...]:
        where = {"Bucket": self._bucket, "Prefix": prefix}
        markers = ("KeyMarker", "UploadIdMarker")
        pages = _pages(self._client.list_multipart_uploads, where, markers)
        with s3_faults():
            try:
                found = [one for page in pages for one in page.get("Uploads", ())]
            except ClientError as error:
                if http_status(error) in _REFUSALS:
                    return ()
                raise
        found.sort(key=lambda one: (one["Key"], str(one.get("Initiated", ""))))
        return tuple(OpenUpload(one["Key"], one["UploadId"]) for one in found)


def _pages(
    ask: Callable[..., Any], where: Mapping[str, Any], markers: Sequence[str]
) -> Iterator[Any]:
    """The pages of a list, each asked for from where the one before ended.

    botocore's paginators do the same, after they have read the description of all of S3's lists.
    """
    after: dict[str, Any] = {}
    while True:
        page = ask(**where, **after)
        yield page
        following = {name: page[f"Next{name}"] for name in markers if page.get(f"Next{name}")}
        if not page.get("IsTruncated") or not following or following == after:
            return
        after = following


def _stored(part: Any) -> StoredPart:
    etag = part.get("ETag", "").strip('"')
    return StoredPart(part["PartNumber"], part["Size"], etag, whole_hex(part.get("ChecksumCRC32")))


def _listed(part: StoredPart, *, has_sums: bool) -> dict[str, Any]:
    checksum = {"ChecksumCRC32": base64_of(part.crc32)} if has_sums and part.crc32 else {}
    return {"PartNumber": part.number, "ETag": f'"{part.etag}"', **checksum}
