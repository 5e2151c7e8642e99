"""A ``ListingQuery`` as SQL, and rows as the pages take them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import Any

from koda_desktop.sync import search
from koda_desktop.sync.filters.sql import Condition, conditions, matches, words_expression
from koda_desktop.sync.rows import ListingQuery, ListingRow, ListingState, Selection, SortColumn
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
    where, values = condition_of(db, query)
    return int(db.value(f"SELECT count(*) FROM entity WHERE {where}", values))


def keys(db: Db, query: ListingQuery) -> array[int]:
    """The ``pk`` of every matching listing, in order."""
    where, values = condition_of(db, query)
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


def selected(db: Db, selection: Selection) -> array[int]:
    """The keys of what was picked, in the order of its query; keys that are gone are left out."""
    if selection.query is not None:
        every = keys(db, selection.query)
        return array("q", (key for key in every if key not in selection.without))
    wanted = json.dumps(selection.keys)
    sql = "SELECT pk FROM entity WHERE pk IN (SELECT value FROM json_each(?))"
    found = {row[0] for row in db.rows(sql, (wanted,))}
    return array("q", (key for key in selection.keys if key in found))


def condition_of(db: Db, query: ListingQuery) -> tuple[str, list[Any]]:
    """The condition over ``entity`` that ``query`` means, and the values of its marks.

    It holds for the view of ``db`` and no other one.
    """
    parts = [Condition("kind = 'listing'")]
    if query.states:
        states = tuple(sorted(state.value for state in query.states))
        parts.append(Condition(f"state IN ({', '.join('?' * len(states))})", states))
    if query.ids is not None:
        ids = json.dumps(sorted(query.ids))
        parts.append(Condition("id IN (SELECT value FROM json_each(?))", (ids,)))
    words = words_expression(query.text)
    if words:
        parts.append(matches(words))
    parts += conditions(query.filter)
    sql = " AND ".join(part.sql for part in parts)
    return search.completed(db, sql, [value for part in parts for value in part.values])


def _order(query: ListingQuery) -> str:
    # The plus keeps SQLite from walking all rows in order when a filter leaves few of them.
    plus = "+" if query.is_narrowed else ""
    columns = [
        f"{plus}{_SORTED_BY[column]} {'DESC' if is_descending else 'ASC'}"
        for column, is_descending in query.sort
    ]
    return ", ".join((*columns, "pk"))
