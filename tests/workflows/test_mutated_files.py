"""Files as accidents leave them: 20,000 mutations of real ones, and a report for each.

The files are the project's own samples and, where they lie beside the repository, the shared ones.
``KODA_TEST_MUTATIONS`` sets another number of cases; every case is named by its seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from koda_desktop.runtime.resources import resources_root
from koda_desktop.workflows.inspect import inspect_bytes
from koda_desktop.workflows.inspection import PLATFORMS

CASES = int(os.environ.get("KODA_TEST_MUTATIONS", "20000"))
LARGEST = 12_000
SHARED = Path(__file__).parents[2].parent / "shared" / "workflows"
_WORDS = rb"""{ } [ ] " : , null 1e999 -0 \ud800 {"nodes": "connections" "flow":[ "zaps": ''' def"""
_BYTES = (b"\x00", b"\xff\xfe", b"PK\x03\x04", b"\x1f\x8b", b"\\", b"\r", b"\xc3\x28")
TOKENS = (*_WORDS.split(), *_BYTES)

Mutation = Callable[[random.Random, bytes, bytes], bytes]


def _spot(chance: random.Random, data: bytes) -> int:
    return chance.randrange(len(data) + 1)


def _cut(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: _spot(chance, data)]


def _drop(chance: random.Random, data: bytes, _: bytes) -> bytes:
    start = _spot(chance, data)
    return data[:start] + data[start + chance.randrange(1, 200) :]


def _flip(chance: random.Random, data: bytes, _: bytes) -> bytes:
    changed = bytearray(data or b"x")
    for _again in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(chance: random.Random, data: bytes, _: bytes) -> bytes:
    start = _spot(chance, data)
    return data[:start] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 50)) + data[start:]


def _repeat(chance: random.Random, data: bytes, _: bytes) -> bytes:
    start = _spot(chance, data)
    piece = data[start : start + chance.randrange(1, 300)]
    return data[:start] + piece * chance.randrange(2, 5) + data[start:]


def _splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: _spot(chance, data)] + other[_spot(chance, other) :]


MUTATIONS: tuple[Mutation, ...] = (_cut, _drop, _flip, _insert, _repeat, _splice)


def _files() -> list[bytes]:
    paths = sorted((resources_root() / "samples").iterdir())
    paths += sorted(path for path in SHARED.glob("*/*") if path.stat().st_size <= LARGEST)
    return [path.read_bytes() for path in paths if path.is_file()]


def _mutated(seed: int, files: list[bytes]) -> bytes:
    chance = random.Random(seed)
    data = chance.choice(files)
    for _ in range(chance.choice((1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(chance, data, chance.choice(files))
    return data


@pytest.mark.timeout(300)
def test_every_accident_gets_a_report() -> None:
    files = _files()
    assert len(files) >= 5
    for seed in range(CASES):
        data = _mutated(seed, files)
        inspection = inspect_bytes(data, "mutated.json")
        assert inspection.platform in PLATFORMS, f"seed {seed}"
        assert inspection.as_json()["publishable"] is inspection.publishable, f"seed {seed}"
        if not inspection.publishable:
            assert inspection.problems or inspection.secrets, f"seed {seed}"
