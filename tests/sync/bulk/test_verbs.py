"""What each verb makes of a listing, by rules that hold for every value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.models.money import MAX_MINOR, Money, from_web_number, to_web_number
from koda_desktop.models.vocabulary import is_semver
from koda_desktop.sync.bulk.planning import Plan
from koda_desktop.sync.bulk.prices import ENDINGS, Amount, Percent, RoundTo
from koda_desktop.sync.bulk.proposing import BulkRow, Proposal, Refusal, Steps, Verb, Whole
from koda_desktop.sync.bulk.replacing import REPLACED_MAX, Replace, Search
from koda_desktop.sync.bulk.setting import Archive, BumpVersion, Part, Restore, SetField, bumped
from koda_desktop.sync.bulk.tags import AddTags, RemoveTags, ReplaceTag
from koda_desktop.sync.changesets.rows import RowChange

MINOR = st.integers(0, MAX_MINOR)
TAGS = st.lists(st.text("abcAÄ ü", min_size=1, max_size=3), max_size=6, unique=True)


def row(**fields: Any) -> BulkRow:
    return BulkRow("a" * 24, "T", fields)


def propose(verb: Verb, **fields: Any) -> Proposal:
    [proposal] = verb.propose([row(**fields)])
    return proposal


def made(proposal: Proposal) -> dict[str, Any]:
    assert not isinstance(proposal, Refusal | Whole), proposal
    return dict(proposal)


def priced(verb: Verb, minor: int) -> int | None:
    """The new price in cents; None where it is refused."""
    proposal = propose(verb, price=to_web_number(Money(minor)))
    assert not isinstance(proposal, Whole)
    return None if isinstance(proposal, Refusal) else from_web_number(proposal["price"]).minor


# -- prices --


PERCENT = st.integers(0, 15).flatmap(lambda places: st.decimals(-100, 10_000, places=places))


@given(minor=MINOR, percent=PERCENT)
def test_a_percentage_is_exact_and_rounded_half_up(minor: int, percent: Decimal) -> None:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(minor) * (100 + percent) / 100
        expected = int(exact.to_integral_value(ROUND_HALF_UP))
    found = priced(Percent(percent), minor)
    assert found == (expected if expected <= MAX_MINOR else None)


@pytest.mark.parametrize(
    ("before", "percent", "after"),
    [(999, "-10", 899), (1005, "10", 1106), (5, "-50", 3), (0, "20", 0), (100, "-100", 0)],
)
def test_percentages_by_hand(before: int, percent: str, after: int) -> None:
    assert priced(Percent(Decimal(percent)), before) == after


@given(minor=MINOR, by=st.integers(-MAX_MINOR, MAX_MINOR))
def test_an_amount_is_added_or_refused(minor: int, by: int) -> None:
    found = priced(Amount(by), minor)
    assert found == (minor + by if 0 <= minor + by <= MAX_MINOR else None)


@given(minor=MINOR.filter(bool), ending=st.sampled_from(ENDINGS))
def test_rounding_finds_the_nearest_price_with_that_ending(minor: int, ending: int) -> None:
    found = priced(RoundTo(ending), minor)
    if found is None:
        assert minor + 50 > MAX_MINOR
        return
    assert found % 100 == ending
    assert found > 0
    nearest = min(
        (value for value in range(max(1, minor - 200), minor + 201) if value % 100 == ending),
        key=lambda value: (abs(value - minor), -value),
    )
    assert found == nearest
    assert priced(RoundTo(ending), found) == found


def test_what_is_free_stays_free_when_it_is_rounded() -> None:
    assert priced(RoundTo(99), 0) == 0
    assert priced(RoundTo(0), 30) == 100


def test_currencies_are_never_mixed_and_no_price_is_no_zero() -> None:
    assert isinstance(propose(Percent(Decimal(5))), Refusal)
    [proposal] = Percent(Decimal(5)).propose([BulkRow("a" * 24, "T", {"price": "dear"})])
    assert isinstance(proposal, Refusal)


@pytest.mark.parametrize("percent", ["-100.01", "10001", "NaN", "Infinity", "1E-31"])
def test_percentages_out_of_all_reason_are_refused(percent: str) -> None:
    with pytest.raises(InputError):
        Percent(Decimal(percent))


# -- tags --


@given(before=TAGS, tags=TAGS.filter(bool))
def test_added_tags_are_there_once_and_the_others_stay(before: list[str], tags: list[str]) -> None:
    after = made(propose(AddTags(tuple(tags)), tags=before)).get("tags", before)
    assert after[: len(before)] == before
    lowered = [tag.casefold() for tag in after]
    assert all(tag.casefold() in lowered for tag in tags)
    assert propose(AddTags(tuple(tags)), tags=after) == {}


@given(before=TAGS, tags=TAGS.filter(bool))
def test_removed_tags_are_gone_and_the_others_stay(before: list[str], tags: list[str]) -> None:
    after = made(propose(RemoveTags(tuple(tags)), tags=before)).get("tags", before)
    gone = {tag.casefold() for tag in tags}
    assert after == [tag for tag in before if tag.casefold() not in gone]


@given(before=TAGS, tag=st.text("abcAÄ ü", min_size=1, max_size=3))
def test_a_renamed_tag_keeps_its_place(before: list[str], tag: str) -> None:
    proposal = propose(ReplaceTag(tag, "new"), tags=before)
    if tag.casefold() not in {one.casefold() for one in before}:
        assert proposal == {}
        return
    after = made(proposal)["tags"]
    assert "new" in after
    assert len(set(after)) == len(after)
    assert [one for one in after if one != "new"] == [
        one for one in before if one.casefold() != tag.casefold()
    ]


# -- versions, the archive, setting --

NUMBERS = st.tuples(*[st.integers(0, 99)] * 3)


@given(numbers=NUMBERS, part=st.sampled_from(Part), suffix=st.sampled_from(["", "-rc.1", "+b"]))
def test_the_next_version_is_a_higher_release(
    numbers: tuple[int, ...], part: Part, suffix: str
) -> None:
    after = bumped(".".join(map(str, numbers)) + suffix, part)
    assert is_semver(after)
    assert "-" not in after
    reached = tuple(map(int, after.split(".")))
    assert reached > numbers or (reached == numbers and suffix == "-rc.1")


@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ("1.2.3", Part.PATCH, "1.2.4"),
        ("1.2.3", Part.MINOR, "1.3.0"),
        ("1.2.3", Part.MAJOR, "2.0.0"),
        ("2.0.0-rc.1", Part.MAJOR, "2.0.0"),
        ("2.0.1-rc.1", Part.MINOR, "2.1.0"),
        ("2.0.1-rc.1", Part.PATCH, "2.0.1"),
    ],
)
def test_versions_by_hand(before: str, part: Part, after: str) -> None:
    assert propose(BumpVersion(part), version=before) == {"version": after}


def test_what_is_no_version_has_none_after_it() -> None:
    assert isinstance(propose(BumpVersion(Part.PATCH), version="first"), Refusal)
    assert isinstance(propose(BumpVersion(Part.PATCH)), Refusal)


def test_the_archive_and_back() -> None:
    moment = "2026-06-01T00:00:00.000Z"
    assert propose(Archive(moment)) == {"deletedAt": moment}
    assert propose(Archive(moment), deletedAt="2026-01-01T00:00:00.000Z") == {}
    assert propose(Restore(), deletedAt=moment) == {"deletedAt": None}
    assert propose(Restore()) == {}


def test_only_fields_of_a_seller_can_be_set() -> None:
    assert propose(SetField("category", "Sales")) == {"category": "Sales"}
    for name in ("sellerId", "deletedAt", "x') FROM entity --"):
        with pytest.raises(InputError):
            SetField(name, 1)


# -- find and replace --


@given(text=st.text(max_size=30), find=st.text(min_size=1, max_size=3), by=st.text(max_size=3))
def test_plain_words_are_replaced_as_they_are(text: str, find: str, by: str) -> None:
    proposal = propose(Replace(Search(find, by)), title=text)
    assert made(proposal).get("title", text) == text.replace(find, by)


def test_words_patterns_and_groups() -> None:
    def title(search: Search, text: str) -> str:
        return made(propose(Replace(search), title=text)).get("title", text)

    assert title(Search("cat", "dog", whole_words=True), "cat concat cat") == "dog concat dog"
    assert title(Search("CAT", "dog", ignores_case=True), "Cat") == "dog"
    assert title(Search(r"v(\d+)", r"version \1", is_regex=True), "Flow v2") == "Flow version 2"
    assert title(Search(r"\1", r"\g<0>"), r"a \1") == r"a \g<0>"


def test_tags_are_replaced_one_by_one_and_empty_ones_go() -> None:
    verb = Replace(Search("old", ""), ("title", "tags"))
    assert propose(verb, title="An old one", tags=["old", "old school", "x"]) == {
        "title": "An  one",
        "tags": [" school", "x"],
    }


@pytest.mark.parametrize("search", [Search("(", "", is_regex=True), Search("a", r"\9", True)])
def test_a_wrong_pattern_is_told(search: Search) -> None:
    with pytest.raises(InputError):
        propose(Replace(search), title="a")


def test_what_becomes_too_long_is_refused() -> None:
    verb = Replace(Search("a", "b" * 1000))
    assert isinstance(propose(verb, title="a" * (REPLACED_MAX // 1000 + 1)), Refusal)


# -- steps and plans --


def test_steps_go_on_from_each_other() -> None:
    verb = Steps((Percent(Decimal(-10)), RoundTo(99), AddTags(("sale",))))
    assert propose(verb, price=20, tags=[]) == {"price": 17.99, "tags": ["sale"]}
    assert verb.name == "Price \N{MINUS SIGN}10%, price rounded to .99, add tag “sale”"
    assert set(verb.reads) == {"price", "tags"}
    assert isinstance(propose(verb, tags=[]), Refusal)


def test_a_plan_counts_and_guards() -> None:
    rows = [
        BulkRow("1" * 24, "Dear", {"price": 20}),
        BulkRow("2" * 24, "Free", {"price": 0}),
        BulkRow("3" * 24, "None"),
    ]
    plan = Plan("Price")
    plan.add(rows, Percent(Decimal(10)))
    [change] = plan.changes
    assert isinstance(change, RowChange)
    assert (change.fields, change.expected) == ({"price": 22}, {"price": 20})
    assert (plan.same, [left.title for left in plan.refused]) == (1, ["None"])
    assert plan.reasons() == [("It has no price yet.", 1)]
    assert plan.lines[0].before == {"price": 20}


def test_a_plan_refuses_values_that_no_listing_may_have() -> None:
    plan = Plan("Title")
    plan.add([row(title="A"), row(title="AB")], Replace(Search("B", "")))
    assert (plan.same, len(plan.changes)) == (1, 1)
    plan.add([row(title="B")], Replace(Search("B", "")))
    assert [left.field for left in plan.refused] == ["title"]
