"""Periods: every moment is in exactly one part, also on days of 23 and 25 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.models.periods import (
    Period,
    Step,
    last_days,
    last_month,
    this_month,
    this_year,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
ZONES = st.sampled_from(
    [UTC, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Kolkata")]
)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(DAYS)
    return Period(first, first + timedelta(days=draw(st.integers(0, 800))))


def test_a_day_lasts_as_long_as_the_clocks_say() -> None:
    def hours(day: date) -> int:
        start, end = Period(day, day).bounds(BERLIN)
        return (end - start) // 3600

    assert hours(date(2026, 3, 29)) == 23
    assert hours(date(2026, 10, 25)) == 25
    assert hours(date(2026, 6, 1)) == 24


def test_weeks_begin_on_monday_and_the_outer_ones_are_cut() -> None:
    period = Period(date(2026, 11, 5), date(2026, 11, 24))
    firsts = [bucket.first for bucket in period.buckets(Step.WEEK, BERLIN)]
    assert firsts == [date(2026, 11, 5), *(date(2026, 11, day) for day in (9, 16, 23))]


def test_months_are_compared_with_months_and_days_with_days() -> None:
    march = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert march.before() == Period(date(2026, 2, 1), date(2026, 2, 28))
    quarter = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert quarter.before() == Period(date(2025, 10, 1), date(2025, 12, 31))
    week = Period(date(2026, 3, 2), date(2026, 3, 8))
    assert week.before() == Period(date(2026, 2, 23), date(2026, 3, 1))


def test_the_named_periods_end_today_or_before() -> None:
    today = date(2026, 11, 26)
    assert last_days(7, today) == Period(date(2026, 11, 20), today)
    assert this_month(today) == Period(date(2026, 11, 1), today)
    assert last_month(today) == Period(date(2026, 10, 1), date(2026, 10, 31))
    assert this_year(today) == Period(date(2026, 1, 1), today)
    assert last_month(date(2026, 1, 5)).first == date(2025, 12, 1)


def test_a_period_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="begins"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


@given(periods(), st.sampled_from(Step), ZONES)
def test_parts_cover_the_period_without_gap_or_overlap(
    period: Period, step: Step, zone: ZoneInfo
) -> None:
    buckets = period.buckets(step, zone)
    start, end = period.bounds(zone)
    assert buckets[0].start == start
    assert buckets[-1].end == end
    for one, two in pairwise(buckets):
        assert one.end == two.start
        assert one.start <= one.end


@given(DAYS, st.integers(0, 86_399), ZONES)
def test_a_moment_is_in_the_part_of_its_own_day(day: date, seconds: int, zone: ZoneInfo) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    moment = int(midnight.timestamp()) + seconds
    local = datetime.fromtimestamp(moment, zone).date()
    period = Period(day - timedelta(days=3), day + timedelta(days=3))
    within = [b.first for b in period.buckets(Step.DAY, zone) if b.start <= moment < b.end]
    assert within == [local]


@given(periods())
def test_what_it_is_compared_with_ends_the_day_before(period: Period) -> None:
    before = period.before()
    assert before.last + timedelta(days=1) == period.first
    if not period.is_whole_months:
        assert before.days == period.days
