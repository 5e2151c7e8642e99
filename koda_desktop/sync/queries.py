"""A ``ListingQuery`` as SQL, and rows as the pages take them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import Any

from koda_desktop.sync.rows import ListingQuery, ListingRow, ListingState, SortColumn
from koda_desktop.sync.search import found_by
from koda_desktop.sync.store.database import Db

_SORTED_BY = {
    SortColumn.TITLE: "sort_title",
    SortColumn.PRICE: "price_minor",
    SortColumn.PLATFORM: "platform",
    SortColumn.CATEGORY: "category",
    SortColumn.STATE: "state",
    SortColumn.UPDATED: "updated_at",
}

_COLUMNS = (
    "pk, id, title, platform, category, tags, price_minor, currency, version, state, updated_at,"
    " file_name, file_size, message"
)
_AT_ONCE = 1_000


def count(db: Db, query: ListingQuery) -> int:
    """How many listings match."""
    where, values = _where(db, query)
    return int(db.value(f"SELECT count(*) FROM entity WHERE {where}", values))


def keys(db: Db, query: ListingQuery) -> array[int]:
    """The ``pk`` of every matching listing, in order."""
    where, values = _where(db, query)
    sql = f"SELECT pk FROM entity WHERE {where} ORDER BY {_order(query)}"
    return array("q", (row[0] for row in db.rows(sql, values)))


def rows(db: Db, wanted: Sequence[int]) -> list[ListingRow]:
    """The rows of these keys, in the order given; keys that are gone are left out."""
    found: dict[int, ListingRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {_COLUMNS} FROM entity WHERE pk IN ({marks})"
        found |= {row[0]: read_row(row) for row in db.rows(sql, some)}
    return [found[key] for key in wanted if key in found]


def read_row(row: Sequence[Any]) -> ListingRow:
    """One line of the table."""
    return ListingRow(
        pk=row[0],
        id=row[1],
        title=row[2],
        platform=row[3],
        category=row[4],
        tags=tuple(json.loads(row[5])),
        price_minor=row[6],
        currency=row[7],
        version=row[8],
        state=ListingState(row[9]),
        updated_at=row[10],
        file_name=row[11],
        file_size=row[12],
        message=row[13],
    )


def _where(db: Db, query: ListingQuery) -> tuple[str, list[Any]]:
    parts = ["kind = 'listing'"]
    values: list[Any] = []
    for column, wanted in (
        ("state", sorted(state.value for state in query.states)),
        ("platform", sorted(query.platforms)),
    ):
        if wanted:
            parts.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    words = match(query.text)
    if words:
        condition, needed = found_by(db, words)
        parts.append(condition)
        values += needed
    return " AND ".join(parts), values


def match(text: str) -> str:
    """The FTS5 expression for what a person typed: each word begins a word of the listing.

    Words without a letter or digit are left out, because to FTS5 they would match nothing.
    """
    words = [word.replace('"', '""') for word in text.split() if any(map(str.isalnum, word))]
    return " AND ".join(f'"{word}"*' for word in words)


def _order(query: ListingQuery) -> str:
    # The plus keeps SQLite from walking all rows in order when a filter leaves few of them.
    plus = "+" if query.text or query.states or query.platforms else ""
    columns = [
        f"{plus}{_SORTED_BY[column]} {'DESC' if is_descending else 'ASC'}"
        for column, is_descending in query.sort
    ]
    return ", ".join((*columns, "pk"))
