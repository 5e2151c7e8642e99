"""Stamps from raw bytes are those that decoding each document gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.marketplace.api import Stamp
from koda_desktop.runtime.clock import iso
from koda_desktop.services.mongodb.plain_stamps import read_plain, read_reply

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 14, 5, 59, 7000, tzinfo=UTC)
moments = st.datetimes(timezones=st.just(UTC)).map(
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)
)
ids = st.binary(min_size=12, max_size=12).map(ObjectId)


def raw(*documents: dict[str, Any]) -> bytes:
    return b"".join(map(bson.encode, documents))


@given(st.lists(st.tuples(ids, moments), max_size=20))
def test_every_id_and_time(told: list[tuple[ObjectId, datetime]]) -> None:
    batch = raw(*({"_id": one, "updatedAt": at} for one, at in told))
    assert read_plain(batch) == [Stamp(str(one), iso(at)) for one, at in told]


@pytest.mark.parametrize(
    "odd",
    [
        {"_id": ObjectId()},
        {"_id": ObjectId(), "updatedAt": None},
        {"_id": ObjectId(), "updatedAt": "2026-11-26"},
        {"_id": ObjectId(), "updatedAt": 7},
        {"_id": "twelve bytes", "updatedAt": NOW},
        {"_id": ObjectId(), "createdAt": NOW},
        {"_id": ObjectId(), "updatedAt": NOW, "_sync": {"d": {}}},
    ],
)
def test_anything_else_is_left_to_the_decoder(odd: dict[str, Any]) -> None:
    assert read_plain(raw({"_id": ObjectId(), "updatedAt": NOW}, odd)) is None


def reply(*documents: dict[str, Any]) -> bytes:
    """What a server answers to a find."""
    return bson.encode({"firstBatch": list(documents), "id": 0, "ns": "koda.products"})


@pytest.mark.parametrize("count", [0, 1, 10, 11, 100, 101, 1_000, 1_234])
def test_a_whole_reply(count: int) -> None:
    plain = [{"_id": ObjectId(f"{number:024x}"), "updatedAt": NOW} for number in range(count)]
    assert read_reply(reply(*plain)) == read_plain(raw(*plain))


@pytest.mark.parametrize("place", [0, 9, 10, 11])
@pytest.mark.parametrize(
    "odd",
    [
        {"_id": ObjectId()},
        {"_id": ObjectId(), "updatedAt": "x" * 39},
        {"_id": ObjectId(), "updatedAt": NOW, "more": "x" * 29},
    ],
)
def test_a_reply_with_anything_else_is_left_to_the_decoder(odd: dict[str, Any], place: int) -> None:
    several = [{"_id": ObjectId(), "updatedAt": NOW} for _ in range(11)]
    several.insert(place, odd)
    assert read_reply(reply(*several)) is None
    assert read_reply(bson.encode({"nextBatch": []})) is None


@pytest.mark.parametrize(("last", "beyond"), [((1, 1, 1), -1), ((9999, 12, 31, 23, 59, 59), 1000)])
def test_times_beyond_pythons_years_are_left_to_the_decoder(
    last: tuple[int, ...], beyond: int
) -> None:
    at = datetime(*last, tzinfo=UTC)  # type: ignore[arg-type, misc]
    batch = raw({"_id": ObjectId(), "updatedAt": at})
    assert read_plain(batch) is not None
    moment = (at - EPOCH) // timedelta(milliseconds=1) + beyond
    assert read_plain(batch[:-9] + moment.to_bytes(8, "little", signed=True) + b"\x00") is None
