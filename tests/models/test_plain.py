from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.money import (
    EUR,
    MAX_MINOR,
    Money,
    amount_words,
    from_web_number,
    quick_minor,
)
from koda_desktop.models.plain import is_plain_listing
from koda_desktop.models.product import read_product

PLAIN: dict[str, Any] = {
    "_id": "a" * 24,
    "__v": 0,
    "title": "T",
    "description": "D",
    "price": 9.99,
    "category": "Other",
    "tags": ["a"],
    "sellerId": "b" * 24,
    "productType": "Automation",
    "averageRating": 4.5,
    "reviewCount": 2,
    "active": True,
    "platform": "n8n",
    "fileUrl": "k",
    "version": "1.0.0",
    "files": [{"key": "k", "size": 3_000_000_000, "sha256": "0" * 64, "name": "f.json"}],
    "createdAt": "2026-02-28T23:59:59.999Z",
    "updatedAt": "2026-12-31T00:00:00.000Z",
    "flair": {"unknown": [1]},
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(
        ["", "a" * 24, "A" * 24, "2026-02-29T00:00:00.000Z", "0000-01-01T00:00:00.000Z"]
    ),
    st.text(max_size=3),
    st.lists(st.one_of(st.text(max_size=1), st.none()), max_size=2),
    st.dictionaries(st.sampled_from(["key", "size"]), st.integers(-1, 1)),
)
NAMES = st.sampled_from(
    [*PLAIN, "deletedAt", "metadata", "previewImageUrl", "title_", "seller_id", "id"]
)
MOMENTS = st.from_regex(
    r"[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\.[0-9]{3}Z", fullmatch=True
)


def test_a_listing_as_the_web_application_writes_it_is_plain() -> None:
    assert is_plain_listing(PLAIN)
    read_product(PLAIN)


@given(changes=st.dictionaries(NAMES, ODD, max_size=3), gone=st.sets(NAMES, max_size=2))
def test_what_is_plain_passes_the_full_check(changes: dict[str, Any], gone: set[str]) -> None:
    document = {name: value for name, value in (PLAIN | changes).items() if name not in gone}
    if is_plain_listing(document):
        read_product(document)


@given(moment=MOMENTS)
def test_a_plain_time_is_a_time(moment: str) -> None:
    document = {**PLAIN, "updatedAt": moment}
    if is_plain_listing(document):
        assert read_product(document).title == PLAIN["title"]


@pytest.mark.parametrize(
    "changes",
    [
        {"productType": "Template"},
        {"price": "9.99"},
        {"price": 9.999},
        {"active": 1},
        {"updatedAt": "2026-02-30T00:00:00.000Z"},
        {"files": [{"key": "k", "size": -1, "sha256": "0" * 64, "name": "f"}]},
        {"title": None},
        {"fileUrl": ""},
        {"created_at": "nonsense"},
    ],
)
def test_what_is_out_of_the_ordinary_is_not_plain(changes: dict[str, Any]) -> None:
    assert not is_plain_listing(PLAIN | changes)


@given(minor=st.integers(0, MAX_MINOR))
def test_whole_cents_are_read_at_once(minor: int) -> None:
    assert quick_minor(minor / 100) == minor
    assert from_web_number(minor / 100) == Money(minor, EUR)


@given(minor=st.integers(0, MAX_MINOR))
def test_an_amount_is_told_with_its_cents(minor: int) -> None:
    words = amount_words(minor / 100)
    assert Decimal(words) * 100 == minor
    assert len(words.partition(".")[2]) == 2


@given(value=st.one_of(st.floats(), st.integers(), st.booleans(), st.text(max_size=3)))
def test_what_is_read_at_once_is_what_the_exact_reading_says(value: Any) -> None:
    quick = quick_minor(value)
    if quick is not None:
        assert (
            from_web_number(repr(value) if isinstance(value, float) else str(value)).minor == quick
        )
