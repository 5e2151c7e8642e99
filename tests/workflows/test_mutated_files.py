"""Files as accidents leave them: 20,000 mutations of real ones, and a report for each.

The files are the project's own samples and, where they lie beside the repository, the shared ones.
``KODA_TEST_MUTATIONS`` sets another number of cases; every case is named by its seed.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


VALUES: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    10**30,
    "",
    "x",
    "={{ $json.a }}",
    "{{1.a}}",
    [],
    {},
    [[]],
    [None],
)


def _graft(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Put another value, of any type and from anywhere, in the place of one in a JSON tree."""
    try:
        tree, foreign = json.loads(data), json.loads(other)
    except ValueError:
        return _flip(chance, data, other)
    where, key = chance.choice(_places(tree) or [([None], 0)])
    pieces = [inner[key] for inner, key in _places(foreign)]
    where[key] = chance.choice([chance.choice(VALUES), chance.choice(pieces or VALUES)])
    return json.dumps(tree).encode()


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every place in ``tree`` that holds a value: its container, and its key or index."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        keys = node if isinstance(node, dict) else range(len(node) if isinstance(node, list) else 0)
        found += [(node, key) for key in keys]
        waiting += [node[key] for key in keys]
    return found


MUTATIONS: tuple[Mutation, ...] = (
    *(_cut, _drop, _flip, _insert, _repeat, _splice),
    *(_graft,) * 18,
)


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
