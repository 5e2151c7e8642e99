"""A registration's preview picture: whose it is, what it is, and what buyers get of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from koda_desktop.errors import GatesUnmet
from koda_desktop.marketplace.api import (
    Actor,
    EditResult,
    FileFacts,
    GateCode,
    StoredPreview,
    UploadRequest,
)
from koda_desktop.marketplace.keys import object_key
from koda_desktop.models.picture import PICTURE_MAX
from tests.marketplace.test_listing_rules import FIELDS, LISTING, SELLER, STRANGER, Shop, unmet
from tests.pictures import png

PNG = png()


def facts(data: bytes = PNG, media_type: str = "image/png") -> FileFacts:
    return FileFacts("preview.png", media_type, len(data), hashlib.sha256(data).hexdigest())


@pytest.fixture
def shop() -> Shop:
    shop = Shop()
    shop.store()
    return shop


def stored(shop: Shop, data: bytes = PNG, **wrong: Any) -> StoredPreview:
    """The picture, uploaded as any file is; ``wrong`` is what the client claims instead."""
    grant = shop.market.request_upload(Actor(SELLER), UploadRequest(LISTING, facts(data)))
    shop.objects.put(grant.key, data, grant.headers["Content-Type"])
    return replace(StoredPreview(facts(data), grant.key), **wrong)


def register(shop: Shop, preview: StoredPreview, **fields: Any) -> dict[str, Any]:
    request = shop.request(preview=preview, fields={**FIELDS, **fields})
    return shop.market.register(Actor(SELLER), request)


def refused(shop: Shop, preview: StoredPreview) -> str:
    with pytest.raises(GatesUnmet) as refusal:
        register(shop, preview)
    assert unmet(refusal.value) == {GateCode.PREVIEW_SOUND}
    assert not shop.products.documents
    return refusal.value.what


def test_the_listing_shows_the_picture_and_buyers_may_read_it(shop: Shop) -> None:
    preview = stored(shop)
    assert register(shop, preview)["previewImageUrl"] == preview.key
    grant = shop.market.read_back(Actor(SELLER), LISTING).preview
    assert grant is not None
    assert (grant.url, grant.size) == (f"memory:{preview.key}", len(PNG))
    assert grant.sha256 == preview.file.sha256


def test_no_value_counts_as_no_address(shop: Shop) -> None:
    preview = stored(shop)
    assert register(shop, preview, previewImageUrl=None)["previewImageUrl"] == preview.key


def test_an_address_that_the_seller_wrote_stays(shop: Shop) -> None:
    url = "https://img.example/mine.png"
    assert register(shop, stored(shop), previewImageUrl=url)["previewImageUrl"] == url
    assert shop.market.read_back(Actor(SELLER), LISTING).preview is None


def test_a_picture_under_another_prefix_is_refused(shop: Shop) -> None:
    theirs = object_key(STRANGER, LISTING, facts().sha256, "preview.png")
    shop.objects.put(theirs, PNG, "image/png")
    assert "where yours belong" in refused(shop, stored(shop, key=theirs))


def test_a_picture_that_is_not_there_is_refused(shop: Shop) -> None:
    preview = stored(shop)
    del shop.objects.objects[preview.key]
    assert "not in the marketplace’s storage" in refused(shop, preview)


@pytest.mark.parametrize("keeps", [True, False])
def test_other_bytes_than_promised_are_refused(shop: Shop, keeps: bool) -> None:
    preview = stored(shop)
    shop.objects.habits = replace(shop.objects.habits, keeps_checksums=keeps)
    shop.objects.put(preview.key, png(grey=7)[: len(PNG)].ljust(len(PNG)), "image/png")
    assert "checksum" in refused(shop, preview)
    shop.objects.put(preview.key, PNG + b"more", "image/png")
    assert "bytes" in refused(shop, preview)


def test_what_is_no_picture_is_refused(shop: Shop) -> None:
    page = facts(media_type="text/html")
    assert "not a PNG" in refused(shop, stored(shop, file=page))
    preview = stored(shop)
    shop.objects.put(preview.key, PNG, "text/html")
    assert "another kind" in refused(shop, preview)


def test_a_picture_that_is_too_large_is_refused(shop: Shop) -> None:
    assert "larger than 5 MB" in refused(shop, stored(shop, bytes(PICTURE_MAX + 1)))


@pytest.mark.parametrize("slash", ["", "/"])
def test_nobody_shows_another_sellers_file_as_their_picture(shop: Shop, slash: str) -> None:
    theirs = slash + object_key(STRANGER, "d" * 24, facts().sha256, "paid.json")
    with pytest.raises(GatesUnmet) as refusal:
        register(shop, stored(shop), previewImageUrl=theirs)
    assert unmet(refusal.value) == {GateCode.DOCUMENT_VALID}
    own = stored(shop)
    register(shop, own)
    edit = shop.edit(previewImageUrl=theirs)
    (answer,) = shop.market.push(Actor(SELLER), [edit])
    assert answer.result is EditResult.REFUSED
    for sequence, allowed in enumerate(("https://img.example/mine.png", own.key), 2):
        edit = shop.edit(sequence, previewImageUrl=allowed)
        (answer,) = shop.market.push(Actor(SELLER), [edit])
        assert answer.result is EditResult.APPLIED
