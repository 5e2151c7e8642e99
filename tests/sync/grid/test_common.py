"""What several listings have in common, by rules that hold for any of them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.sync.grid.common import in_common
from koda_desktop.sync.rows import ListingRow
from tests.sync.grid.test_cells import ROW

TAGS = st.lists(st.sampled_from("abcd"), max_size=4, unique=True).map(tuple)
ROWS = st.lists(
    st.builds(
        lambda price, platform, tags: replace(ROW, price_minor=price, platform=platform, tags=tags),
        st.integers(0, 2),
        st.sampled_from(["n8n", "Make"]),
        TAGS,
    ),
    min_size=1,
    max_size=6,
)


@given(rows=ROWS)
def test_what_is_the_same_in_all_and_nothing_else(rows: list[ListingRow]) -> None:
    found = in_common(rows)
    assert found.number == len(rows)
    prices, platforms = {row.price_minor for row in rows}, {row.platform for row in rows}
    assert ("price" in found.values) == (len(prices) == 1)
    assert ("platform" in found.values) == (len(platforms) == 1)
    assert found.values["category"] == "Sales"
    assert set(found.tags) == set.intersection(*(set(row.tags) for row in rows))
    some = {tag for row in rows for tag in row.tags} - set(found.tags)
    having = {tag: sum(tag in row.tags for row in rows) for tag in some}
    assert dict(found.some_tags) == having


def test_nothing_has_nothing_in_common() -> None:
    assert in_common([]).values == {}
