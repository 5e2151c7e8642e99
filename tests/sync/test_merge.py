from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.vocabulary import DESCRIPTION_MAX, SELLER_FIELDS, TAGS_MAX
from koda_desktop.sync.lines import LINES_MAX, merge_lines
from koda_desktop.sync.merge import (
    ABSENT,
    OTHER_DEVICE,
    OVERLAP,
    WEB_APPLICATION,
    merge_field,
    overlay,
    rebase,
    same,
    written_by,
)

JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(st.characters(), max_size=4)
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab$.", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
TAGS = st.lists(st.sampled_from("abcde"), unique=True)
MAPS = st.dictionaries(
    st.sampled_from("abc"),
    st.one_of(st.integers(0, 2), st.dictionaries(st.sampled_from("xy"), st.integers(0, 2))),
)
TEXTS = st.lists(st.sampled_from(["one", "two", "", "three"]), max_size=6).map("\n".join)
SMALL = st.sampled_from([0, 1, 1.0, True, False, None, "a", "b"])
FIELDS = st.sampled_from(["title", "price", "tags", "metadata", "description", "active"])
VALUES: st.SearchStrategy[Any] = st.one_of(SMALL, TAGS, MAPS, TEXTS)
DOCUMENTS = st.dictionaries(FIELDS, VALUES)
SIDES = st.one_of(st.just(ABSENT), VALUES)


@given(changes=DOCUMENTS, base=DOCUMENTS, theirs=DOCUMENTS)
def test_every_change_is_done_already_goes_on_or_is_a_conflict(
    changes: dict, base: dict, theirs: dict
) -> None:
    merged = rebase(changes, base, theirs)
    for name, mine in changes.items():
        is_change = not same(base.get(name, ABSENT), mine)
        is_in_theirs = same(
            merge_field(name, base.get(name, ABSENT), mine, theirs.get(name, ABSENT)),
            theirs.get(name, ABSENT),
        )
        places = [is_in_theirs or not is_change, name in merged.changes, name in merged.conflicts]
        assert places.count(True) == 1
    assert set(merged.changes) | set(merged.conflicts) <= set(changes)


@given(changes=DOCUMENTS, base=DOCUMENTS, theirs=DOCUMENTS)
def test_what_goes_on_is_guarded_by_the_servers_value(
    changes: dict, base: dict, theirs: dict
) -> None:
    merged = rebase(changes, base, theirs)
    for name in merged.changes:
        assert same(merged.base.get(name, ABSENT), theirs.get(name, ABSENT))
    for name, sides in merged.conflicts.items():
        assert same(sides["mine"], changes[name])
        assert same(sides.get("base", ABSENT), base.get(name, ABSENT))
        assert same(sides.get("theirs", ABSENT), theirs.get(name, ABSENT))


@given(changes=DOCUMENTS, base=DOCUMENTS)
def test_over_an_unchanged_copy_all_real_changes_go_on(changes: dict, base: dict) -> None:
    merged = rebase(changes, base, base)
    assert not merged.conflicts
    assert merged.changes == {
        name: value for name, value in changes.items() if not same(value, base.get(name, ABSENT))
    }


@given(changes=DOCUMENTS, base=DOCUMENTS, theirs=DOCUMENTS)
def test_rebasing_again_on_the_same_copy_changes_nothing(
    changes: dict, base: dict, theirs: dict
) -> None:
    once = rebase(changes, base, theirs)
    again = rebase(once.changes, once.base, theirs)
    assert (again.changes, again.base, again.conflicts) == (once.changes, once.base, {})


@given(name=FIELDS, base=SIDES, mine=SIDES, theirs=SIDES)
def test_one_side_alone_decides(name: str, base: Any, mine: Any, theirs: Any) -> None:
    assert same(merge_field(name, base, base, theirs), theirs)
    assert same(merge_field(name, base, mine, base), mine)
    assert same(merge_field(name, base, mine, mine), mine)


@given(name=FIELDS, base=SIDES, mine=SIDES, theirs=SIDES)
def test_who_is_me_does_not_matter(name: str, base: Any, mine: Any, theirs: Any) -> None:
    one, other = merge_field(name, base, mine, theirs), merge_field(name, base, theirs, mine)
    if name == "tags" and isinstance(one, list) and isinstance(other, list):
        assert set(one) == set(other)
    else:
        assert same(one, other)


@given(name=st.sampled_from(SELLER_FIELDS), base=JSON, mine=JSON, theirs=JSON)
def test_nothing_a_document_holds_breaks_it(name: str, base: Any, mine: Any, theirs: Any) -> None:
    merge_field(name, base, mine, theirs)
    rebase({name: mine}, {name: base}, {name: theirs})
    written_by({"_sync": base}, {"_sync": {"d": mine}}, "device")


@given(base=TAGS, mine=TAGS, theirs=TAGS)
def test_tags_merge_what_was_added_and_what_was_removed(
    base: list[str], mine: list[str], theirs: list[str]
) -> None:
    merged = merge_field("tags", base, mine, theirs)
    assert isinstance(merged, list)
    added = (set(mine) | set(theirs)) - set(base)
    removed = set(base) - (set(mine) & set(theirs))
    assert set(merged) == (set(base) | added) - removed
    if set(base) != set(theirs):
        kept = [tag for tag in theirs if tag in merged]
        assert same(mine, theirs) or [tag for tag in merged if tag in theirs] == kept


@given(base=MAPS, mine=MAPS, theirs=MAPS)
def test_entries_of_metadata_are_never_lost(base: dict, mine: dict, theirs: dict) -> None:
    merged = merge_field("metadata", base, mine, theirs)
    if merged is OVERLAP:
        return
    assert isinstance(merged, dict)
    for key in {*base, *mine, *theirs}:
        before, ours, others = (side.get(key, ABSENT) for side in (base, mine, theirs))
        if same(before, ours):
            assert same(merged.get(key, ABSENT), others)
        elif same(before, others) or same(ours, others):
            assert same(merged.get(key, ABSENT), ours)
        else:
            assert isinstance(merged[key], dict)


@given(base=TEXTS, mine=TEXTS, theirs=TEXTS)
def test_lines_that_a_side_added_are_in_the_merged_text(base: str, mine: str, theirs: str) -> None:
    merged = merge_lines(base, mine, theirs)
    assert merged == merge_lines(base, theirs, mine)
    if merged is None:
        return
    for side in (mine, theirs):
        for line in side.splitlines():
            extra = side.splitlines().count(line) - base.splitlines().count(line)
            if extra > 0:
                assert line in merged.splitlines()


def test_lines_far_apart_merge_and_lines_that_meet_do_not() -> None:
    base = "one\ntwo\nthree\nfour\n"
    assert merge_lines(base, "ONE\ntwo\nthree\nfour\n", "one\ntwo\nthree\nFOUR\n") == (
        "ONE\ntwo\nthree\nFOUR\n"
    )
    assert merge_lines(base, "ONE\ntwo\nthree\nfour\n", "one\nTWO\nthree\nfour\n") is None
    assert merge_lines(base, base + "mine\n", base + "theirs\n") is None
    assert merge_lines(base, base + "same\n", base + "same\n") == base + "same\n"


def test_a_text_that_would_take_too_long_is_left_to_a_person() -> None:
    base = "".join(f"{number}\n" for number in range(2 * LINES_MAX))
    mine = "".join(f"{-number}\n" for number in range(2 * LINES_MAX))
    assert merge_lines(base, mine, base + "more\n") is None


@pytest.mark.parametrize("name", ["title", "price", "category", "platform", "version", "active"])
def test_what_cannot_be_merged_is_a_conflict(name: str) -> None:
    merged = rebase({name: "mine"}, {name: "base"}, {name: "theirs"})
    assert merged.conflicts == {name: {"base": "base", "mine": "mine", "theirs": "theirs"}}
    assert not merged.changes


def test_null_is_not_absent() -> None:
    merged = rebase({"previewImageUrl": "mine"}, {}, {"previewImageUrl": None})
    assert merged.conflicts == {"previewImageUrl": {"mine": "mine", "theirs": None}}
    merged = rebase({"previewImageUrl": None}, {"previewImageUrl": "x"}, {})
    assert merged.conflicts == {"previewImageUrl": {"base": "x", "mine": None}}


def test_what_the_server_alone_writes_never_goes_out() -> None:
    merged = rebase({"averageRating": 5, "title": "T"}, {}, {"averageRating": 3})
    assert merged.changes == {"title": "T"}
    assert not merged.conflicts


def test_what_would_be_refused_for_its_length_is_a_conflict() -> None:
    many = [f"t{number}" for number in range(TAGS_MAX)]
    assert merge_field("tags", [], many, ["other"]) is OVERLAP
    half = "x" * (DESCRIPTION_MAX // 2 + 10) + "\n"
    assert merge_field("description", "a\nb\n", half + "b\n", "a\nb\n" + half) is OVERLAP


def test_who_wrote_theirs_is_read_from_the_receipts() -> None:
    mine, other = {"s": 1, "o": "a"}, {"s": 7, "o": "b"}
    before = {"_sync": {"d": {"me": mine, "laptop": other}}}
    moved = {"_sync": {"d": {"me": mine, "laptop": {"s": 8, "o": "c"}}}}
    assert written_by(before, moved, "me") == OTHER_DEVICE
    assert written_by(before, before, "me") == WEB_APPLICATION
    own = {"_sync": {"d": {"me": {"s": 2, "o": "d"}, "laptop": other}}}
    assert written_by(before, own, "me") == WEB_APPLICATION


@given(document=DOCUMENTS, first=DOCUMENTS, second=DOCUMENTS)
def test_the_last_layer_shows(document: dict, first: dict, second: dict) -> None:
    shown = overlay(document, first, second)
    assert shown == {**document, **first, **second}


def test_values_are_compared_as_documents_know_them() -> None:
    assert same(10, 10.0)
    assert same([{"a": 1}], [{"a": 1.0}])
    assert not same(True, 1)
    assert not same([True], [1])
    assert not same({"a": True}, {"a": 1})
    assert not same(None, ABSENT)
    assert not same(["a", "b"], ["b", "a"])
