"""The change sets of a damaged store that can be read whole, so that they can still be undone.

A set of which rows are missing would be undone in part without anybody knowing: it is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from koda_desktop.runtime.clock import from_iso
from koda_desktop.sync.changesets.rows import SetKind, What, Why
from koda_desktop.sync.store.damaged import Damaged, Found

_KINDS, _WHATS, _WHYS = (frozenset(one.value for one in kind) for kind in (SetKind, What, Why))

Place = tuple[int, int]
"""A set and a place in it."""


@dataclass(slots=True)
class _Count:
    """The rows of one set that were met."""

    places: set[int] = field(default_factory=set)
    size: int = 0


def read_change_sets(damaged: Damaged) -> list[Found]:
    """The sets whose rows are all there, oldest first."""
    sets: dict[int, Found] = {}
    for row in damaged.rows("change_set"):
        if _is_set(row):
            sets.setdefault(row["id"], row)
    counts: dict[int, _Count] = {}
    for row in _change_rows(damaged):
        count = counts.setdefault(row["set_id"], _Count())
        if row["place"] not in count.places:
            count.places.add(row["place"])
            count.size += len(row["before"]) + len(row["after"])
    whole = [sets[one] for one in sorted(sets) if _is_whole(sets[one], counts.get(one, _Count()))]
    damaged.is_whole = damaged.is_whole and len(whole) == len(sets) and counts.keys() <= sets.keys()
    return whole


def read_change_rows(damaged: Damaged, sets: set[int]) -> Iterator[Found]:
    """The rows of these sets, one after the other: there may be a great many."""
    seen: set[Place] = set()
    for row in _change_rows(damaged):
        place = (row["set_id"], row["place"])
        if row["set_id"] in sets and place not in seen:
            seen.add(place)
            yield row


def read_change_left(damaged: Damaged, sets: set[int]) -> Iterator[Found]:
    """What these sets left as it was, as far as it can be read: it is told and never undone."""
    for row in damaged.rows("change_left"):
        if row["set_id"] in sets and row["why"] in _WHYS:
            yield row


def _is_set(row: Found) -> bool:
    try:
        from_iso(row["at"])
    except ValueError:
        return False
    return row["id"] > 0 and row["kind"] in _KINDS


def _is_whole(found: Found, count: _Count) -> bool:
    """Whether these are all its rows: they lie without a gap, and their texts add up."""
    is_gapless = len(count.places) == max(count.places, default=-1) + 1
    return is_gapless and min(count.places, default=0) == 0 and count.size == found["bytes"]


def _change_rows(damaged: Damaged) -> Iterator[Found]:
    for row in damaged.rows("change_row"):
        if row["what"] in _WHATS and _is_json(row["before"]) and _is_json(row["after"]):
            yield row


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
