from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.marketplace.api import Json
from koda_desktop.marketplace.packed import Packed


def lines(data: bytes) -> list[Json]:
    return [json.loads(line) for line in data.splitlines()]


def packed(documents: list[Json]) -> Packed:
    data = b""
    ends = []
    for one in documents:
        data += json.dumps(one).encode() + b"\n"
        ends.append(len(data))
    return Packed(data, ends, lines)


documents = st.lists(st.dictionaries(st.text("ab"), st.integers()), max_size=8)
places = st.none() | st.integers(-10, 10)


@given(documents, places, places, st.sampled_from([None, 1, 2, -1]))
def test_packed_documents_are_the_sequence_they_were_packed_of(
    several: list[Json], begin: int | None, end: int | None, step: int | None
) -> None:
    own = packed(several)
    assert list(own) == several
    assert len(own) == len(several)
    assert list(own[begin:end:step]) == several[begin:end:step]
    assert list(own[begin:end][1:]) == several[begin:end][1:]
    for number in range(-len(several), len(several)):
        assert own[number] == several[number]


def test_there_is_nothing_behind_the_last() -> None:
    with pytest.raises(IndexError):
        packed([{}])[1]


def test_a_slice_goes_to_another_process_packed() -> None:
    there = pickle.loads(pickle.dumps(packed([{"a": 1}, {"b": 2}, {"c": 3}])[1:]))
    assert isinstance(there, Packed)
    assert list(there) == [{"b": 2}, {"c": 3}]
