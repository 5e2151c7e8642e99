"""Every gate of publishing, and edits that never overwrite what somebody else wrote."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from koda_desktop.errors import Conflict, GatesUnmet, InputError, NotAllowed, NotFound
from koda_desktop.marketplace.api import (
    Actor,
    Cursor,
    Edit,
    EditResult,
    FileFacts,
    GateCode,
    Receipt,
    RegisterRequest,
    UploadRequest,
)
from koda_desktop.marketplace.direct import DirectMarketplace
from koda_desktop.marketplace.keys import object_key, safe_name
from koda_desktop.marketplace.receipts import has_receipt, is_applied, sequence_of
from tests.marketplace.memory import MemoryObjects, MemoryProducts, MemoryUsers

SELLER = "aaaaaaaaaaaaaaaaaaaaaaaa"
STRANGER = "bbbbbbbbbbbbbbbbbbbbbbbb"
LISTING = "cccccccccccccccccccccccc"
DATA = b'{"nodes": []}'
FILE = FileFacts("flow.json", "application/json", len(DATA), hashlib.sha256(DATA).hexdigest())
FIELDS: dict[str, Any] = {
    "title": "Lead digest",
    "description": "Sends a digest.",
    "price": 9.99,
    "category": "Productivity",
    "platform": "n8n",
    "tags": ["n8n"],
}


class Shop:
    """A marketplace over memory, with one onboarded seller and a stranger."""

    def __init__(self) -> None:
        self.users = MemoryUsers()
        self.products = MemoryProducts()
        self.objects = MemoryObjects()
        self.market = DirectMarketplace(self.users, self.products, self.objects)
        for user_id in (SELLER, STRANGER):
            self.users.add(
                {"_id": user_id, "clerkId": f"user_{user_id[0]}", "onboardingComplete": True}
            )

    def change_seller(self, **fields: Any) -> None:
        self.users.documents[SELLER].update(fields)

    def store(self, data: bytes = DATA) -> str:
        grant = self.market.request_upload(Actor(SELLER), UploadRequest(LISTING, FILE))
        self.objects.put(grant.key, data)
        return grant.key

    def request(self, **changes: Any) -> RegisterRequest:
        key = object_key(SELLER, LISTING, FILE.sha256, FILE.name)
        receipt = Receipt("device", 1, "op-1")
        return replace(RegisterRequest(LISTING, dict(FIELDS), FILE, key, receipt), **changes)

    def publish(self) -> None:
        self.store()
        self.market.register(Actor(SELLER), self.request())

    def edit(self, sequence: int = 2, **changes: Any) -> Edit:
        document = self.products.documents[LISTING]
        base = {name: document[name] for name in changes if name in document}
        return Edit(LISTING, changes, base, Receipt("device", sequence, f"op-{sequence}"))


@pytest.fixture
def shop() -> Shop:
    return Shop()


def unmet(error: GatesUnmet) -> set[str]:
    gates: Any = error.facts["gates"]
    return {gate["code"] for gate in gates}


def test_a_listing_is_registered_with_the_web_applications_fields(shop: Shop) -> None:
    key = shop.store()
    document = shop.market.register(Actor(SELLER), shop.request())
    assert {name: document[name] for name in FIELDS} == FIELDS
    assert document["sellerId"] == SELLER
    assert document["productType"] == "Automation"
    assert document["fileUrl"] == key
    assert document["files"] == [
        {"key": key, "size": FILE.size, "sha256": FILE.sha256, "name": FILE.name}
    ]
    assert (document["averageRating"], document["reviewCount"]) == (0, 0)
    assert document["createdAt"] == document["updatedAt"]


def test_the_sign_in_providers_id_names_the_same_seller(shop: Shop) -> None:
    shop.store()
    assert shop.market.register(Actor("user_a"), shop.request())["sellerId"] == SELLER


@pytest.mark.parametrize(
    ("fields", "gate"),
    [
        ({"isBanned": True}, GateCode.NOT_BANNED),
        ({"onboardingComplete": False}, GateCode.ONBOARDED),
    ],
)
def test_account_gates_are_asked_at_upload_and_again_at_registration(
    shop: Shop, fields: dict[str, Any], gate: GateCode
) -> None:
    shop.store()
    shop.change_seller(**fields)
    with pytest.raises(GatesUnmet) as at_upload:
        shop.market.request_upload(Actor(SELLER), UploadRequest(LISTING, FILE))
    with pytest.raises(GatesUnmet) as at_registration:
        shop.market.register(Actor(SELLER), shop.request())
    assert unmet(at_upload.value) == unmet(at_registration.value) == {gate}
    assert not shop.products.documents


def test_nobody_publishes_without_an_account(shop: Shop) -> None:
    with pytest.raises(GatesUnmet) as refusal:
        shop.market.register(Actor(""), shop.request())
    assert GateCode.SIGNED_IN in unmet(refusal.value)


def test_every_unmet_gate_is_named_at_once(shop: Shop) -> None:
    shop.change_seller(onboardingComplete=False, isBanned=True)
    request = shop.request(fields={**FIELDS, "title": ""}, key="elsewhere")
    with pytest.raises(GatesUnmet) as refusal:
        shop.market.register(Actor(SELLER), request)
    assert unmet(refusal.value) == {
        GateCode.NOT_BANNED,
        GateCode.ONBOARDED,
        GateCode.DOCUMENT_VALID,
        GateCode.OBJECT_OWNED,
    }


@pytest.mark.parametrize(
    ("data", "gate"),
    [
        (None, GateCode.OBJECT_STORED),
        (DATA[:-1], GateCode.OBJECT_SIZE),
        (DATA[:-1] + b"!", GateCode.OBJECT_CHECKSUM),
    ],
)
def test_the_object_must_be_the_promised_one(
    shop: Shop, data: bytes | None, gate: GateCode
) -> None:
    if data is not None:
        shop.store(data)
    with pytest.raises(GatesUnmet) as refusal:
        shop.market.register(Actor(SELLER), shop.request())
    assert unmet(refusal.value) == {gate}
    assert not shop.products.documents


def test_a_strangers_object_cannot_be_registered(shop: Shop) -> None:
    key = shop.store()
    with pytest.raises(GatesUnmet) as refusal:
        shop.market.register(Actor(STRANGER), shop.request(key=key))
    assert unmet(refusal.value) == {GateCode.OBJECT_OWNED}


def test_a_seller_cannot_write_what_is_the_marketplaces(shop: Shop) -> None:
    shop.store()
    request = shop.request(fields={**FIELDS, "averageRating": 5, "sellerId": STRANGER})
    with pytest.raises(GatesUnmet) as refusal:
        shop.market.register(Actor(SELLER), request)
    gates: Any = refusal.value.facts["gates"]
    assert set(gates[0]["fields"]) == {"averageRating", "sellerId"}


def test_registering_twice_registers_once(shop: Shop) -> None:
    shop.publish()
    again = shop.market.register(Actor(SELLER), shop.request())
    assert again == shop.products.documents[LISTING]
    assert len(shop.products.documents) == 1


def test_another_registration_of_the_same_id_is_a_conflict(shop: Shop) -> None:
    shop.publish()
    with pytest.raises(Conflict):
        shop.market.register(Actor(SELLER), shop.request(receipt=Receipt("other", 1, "op-x")))


def test_an_id_of_another_seller_cannot_be_taken(shop: Shop) -> None:
    shop.publish()
    with pytest.raises(NotAllowed):
        shop.market.request_upload(Actor(STRANGER), UploadRequest(LISTING, FILE))


@pytest.mark.parametrize(
    "request_",
    [
        UploadRequest("short", FILE),
        UploadRequest(LISTING, replace(FILE, size=0)),
        UploadRequest(LISTING, replace(FILE, sha256="00")),
        UploadRequest(LISTING, replace(FILE, size=6 * 1024**3)),
    ],
)
def test_promises_that_cannot_be_kept_are_refused(shop: Shop, request_: UploadRequest) -> None:
    with pytest.raises(InputError):
        shop.market.request_upload(Actor(SELLER), request_)


def test_an_object_that_is_there_need_not_be_sent_again(shop: Shop) -> None:
    shop.store()
    grant = shop.market.request_upload(Actor(SELLER), UploadRequest(LISTING, FILE))
    assert grant.is_stored


def test_the_read_back_promises_what_was_registered(shop: Shop) -> None:
    shop.publish()
    answer = shop.market.read_back(Actor(SELLER), LISTING)
    assert answer.document == shop.products.documents[LISTING]
    assert (answer.download.size, answer.download.sha256) == (FILE.size, FILE.sha256)
    with pytest.raises(NotAllowed):
        shop.market.read_back(Actor(STRANGER), LISTING)
    with pytest.raises(NotFound):
        shop.market.read_back(Actor(SELLER), "d" * 24)


def test_an_edit_changes_its_fields_and_leaves_a_receipt(shop: Shop) -> None:
    shop.publish()
    edit = shop.edit(price=5, tags=["new"])
    (answer,) = shop.market.push(Actor(SELLER), [edit])
    assert answer.result is EditResult.APPLIED
    assert shop.products.documents[LISTING]["price"] == 5
    (again,) = shop.market.push(Actor(SELLER), [edit])
    assert again.result is EditResult.APPLIED
    assert shop.products.documents[LISTING]["updatedAt"] == answer.document["updatedAt"]  # type: ignore[index]


@pytest.mark.parametrize("mark", [None, "text", 7, {"d": None}, {"d": "x"}, {"d": {"device": 3}}])
def test_what_others_put_in_place_of_receipts_counts_as_none(shop: Shop, mark: Any) -> None:
    shop.publish()
    edit = shop.edit(price=5)
    document = {**shop.products.documents[LISTING], "_sync": mark}
    assert not is_applied(document, edit.receipt)
    assert not has_receipt(document, edit.receipt)
    assert sequence_of(document, edit.receipt.device_id) is None


def test_an_edit_never_overwrites_a_foreign_change(shop: Shop) -> None:
    shop.publish()
    edit = shop.edit(price=5, title="Mine")
    shop.products.documents[LISTING]["price"] = 7.5
    (answer,) = shop.market.push(Actor(SELLER), [edit])
    assert (answer.result, answer.moved) == (EditResult.MOVED, ("price",))
    assert shop.products.documents[LISTING]["price"] == 7.5
    assert shop.products.documents[LISTING]["title"] == FIELDS["title"]


def test_edits_of_different_fields_meet_at_the_server(shop: Shop) -> None:
    shop.publish()
    edit = shop.edit(title="Mine")
    shop.products.documents[LISTING].update(price=7.5, unknownToUs=True)
    (answer,) = shop.market.push(Actor(SELLER), [edit])
    assert answer.result is EditResult.APPLIED
    document = shop.products.documents[LISTING]
    assert (document["title"], document["price"], document["unknownToUs"]) == ("Mine", 7.5, True)


def test_wrong_edits_are_refused_one_by_one(shop: Shop) -> None:
    shop.publish()
    bad = shop.edit(2, price=-1)
    forbidden = Edit(LISTING, {"reviewCount": 9}, {}, Receipt("device", 3, "op-3"))
    good = shop.edit(4, title="Fine")
    gone = replace(shop.edit(5, title="x"), listing_id="d" * 24)
    results = [a.result for a in shop.market.push(Actor(SELLER), [bad, forbidden, good, gone])]
    assert results == [EditResult.REFUSED, EditResult.REFUSED, EditResult.APPLIED, EditResult.GONE]
    assert shop.products.documents[LISTING]["reviewCount"] == 0


def test_a_stranger_and_a_banned_seller_cannot_edit(shop: Shop) -> None:
    shop.publish()
    edit = shop.edit(title="Mine")
    (answer,) = shop.market.push(Actor(STRANGER), [edit])
    assert answer.result is EditResult.REFUSED
    shop.change_seller(isBanned=True)
    with pytest.raises(NotAllowed):
        shop.market.push(Actor(SELLER), [edit])
    assert shop.products.documents[LISTING]["title"] == FIELDS["title"]


def test_pages_walk_a_sellers_own_listings_in_order(shop: Shop) -> None:
    for number in range(5):
        shop.products.insert(
            {"_id": f"{number:024x}", "sellerId": SELLER}, Receipt("device", number, "op")
        )
    shop.products.insert({"_id": "f" * 24, "sellerId": STRANGER}, Receipt("device", 9, "op"))
    seen: list[str] = []
    cursor: Cursor | None = None
    has_more = True
    while has_more:
        page = shop.market.listings(Actor(SELLER), cursor, 2)
        seen += [str(document["_id"]) for document in page.documents]
        cursor, has_more = page.cursor, page.has_more
    assert seen == [f"{number:024x}" for number in range(5)]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("flow.json", "flow.json"),
        ("../../etc/passwd", "etc-passwd"),
        ("Übersicht €.json", "Ubersicht-.json"),
        ("...", "file"),
        ("流程", "file"),
    ],
)
def test_keys_hold_no_name_that_could_mean_a_path(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_very_long_name_keeps_its_ending() -> None:
    assert safe_name("x" * 500 + ".json").endswith("x.json")
    assert len(safe_name("x" * 500 + ".json")) == 100


@pytest.mark.parametrize("device_id", ["a.b", "$set", "", "x" * 65])
def test_a_device_id_that_could_be_a_path_is_refused(shop: Shop, device_id: str) -> None:
    shop.publish()
    edit = replace(shop.edit(price=5), receipt=Receipt(device_id, 2, "op"))
    (answer,) = shop.market.push(Actor(SELLER), [edit])
    assert answer.result is EditResult.REFUSED
    with pytest.raises(InputError):
        shop.market.register(Actor(SELLER), shop.request(receipt=Receipt(device_id, 2, "op")))
