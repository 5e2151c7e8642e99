"""Dates are the same text whether the driver gives them a time zone or not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bson.datetime_ms import DatetimeMS

from koda_desktop.services.mongodb.codec import decode

AWARE = datetime(2026, 3, 29, 1, 30, 0, 123_000, tzinfo=UTC)
"""In an hour that the clocks of Europe skip."""

NAIVE = AWARE.replace(tzinfo=None)


@pytest.mark.parametrize("name", ["updatedAt", "deletedAt", "aFieldOfTheWebs"])
def test_a_date_without_a_zone_is_in_utc(name: str) -> None:
    assert decode({name: NAIVE}) == decode({name: AWARE})
    assert decode({"in": [{name: NAIVE}]}) == decode({"in": [{name: AWARE}]})


def test_dates_as_the_marketplace_writes_them() -> None:
    document = {"_id": "a", "updatedAt": NAIVE, "createdAt": NAIVE.replace(year=1)}
    assert decode(document) == {
        "_id": "a",
        "updatedAt": "2026-03-29T01:30:00.123Z",
        "createdAt": "0001-03-29T01:30:00.123Z",
    }


def test_a_date_beyond_pythons_years_stays_a_number() -> None:
    told = decode({"updatedAt": DatetimeMS(10**15)})
    assert told == {"updatedAt": {"$date": {"$numberLong": str(10**15)}}}


def test_what_was_decoded_is_left_as_it_was() -> None:
    document = {"tags": ["a"], "at": NAIVE}
    decode(document)["tags"] = []
    assert document == {"tags": ["a"], "at": NAIVE}
