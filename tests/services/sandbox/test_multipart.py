"""Multipart uploads through boto3: parts, their list, and every check at completion."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_s3 import S3Client

from tests.fixtures_servers import S3Bucket

MIB = 1024 * 1024
FIRST, LAST = b"a" * (5 * MIB), b"the end"


class Upload:
    """One upload in progress, with the list to complete it by."""

    def __init__(self, s3: S3Client, bucket: str, **settings: Any) -> None:
        self.s3 = s3
        self.where: dict[str, Any] = {"Bucket": bucket, "Key": "big"}
        self.algorithm = settings.get("ChecksumAlgorithm")
        created = s3.create_multipart_upload(**self.where, **settings)
        self.where["UploadId"] = created["UploadId"]
        self.parts: list[Any] = []

    def send(self, number: int, body: bytes) -> None:
        given = {"ChecksumAlgorithm": self.algorithm} if self.algorithm else {}
        answer: Any = self.s3.upload_part(**self.where, PartNumber=number, Body=body, **given)
        kept = {
            name: answer[name] for name in ("ETag", f"Checksum{self.algorithm}") if name in answer
        }
        self.parts = [part for part in self.parts if part["PartNumber"] != number]
        self.parts.append({"PartNumber": number, **kept})

    def complete(self, **settings: Any) -> Any:
        listed: Any = {"Parts": settings.pop("parts", self.parts)}
        return self.s3.complete_multipart_upload(**self.where, MultipartUpload=listed, **settings)

    def failure(self, **settings: Any) -> str:
        with pytest.raises(ClientError) as error:
            self.complete(**settings)
        return error.value.response["Error"]["Code"]


@pytest.fixture
def upload(s3: S3Client, bucket: S3Bucket) -> Upload:
    made = Upload(s3, bucket.name, ContentType="application/zip", Metadata={"a": "b"})
    made.send(1, FIRST)
    made.send(2, LAST)
    return made


def test_parts_become_one_object(any_s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(any_s3, bucket.name, ContentType="application/zip", Metadata={"a": "b"})
    upload.send(2, LAST)
    upload.send(1, b"z" * len(FIRST))
    upload.send(1, FIRST)  # a part sent again replaces the earlier one
    upload.parts.sort(key=lambda part: part["PartNumber"])
    etag = upload.complete()["ETag"]
    got = any_s3.get_object(Bucket=bucket.name, Key="big")
    digests = hashlib.md5(FIRST).digest() + hashlib.md5(LAST).digest()
    assert got["Body"].read() == FIRST + LAST
    assert etag == got["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert (got["ContentType"], got["Metadata"]) == ("application/zip", {"a": "b"})
    with pytest.raises(any_s3.exceptions.NoSuchUpload):
        any_s3.list_parts(**upload.where)


def test_only_the_listed_parts_are_taken(upload: Upload, bucket: S3Bucket) -> None:
    upload.send(3, b"never listed")
    upload.complete(parts=upload.parts[:2])
    assert upload.s3.get_object(Bucket=bucket.name, Key="big")["Body"].read() == FIRST + LAST


def test_parts_are_listed_page_by_page(s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(s3, bucket.name, ChecksumAlgorithm="SHA256")
    bodies = {number: b"%d" % number for number in (1, 2, 3, 5, 10_000)}
    for number, body in bodies.items():
        upload.send(number, body)
    first = s3.list_parts(**upload.where, MaxParts=2)
    assert [part["PartNumber"] for part in first["Parts"]] == [1, 2]
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == (True, 2)
    pages = s3.get_paginator("list_parts").paginate(
        **upload.where, PaginationConfig={"PageSize": 2}
    )
    listed = [part for page in pages for part in page["Parts"]]
    assert [part["PartNumber"] for part in listed] == list(bodies)
    for part in listed:
        body = bodies[part["PartNumber"]]
        assert part["Size"] == len(body)
        assert part["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
        assert part["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_uploads_in_progress_are_listed_until_aborted(s3: S3Client, bucket: S3Bucket) -> None:
    uploads = [Upload(s3, bucket.name) for _ in range(3)]
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=bucket.name, PaginationConfig={"PageSize": 2}
    )
    listed = [entry["UploadId"] for page in pages for entry in page["Uploads"]]
    assert listed == [upload.where["UploadId"] for upload in uploads]
    for upload in uploads:
        s3.abort_multipart_upload(**upload.where)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket.name)
    with pytest.raises(s3.exceptions.NoSuchUpload):
        uploads[0].send(1, b"x")


def test_if_none_match_at_completion(s3: S3Client, bucket: S3Bucket, upload: Upload) -> None:
    s3.put_object(Bucket=bucket.name, Key="big", Body=b"there already")
    assert upload.failure(IfNoneMatch="*") == "PreconditionFailed"
    assert s3.get_object(Bucket=bucket.name, Key="big")["Body"].read() == b"there already"
    s3.delete_object(Bucket=bucket.name, Key="big")
    upload.complete(IfNoneMatch="*")  # the refused completion cost no part
    assert s3.head_object(Bucket=bucket.name, Key="big")["ContentLength"] == len(FIRST + LAST)


def test_a_list_that_differs_from_what_was_sent_is_refused(upload: Upload) -> None:
    one, two = upload.parts
    assert upload.failure(parts=[two, one]) == "InvalidPartOrder"
    assert upload.failure(parts=[one, one]) == "InvalidPartOrder"
    assert upload.failure(parts=[one, {**two, "ETag": '"0"'}]) == "InvalidPart"
    assert upload.failure(parts=[one, {**two, "PartNumber": 3}]) == "InvalidPart"
    assert upload.failure(MpuObjectSize=1) == "InvalidRequest"
    upload.complete(MpuObjectSize=len(FIRST + LAST))


def test_a_small_part_may_only_be_the_last(s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(s3, bucket.name)
    upload.send(1, FIRST[:-1])
    upload.send(2, LAST)
    assert upload.failure() == "EntityTooSmall"


@pytest.mark.parametrize("number", [0, 10_001])
def test_part_numbers_have_bounds(s3: S3Client, bucket: S3Bucket, number: int) -> None:
    with pytest.raises(ClientError) as error:
        Upload(s3, bucket.name).send(number, b"x")
    assert error.value.response["Error"]["Code"] == "InvalidArgument"


def test_a_composite_checksum(any_s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(any_s3, bucket.name, ChecksumAlgorithm="SHA256")
    upload.send(1, FIRST)
    upload.send(2, LAST)
    bare = [{"PartNumber": part["PartNumber"], "ETag": part["ETag"]} for part in upload.parts]
    assert upload.failure(parts=bare) == "InvalidRequest"
    forged = [
        upload.parts[0],
        {**upload.parts[1], "ChecksumSHA256": upload.parts[0]["ChecksumSHA256"]},
    ]
    assert upload.failure(parts=forged) == "InvalidPart"
    digests = hashlib.sha256(FIRST).digest() + hashlib.sha256(LAST).digest()
    value = base64.b64encode(hashlib.sha256(digests).digest()).decode()
    assert upload.complete()["ChecksumSHA256"] == f"{value}-2"
    head = any_s3.head_object(Bucket=bucket.name, Key="big", ChecksumMode="ENABLED")
    assert (head["ChecksumSHA256"], head["ChecksumType"]) == (f"{value}-2", "COMPOSITE")


def test_a_whole_object_checksum(s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(s3, bucket.name, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.send(1, FIRST)
    upload.send(2, LAST)
    value = base64.b64encode(zlib.crc32(FIRST + LAST).to_bytes(4, "big")).decode()
    wrong = base64.b64encode(bytes(4)).decode()
    assert upload.failure(ChecksumCRC32=wrong, ChecksumType="FULL_OBJECT") == "BadDigest"
    assert upload.failure(ChecksumCRC32=value, ChecksumType="COMPOSITE") == "InvalidRequest"
    done = upload.complete(ChecksumCRC32=value, ChecksumType="FULL_OBJECT")
    assert (done["ChecksumCRC32"], done["ChecksumType"]) == (value, "FULL_OBJECT")


def test_checksum_kinds_that_cannot_be_are_refused(s3: S3Client, bucket: S3Bucket) -> None:
    for algorithm, kind, code in (
        ("SHA256", "FULL_OBJECT", "InvalidRequest"),
        ("CRC64NVME", "FULL_OBJECT", "NotImplemented"),
        ("CRC32C", "COMPOSITE", "NotImplemented"),
    ):
        with pytest.raises(ClientError) as error:
            Upload(s3, bucket.name, ChecksumAlgorithm=algorithm, ChecksumType=kind)
        assert error.value.response["Error"]["Code"] == code


def test_a_part_with_another_algorithm_than_the_upload_is_refused(
    s3: S3Client, bucket: S3Bucket
) -> None:
    upload = Upload(s3, bucket.name, ChecksumAlgorithm="SHA256")
    upload.algorithm = "CRC32"
    with pytest.raises(ClientError) as error:
        upload.send(1, b"x")
    assert error.value.response["Error"]["Code"] == "InvalidRequest"


def test_presigned_parts_are_bound_to_their_checksum(s3: S3Client, bucket: S3Bucket) -> None:
    upload = Upload(s3, bucket.name, ChecksumAlgorithm="SHA256")
    value = base64.b64encode(hashlib.sha256(LAST).digest()).decode()
    url = s3.generate_presigned_url(
        "upload_part", Params={**upload.where, "PartNumber": 1, "ChecksumSHA256": value}
    )
    headers = {"x-amz-checksum-sha256": value}
    assert httpx.put(url, content=b"other", headers=headers).status_code == 400
    assert httpx.put(url, content=LAST).status_code == 403
    assert httpx.put(url, content=LAST, headers=headers).status_code == 200
    elsewhere = url.replace("partNumber=1", "partNumber=2")
    assert httpx.put(elsewhere, content=LAST, headers=headers).status_code == 403
    (part,) = s3.list_parts(**upload.where)["Parts"]
    assert (part["PartNumber"], part["ChecksumSHA256"]) == (1, value)


def test_the_upload_of_another_key_is_not_found(s3: S3Client, upload: Upload) -> None:
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.list_parts(**{**upload.where, "Key": "other"})
