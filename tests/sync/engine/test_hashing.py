"""Pieces hashed by a pool: in their order, and none is touched after its future is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.sync.engine.hashing import Hasher


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.binary(max_size=5_000), max_size=40))
def test_pieces_are_hashed_in_their_order(pool: ThreadPoolExecutor, pieces: list[bytes]) -> None:
    hasher = Hasher(pool)
    memory = [bytearray(piece) for piece in pieces]
    for view, hashed in [(one, hasher.add(memoryview(one))) for one in memory]:
        hashed.result(10)
        view[:] = bytes(len(view))
    assert hasher.copy().digest() == hashlib.sha256(b"".join(pieces)).digest()


def test_it_goes_on_from_what_another_hashed(pool: ThreadPoolExecutor) -> None:
    hasher = Hasher(pool)
    hasher.add(memoryview(b"one")).result(10)
    digest = hasher.copy()
    digest.update(b"two")
    hasher.go_on_from(digest)
    hasher.add(memoryview(b"three")).result(10)
    assert hasher.copy().digest() == hashlib.sha256(b"onetwothree").digest()
