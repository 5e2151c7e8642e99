"""A ``ListingQuery`` as SQL, and rows as the pages take them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from koda_desktop.sync import documents, search
from koda_desktop.sync.filters.sql import (
    ANY_ARCHIVED,
    BY_INDEX,
    Condition,
    Lookup,
    beside_index,
    conditions,
    indexed_expression,
    not_archived,
    words_expression,
)
from koda_desktop.sync.filters.terms import (
    ActiveIs,
    ArchivedIs,
    CategoryIs,
    Filter,
    NumberColumn,
    NumberIn,
    PlatformIs,
    StateIs,
    Term,
    UpdatedIn,
    Word,
)
from koda_desktop.sync.marks import mark
from koda_desktop.sync.rows import (
    ListingQuery,
    ListingRow,
    ListingState,
    Selection,
    SortColumn,
    Totals,
)
from koda_desktop.sync.store.database import Db

SORTED_BY = {
    SortColumn.TITLE: "sort_title",
    SortColumn.PRICE: "price_minor",
    SortColumn.PLATFORM: "platform",
    SortColumn.CATEGORY: "category",
    SortColumn.STATE: "state",
    SortColumn.UPDATED: "updated_at",
}

_COVERED = (StateIs, PlatformIs, CategoryIs, UpdatedIn, ActiveIs, ArchivedIs, Word)
"""Tests that ``entity_updated`` answers by itself, or by keys alone."""

EXCERPT = 240
"""So much of a description is read for a line of the table; nobody sees more there."""
_COLUMNS = (
    *("pk", "id", "title", "platform", "category", "tags", "price_minor", "currency", "version"),
    *("state", "updated_at", "file_name", "file_size", "message", "is_active"),
    f"substr({documents.text('description')}, 1, {EXCERPT})",
)
_AT_ONCE = 1_000
_WRITTEN_MAX = 10_000
"""More keys than this are not written down as JSON: to walk an index of all rows takes less."""


def count(db: Db, query: ListingQuery) -> int:
    """How many listings match."""
    where, values = condition_of(db, query)
    return int(db.value(f"SELECT count(*) FROM {_any_order(query)} WHERE {where}", values))


def keys(db: Db, query: ListingQuery) -> array[int]:
    """The ``pk`` of every matching listing, in order."""
    where, values = condition_of(db, query)
    order = order_of(query, is_walked=is_covered(query))
    return db.keys(f"SELECT pk FROM {source_of(query)} WHERE {where} ORDER BY {order}", values)


def is_covered(query: ListingQuery) -> bool:
    """Whether ``entity_updated`` holds all that is asked, so that no row has to be read."""
    return all(map(_is_covered, query.filter.terms))


def covered_part(query: ListingQuery) -> ListingQuery:
    """As much of ``query`` as can be asked without reading a row."""
    kept = tuple(filter(_is_covered, query.filter.terms))
    return replace(query, filter=Filter(kept))


def rest_of(query: ListingQuery) -> ListingQuery:
    """What ``covered_part`` leaves."""
    kept = tuple(term for term in query.filter.terms if not _is_covered(term))
    return ListingQuery(filter=Filter(kept))


def _is_covered(term: Term) -> bool:
    return all(
        isinstance(test, _COVERED)
        or (isinstance(test, NumberIn) and test.column is NumberColumn.PRICE)
        for test in term.tests
    )


def source_of(query: ListingQuery) -> str:
    """The table, with the index that answers most of ``query`` in its order.

    Titles are in no index but their own: what is filtered and then sorted by them reads every row
    in the order of the table, which takes a third more than an index does.
    """
    if not is_covered(query) or all(column is not SortColumn.TITLE for column, _ in query.sort):
        return _any_order(query)
    return "entity NOT INDEXED" if query.is_narrowed else "entity"


def _any_order(query: ListingQuery) -> str:
    return "entity INDEXED BY entity_updated" if is_covered(query) else "entity"


def rows(db: Db, wanted: Sequence[int]) -> list[ListingRow]:
    """The rows of these keys, in the order given; keys that are gone are left out."""
    found: dict[int, ListingRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        # In one answer: the window's thread computes meanwhile.
        read = db.gathered(_COLUMNS, f"entity WHERE pk IN ({marks})", some)
        found |= {row[0]: read_row(row) for row in read}
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
        active=bool(row[14]),
        description=" ".join((row[15] or "").split()),
    )


def selected(db: Db, selection: Selection) -> array[int]:
    """The keys of what was picked, in the order of its query; keys that are gone are left out."""
    if selection.query is not None:
        every = keys(db, selection.query)
        return array("q", (key for key in every if key not in selection.without))
    wanted = _picked(selection)
    among = _one_of(wanted)
    there = _marked(db.keys(f"SELECT pk FROM entity WHERE {among.sql}", among.values))
    return array("q", (key for key in wanted if key < len(there) and there[key]))


def totals(db: Db, selection: Selection, of: NumberColumn = NumberColumn.PRICE) -> Totals:
    """What ``of`` comes to in what is picked; keys that are gone are left out."""
    if selection.query is None:
        among = _one_of(_picked(selection))
        source, where, values = "entity", among.sql, [*among.values]
    else:
        source = _any_order(selection.query)
        where, values = condition_of(db, selection.query)
        where = f"{where} AND pk NOT IN (SELECT value FROM json_each(?))"
        values.append(json.dumps(sorted(selection.without)))
    sql = f"SELECT count(*), coalesce(sum({of.value}), 0) FROM {source} WHERE {where}"
    [(number, total)] = db.rows(sql, values)
    return Totals(number, total, of)


def _picked(selection: Selection) -> array[int]:
    """The keys of a selection by keys: as they stand there, then the others that are marked."""
    found = array("q", selection.keys)
    if selection.carried:
        others = bytearray(selection.carried)
        for key in selection.keys:
            if key < len(others):
                others[key] = 0
        found.extend(key for key in range(len(others)) if others[key])
    return found


def _one_of(keys: Sequence[int]) -> Condition:
    """Rows with these keys. Many of them are marked in bytes: SQLite looks there by itself, where
    to write them down as text would hold the interpreter, and with it the window's thread."""
    if len(keys) <= _WRITTEN_MAX:
        return Condition("pk IN (SELECT value FROM json_each(?))", (json.dumps([*keys]),))
    return Condition("substr(?, pk + 1, 1) = x'01'", (bytes(_marked(keys)),))


def _marked(keys: Sequence[int]) -> bytearray:
    """A byte for each key from 0 on, 1 where it is among ``keys``."""
    marks = bytearray()
    mark(marks, keys)
    return marks


def condition_of(db: Db, query: ListingQuery, lookup: Lookup = BY_INDEX) -> tuple[str, list[Any]]:
    """The condition over ``entity`` that ``query`` means, and the values of its marks.

    It holds for the view of ``db`` and no other one.
    """
    parts = [Condition("kind = 'listing'")]
    if query.states:
        states = tuple(sorted(state.value for state in query.states))
        parts.append(Condition(f"state IN ({', '.join('?' * len(states))})", states))
    words = words_expression(query.text)
    if words:
        parts.append(lookup.find(words))
    parts += conditions(query.filter, lookup)
    if query.hides_archived and db.value(ANY_ARCHIVED):
        parts.append(not_archived(lookup))
    sql = " AND ".join(part.sql for part in parts)
    return search.completed(db, sql, [value for part in parts for value in part.values])


def words_of(query: ListingQuery) -> str:
    """The FTS5 expression that every match is found by; empty where there is none."""
    return indexed_expression(query.filter, query.text)


def beside_words(query: ListingQuery) -> ListingQuery:
    """What is left to ask of listings that ``words_of`` finds."""
    return replace(query, text="", filter=beside_index(query.filter))


def order_of(query: ListingQuery, *, is_walked: bool) -> str:
    """What to order by. Unless ``is_walked``, no index is walked in that order.

    To walk one is best where many listings match, and to sort what was found where few do; only
    whoever asks can tell.
    """
    plus = "+" if query.is_narrowed and not is_walked else ""
    columns = [
        f"{plus}{SORTED_BY[column]} {'DESC' if is_descending else 'ASC'}"
        for column, is_descending in query.sort
    ]
    return ", ".join((*columns, "pk"))
