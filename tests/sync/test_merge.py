from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.sync.merge import ABSENT, overlay, rebase, same

FIELDS = st.sampled_from(["title", "price", "tags", "active"])
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from([0, 1, 1.0, True, False, None, "a", "b"]), st.lists(st.sampled_from("ab"))
)
DOCUMENTS = st.dictionaries(FIELDS, VALUES)


@given(changes=DOCUMENTS, base=DOCUMENTS, theirs=DOCUMENTS)
def test_every_change_is_done_already_goes_on_or_is_a_conflict(
    changes: dict, base: dict, theirs: dict
) -> None:
    merged = rebase(changes, base, theirs)
    for name, mine in changes.items():
        is_done = same(theirs.get(name, ABSENT), mine)
        assert [is_done, name in merged.changes, name in merged.conflicts].count(True) == 1
    assert set(merged.changes) | set(merged.conflicts) <= set(changes)


@given(changes=DOCUMENTS, base=DOCUMENTS, theirs=DOCUMENTS)
def test_nothing_that_the_server_changed_is_overwritten(
    changes: dict, base: dict, theirs: dict
) -> None:
    merged = rebase(changes, base, theirs)
    for name, mine in merged.changes.items():
        assert same(theirs.get(name, ABSENT), base.get(name, ABSENT))
        assert same(merged.base.get(name, ABSENT), theirs.get(name, ABSENT))
        assert same(mine, changes[name])
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
