"""What is allowed of uploads in parts: whose they are, what they hold, and how one ends."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import GatesUnmet, InputError, NotAllowed, Unverified
from koda_desktop.marketplace.api import (
    Actor,
    FileFacts,
    OpenUpload,
    PartFacts,
    PartsUpload,
    Receipt,
    RegisterRequest,
    StoredPart,
    UploadLost,
    UploadRequest,
)
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.keys import object_key
from koda_desktop.marketplace.ports import Completion
from koda_desktop.marketplace.sizes import MIB, PARTS_MAX, part_size
from tests.marketplace.memory import MemoryObjects, MemoryProducts, MemoryUsers
from tests.marketplace.memory_objects import Habits, crc32

SELLER, STRANGER = Actor("a" * 24), Actor("b" * 24)
LISTING = "c" * 24
PART = 4
DATA = b"0123456789"
FILE = FileFacts("flow.zip", "application/zip", len(DATA), hashlib.sha256(DATA).hexdigest())
KEY = object_key(SELLER.user_id, LISTING, FILE.sha256, FILE.name)
REQUEST = UploadRequest(LISTING, FILE)


class Shop:
    """A marketplace over memory whose parts have four bytes."""

    def __init__(self, habits: Habits | None = None) -> None:
        self.users = MemoryUsers()
        for actor in (SELLER, STRANGER):
            clerk_id = f"user_{actor.user_id[0]}"
            self.users.add({"_id": actor.user_id, "clerkId": clerk_id, "onboardingComplete": True})
        self.objects = MemoryObjects(habits)
        self.products = MemoryProducts()
        self.market = DirectMarketplace(
            self.users, self.products, self.objects, choose_part_size=lambda _: PART
        )

    def begin(self) -> PartsUpload:
        upload = self.market.begin_parts(SELLER, REQUEST)
        assert upload is not None
        return upload

    def send(self, upload: PartsUpload, data: bytes = DATA) -> list[StoredPart]:
        bodies = [data[at : at + PART] for at in range(0, len(data), PART)]
        facts = [PartFacts(n, len(body), crc32(body)) for n, body in enumerate(bodies, 1)]
        grants = self.market.sign_parts(SELLER, upload, facts)
        assert [grant.number for grant in grants] == [fact.number for fact in facts]
        sent = []
        for fact, body in zip(facts, bodies, strict=True):
            etag = self.objects.put_part(upload.upload_id, fact.number, body, fact.crc32)
            sent.append(StoredPart(fact.number, fact.size, etag or "", fact.crc32))
        return sent

    def register(self, file: FileFacts) -> None:
        fields = {
            "title": "Lead digest",
            "description": "Sends a digest.",
            "price": 9.99,
            "category": "Productivity",
            "platform": "n8n",
        }
        receipt = Receipt("device", 1, "op-1")
        self.market.register(SELLER, RegisterRequest(LISTING, fields, file, KEY, receipt))


@pytest.fixture
def shop() -> Shop:
    return Shop()


@given(size=st.integers(1, 5 * 1024**4))
def test_the_part_size_is_whole_mebibytes_and_makes_few_enough_parts(size: int) -> None:
    chosen = part_size(size)
    assert chosen % MIB == 0
    assert chosen >= 8 * MIB
    assert -(-size // chosen) <= PARTS_MAX
    if chosen > 16 * MIB:
        assert (chosen - MIB) * PARTS_MAX < size
    elif chosen > 8 * MIB:
        assert (chosen - MIB) * 64 < size


def test_a_large_file_goes_in_larger_parts() -> None:
    assert part_size(512 * MIB) == 8 * MIB
    assert part_size(1024 * MIB) == 16 * MIB
    assert part_size(100 * 1024 * MIB) == 16 * MIB


def test_parts_become_the_promised_object(shop: Shop) -> None:
    upload = shop.begin()
    assert (upload.key, upload.part_size) == (KEY, PART)
    parts = shop.send(upload)
    assert shop.market.stored_parts(SELLER, upload) == tuple(parts)
    assert shop.market.complete_parts(SELLER, upload, parts) is True
    assert shop.objects.objects[KEY] == DATA
    assert shop.market.begin_parts(SELLER, REQUEST) is None


def test_a_completion_whose_answer_was_lost_is_settled_by_looking(shop: Shop) -> None:
    upload = shop.begin()
    parts = shop.send(upload)
    for _ in range(2):
        assert shop.market.complete_parts(SELLER, upload, parts) is True
    assert shop.objects.completions == [KEY]


def test_a_completion_that_was_repeated_on_its_way_is_settled_by_looking(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = shop.begin()
    parts = shop.send(upload)
    once = shop.objects.complete_upload

    def twice(key: str, upload_id: str, parts: Sequence[StoredPart], crc32: str) -> Completion:
        # As a client does that sends a request again when its connection breaks.
        once(key, upload_id, parts, crc32)
        return once(key, upload_id, parts, crc32)

    monkeypatch.setattr(shop.objects, "complete_upload", twice)
    assert shop.market.complete_parts(SELLER, upload, parts) is True
    assert shop.objects.completions == [KEY]


@pytest.mark.parametrize("habits", [Habits(), Habits(keeps_checksums=False, has_md5_etags=False)])
def test_another_object_under_the_key_is_never_taken_for_ours(habits: Habits) -> None:
    shop = Shop(habits)
    upload = shop.begin()
    parts = shop.send(upload)
    shop.objects.put(KEY, b"9876543210")
    assert shop.market.complete_parts(SELLER, upload, parts) is False
    assert shop.objects.objects[KEY] == b"9876543210"
    with pytest.raises(Unverified):
        shop.market.begin_parts(SELLER, REQUEST)


def test_an_upload_that_is_gone_without_an_object_is_lost(shop: Shop) -> None:
    upload = shop.begin()
    parts = shop.send(upload)
    shop.market.abort_parts(SELLER, upload)
    assert shop.market.stored_parts(SELLER, upload) is None
    with pytest.raises(UploadLost):
        shop.market.complete_parts(SELLER, upload, parts)


def test_an_upload_whose_id_was_lost_is_taken_up_again(shop: Shop) -> None:
    first = shop.begin()
    shop.send(first)
    assert shop.begin() == first
    assert shop.market.open_uploads(SELLER, LISTING) == (OpenUpload(KEY, first.upload_id),)


def test_only_the_owner_touches_an_upload(shop: Shop) -> None:
    upload = shop.begin()
    parts = shop.send(upload)
    facts = [PartFacts(1, PART, crc32(DATA[:PART]))]
    for call in (
        lambda: shop.market.sign_parts(STRANGER, upload, facts),
        lambda: shop.market.stored_parts(STRANGER, upload),
        lambda: shop.market.complete_parts(STRANGER, upload, parts),
        lambda: shop.market.abort_parts(STRANGER, upload),
    ):
        with pytest.raises(NotAllowed):
            call()
    assert shop.market.open_uploads(STRANGER, LISTING) == ()


def test_a_key_beside_the_listings_own_is_refused(shop: Shop) -> None:
    upload = replace(shop.begin(), key=KEY + "x")
    with pytest.raises(NotAllowed):
        shop.market.sign_parts(SELLER, upload, [PartFacts(1, PART, crc32(DATA[:PART]))])


def test_a_seller_who_may_not_publish_may_still_clear_away(shop: Shop) -> None:
    upload = shop.begin()
    shop.users.documents[SELLER.user_id]["onboardingComplete"] = False
    for call in (shop.begin, lambda: shop.market.stored_parts(SELLER, upload)):
        with pytest.raises(GatesUnmet):
            call()
    shop.market.abort_parts(SELLER, upload)
    assert shop.objects.uploads == {}


@pytest.mark.parametrize(
    "part",
    [
        PartFacts(0, PART, "00000000"),
        PartFacts(4, PART, "00000000"),
        PartFacts(3, PART, "00000000"),
        PartFacts(1, PART - 1, "00000000"),
        PartFacts(1, PART, "0000000G"),
    ],
)
def test_leave_is_given_for_the_parts_of_the_file_alone(shop: Shop, part: PartFacts) -> None:
    with pytest.raises(InputError):
        shop.market.sign_parts(SELLER, shop.begin(), [part])


def test_only_the_whole_file_is_completed(shop: Shop) -> None:
    upload = shop.begin()
    parts = shop.send(upload)
    broken = (
        parts[:2],
        [*parts[1:], parts[0]],
        [*parts[:2], replace(parts[2], crc32=None)],
    )
    for listed in broken:
        with pytest.raises(InputError):
            shop.market.complete_parts(SELLER, upload, listed)
    promised = replace(upload, file=replace(FILE, crc32=crc32(b"other")))
    with pytest.raises(InputError):
        shop.market.complete_parts(SELLER, promised, parts)
    assert shop.objects.objects == {}


@pytest.mark.parametrize("keeps_checksums", [True, False])
def test_a_file_sent_in_parts_is_registered_by_its_checksum_or_read_through(
    keeps_checksums: bool,
) -> None:
    shop = Shop(Habits(keeps_checksums=keeps_checksums))
    upload = shop.begin()
    assert shop.market.complete_parts(SELLER, upload, shop.send(upload))
    other = replace(FILE, crc32=crc32(b"other bytes"), sha256=FILE.sha256)
    if keeps_checksums:
        with pytest.raises(GatesUnmet):
            shop.register(other)
    shop.register(replace(FILE, crc32=crc32(DATA)))
    assert shop.products.documents[LISTING]["files"][0]["sha256"] == FILE.sha256


def test_a_store_without_conditions_is_looked_at_before_leave_is_given(shop: Shop) -> None:
    shop.objects.put(KEY, b"something else")
    with pytest.raises(Unverified):
        shop.market.request_upload(SELLER, replace(REQUEST, is_conditional=False))
    assert shop.market.request_upload(SELLER, REQUEST).is_stored is False
