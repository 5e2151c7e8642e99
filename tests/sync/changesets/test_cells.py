"""Values as cells: checked once each, and their texts those that the store writes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.listing_fields import check_value
from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.projection import project_field

NUMBERS = st.one_of(
    st.integers(-1, 10**9), st.floats(), st.integers(0, 10**8).map(lambda n: n / 100)
)
VALUES = st.one_of(NUMBERS, st.booleans(), st.none(), st.text(), st.lists(st.text()))


@given(value=VALUES)
def test_a_price_has_the_text_that_encoding_gives(value: Any) -> None:
    cell = CellChecker().check("price", value)
    assert cell.problem or cell.text == encode(cell.value)


@given(value=VALUES)
def test_a_price_is_what_a_listings_own_check_makes_of_it(value: Any) -> None:
    cell = CellChecker().check("price", value)
    cleaned, problem = check_value("price", value)
    assert cell.problem == problem
    if not problem:
        assert repr(cell.value) == repr(cleaned)
        assert cell.columns == project_field("price", cleaned)


@given(values=st.lists(VALUES))
def test_what_was_checked_before_changes_no_answer(values: list[Any]) -> None:
    checker = CellChecker()
    for value in values:
        for name in ("price", "title", "tags", "active"):
            assert repr(checker.check(name, value)) == repr(CellChecker().check(name, value))
