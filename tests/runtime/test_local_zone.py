"""The computer's own zone agrees with the zone it is set to, on every day of the year."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from koda_desktop.runtime.clock import LocalZone

NAMES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")


@pytest.fixture(params=NAMES)
def named(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoneInfo]:
    """The program runs in this zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield ZoneInfo(request.param)
    monkeypatch.undo()
    time.tzset()


def test_every_hour_of_a_year_is_the_same_moment(named: ZoneInfo) -> None:
    zone, moment = LocalZone(), datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(365 * 24):
        here, there = moment.astimezone(zone), moment.astimezone(named)
        assert here.replace(tzinfo=None) == there.replace(tzinfo=None)
        midnight = datetime(here.year, here.month, here.day, tzinfo=zone)
        assert midnight.timestamp() == midnight.replace(tzinfo=named).timestamp()
        moment += timedelta(hours=1)


def test_it_is_named_as_on_the_clock(named: ZoneInfo) -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=named)
    assert noon.replace(tzinfo=LocalZone()).tzname() == noon.tzname()
