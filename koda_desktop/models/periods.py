"""Spans of days in a person's own time zone: what a sales page sums up, and what it compares with.

Days are those of the calendar; where a clock is put forward or back, a day has 23 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

_DAY = timedelta(days=1)


class Step(StrEnum):
    """How finely a span is cut for a chart."""

    DAY = "day"
    WEEK = "week"
    """From Monday to Sunday (ISO 8601)."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A part of a period: its first day, and its bounds in seconds since 1970, the end excluded."""

    first: date
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included. Raises ValueError when they are the wrong way
    round.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a period ends on or after the day it begins")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def is_whole_months(self) -> bool:
        return self.first.day == 1 and (self.last + _DAY).day == 1

    def before(self) -> Period:
        """What it is compared with: as many whole months before, else as many days."""
        last = self.first - _DAY
        if self.is_whole_months:
            months = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month
            return Period(_months_back(last.replace(day=1), months), last)
        return Period(last - timedelta(days=self.days - 1), last)

    def bounds(self, zone: tzinfo) -> tuple[int, int]:
        """Its beginning and its end (excluded) in seconds since 1970."""
        return _midnight(self.first, zone), _midnight(self.last + _DAY, zone)

    def buckets(self, step: Step, zone: tzinfo) -> list[Bucket]:
        """The period cut at the beginnings of ``step``; the outer parts may be shorter."""
        firsts = [self.first, *_beginnings(self, step)]
        ends = [*firsts[1:], self.last + _DAY]
        return [
            Bucket(first, _midnight(first, zone), _midnight(end, zone))
            for first, end in zip(firsts, ends, strict=True)
        ]

    def natural_step(self) -> Step:
        """The step that cuts it into parts that can be told apart on a chart."""
        if self.days <= 45:
            return Step.DAY
        return Step.WEEK if self.days <= 200 else Step.MONTH


def last_days(days: int, today: date) -> Period:
    """The last ``days`` days, today included."""
    return Period(today - timedelta(days=days - 1), today)


def this_month(today: date) -> Period:
    return Period(today.replace(day=1), today)


def last_month(today: date) -> Period:
    last = today.replace(day=1) - _DAY
    return Period(last.replace(day=1), last)


def this_year(today: date) -> Period:
    return Period(today.replace(month=1, day=1), today)


def _beginnings(period: Period, step: Step) -> Iterator[date]:
    """The days within the period, but its first, on which a part begins."""
    for number in range(1, period.days):
        day = period.first + timedelta(days=number)
        is_beginning = {
            Step.DAY: True,
            Step.WEEK: day.weekday() == 0,
            Step.MONTH: day.day == 1,
        }[step]
        if is_beginning:
            yield day


def _months_back(first: date, months: int) -> date:
    for _ in range(months):
        first = (first - _DAY).replace(day=1)
    return first


def _midnight(day: date, zone: tzinfo) -> int:
    """When ``day`` begins. Where midnight is skipped, the moment the clock went forward."""
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp())
