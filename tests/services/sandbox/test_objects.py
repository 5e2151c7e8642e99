"""Objects through boto3: what is put comes back, and only what is asked for happens."""

from __future__ import annotations

import hashlib
import threading
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from hypothesis import given, settings
from hypothesis import strategies as st
from mypy_boto3_s3 import S3Client

from tests.fixtures_servers import S3Bucket, make_bucket
from tests.services.sandbox.conftest import error_code, send, sign

BODY = bytes(range(256)) * 10


def code_of(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_put_get_head_delete(any_s3: S3Client, bucket: S3Bucket) -> None:
    put = any_s3.put_object(
        Bucket=bucket.name,
        Key="a/b.json",
        Body=BODY,
        ContentType="application/json",
        ContentDisposition='attachment; filename="b.json"',
        Metadata={"sha": "abc"},
    )
    got = any_s3.get_object(Bucket=bucket.name, Key="a/b.json")
    head = any_s3.head_object(Bucket=bucket.name, Key="a/b.json")
    assert put["ETag"] == got["ETag"] == head["ETag"] == f'"{hashlib.md5(BODY).hexdigest()}"'
    assert got["Body"].read() == BODY
    for answer in (got, head):
        assert answer["ContentLength"] == len(BODY)
        assert answer["ContentType"] == "application/json"
        assert answer["ContentDisposition"] == 'attachment; filename="b.json"'
        assert answer["Metadata"] == {"sha": "abc"}
    any_s3.delete_object(Bucket=bucket.name, Key="a/b.json")
    with pytest.raises(ClientError) as error:
        any_s3.get_object(Bucket=bucket.name, Key="a/b.json")
    assert code_of(error) == (404, "NoSuchKey")
    any_s3.delete_object(Bucket=bucket.name, Key="a/b.json")  # S3 does not mind


def test_an_empty_object_and_a_replaced_one(any_s3: S3Client, bucket: S3Bucket) -> None:
    any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"")
    assert any_s3.get_object(Bucket=bucket.name, Key="k")["Body"].read() == b""
    any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"second")
    assert any_s3.get_object(Bucket=bucket.name, Key="k")["Body"].read() == b"second"


def test_buckets_are_listed_found_and_removed_when_empty(
    any_s3: S3Client, bucket: S3Bucket
) -> None:
    any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"x")
    assert bucket.name in [b["Name"] for b in any_s3.list_buckets()["Buckets"]]
    any_s3.head_bucket(Bucket=bucket.name)
    with pytest.raises(ClientError) as error:
        any_s3.delete_bucket(Bucket=bucket.name)
    assert code_of(error) == (409, "BucketNotEmpty")
    deleted = any_s3.delete_objects(Bucket=bucket.name, Delete={"Objects": [{"Key": "k"}]})
    assert [entry["Key"] for entry in deleted["Deleted"]] == ["k"]
    any_s3.delete_bucket(Bucket=bucket.name)
    with pytest.raises(ClientError) as error:
        any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"x")
    assert code_of(error) == (404, "NoSuchBucket")


@pytest.mark.parametrize(
    "name", ["ab", "Upper-case", "two..dots", "192.168.1.1", "-dash", "x" * 64]
)
def test_a_bucket_name_against_the_rules_is_refused(bucket: S3Bucket, name: str) -> None:
    answer = send(sign(bucket, "PUT", f"/{name}"))
    assert (answer.status_code, error_code(answer)) == (400, "InvalidBucketName")


def test_creating_a_bucket_again_is_told(s3: S3Client, bucket: S3Bucket) -> None:
    with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket.name)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=10-19", (10, 20)),
        ("bytes=2550-", (2550, 2560)),
        ("bytes=-5", (2555, 2560)),
        ("bytes=2500-99999", (2500, 2560)),
        ("bytes=-99999", (0, 2560)),
    ],
)
def test_a_range_gives_exactly_those_bytes(
    s3: S3Client, bucket: S3Bucket, header: str, expected: tuple[int, int]
) -> None:
    s3.put_object(Bucket=bucket.name, Key="k", Body=BODY)
    answer = s3.get_object(Bucket=bucket.name, Key="k", Range=header)
    start, end = expected
    assert answer["Body"].read() == BODY[start:end]
    assert answer["ContentRange"] == f"bytes {start}-{end - 1}/{len(BODY)}"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    # The object's checksum would not match a range, and clients verify what they are given.
    assert "ChecksumCRC32" not in answer


@pytest.mark.parametrize("header", ["bytes=2560-", "bytes=9999-10000", "bytes=-0"])
def test_a_range_behind_the_end_is_refused(s3: S3Client, bucket: S3Bucket, header: str) -> None:
    s3.put_object(Bucket=bucket.name, Key="k", Body=BODY)
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket=bucket.name, Key="k", Range=header)
    assert code_of(error) == (416, "InvalidRange")


def test_if_range_gives_the_range_only_of_the_same_object(s3: S3Client, bucket: S3Bucket) -> None:
    etag = s3.put_object(Bucket=bucket.name, Key="k", Body=BODY)["ETag"]
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket.name, "Key": "k"})
    same = httpx.get(url, headers={"Range": "bytes=5-9", "If-Range": etag})
    other = httpx.get(url, headers={"Range": "bytes=5-9", "If-Range": '"0000"'})
    assert (same.status_code, same.content) == (206, BODY[5:10])
    assert (other.status_code, other.content) == (200, BODY)


def test_reads_with_conditions(s3: S3Client, bucket: S3Bucket) -> None:
    etag = s3.put_object(Bucket=bucket.name, Key="k", Body=BODY)["ETag"]
    where: Any = {"Bucket": bucket.name, "Key": "k"}
    assert s3.get_object(**where, IfMatch=etag)["ETag"] == etag
    assert s3.get_object(**where, IfNoneMatch='"0000"')["ETag"] == etag
    for call in (s3.get_object, s3.head_object):
        with pytest.raises(ClientError) as error:
            call(**where, IfMatch='"0000"')
        assert code_of(error)[0] == 412
        with pytest.raises(ClientError) as error:
            call(**where, IfNoneMatch=etag)
        assert code_of(error)[0] == 304


def test_if_none_match_keeps_the_first_object(any_s3: S3Client, bucket: S3Bucket) -> None:
    any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        any_s3.put_object(Bucket=bucket.name, Key="k", Body=b"second", IfNoneMatch="*")
    assert code_of(error) == (412, "PreconditionFailed")
    assert any_s3.get_object(Bucket=bucket.name, Key="k")["Body"].read() == b"first"


def test_if_match_replaces_only_what_was_seen(s3: S3Client, bucket: S3Bucket) -> None:
    where: Any = {"Bucket": bucket.name, "Key": "k"}
    with pytest.raises(ClientError) as error:
        s3.put_object(**where, Body=b"x", IfMatch='"0000"')
    assert code_of(error) == (404, "NoSuchKey")
    etag = s3.put_object(**where, Body=b"first")["ETag"]
    s3.put_object(**where, Body=b"second", IfMatch=etag)
    with pytest.raises(ClientError) as error:
        s3.put_object(**where, Body=b"third", IfMatch=etag)
    assert code_of(error) == (412, "PreconditionFailed")


def test_of_many_writers_with_if_none_match_one_wins(s3: S3Client, bucket: S3Bucket) -> None:
    outcomes: dict[int, int] = {}
    start = threading.Barrier(8)

    def write(number: int) -> None:
        start.wait()
        try:
            answer = s3.put_object(
                Bucket=bucket.name, Key="k", Body=b"%d" % number * 100_000, IfNoneMatch="*"
            )
        except ClientError as error:
            outcomes[number] = error.response["ResponseMetadata"]["HTTPStatusCode"]
        else:
            outcomes[number] = answer["ResponseMetadata"]["HTTPStatusCode"]

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes.values()) == [200] + [412] * 7
    winner = next(number for number, status in outcomes.items() if status == 200)
    assert s3.get_object(Bucket=bucket.name, Key="k")["Body"].read() == b"%d" % winner * 100_000


def test_a_reader_keeps_its_object_while_it_is_replaced(s3: S3Client, bucket: S3Bucket) -> None:
    old, new = b"a" * 8_000_000, b"b" * 8_000_000
    s3.put_object(Bucket=bucket.name, Key="k", Body=old)
    stream = s3.get_object(Bucket=bucket.name, Key="k")["Body"]
    first = stream.read(1000)
    s3.put_object(Bucket=bucket.name, Key="k", Body=new)
    assert first + stream.read() == old


@pytest.mark.parametrize(
    "settings",
    [
        {"ServerSideEncryption": "AES256"},
        {"ACL": "public-read"},
        {"Tagging": "a=b"},
        {"StorageClass": "GLACIER"},
    ],
)
def test_what_is_not_implemented_is_refused_not_ignored(
    s3: S3Client, bucket: S3Bucket, settings: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket.name, Key="k", Body=b"x", **settings)
    assert code_of(error) == (501, "NotImplemented")
    with pytest.raises(ClientError) as error:
        s3.get_object_tagging(Bucket=bucket.name, Key="k")
    assert code_of(error) == (501, "NotImplemented")


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=80)
AWKWARD = [
    "..",
    "../../etc/passwd",
    "a/../b",
    "a//b",
    "/leading",
    "trailing/",
    "C:\\x",
    "con",
    "sp ace+plus%25&=?#",
    "ünïcødé/日本語/🎈",
    "e\u0301",
    "é",
    "x" * 1024,
    "日" * 341,
]


@pytest.mark.parametrize("key", AWKWARD)
def test_awkward_keys_come_back_and_are_listed(s3: S3Client, bucket: S3Bucket, key: str) -> None:
    s3.put_object(Bucket=bucket.name, Key=key, Body=key.encode())
    assert s3.get_object(Bucket=bucket.name, Key=key)["Body"].read() == key.encode()
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket.name)["Contents"]] == [key]


def test_a_key_beyond_1024_bytes_is_refused(s3: S3Client, bucket: S3Bucket) -> None:
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket.name, Key="x" * 1025, Body=b"")
    assert code_of(error) == (400, "KeyTooLongError")


@settings(max_examples=10)
@given(keys=st.sets(KEYS, min_size=1, max_size=6))
def test_any_keys_stay_apart(s3: S3Client, object_store: Any, keys: set[str]) -> None:
    bucket = make_bucket(object_store)
    for key in keys:
        s3.put_object(Bucket=bucket.name, Key=key, Body=key.encode())
    listed = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket.name)["Contents"]]
    assert listed == sorted(keys)
    for key in keys:
        assert s3.get_object(Bucket=bucket.name, Key=key)["Body"].read() == key.encode()
