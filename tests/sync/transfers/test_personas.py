"""Publishing a large file to every kind of S3 server, over real HTTP and the real adapter."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from starlette.types import Scope

from koda_desktop.errors import Misconfigured, ServerDown, Unverified
from koda_desktop.marketplace.api import FileFacts
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.ports import Capabilities
from koda_desktop.runtime.clock import SystemClock
from koda_desktop.services.s3.objects import Bucket, S3Objects
from koda_desktop.services.s3.signing import base64_of
from koda_desktop.sync.backoff import RETRY_AFTER
from koda_desktop.sync.engine.parts import StorageFault
from koda_desktop.sync.rows import TransferState
from koda_desktop.sync.transfers.http import HttpCarrier
from koda_desktop.sync.transfers.sizes import Sizes
from tests.fixtures_servers import S3Bucket
from tests.sync.engine.transfer_desk import TransferDesk
from tests.sync.fake_marketplace import Server
from tests.sync.transfers.personas import TRAITS, Persona, PersonaServer

PART = 64 * 1024
DATA = random.Random(3).randbytes(9 * PART + 77)
SHA256 = hashlib.sha256(DATA).hexdigest()
Answer = tuple[int, bytes, dict[str, str]]
SIZES = Sizes(single_max=PART, range_size=PART, sync_bytes=4 * PART, retry_seconds=0.01)

CAPABILITIES = {
    Persona.FAITHFUL: Capabilities(True, True, True, True, True, True),
    Persona.NO_CHECKSUMS: Capabilities(False, False, True, True, True, True),
    Persona.NO_CONDITIONS: Capabilities(True, True, False, False, True, True),
    Persona.CONDITIONS_501: Capabilities(True, True, False, False, True, True),
    Persona.OPAQUE_ETAGS: Capabilities(True, True, True, True, False, True),
    Persona.NO_LISTING: Capabilities(True, True, True, True, True, False),
    Persona.NO_PARTS_LIST: Capabilities(False, True, True, True, False, True),
    Persona.BARE: Capabilities(False, False, False, False, False, False),
}


class Crash(Exception):
    """The process ended here."""


def adapter(bucket: S3Bucket) -> S3Objects:
    address = Bucket(
        bucket.name, bucket.region, bucket.endpoint, bucket.access_key_id, bucket.secret_access_key
    )
    return S3Objects(address, SystemClock())


class Shop:
    """A desk whose marketplace stands on an object store of that persona."""

    def __init__(self, folder: Path, persona: Persona) -> None:
        self.store = PersonaServer(folder / "objects", persona)
        self.objects = adapter(self.store.bucket)
        server = Server()
        market = DirectMarketplace(server.users, server.collection, self.objects, lambda _: PART)
        self.desk = TransferDesk(
            folder / "desk",
            server,
            market=market,
            carrier=HttpCarrier(),
            pool=ThreadPoolExecutor(4),
            sizes=SIZES,
        )

    def close(self) -> None:
        self.desk.close()
        self.objects.close()
        self.store.close()

    def key(self) -> str:
        [document] = self.desk.server.products.values()
        return str(document["fileUrl"])

    def count(self, method: str, mark: str) -> int:
        return sum(1 for one, path in self.store.seen if one == method and mark in path)


@pytest.fixture(params=list(Persona))
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, request.param)
    yield shop
    shop.close()


@pytest.fixture
def faithful(tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(tmp_path, Persona.FAITHFUL)
    yield shop
    shop.close()


def test_a_large_file_is_published_and_comes_back(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk
    listing_id = desk.published(DATA)
    assert shop.objects.sha256(shop.key()) == SHA256
    assert shop.count("PUT", "partNumber=") == 10
    row = desk.download(desk.wanted(listing_id, tmp_path / "in"))
    assert row.state is TransferState.DONE
    assert Path(row.target).read_bytes() == DATA


def test_a_small_file_is_published(shop: Shop) -> None:
    shop.desk.published(b"small")
    assert shop.objects.sha256(shop.key()) == hashlib.sha256(b"small").hexdigest()


def test_an_interrupted_upload_goes_on_with_what_can_be_proved(shop: Shop) -> None:
    desk = shop.desk
    listing_id = desk.queued(DATA)

    def crash(name: str) -> None:
        if name == "parts.completing":
            raise Crash

    desk.step = crash
    with pytest.raises(Crash):
        desk.upload(listing_id)
    desk.step = lambda _: None
    desk.upload(listing_id)
    traits = shop.store.traits
    # Without a checksum and without an MD5 nothing proves what a part holds.
    is_blind = traits >= {Persona.NO_CHECKSUMS, Persona.OPAQUE_ETAGS}
    is_blind |= Persona.NO_PARTS_LIST in traits
    assert shop.count("PUT", "partNumber=") == (20 if is_blind else 10)


def test_an_object_in_the_way_is_never_replaced(shop: Shop) -> None:
    desk = shop.desk
    listing_id = desk.queued(DATA)

    def intrude(name: str) -> None:
        if name == "parts.completing":
            key = desk.plan(listing_id).object_key
            other = FileFacts("x", "text/plain", 5, hashlib.sha256(b"other").hexdigest())
            signed = shop.objects.sign_put(key, other, 60, is_conditional=False)
            httpx.put(signed.url, content=b"other", headers=signed.headers).raise_for_status()

    desk.step = intrude
    with pytest.raises(Unverified, match="Another file"):
        desk.upload(listing_id)
    assert (
        shop.objects.sha256(desk.plan(listing_id).object_key)
        == hashlib.sha256(b"other").hexdigest()
    )


def test_what_the_server_supports_is_found_and_nothing_is_left(shop: Shop) -> None:
    persona = next(p for p in Persona if shop.store.traits == TRAITS[p])
    assert shop.objects.capabilities() == CAPABILITIES[persona]
    for name in ("single", "parts"):
        assert shop.objects.head(f"koda-probe/{name}") is None
    if Persona.NO_PARTS_LIST not in shop.store.traits:
        assert shop.objects.open_uploads("koda-probe/") == ()


ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>no</Message></Error>"


def test_an_error_inside_a_200_is_an_error(faithful: Shop) -> None:
    desk = faithful.desk
    listing_id = desk.queued(DATA)
    refused: list[int] = []

    def lie(scope: Scope) -> Answer | None:
        if scope["method"] == "POST" and b"uploadId=" in scope["query_string"]:
            refused.append(1)
            return 200, ERROR % b"InternalError", {}
        return None

    faithful.store.answer = lie
    with pytest.raises(ServerDown):
        desk.upload(listing_id)
    assert refused
    faithful.store.answer = lambda _: None
    desk.upload(listing_id)
    assert faithful.count("PUT", "partNumber=") == 10


def test_a_region_that_is_not_the_buckets_is_told_as_that(faithful: Shop) -> None:
    """OpenStack Swift answers so to a HEAD that is signed for another region."""
    faithful.store.answer = lambda scope: (400, b"", {}) if scope["method"] == "HEAD" else None
    with pytest.raises(Misconfigured, match="region"):
        faithful.objects.check_bucket()


def test_a_store_without_tls_is_not_said_to_have_a_bad_certificate(faithful: Shop) -> None:
    at = faithful.store.bucket
    secure = f"https://127.0.0.1:{faithful.store.port}"
    objects = adapter(S3Bucket(secure, at.name, at.access_key_id, at.secret_access_key))
    with pytest.raises(Misconfigured, match="does not speak TLS"):
        objects.check_bucket()
    objects.close()


def test_slow_down_halves_what_goes_out_at_a_time(faithful: Shop) -> None:
    desk = faithful.desk
    asked: list[int] = []

    def slow(scope: Scope) -> Answer | None:
        if scope["method"] == "PUT" and b"partNumber=" in scope["query_string"]:
            asked.append(1)
            if len(asked) == 1:
                return 503, ERROR % b"SlowDown", {}
        return None

    faithful.store.answer = slow
    desk.upload(desk.queued(DATA))
    assert len(asked) == 11
    assert desk.carrier.width(faithful.store.bucket.endpoint) == 2


def test_a_wait_the_store_asks_for_is_handed_on(faithful: Shop) -> None:
    faithful.store.answer = lambda scope: (
        (503, ERROR % b"SlowDown", {"retry-after": "17"})
        if b"partNumber=" in scope["query_string"]
        else None
    )
    with pytest.raises(StorageFault) as caught:
        faithful.desk.upload(faithful.desk.queued(DATA))
    assert caught.value.error.facts[RETRY_AFTER] == 17


def test_leave_that_lapsed_is_renewed_and_costs_nothing(faithful: Shop) -> None:
    lapsed: list[int] = []

    def expire(scope: Scope) -> Answer | None:
        if b"partNumber=" in scope["query_string"] and len(lapsed) < 3:
            lapsed.append(1)
            body = ERROR.replace(b"no", b"Request has expired") % b"AccessDenied"
            return 403, body, {}
        return None

    faithful.store.answer = expire
    faithful.desk.upload(faithful.desk.queued(DATA))
    assert faithful.desk.waits == []


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, b"NoSuchUpload"), (412, b"PreconditionFailed"), (200, b"InternalError")],
)
def test_a_completion_that_is_denied_after_it_was_done_is_settled_by_looking(
    faithful: Shop, status: int, code: bytes
) -> None:
    desk = faithful.desk
    listing_id = desk.queued(DATA)
    denied: list[int] = []

    def deny(scope: Scope) -> Answer | None:
        if scope["method"] == "POST" and b"uploadId=" in scope["query_string"] and not denied:
            denied.append(1)
            return status, ERROR % code, {}
        return None

    faithful.store.lie = deny
    desk.upload(listing_id)
    assert denied
    assert faithful.objects.sha256(desk.plan(listing_id).object_key) == SHA256
    assert faithful.count("PUT", "partNumber=") == 10


def test_a_completion_in_conflict_with_another_is_begun_anew(faithful: Shop) -> None:
    refused: list[int] = []

    def refuse(scope: Scope) -> Answer | None:
        if scope["method"] == "POST" and b"uploadId=" in scope["query_string"] and not refused:
            refused.append(1)
            return 409, ERROR % b"ConditionalRequestConflict", {}
        return None

    faithful.store.answer = refuse
    faithful.desk.published(DATA)
    assert faithful.objects.sha256(faithful.key()) == SHA256
    assert faithful.objects.open_uploads("") == ()


def test_a_bit_that_flips_in_a_get_never_reaches_the_file(faithful: Shop, tmp_path: Path) -> None:
    desk = faithful.desk
    plan = desk.wanted(desk.published(DATA), tmp_path / "in")
    flipped: list[int] = []

    def flip(scope: Scope) -> Answer | None:
        ranges = [value for name, value in scope["headers"] if name == b"range"]
        if scope["method"] == "GET" and ranges == [b"bytes=0-65535"] and not flipped:
            flipped.append(1)
            place = {"content-range": f"bytes 0-65535/{len(DATA)}"}
            return 206, bytes([DATA[0] ^ 1]) + DATA[1:PART], place
        return None

    faithful.store.answer = flip
    row = desk.download(plan)
    assert flipped
    assert row.state is TransferState.DONE
    assert Path(row.target).read_bytes() == DATA


class Flipped:
    """Answers for the store: one bit of one range is wrong, once, and ``attributes`` are told."""

    def __init__(self, shop: Shop, attributes: tuple[int, bytes]) -> None:
        self._etag = shop.objects.head(shop.key()).etag  # type: ignore[union-attr]
        self._attributes = attributes
        self._is_spoilt = False
        self.fetched: list[int] = []
        """Where the ranges began that were asked for."""

    def __call__(self, scope: Scope) -> tuple[int, bytes, dict[str, str]] | None:
        asked = dict(scope["headers"]).get(b"range", b"").decode()
        if scope["method"] != "GET":
            return None
        if "attributes" in scope["query_string"].decode():
            return (*self._attributes, {})
        first, last = (int(one) for one in asked.removeprefix("bytes=").split("-"))
        self.fetched.append(first)
        if self._is_spoilt or first == 0:
            return None
        self._is_spoilt = True
        data = bytearray(DATA[first : last + 1])
        data[7] ^= 1
        place = f"bytes {first}-{last}/{len(DATA)}"
        return 206, bytes(data), {"content-range": place, "etag": f'"{self._etag}"'}


def attributes() -> bytes:
    parts = "".join(
        f"<Part><PartNumber>{number}</PartNumber><Size>{len(data)}</Size>"
        f"<ChecksumCRC32>{base64_of(f'{zlib.crc32(data):08x}')}</ChecksumCRC32></Part>"
        for number, data in enumerate(
            (DATA[at : at + PART] for at in range(0, len(DATA), PART)), start=1
        )
    )
    body = f"<ObjectParts><IsTruncated>false</IsTruncated>{parts}</ObjectParts>"
    return f"<GetObjectAttributesResponse>{body}</GetObjectAttributesResponse>".encode()


NO_SUCH = b"<Error><Code>NotImplemented</Code></Error>"


@pytest.mark.parametrize(
    ("answer", "is_told"),
    [
        ((200, attributes()), True),
        ((501, NO_SUCH), False),
        ((403, NO_SUCH), False),
        # A store that takes the question for one about the object.
        ((206, DATA[:5000]), False),
    ],
)
def test_of_a_bit_that_flipped_only_the_bad_part_is_fetched_again_if_it_is_known(
    faithful: Shop, tmp_path: Path, answer: tuple[int, bytes], is_told: bool
) -> None:
    desk = faithful.desk
    listing_id = desk.published(DATA)
    faithful.store.answer = flipped = Flipped(faithful, answer)
    row = desk.download(desk.wanted(listing_id, tmp_path / "in"))
    assert row.state is TransferState.DONE
    assert Path(row.target).read_bytes() == DATA
    again = [offset for offset in set(flipped.fetched) if flipped.fetched.count(offset) == 2]
    assert (len(again) == 1) is is_told
    assert again


def test_the_sandbox_s_store_says_that_it_tells_no_attributes(faithful: Shop) -> None:
    faithful.desk.published(DATA)
    assert faithful.objects.part_checksums(faithful.key()) == ()
