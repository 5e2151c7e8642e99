"""Another file for a published listing: its gates, its guards, and what is left as it was."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from koda_desktop.errors import GatesUnmet, InputError
from koda_desktop.marketplace.api import (
    Actor,
    EditResult,
    FileFacts,
    GateCode,
    Receipt,
    UploadRequest,
)
from koda_desktop.marketplace.keys import object_key
from koda_desktop.marketplace.revising import REVISED, ReviseRequest
from tests.marketplace.test_listing_rules import LISTING, SELLER, STRANGER, Shop, unmet

NEW = b'{"nodes": [1]}'
FILE = FileFacts("flow.json", "application/json", len(NEW), hashlib.sha256(NEW).hexdigest())
KEY = object_key(SELLER, LISTING, FILE.sha256, FILE.name)
REVISED_FILE = {"key": KEY, "size": FILE.size, "sha256": FILE.sha256, "name": FILE.name}


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.publish()
    return shop


def store(shop: Shop, data: bytes = NEW) -> None:
    grant = shop.market.request_upload(Actor(SELLER), UploadRequest(LISTING, FILE))
    shop.objects.put(grant.key, data)


def request(shop: Shop, **changes: Any) -> ReviseRequest:
    document = shop.products.documents[LISTING]
    base = {name: document[name] for name in REVISED if name in document}
    receipt = Receipt("device", 2, "op-2")
    return replace(ReviseRequest(LISTING, FILE, KEY, "1.1.0", base, receipt), **changes)


def test_the_file_and_the_version_change_and_nothing_else(shop: Shop) -> None:
    before = dict(shop.products.documents[LISTING])
    store(shop)
    answer = shop.market.revise(Actor(SELLER), request(shop))
    assert answer.result is EditResult.APPLIED
    after = shop.products.documents[LISTING]
    assert answer.document == after
    assert (after["fileUrl"], after["version"]) == (KEY, "1.1.0")
    assert after["files"] == [REVISED_FILE]
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {*REVISED, "updatedAt", "_sync"}
    assert before["fileUrl"] in shop.objects.objects
    assert shop.market.read_back(Actor(SELLER), LISTING).download.sha256 == FILE.sha256


def test_the_other_files_of_a_listing_stay(shop: Shop) -> None:
    other = {"key": "k", "size": 3, "sha256": "0" * 64, "name": "readme.md", "kind": "extra"}
    shop.products.documents[LISTING]["files"].append(other)
    store(shop)
    shop.market.revise(Actor(SELLER), request(shop))
    assert shop.products.documents[LISTING]["files"] == [REVISED_FILE, other]


def test_sent_twice_it_changes_the_listing_once(shop: Shop) -> None:
    store(shop)
    wanted = request(shop)
    shop.market.revise(Actor(SELLER), wanted)
    after = dict(shop.products.documents[LISTING])
    assert shop.market.revise(Actor(SELLER), wanted).result is EditResult.APPLIED
    assert shop.products.documents[LISTING] == after


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"version": "1.0.1"},
        {"fileUrl": "elsewhere"},
        {"files": [{"key": "k", "size": 1, "sha256": "1" * 64, "name": "other.json"}]},
    ],
    ids=["version", "address", "files"],
)
def test_what_somebody_else_set_is_not_overwritten(shop: Shop, meanwhile: dict[str, Any]) -> None:
    store(shop)
    wanted = request(shop)
    shop.products.documents[LISTING].update(meanwhile)
    before = dict(shop.products.documents[LISTING])
    answer = shop.market.revise(Actor(SELLER), wanted)
    assert answer.result is EditResult.MOVED
    assert set(meanwhile) <= set(answer.moved)
    assert shop.products.documents[LISTING] == before


def test_a_listing_that_tells_of_no_files_gets_them(shop: Shop) -> None:
    del shop.products.documents[LISTING]["files"]
    store(shop)
    shop.market.revise(Actor(SELLER), request(shop))
    assert shop.products.documents[LISTING]["files"] == [REVISED_FILE]


def test_the_object_must_be_there_and_be_the_promised_one(shop: Shop) -> None:
    with pytest.raises(GatesUnmet) as missing:
        shop.market.revise(Actor(SELLER), request(shop))
    assert unmet(missing.value) == {GateCode.OBJECT_STORED}
    shop.objects.put(KEY, b"x" * len(NEW))
    with pytest.raises(GatesUnmet) as other:
        shop.market.revise(Actor(SELLER), request(shop))
    assert unmet(other.value) == {GateCode.OBJECT_CHECKSUM}


def test_nobody_names_an_object_that_is_not_their_own(shop: Shop) -> None:
    foreign = object_key(STRANGER, LISTING, FILE.sha256, FILE.name)
    shop.objects.put(foreign, NEW)
    with pytest.raises(GatesUnmet) as error:
        shop.market.revise(Actor(SELLER), request(shop, key=foreign))
    assert unmet(error.value) == {GateCode.OBJECT_OWNED}


def test_a_stranger_changes_nothing(shop: Shop) -> None:
    key = object_key(STRANGER, LISTING, FILE.sha256, FILE.name)
    shop.objects.put(key, NEW)
    before = dict(shop.products.documents[LISTING])
    answer = shop.market.revise(Actor(STRANGER), request(shop, key=key))
    assert answer.result is EditResult.REFUSED
    assert shop.products.documents[LISTING] == before


def test_the_accounts_gates_hold_and_so_do_those_of_the_version(shop: Shop) -> None:
    store(shop)
    shop.change_seller(onboardingComplete=False)
    with pytest.raises(GatesUnmet) as error:
        shop.market.revise(Actor(SELLER), request(shop, version="next"))
    assert unmet(error.value) == {GateCode.ONBOARDED, GateCode.DOCUMENT_VALID}


def test_a_listing_that_is_gone_is_told(shop: Shop) -> None:
    store(shop)
    wanted = request(shop)
    del shop.products.documents[LISTING]
    assert shop.market.revise(Actor(SELLER), wanted).result is EditResult.GONE


def test_a_receipt_that_would_reach_into_the_document_is_refused(shop: Shop) -> None:
    store(shop)
    with pytest.raises(InputError):
        shop.market.revise(Actor(SELLER), request(shop, receipt=Receipt("a.b", 2, "op-2")))
