"""The parts that an object was made of, from GetObjectAttributes (Amazon S3 API reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from koda_desktop.marketplace.api import StoredPart
from koda_desktop.services.s3.faults import http_status, s3_faults
from koda_desktop.services.s3.signing import whole_hex

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PAGE = 1000
_ANSWER_MAX = 1024 * 1024
"""More than a page of parts takes."""


class Attributes:
    """Asks a store that may never have heard of the question."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client: Any = client
        self._bucket = bucket
        client.meta.events.register("before-sign.s3.GetObjectAttributes", _bounded)

    def parts(self, key: str) -> tuple[StoredPart, ...]:
        """The parts with a CRC-32 of their own; empty where the store keeps none or will not say.

        Raises ServerDown.
        """
        with s3_faults():
            try:
                return tuple(self._pages(key))
            except ResponseParserError:
                return ()
            except ClientError as error:
                if 400 <= http_status(error) < 500 or http_status(error) == 501:
                    return ()
                raise

    def _pages(self, key: str) -> Iterator[StoredPart]:
        after = 0
        while True:
            found = self._client.get_object_attributes(
                Bucket=self._bucket,
                Key=key,
                ObjectAttributes=["ObjectParts"],
                MaxParts=_PAGE,
                PartNumberMarker=after,
            ).get("ObjectParts", {})
            yield from filter(None, map(_stored, found.get("Parts", ())))
            following = found.get("NextPartNumberMarker", 0)
            if not found.get("IsTruncated") or following <= after:
                return
            after = following


def _bounded(request: Any, **_: Any) -> None:
    """A store that knows no attributes may answer with the object: a little of it is enough."""
    request.headers["Range"] = f"bytes=0-{_ANSWER_MAX - 1}"


def _stored(part: Any) -> StoredPart | None:
    crc32 = whole_hex(part.get("ChecksumCRC32"))
    if crc32 is None or "PartNumber" not in part or "Size" not in part:
        return None
    return StoredPart(part["PartNumber"], part["Size"], "", crc32)
