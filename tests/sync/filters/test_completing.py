from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.sync.filters.completing import complete
from koda_desktop.sync.filters.known import KnownValues
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.filters.parsing import parse_filter
from koda_desktop.sync.filters.terms import Filter, TagIs, Term
from koda_desktop.sync.filters.writing import quoted, value_of, with_value

TODAY = Today(datetime(2026, 3, 1, tzinfo=UTC), UTC)
KNOWN = KnownValues(
    tags={"n8n": 40, "crm": 12, "new leads": 7, "scrm": 2},
    platforms={"n8n": 30, "Make": 2},
    states={"published": 30, "draft": 2},
)


def offered(text: str, cursor: int | None = None) -> list[str]:
    at = len(text) if cursor is None else cursor
    return [one.text for one in complete(text, at, KNOWN)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("", ["price:", "tag:", "platform:"]),
        ("pr", ["price:"]),
        ("-pla", ["platform:"]),
        ("slack st", ["status:"]),
        ("slack is", ["status:"]),
        ("tag:", ["n8n", "crm", '"new leads"', "scrm"]),
        ("tag:cr", ["crm", "scrm"]),
        ("tag:n8n,ne", ['"new leads"']),
        ('tag:"new l', ['"new leads"']),
        ("platform:", ["n8n", "Make", "Zapier", "Python", "Other"]),
        ("-is:pub", ["published", "publishing"]),
        ("has:", ["file", "error"]),
        ("active:", ["yes", "no"]),
        ("archived:", ["yes", "no"]),
    ],
)
def test_the_likeliest_comes_first(text: str, first: list[str]) -> None:
    assert offered(text)[: len(first)] == first


@pytest.mark.parametrize("text", ["zzz", "unknown:", '"pr', "tag:nothing", "version:1"])
def test_nothing_is_offered_where_nothing_can_be_told(text: str) -> None:
    assert offered(text) == []


def test_a_suggestion_takes_the_place_of_what_is_typed_there() -> None:
    text = "slack tag:n8n,cr price:<20"
    (first, *_) = complete(text, 16, KNOWN)
    assert (first.text, first.count) == ("crm", 12)
    assert text[: first.start] + first.text + text[first.end :] == "slack tag:n8n,crm price:<20"


@given(text=st.text(alphabet='tagpricest:",- <n8', max_size=20), data=st.data())
def test_every_place_of_every_text_can_be_asked_for(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    for one in complete(text, cursor, KNOWN):
        assert 0 <= one.start <= cursor <= one.end <= len(text)


@given(value=st.text(min_size=1, max_size=8).filter(lambda text: not text.endswith("*")))
def test_a_quoted_value_is_read_as_it_is(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        return
    assert parse_filter(f"tag:{quoted(value)}", TODAY) == Filter((Term((TagIs(value),)),))


@pytest.mark.parametrize(
    ("text", "name", "value", "after"),
    [
        ("", "price", "<20", "price:<20"),
        ("slack", "price", "<20", "slack price:<20"),
        ("slack price:<20 -tag:ai", "price", "10..20", "slack price:10..20 -tag:ai"),
        ("slack price:<20 -tag:ai", "price", "", "slack -tag:ai"),
        ("price:<5 x price:>9", "price", "7", "price:7 x"),
        ("-tag:ai", "tag", "n8n", "-tag:ai tag:n8n"),
        ("is:draft", "status", "published", "status:published"),
        ("", "category", "Social Media", 'category:"Social Media"'),
        ("", "tag", '"a b",c', 'tag:"a b",c'),
        ("", "tag", "  ", ""),
    ],
)
def test_one_field_is_changed_and_the_rest_stays(
    text: str, name: str, value: str, after: str
) -> None:
    assert with_value(text, name, value) == after


def test_the_value_of_a_field_is_what_stands_behind_its_colon() -> None:
    text = 'slack is:draft -tag:ai tag:"a b",c price<20'
    assert value_of(text, "status") == "draft"
    assert value_of(text, "tag") == '"a b",c'
    assert value_of(text, "price") == "<20"
    assert value_of(text, "platform") == ""


@given(text=st.text(alphabet='tagprice:",- <n8', max_size=20), value=st.text('n8 ,"<', max_size=6))
def test_what_was_written_for_a_field_is_read_back(text: str, value: str) -> None:
    after = with_value(text, "tag", value)
    if not value.strip():
        assert value_of(after, "tag") == ""
    try:
        before = parse_filter(text, TODAY)
        parse_filter(after, TODAY)
    except InputError:
        return
    others = [term for term in before.terms if not _is_tag(term)]
    assert [term for term in parse_filter(after, TODAY).terms if not _is_tag(term)] == others


def _is_tag(term: Term) -> bool:
    return not term.is_excluded and all(isinstance(test, TagIs) for test in term.tests)
