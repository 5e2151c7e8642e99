"""Uploads in parts: one contract for the bucket in memory and for boto3 over a real store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Protocol

import httpx
import pytest

from koda_desktop.marketplace.api import FileFacts, OpenUpload, PartFacts, StoredPart
from koda_desktop.marketplace.checksums import whole_crc32
from koda_desktop.marketplace.keys import listing_prefix, object_key
from koda_desktop.marketplace.ports import Capabilities, Completion, Objects, SignedRequest
from koda_desktop.marketplace.sizes import MIB
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.services.s3.objects import Bucket, S3Objects
from tests.fixtures_servers import S3Bucket
from tests.marketplace.memory_objects import MemoryObjects, crc32

SELLER = "aaaaaaaaaaaaaaaaaaaaaaaa"
LISTING = "cccccccccccccccccccccccc"
BODIES = (b"a" * (5 * MIB), b"b" * (5 * MIB), b"the end")
DATA = b"".join(BODIES)
FILE = FileFacts("flow.zip", "application/zip", len(DATA), hashlib.sha256(DATA).hexdigest())
KEY = object_key(SELLER, LISTING, FILE.sha256, FILE.name)
WHOLE = crc32(DATA)


class Sender(Protocol):
    """Puts a part through its presigned request; the ETag, or None when it was refused."""

    def __call__(self, signed: SignedRequest, data: bytes) -> str | None: ...


@pytest.fixture(params=["memory", "s3"])
def objects(request: pytest.FixtureRequest) -> Iterator[Objects]:
    if request.param == "memory":
        yield MemoryObjects(min_part=5 * MIB)
        return
    bucket: S3Bucket = request.getfixturevalue("bucket")
    adapter = S3Objects(
        Bucket(
            bucket.name,
            bucket.region,
            bucket.endpoint,
            bucket.access_key_id,
            bucket.secret_access_key,
        ),
        SystemClock(),
    )
    yield adapter
    adapter.close()


@pytest.fixture
def send(objects: Objects) -> Sender:
    return lambda signed, data: sent(objects, signed, data)


def sent(objects: Objects, signed: SignedRequest, data: bytes) -> str | None:
    if isinstance(objects, MemoryObjects):
        _, upload_id, number = signed.url.split(":")
        try:
            return objects.put_part(upload_id, int(number), data, signed.headers["x-koda-crc32"])
        except ValueError:
            return None
    answer = httpx.put(signed.url, content=data, headers=signed.headers)
    return answer.headers["etag"].strip('"') if answer.is_success else None


def put_object(objects: Objects, data: bytes) -> None:
    if isinstance(objects, MemoryObjects):
        objects.put(KEY, data)
        return
    promised = FileFacts("x", "text/plain", len(data), hashlib.sha256(data).hexdigest())
    signed = objects.sign_put(KEY, promised, 60)
    assert httpx.put(signed.url, content=data, headers=signed.headers).status_code == 200


def send_all(objects: Objects, upload_id: str) -> list[StoredPart]:
    parts = []
    for number, body in enumerate(BODIES, 1):
        part = PartFacts(number, len(body), crc32(body))
        etag = sent(objects, objects.sign_part(KEY, upload_id, part, 60), body)
        assert etag is not None
        parts.append(StoredPart(number, len(body), etag, part.crc32))
    return parts


def test_parts_are_listed_with_size_etag_and_checksum(objects: Objects) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    assert objects.parts(KEY, upload_id) == ()
    parts = send_all(objects, upload_id)
    assert objects.parts(KEY, upload_id) == tuple(parts)
    assert [part.etag for part in parts] == [hashlib.md5(body).hexdigest() for body in BODIES]
    assert objects.parts(KEY, "no-such-upload") is None


def test_leave_for_a_part_is_bound_to_its_bytes(objects: Objects, send: Sender) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    signed = objects.sign_part(KEY, upload_id, PartFacts(1, 3, crc32(b"abc")), 60)
    assert send(signed, b"abd") is None
    assert objects.parts(KEY, upload_id) == ()
    assert send(signed, b"abc") == hashlib.md5(b"abc").hexdigest()


def test_a_part_sent_again_replaces_the_first(objects: Objects, send: Sender) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    for body in (b"one", b"two"):
        send(objects.sign_part(KEY, upload_id, PartFacts(1, 3, crc32(body)), 60), body)
    [part] = objects.parts(KEY, upload_id) or ()
    assert part.crc32 == crc32(b"two")


def test_the_whole_has_size_and_checksum(objects: Objects) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    parts = send_all(objects, upload_id)
    assert whole_crc32((one.crc32 or "", one.size) for one in parts) == WHOLE
    assert objects.complete_upload(KEY, upload_id, parts, WHOLE) is Completion.STORED
    stored = objects.head(KEY)
    assert stored is not None
    assert (stored.size, stored.crc32, stored.sha256) == (len(DATA), WHOLE, None)
    digests = b"".join(hashlib.md5(body).digest() for body in BODIES)
    assert stored.etag == f"{hashlib.md5(digests).hexdigest()}-{len(BODIES)}"
    assert objects.sha256(KEY) == FILE.sha256
    assert objects.parts(KEY, upload_id) is None
    assert objects.complete_upload(KEY, upload_id, parts, WHOLE) is Completion.UNKNOWN


def test_an_object_is_never_replaced_by_parts(objects: Objects) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    parts = send_all(objects, upload_id)
    put_object(objects, b"there before")
    assert objects.complete_upload(KEY, upload_id, parts, WHOLE) is Completion.EXISTS
    stored = objects.head(KEY)
    assert stored is not None
    assert stored.size == len(b"there before")


@pytest.mark.parametrize("fault", ["etag", "missing", "whole", "small"])
def test_parts_that_are_not_the_file_make_no_object(
    objects: Objects, send: Sender, fault: str
) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    parts, whole = send_all(objects, upload_id), WHOLE
    if fault == "etag":
        parts[1] = StoredPart(2, parts[1].size, "0" * 32, parts[1].crc32)
    if fault == "missing":
        parts.insert(2, StoredPart(4, 1, "0" * 32, crc32(b"x")))
        parts[2], parts[3] = parts[3], parts[2]
    if fault == "whole":
        whole = crc32(b"other bytes")
    if fault == "small":
        body = b"short"
        etag = send(objects.sign_part(KEY, upload_id, PartFacts(2, 5, crc32(body)), 60), body)
        parts[1] = StoredPart(2, 5, etag or "", crc32(body))
    assert objects.complete_upload(KEY, upload_id, parts, whole) is Completion.INVALID
    assert objects.head(KEY) is None
    assert objects.parts(KEY, upload_id) is not None


def test_an_aborted_upload_is_gone_and_may_be_aborted_again(objects: Objects, send: Sender) -> None:
    upload_id = objects.create_upload(KEY, FILE)
    signed = objects.sign_part(KEY, upload_id, PartFacts(1, 3, crc32(b"abc")), 60)
    for _ in range(2):
        objects.abort_upload(KEY, upload_id)
    assert objects.parts(KEY, upload_id) is None
    assert send(signed, b"abc") is None


def test_open_uploads_are_found_by_prefix_oldest_first(objects: Objects) -> None:
    other = object_key(SELLER, "d" * 24, FILE.sha256, FILE.name)
    mine = [objects.create_upload(KEY, FILE) for _ in range(2)]
    objects.create_upload(other, FILE)
    assert objects.open_uploads(listing_prefix(SELLER, LISTING)) == tuple(
        OpenUpload(KEY, upload_id) for upload_id in mine
    )
    objects.abort_upload(KEY, mine[0])
    assert [one.upload_id for one in objects.open_uploads(KEY)] == mine[1:]


def test_everything_the_uploads_like_is_found_and_nothing_is_left(objects: Objects) -> None:
    assert objects.capabilities() == Capabilities(True, True, True, True, True, True)
    assert objects.open_uploads("koda-probe/") == ()
    for name in ("single", "parts"):
        assert objects.head(f"koda-probe/{name}") is None


def test_an_unconditional_put_is_signed_without_the_condition(objects: Objects) -> None:
    signed: Any = objects.sign_put(KEY, FILE, 60, is_conditional=False)
    assert "If-None-Match" not in signed.headers
