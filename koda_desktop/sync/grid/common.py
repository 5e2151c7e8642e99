"""What several listings have in common, for changing all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from koda_desktop.sync.rows import ListingRow

LOOKED_THROUGH = 20_000
"""So many listings are looked through; more than these are taken to differ in everything."""


@dataclass(frozen=True, slots=True)
class Common:
    """``values`` holds the columns in which all are the same; a price in minor units of euros."""

    number: int
    values: Mapping[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    """Those that every listing has, in the first one's order."""
    some_tags: tuple[tuple[str, int], ...] = ()
    """Those that some have and others have not, with how many have each; the commonest first."""


def in_common(rows: Iterable[ListingRow]) -> Common:
    """What is the same in all of ``rows``."""
    number = 0
    values: dict[str, Any] = {}
    counts: dict[str, int] = {}
    for row in rows:
        now = _values(row)
        values = _shared(values, now) if number else now
        number += 1
        for tag in dict.fromkeys(row.tags):
            counts[tag] = counts.get(tag, 0) + 1
    every = tuple(tag for tag, count in counts.items() if count == number)
    some = sorted(
        ((tag, count) for tag, count in counts.items() if count < number),
        key=lambda one: -one[1],
    )
    return Common(number, values, every, tuple(some))


def _shared(values: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if now[name] == value}


def _values(row: ListingRow) -> dict[str, Any]:
    return {
        "price": row.price_minor,
        "category": row.category,
        "platform": row.platform,
        "version": row.version,
        "active": row.active,
    }
