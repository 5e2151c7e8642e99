"""Documents keep what they do not know; sellers write only what is theirs to write."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from koda_desktop.models.listing_fields import check_changes, check_fields, check_value
from koda_desktop.models.product import Automation, Product, read_product
from koda_desktop.models.purchase import Purchase
from koda_desktop.models.user import User
from koda_desktop.models.vocabulary import SELLER_FIELDS, is_semver

AUTOMATION: dict[str, Any] = {
    "_id": "0123456789abcdef01234567",
    "__v": 0,
    "title": "  Lead digest ",
    "description": "Sends a digest.",
    "price": 9.99,
    "category": "Productivity",
    "tags": ["n8n"],
    "sellerId": "abcdef0123456789abcdef01",
    "productType": "Automation",
    "averageRating": 4.5,
    "reviewCount": 2,
    "platform": "n8n",
    "fileUrl": "listings/a/b/c/d.json",
    "version": "1.2.0",
    "createdAt": "2026-01-02T03:04:05.678Z",
    "updatedAt": "2026-01-02T03:04:05.678Z",
}
FIELDS: dict[str, Any] = {
    "title": "Lead digest",
    "description": "Sends a digest.",
    "price": 9.99,
    "category": "Productivity",
    "platform": "n8n",
}

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
KNOWN = set(Automation.model_fields) | {
    field.alias for field in Automation.model_fields.values() if field.alias
}


@given(
    st.dictionaries(st.text(min_size=1, max_size=12).filter(lambda n: n not in KNOWN), json_values)
)
def test_unknown_fields_come_out_as_they_went_in(unknown: dict[str, Any]) -> None:
    document = {**AUTOMATION, **unknown}
    assert read_product(document).as_document() == document


def test_an_automation_is_read_with_the_web_applications_names() -> None:
    product = read_product(AUTOMATION)
    assert isinstance(product, Automation)
    assert product.money.minor == 999
    assert product.seller_id == AUTOMATION["sellerId"]
    assert product.is_known_type


def test_an_unknown_product_type_opens_as_a_plain_product() -> None:
    document = {**AUTOMATION, "productType": "Hologram", "depth": 3}
    product = read_product(document)
    assert type(product) is Product
    assert not product.is_known_type
    assert product.as_document() == document


def test_values_outside_the_known_lists_are_kept_when_read() -> None:
    document = {**AUTOMATION, "category": "Something new", "title": "x" * 500}
    assert read_product(document).as_document() == document


@pytest.mark.parametrize(
    "change", [{"_id": "short"}, {"price": "free"}, {"title": None}, {"updatedAt": "yesterday"}]
)
def test_a_document_that_is_none_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read_product({**AUTOMATION, **change})


def test_users_and_purchases_have_the_web_applications_fields() -> None:
    user = User.read({"_id": "a" * 24, "clerkId": "user_1", "onboardingComplete": True, "x": 1})
    assert user.onboarding_complete
    assert not user.is_banned
    assert user.display_name == "user_1"
    purchase = {
        "_id": "a" * 24,
        "productId": "b" * 24,
        "buyerId": "c" * 24,
        "sellerId": "d" * 24,
        "amount": 9.99,
        "stripeSessionId": "cs_1",
    }
    assert Purchase.read(purchase).as_document() == purchase


def test_seller_fields_are_cleaned() -> None:
    cleaned, wrong = check_fields({**FIELDS, "title": "  Lead digest ", "tags": ["a", " a", "b"]})
    assert not wrong
    assert cleaned == {**FIELDS, "tags": ["a", "b"]}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "   "),
        ("title", "x" * 201),
        ("title", "bell\x07"),
        ("title", "\ud800"),
        ("description", ""),
        ("price", -1),
        ("price", 0.001),
        ("price", True),
        ("category", "Games"),
        ("platform", "N8N"),
        ("version", "1.0"),
        ("version", "01.0.0"),
        ("metadata", {"$set": 1}),
        ("metadata", {"a": [{"b.c": 1}]}),
        ("metadata", {"a": 2**63}),
        ("metadata", {"a": float("nan")}),
        ("metadata", {"a": "x" * 20_000}),
        ("metadata", {"\ud800": 1}),
        ("tags", ["x" * 41]),
        ("tags", [str(n) for n in range(21)]),
    ],
)
def test_each_wrong_value_is_named(name: str, value: object) -> None:
    cleaned, wrong = check_fields({**FIELDS, name: value})
    assert cleaned == {}
    assert set(wrong) == {name}


@pytest.mark.parametrize(
    "name",
    ["sellerId", "productType", "averageRating", "reviewCount", "fileUrl", "files", "_id", "$set"],
)
def test_only_seller_fields_may_be_written(name: str) -> None:
    assert name not in SELLER_FIELDS
    assert check_fields({**FIELDS, name: "x"})[1] == {name: "Only the marketplace sets this."}
    assert check_changes({name: "x"})[1] == {name: "Only the marketplace sets this."}


def test_changes_are_checked_by_themselves() -> None:
    assert check_changes({"price": 5}) == ({"price": 5}, {})
    assert "price" in check_changes({"price": "dear"})[1]


@pytest.mark.parametrize(
    ("version", "is_valid"),
    [
        ("1.0.0", True),
        ("0.0.1-rc.1+build.5", True),
        ("1.0", False),
        ("1.0.0-01", False),
        ("\u0661.0.0", False),
    ],
)
def test_versions_follow_semver(version: str, is_valid: bool) -> None:
    assert is_semver(version) is is_valid


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
    st.sampled_from([*FIELDS.values(), "9,99", "1.0.0", "2026-06-01T00:00:00Z", "2026", "x" * 201]),
)


@given(name=st.sampled_from([*SELLER_FIELDS, "sellerId", "_id"]), value=ANY)
def test_one_value_is_checked_as_all_are(name: str, value: object) -> None:
    cleaned, wrong = check_changes({name: value})
    assert check_value(name, value) == (cleaned.get(name), wrong.get(name, ""))
