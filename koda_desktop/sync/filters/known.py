"""Which values the listings of a store have, for whoever completes a filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from koda_desktop.sync.store.database import Db

_MOST_TAGS = 2_000


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Values with the number of listings that have them, the most frequent first."""

    tags: Mapping[str, int] = field(default_factory=dict)
    platforms: Mapping[str, int] = field(default_factory=dict)
    categories: Mapping[str, int] = field(default_factory=dict)
    states: Mapping[str, int] = field(default_factory=dict)


NOTHING_KNOWN = KnownValues()


def known_values(db: Db) -> KnownValues:
    """Every value in use; of the tags the two thousand most frequent."""
    return KnownValues(
        tags=_counted(db, _TAGS, _MOST_TAGS),
        platforms=_counted(db, _OF_COLUMN.format("platform"), -1),
        categories=_counted(db, _OF_COLUMN.format("category"), -1),
        states=_counted(db, _OF_COLUMN.format("state"), -1),
    )


_OF_COLUMN = (
    "SELECT {0}, count(*) FROM entity WHERE kind = 'listing' AND {0} <> ''"
    " GROUP BY {0} ORDER BY count(*) DESC, {0} LIMIT ?"
)
_TAGS = (
    "SELECT value, count(*) FROM entity, json_each(tags) WHERE kind = 'listing'"
    " GROUP BY value ORDER BY count(*) DESC, value LIMIT ?"
)


def _counted(db: Db, sql: str, most: int) -> dict[str, int]:
    return {str(value): number for value, number in db.rows(sql, (most,))}
