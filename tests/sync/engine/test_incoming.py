"""Ranges in memory: whatever comes in whatever order, the hash is that of the file."""

from __future__ import annotations

import hashlib
import random
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.sync.engine.incoming import Blocks, Incoming, InOrder
from koda_desktop.sync.engine.risk import Risk
from koda_desktop.sync.engine.sending import split
from koda_desktop.sync.part_rows import Part
from koda_desktop.sync.transfers.partial import PartialFile
from tests.sync.desk import Inline

PART = 4096
ANYWHERE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


class Fetched:
    """A file that comes in ranges, put together by hand."""

    def __init__(self, folder: Path, data: bytes) -> None:
        self.data = data
        self.file = PartialFile(folder / f"{random.random()}.part", len(data))
        self.file.reserve()
        self.parts = {part.number: part for part in split(len(data), PART)}
        self.blocks = Blocks(4 * PART)
        self.hash = InOrder(self.file, self.blocks, Inline())

    def begin(self, parts: list[Part]) -> Incoming:
        memory = self.blocks.take()
        assert memory is not None
        incoming = Incoming(parts, memory, is_known=True)
        self.hash.keep(incoming)
        return incoming

    def bring(self, incoming: Incoming, size: int, step: int) -> None:
        """The first ``size`` bytes of a range come, ``step`` at a time; then it is over."""
        offset = incoming.span.offset
        for at in range(0, size, step):
            end = min(at + step, size)
            incoming.take(memoryview(self.data)[offset + at : offset + end])
            incoming.write(self.file)
            self.count(incoming)
        self.hash.end(incoming)

    def count(self, incoming: Incoming) -> None:
        self.parts.update((part.number, part) for part in incoming.newly_written())

    def hash_what_is_there(self) -> None:
        while (part := self.hash.advance(self.parts)) is not None:
            self.parts[part.number] = part

    def missing(self) -> list[Part]:
        return [part for part in self.parts.values() if not part.is_done]


@ANYWHERE
@given(
    size=st.integers(1, 9 * PART),
    order=st.randoms(use_true_random=False),
    step=st.integers(1, 2 * PART),
    cuts=st.lists(st.integers(0, 4 * PART), max_size=6),
)
def test_the_hash_is_that_of_the_file(
    tmp_path: Path, size: int, order: random.Random, step: int, cuts: list[int]
) -> None:
    fetched = Fetched(tmp_path, order.randbytes(size))
    while missing := fetched.missing():
        first = order.randrange(len(missing))
        parts = [
            part
            for place, part in enumerate(missing[first : first + 4])
            if part.number == missing[first].number + place
        ]
        incoming = fetched.begin(parts)
        came = cuts.pop() if cuts else incoming.span.size
        fetched.bring(incoming, min(came, incoming.span.size), step)
        if order.random() < 0.5:
            fetched.hash_what_is_there()
        elif fetched.blocks._left == 0 and not fetched.blocks._free:
            fetched.hash.drop_last()
    fetched.hash_what_is_there()
    assert fetched.hash.hexdigest() == hashlib.sha256(fetched.data).hexdigest()
    assert fetched.file.path.read_bytes() == fetched.data
    for part in fetched.parts.values():
        assert part.crc32 == f"{zlib.crc32(fetched.data[part.offset :][: part.size]):08x}"
    fetched.file.close()


def test_a_part_spoilt_between_two_runs_is_found_and_no_other(tmp_path: Path) -> None:
    fetched = Fetched(tmp_path, random.Random(5).randbytes(7 * PART + 9))
    for first in (1, 5):
        parts = [fetched.parts[number] for number in range(first, first + 4)]
        fetched.bring(fetched.begin(parts), len(fetched.data[: sum(p.size for p in parts)]), PART)
    fetched.hash_what_is_there()
    came = dict(fetched.parts)
    fetched.file.write(memoryview(b"x"), 3 * PART + 1)

    again = InOrder(fetched.file, fetched.blocks, Inline())
    found = [again.advance(came) for _ in range(4)]
    assert [part and (part.number, part.is_done) for part in found] == [
        (1, True),
        (2, True),
        (3, True),
        (4, False),
    ]
    spoilt = found[3]
    assert spoilt is not None
    assert again.advance({**came, 4: spoilt}) is None
    fetched.file.write(memoryview(fetched.data)[3 * PART : 4 * PART], 3 * PART)
    mended = {**came, 4: replace(spoilt, is_done=True)}
    rest = [again.advance(mended) for _ in range(6)]
    assert [part and part.is_done for part in rest] == [True] * 5 + [None]
    assert again.hexdigest() == hashlib.sha256(fetched.data).hexdigest()
    fetched.file.close()


def test_only_whole_parts_are_written_and_count(tmp_path: Path) -> None:
    fetched = Fetched(tmp_path, bytes(range(256)) * 64)
    incoming = fetched.begin([fetched.parts[number] for number in (1, 2, 3, 4)])
    incoming.take(memoryview(fetched.data)[: 2 * PART + 1])
    assert incoming.newly_written() == []
    incoming.write(fetched.file)
    assert [part.number for part in incoming.newly_written()] == [1, 2]
    assert incoming.newly_written() == []
    assert fetched.file.path.read_bytes()[2 * PART :] == bytes(2 * PART)
    fetched.file.close()


def test_no_more_ranges_are_in_memory_than_there_are_blocks() -> None:
    blocks = Blocks(PART, most=2)
    first, second = blocks.take(), blocks.take()
    assert first is not None
    assert second is not None
    assert blocks.take() is None
    blocks.give(first)
    assert blocks.take() is first


@given(
    least=st.integers(1, 1000),
    steps=st.lists(st.tuples(st.booleans(), st.integers(1, 5000)), max_size=200),
)
def test_what_is_at_risk_is_one_part_or_a_small_share_of_what_came(
    least: int, steps: list[tuple[bool, int]]
) -> None:
    risk, at_risk, safe = Risk(least, is_limited=True), 0, 0
    for arrives, wanted in steps:
        size = min(wanted, risk.room)
        if size > 0:
            risk.begin(size)
            at_risk += size
        assert at_risk <= max(least, safe / 20)
        if arrives:
            risk.keep(at_risk)
            at_risk, safe = 0, safe + at_risk
    risk.lose(at_risk)
    assert risk.room >= least


def test_a_first_attempt_goes_at_full_width() -> None:
    assert Risk(1).room > 2**60


@pytest.mark.parametrize("offset", [0, PART, 2 * PART + 1])
def test_memory_and_places_that_cannot_go_past_the_cache_are_written_all_the_same(
    tmp_path: Path, offset: int
) -> None:
    data = random.Random(offset).randbytes(3 * PART + 5)
    file = PartialFile(tmp_path / "x.part", offset + len(data))
    file.reserve()
    # Memory at an odd address.
    view = memoryview(bytearray(1) + bytearray(data))[1:]
    file.write(view, offset)
    file.sync()
    file.close()
    assert (tmp_path / "x.part").read_bytes() == bytes(offset) + data
