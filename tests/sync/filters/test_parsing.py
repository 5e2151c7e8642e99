from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.sync.filters.fields import BY_NAME, FIELDS
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.filters.parsing import MOST_TESTS, parse_filter
from koda_desktop.sync.filters.terms import (
    ActiveIs,
    ArchivedIs,
    CategoryIs,
    CreatedIn,
    FileLike,
    Filter,
    Has,
    IdBegins,
    NumberColumn,
    NumberIn,
    PlatformIs,
    Possession,
    StateIs,
    TagIs,
    Term,
    TextColumn,
    UpdatedIn,
    VersionIs,
    Word,
)
from koda_desktop.sync.rows import ListingState

BERLIN = ZoneInfo("Europe/Berlin")
TODAY = Today(datetime(2026, 3, 15, 23, 30, tzinfo=UTC), BERLIN)
"""Half past midnight of the 16th in Berlin."""


def parse(text: str) -> Filter:
    return parse_filter(text, TODAY)


def price(low: int | None, high: int | None) -> NumberIn:
    return NumberIn(NumberColumn.PRICE, low, high)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", []),
        ("   ", []),
        ("- !! --", []),
        ("slack alerts", [Term((Word("slack"),)), Term((Word("alerts"),))]),
        ('"new lead" -beta', [Term((Word("new lead", True),)), Term((Word("beta"),), True)]),
        ('"never closed', [Term((Word("never closed", True),))]),
        ('-"old one"', [Term((Word("old one", True),), True)]),
        ("title:alert", [Term((Word("alert", column=TextColumn.TITLE),))]),
        ("tag:n8n", [Term((TagIs("n8n"),))]),
        ("TAGS:n8n,crm", [Term((TagIs("n8n"), TagIs("crm")))]),
        ('-tag:"a, b"', [Term((TagIs("a, b"),), True)]),
        ('tag:"say ""hi"""', [Term((TagIs('say "hi"'),))]),
        ("tag:soc*", [Term((TagIs("soc", True),))]),
        ('tag:"soc*"', [Term((TagIs("soc*"),))]),
        ("platform:make,N8N", [Term((PlatformIs("Make"), PlatformIs("n8n")))]),
        ('platform:"Activepieces"', [Term((PlatformIs("Activepieces"),))]),
        ("category:soc", [Term((CategoryIs("Social Media"),))]),
        ('category:"Social Media"', [Term((CategoryIs("Social Media"),))]),
        ("status:draft", [Term((StateIs(ListingState.DRAFT),))]),
        ("is:conflict", [Term((StateIs(ListingState.CONFLICT),))]),
        (
            "status:publ",
            [Term((StateIs(ListingState.PUBLISHING), StateIs(ListingState.PUBLISHED)))],
        ),
        ("has:file", [Term((Has(Possession.FILE),))]),
        ("-has:tag", [Term((Has(Possession.TAGS),), True)]),
        ("active:no", [Term((ActiveIs(False),))]),
        ("-archived:yes", [Term((ArchivedIs(True),), is_excluded=True)]),
        ("file:*.json", [Term((FileLike("*.json"),))]),
        ("version:v1.2", [Term((VersionIs("1.2"),))]),
        ("id:65A1", [Term((IdBegins("65a1"),))]),
        ("size:>1mb", [Term((NumberIn(NumberColumn.SIZE, 1_000_001, None),))]),
        ("size:1.5kb", [Term((NumberIn(NumberColumn.SIZE, 1_500, 1_501),))]),
        ("a<b", [Term((Word("a<b"),))]),
    ],
)
def test_what_a_text_means(text: str, terms: list[Term]) -> None:
    assert parse(text) == Filter(tuple(terms))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("price:20", [(2000, 2001)]),
        ("price:free", [(0, 1)]),
        ("price:<20", [(None, 2000)]),
        ("price<20", [(None, 2000)]),
        ("price:<=20", [(None, 2001)]),
        ("price:>9.99", [(1000, None)]),
        ("price:>=9,99", [(999, None)]),
        ("price:10..20", [(1000, 2001)]),
        ("price:10,50..20,5", [(1050, 2051)]),
        ("price:..20", [(None, 2001)]),
        ("price:10..", [(1000, None)]),
        ("price:5,10", [(510, 511)]),
        ("price:9.99,19.99", [(999, 1000), (1999, 2000)]),
        ("price:9,99,19,99", [(999, 1000), (1999, 2000)]),
        ("price:<5,>100", [(None, 500), (10001, None)]),
        ("price:free,10..20", [(0, 1), (1000, 2001)]),
        ("price:9,99€", [(999, 1000)]),
    ],
)
def test_prices_are_minor_units_with_a_point_or_a_comma(
    text: str, spans: list[tuple[int | None, int | None]]
) -> None:
    assert parse(text) == Filter((Term(tuple(price(*span) for span in spans)),))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        # Berlin is one hour ahead in winter and two in summer.
        ("updated:2026-01", "2025-12-31T23:00:00.000Z", "2026-01-31T23:00:00.000Z"),
        ("updated:>2026-01", "2026-01-31T23:00:00.000Z", None),
        ("updated:>=2026-01", "2025-12-31T23:00:00.000Z", None),
        ("updated:<2026-07-01", None, "2026-06-30T22:00:00.000Z"),
        ("updated:<=2026-12", None, "2026-12-31T23:00:00.000Z"),
        ("updated:2025..2026-02", "2024-12-31T23:00:00.000Z", "2026-02-28T23:00:00.000Z"),
        ("updated:today", "2026-03-15T23:00:00.000Z", "2026-03-16T23:00:00.000Z"),
        ("updated:yesterday", "2026-03-14T23:00:00.000Z", "2026-03-15T23:00:00.000Z"),
        # The day on which the clocks go forward has 23 hours.
        ("updated:2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
        ("updated:<7d", "2026-03-08T23:30:00.000Z", None),
        ("updated:7d", "2026-03-08T23:30:00.000Z", None),
        ("updated:>30d", None, "2026-02-13T23:30:00.000Z"),
        ("updated:7d..2w", "2026-03-01T23:30:00.000Z", "2026-03-08T23:30:00.000Z"),
        ("updated:..12h", "2026-03-15T11:30:00.000Z", None),
        ("updated:>99999y", None, "1970-01-01T00:00:00.000Z"),
    ],
)
def test_days_are_those_of_the_persons_zone(text: str, low: str | None, high: str | None) -> None:
    assert parse(text) == Filter((Term((UpdatedIn(low, high),)),))


def test_days_are_those_of_this_computer_where_no_zone_is_given() -> None:
    found = parse_filter("created:2026-01-02", Today(datetime(2026, 3, 1, tzinfo=UTC)))
    start = int(datetime(2026, 1, 2).astimezone().timestamp())
    end = int(datetime(2026, 1, 3).astimezone().timestamp())
    assert found == Filter((Term((CreatedIn(start, end),)),))


@pytest.mark.parametrize(
    ("text", "at", "length", "said"),
    [
        ("slack prce:<20", 6, 4, "price"),
        ("-colour:red", 1, 6, "There is no field “colour”"),
        ("price:", 6, 0, "no value"),
        ("price:<", 7, 0, "missing"),
        ("price:cheap", 6, 5, "“cheap” is not a price"),
        ("price:1.234", 6, 5, "thousands"),
        ("price:1,000", 6, 5, "1000 or 1.00"),
        ("price:1,000,50", 6, 5, "thousands"),
        ("price:<1.000,50", 7, 5, "thousands"),
        ("price:..", 6, 2, "10.."),
        ("price:5,10..x", 12, 1, "“x” is not a price"),
        ("platform:mkae", 9, 4, "Make"),
        ("status:published,drft", 17, 4, "draft"),
        ("has:wings", 4, 5, "file, error"),
        ("active:maybe", 7, 5, "active:yes"),
        ("archived:maybe", 9, 5, "archived:yes"),
        ("tag:", 4, 0, "has no value"),
        ("updated:2026-02-30", 8, 10, "no 2026-02-30 in the calendar"),
        ("updated:0000", 8, 4, "no 0000 in the calendar"),
        ("updated:soon", 8, 4, "“soon” is not a date"),
        ("updated:<7d..x", 9, 5, "is not an age"),
        ("size:big", 5, 3, "1mb"),
        ("title:!!", 6, 2, "no word"),
        ("Slack: alerts", 0, 5, "in quotes"),
    ],
)
def test_what_is_not_understood_is_named_with_its_place(
    text: str, at: int, length: int, said: str
) -> None:
    with pytest.raises(InputError) as raised:
        parse(text)
    assert (raised.value.facts["at"], raised.value.facts["length"]) == (at, length)
    assert said in str(raised.value)


def test_a_filter_has_an_end() -> None:
    tags = ",".join(f"t{number}" for number in range(MOST_TESTS))
    assert len(parse(f"tag:{tags}").terms[0].tests) == MOST_TESTS
    for text in (f"tag:{tags},one", "word " * 1000):
        with pytest.raises(InputError, match="too long"):
            parse(text)


PARTS = st.sampled_from(
    [
        *BY_NAME,
        *'.:<>=,"-*? €²٣\0\ud800',
        *("..", "2026", "-02-30", "7d", "9,99", "AND"),
    ]
)


@given(text=st.lists(PARTS | st.text(max_size=4), max_size=12).map("".join))
def test_any_text_is_a_filter_or_an_input_error_inside_it(text: str) -> None:
    error = fault_of(text)
    if error is not None:
        at: Any = error.facts["at"]
        length: Any = error.facts["length"]
        assert 0 <= at <= at + length <= len(text)
        assert error.remedy


def fault_of(text: str) -> InputError | None:
    try:
        parse(text)
    except InputError as error:
        return error
    return None


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_example_of_a_field_is_one(field: Any) -> None:
    for example in field.hint.replace(" or ", ", ").split(", "):
        assert parse(example).terms, example
