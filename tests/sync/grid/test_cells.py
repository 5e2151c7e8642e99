"""What a typed or pasted text means in each column."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.money import MAX_MINOR, Money, to_web_number
from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.sync.grid.cells import EDITED, text_of, value_of
from koda_desktop.sync.rows import ListingRow, ListingState

ROW = ListingRow(
    *(7, "a" * 24, "T", "n8n", "Sales", ("a", "b, c"), 999, "EUR", "1.0.0"),
    *(ListingState.DRAFT, "2026-05-01T10:00:00.000Z", "f.json", 12),
)
SHOWN = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30)


@given(minor=st.integers(0, MAX_MINOR), decimal=st.sampled_from(",."))
def test_a_price_is_copied_and_means_itself(minor: int, decimal: str) -> None:
    text = text_of(replace(ROW, price_minor=minor), "price", decimal)
    assert value_of("price", text) == (to_web_number(Money(minor)), "")


@given(title=SHOWN.filter(str.strip))
def test_a_title_is_taken_as_it_is(title: str) -> None:
    text = text_of(replace(ROW, title=title), "title", ".")
    assert value_of("title", text) == (title.strip(), "")


@given(tags=st.lists(SHOWN.map(str.strip).filter(bool), max_size=5, unique=True))
def test_tags_are_copied_and_mean_themselves(tags: list[str]) -> None:
    text = text_of(replace(ROW, tags=tuple(tags)), "tags", ".")
    assert value_of("tags", text) == (tags, "")


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("platform", [*Platform])
@pytest.mark.parametrize("category", [*Category])
def test_every_editable_cell_means_itself(active: bool, platform: str, category: str) -> None:
    row = replace(ROW, active=active, platform=str(platform), category=str(category))
    for column, field in EDITED.items():
        value, problem = value_of(field, text_of(row, column, ","))
        assert not problem
        assert value == {"tags": ["a", "b, c"], "price": 9.99}.get(field, _held(row, field))


def _held(row: ListingRow, field: str) -> Any:
    return getattr(row, field, None)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("price", "9,99", 9.99),
        ("price", " 12 € ", 12),
        ("price", "Free", 0),
        ("category", "social media", "Social Media"),
        ("platform", "N8N", "n8n"),
        ("tags", "", []),
        ("tags", "a,, b", ["a", "b"]),
        ("active", "Nein", False),
        ("title", "\\clear", "\\clear"),
    ],
)
def test_what_people_write(field: str, text: str, value: object) -> None:
    assert value_of(field, text) == (value, "")


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("price", "1.234", "thousands"),
        ("price", "1,234.50", "thousands"),
        ("price", "9.999", "thousands"),
        ("price", "9,9999", "two decimal places"),
        ("price", "ten", "number"),
        ("price", "-1", "negative"),
        ("price", "", "0 is free"),
        ("title", "  ", "needs a title"),
        ("title", "x" * 201, "200"),
        ("version", "1.2", "three numbers"),
        ("category", "Nonsense", "Choose one"),
        ("platform", "", "choose one"),
        ("active", "perhaps", "yes or no"),
        ("tags", "x" * 41, "40"),
    ],
)
def test_what_is_wrong_is_said(field: str, text: str, says: str) -> None:
    value, problem = value_of(field, text)
    assert value is None
    assert says in problem


def test_the_other_columns_are_copied_as_plain_texts() -> None:
    names = ("state", "file", "size", "category")
    assert [text_of(ROW, name, ".") for name in names] == ["Draft", "f.json", "12", "Sales"]
    assert text_of(ROW, "updated", ".").startswith("2026-05-01 ")
