"""Words that were typed and not saved: durable, apart from the listing, and compared with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError, NotFound
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.typed import Typed, TypedWords
from tests.sync.desk import Desk


def words(desk: Desk) -> TypedWords:
    return TypedWords(desk.store, Stamps(desk.clock))


def typed(desk: Desk, listing_id: str) -> Typed:
    found = words(desk).of(listing_id)
    assert found is not None
    return found


def test_they_survive_a_restart_and_leave_the_listing_alone(desk: Desk) -> None:
    listing_id = desk.published(title="Stored")
    words(desk).keep(listing_id, {"title": "Half wri", "price": None})
    desk.reopen()
    assert typed(desk, listing_id).changes == {"title": "Half wri", "price": None}
    assert desk.row(listing_id).title == "Stored"
    assert desk.engine.run_round().is_clean
    assert desk.server.products[listing_id]["title"] == "Stored"


def test_nothing_typed_is_nothing_kept(desk: Desk) -> None:
    listing_id = desk.draft()
    assert words(desk).of(listing_id) is None
    words(desk).keep(listing_id, {"title": "A"})
    words(desk).keep(listing_id, {})
    assert words(desk).of(listing_id) is None
    words(desk).keep(listing_id, {"title": "B"})
    words(desk).forget(listing_id)
    assert words(desk).of(listing_id) is None


def test_a_field_is_compared_with_what_it_held_when_it_was_changed_first(desk: Desk) -> None:
    listing_id = desk.draft(title="Old")
    words(desk).keep(listing_id, {"title": "M"})
    desk.commands.edit(listing_id, {"title": "Elsewhere"})
    words(desk).keep(listing_id, {"title": "Mine", "description": "New words."})
    found = typed(desk, listing_id)
    assert found.base == {"title": "Old", "description": "Words."}
    assert found.overtaken(desk.reads.listing(listing_id).document) == ("title",)


def test_the_same_value_from_elsewhere_overtakes_nothing() -> None:
    found = Typed({"title": "Mine", "tags": ["a"]}, {"title": "Old"}, "")
    assert found.overtaken({"title": "Mine"}) == ()
    assert found.overtaken({"title": "Old", "tags": ["a"]}) == ()
    assert found.overtaken({"tags": ["b"]}) == ("title", "tags")


def test_a_listing_that_is_not_here_has_no_words(desk: Desk) -> None:
    with pytest.raises(NotFound):
        words(desk).keep("0" * 24, {"title": "A"})
    assert words(desk).of("0" * 24) is None


def test_what_cannot_be_written_down_is_told_and_the_rest_kept(desk: Desk) -> None:
    listing_id = desk.draft()
    words(desk).keep(listing_id, {"title": "Good"})
    with pytest.raises(InputError):
        words(desk).keep(listing_id, {"title": "Half \ud83d"})
    assert typed(desk, listing_id).changes == {"title": "Good"}


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.dictionaries(st.sampled_from(["title", "description", "tags"]), TEXTS), TEXTS)
def test_only_what_moved_elsewhere_is_overtaken(changes: dict[str, str], stored: str) -> None:
    found = Typed(dict(changes), {"title": "old"}, "")
    document = {"title": stored}
    moved = "title" in changes and stored not in ("old", changes["title"])
    assert ("title" in found.overtaken(document)) is moved
    assert "other" not in found.overtaken(document)
