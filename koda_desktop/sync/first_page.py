"""The first lines of a query over a million listings, in the time of a keystroke.

No single way of asking is fast for every query: to walk an index in the order asked for finds the
first lines at once where many listings match, and to look up and sort what matches is fast where
few do. How many match is not known before. So the first rows in order are looked at one by one,
then more of them by what the index of words knows, and only a query that finds next to nothing
there is looked up whole.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Any

from koda_desktop.sync.filters.sql import BY_INDEX, Condition, Lookup, conditions, matches
from koda_desktop.sync.filters.terms import (
    CategoryIs,
    Filter,
    NumberColumn,
    NumberIn,
    PlatformIs,
    StateIs,
    Term,
    Test,
    UpdatedIn,
    Word,
)
from koda_desktop.sync.queries import (
    beside_words,
    condition_of,
    covered_part,
    is_covered,
    order_of,
    rest_of,
    source_of,
    words_of,
)
from koda_desktop.sync.rows import ListingQuery, SortColumn
from koda_desktop.sync.store.database import Db


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried before a query is looked up whole: each about fifteen milliseconds."""

    rows_read: tuple[int, int] = (160, 500)
    """Rows whose words are read, at first and then at most."""
    entries_walked: int = 40_000
    """Entries of an index that are walked without reading a row."""
    rows_walked: int = 2_500
    """Rows that are read to ask them for anything but words."""
    small: int = 20_000
    """So few listings are looked through whole."""


USUAL = Effort()
_RARE = 500
"""Words are rare that one in so many listings has: those are best looked up at once."""
_MARGIN = 1.4
"""So much more is read than would do if listings that match stood evenly among the others."""
_FEW_VALUES = (SortColumn.PLATFORM, SortColumn.CATEGORY, SortColumn.STATE)
_CARRIED = ("updated_at", "state", "platform", "category", "price_minor", "sort_title")
"""What ``entity_updated`` holds."""


def first_keys(db: Db, query: ListingQuery, most: int, effort: Effort = USUAL) -> array[int]:
    """The keys of the first ``most`` listings that match, in order: what ``keys`` begins with."""
    size = int(db.value("SELECT coalesce(max(pk), 0) FROM entity"))
    if _is_walkable(query) and size > effort.small:
        if query.is_narrowed:
            return _searched(db, query, most, size, effort)
        return _walked(db, query, most)
    return _looked_up(db, query, most, source_of(query))


def _is_walkable(query: ListingQuery) -> bool:
    """Whether an index gives the order without sorting a large part of all listings."""
    return len(query.sort) < 2 or query.sort[0][0] not in _FEW_VALUES


def _walked(db: Db, query: ListingQuery, most: int) -> array[int]:
    where, values = condition_of(db, query, _BY_ROW)
    order = order_of(query, is_walked=True)
    sql = f"SELECT pk FROM entity WHERE {where} ORDER BY {order} LIMIT {most}"
    return db.keys(sql, values)


def _looked_up(db: Db, query: ListingQuery, most: int, source: str) -> array[int]:
    where, values = condition_of(db, query)
    order = order_of(query, is_walked=False)
    sql = f"SELECT pk FROM {source} WHERE {where} ORDER BY {order} LIMIT {most}"
    return db.keys(sql, values)


def _searched(db: Db, query: ListingQuery, most: int, size: int, effort: Effort) -> array[int]:
    """Ask in the way that the number of listings with these words calls for."""
    words = words_of(query)
    few = _few_that_hold(db, words, size // _RARE) if words else None
    if few is not None:
        return _of_few(db, query, most, few)
    if _asks_for_words(query) or not is_covered(query):
        found = _among_read(db, query, most, effort)
        if len(found) == most:
            return found
    found = _among_indexed(db, query, most, effort)
    return found if len(found) == most else _looked_up(db, query, most, _rarely_found_in(query))


def _few_that_hold(db: Db, words: str, most: int) -> str | None:
    """The keys of the listings that hold ``words``, as JSON; None where they are not so few.

    None as well while the index does not hold all words there are, for it cannot say then.
    """
    [(number, keys)] = db.rows(_HOLDING, (words, most))
    if number == most or db.value(_IS_PENDING) is not None:
        return None
    return f"[{keys or ''}]"


_HOLDING = """
  SELECT count(*), group_concat(pk) FROM (
    SELECT rowid AS pk FROM listing_fts WHERE listing_fts MATCH ? LIMIT ?)"""
_IS_PENDING = "SELECT 1 FROM listing_fts_pending LIMIT 1"


def _of_few(db: Db, query: ListingQuery, most: int, keys: str) -> array[int]:
    """Ask each of these listings for all that the index of words does not know."""
    where, values = condition_of(db, beside_words(query), _BY_ROW)
    order = order_of(query, is_walked=False)
    few = "pk IN (SELECT value FROM json_each(?))"
    sql = f"SELECT pk FROM entity NOT INDEXED WHERE {few} AND {where} ORDER BY {order} LIMIT {most}"
    return db.keys(sql, [keys, *values])


def _rarely_found_in(query: ListingQuery) -> str:
    """Where to look for what next to no listing is: one kind of test has an index of its own."""
    tests = {type(test) for term in query.filter.terms for test in term.tests}
    if query.states:
        tests.add(StateIs)
    own = _INDEXES.get(tests.pop()) if len(tests) == 1 and not query.text else None
    return f"entity INDEXED BY {own}" if own and is_covered(query) else source_of(query)


_INDEXES: dict[type[Test], str] = {
    StateIs: "entity_state",
    PlatformIs: "entity_platform",
    CategoryIs: "entity_category",
    NumberIn: "entity_price",
}


def _first_rows(query: ListingQuery, columns: str, most: int, after: int = 0) -> Condition:
    """A query for the first rows in order, of those that the first column's own tests leave."""
    column = query.sort[0][0] if query.sort else None
    own = tuple(
        term for term in query.filter.terms if all(_is_of(test, column) for test in term.tests)
    )
    parts = [Condition("kind = 'listing'"), *conditions(Filter(own), BY_INDEX)]
    where = " AND ".join(part.sql for part in parts)
    order = order_of(query, is_walked=True)
    sql = f"SELECT {columns} FROM entity WHERE {where} ORDER BY {order} LIMIT {most} OFFSET {after}"
    return Condition(sql, tuple(value for part in parts for value in part.values))


def _likely_rows(query: ListingQuery, most: int, after: int, effort: Effort) -> Condition:
    """As ``_first_rows``, without those of which the entries say that they are not meant."""
    if not query.sort or query.sort[0][0] is not SortColumn.UPDATED:
        return _first_rows(query, "pk AS at", most, after)
    entries = _first_rows(query, f"pk, kind, {', '.join(_CARRIED)}", effort.entries_walked)
    told = [term for term in covered_part(query).filter.terms if not _holds_words(term)]
    parts = [Condition("1"), *conditions(Filter(tuple(told)), _BY_ROW)]
    where = " AND ".join(part.sql for part in parts)
    sql = f"SELECT pk AS at FROM ({entries.sql}) WHERE {where} LIMIT {most} OFFSET {after}"
    return Condition(sql, (*entries.values, *(value for part in parts for value in part.values)))


def _is_of(test: Test, column: SortColumn | None) -> bool:
    if isinstance(test, NumberIn):
        return column is SortColumn.PRICE and test.column is NumberColumn.PRICE
    own: dict[SortColumn, type[Test]] = {
        SortColumn.UPDATED: UpdatedIn,
        SortColumn.PLATFORM: PlatformIs,
        SortColumn.CATEGORY: CategoryIs,
        SortColumn.STATE: StateIs,
    }
    return column in own and isinstance(test, own[column])


def _among_read(db: Db, query: ListingQuery, most: int, effort: Effort) -> array[int]:
    """Read the first rows, and then as many more as those say that it takes, unless too many."""
    at_first, further = effort.rows_read
    found = _read(db, query, most, _likely_rows(query, at_first, 0, effort))
    if not 0 < len(found) < most:
        return found
    needed = round(_MARGIN * at_first * (most - len(found)) / len(found))
    if needed <= further:
        rest = _likely_rows(query, needed, at_first, effort)
        found += _read(db, query, most - len(found), rest)
    return found


def _read(db: Db, query: ListingQuery, most: int, first: Condition) -> array[int]:
    """Ask these rows by an index of their words that is made for the moment."""
    if _asks_for_words(query):
        _look_at(db, first)
    return _of_rows(db, first, condition_of(db, query, Lookup(_in_looked_at, narrows=False)), most)


def _among_indexed(db: Db, query: ListingQuery, most: int, effort: Effort) -> array[int]:
    """Walk on in order: entries of the index first, then the rows that are left by those."""
    if not query.sort or query.sort[0][0] is not SortColumn.UPDATED:
        first = _first_rows(query, "pk AS at", effort.rows_walked)
        return _of_rows(db, first, condition_of(db, query, _BY_ROW), most)
    entries = _first_rows(query, f"pk, kind, {', '.join(_CARRIED)}", effort.entries_walked)
    where, values = condition_of(db, covered_part(query))
    left = f"SELECT pk AS at FROM ({entries.sql}) WHERE {where} LIMIT {effort.rows_walked}"
    walked = Condition(left, (*entries.values, *values))
    if is_covered(query):
        return db.keys(f"SELECT at AS pk FROM ({left}) LIMIT {most}", walked.values)
    return _of_rows(db, walked, condition_of(db, rest_of(query), _BY_ROW), most)


def _of_rows(db: Db, first: Condition, wanted: tuple[str, list[Any]], most: int) -> array[int]:
    """Those of the first rows that are wanted, as they come: the last one of ``most`` ends it."""
    where, values = wanted
    joined = f"({first.sql}) CROSS JOIN entity ON entity.pk = at"
    sql = f"SELECT entity.pk AS pk FROM {joined} WHERE {where} LIMIT {most}"
    return db.keys(sql, (*first.values, *values))


_BY_ROW = Lookup(matches, narrows=False)
_LOOK = """
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.first_look USING fts5(
    title, description, tags, integrations, content='', tokenize="unicode61 remove_diacritics 2")"""
_READ = """
  INSERT INTO temp.first_look(rowid, title, description, tags, integrations)
  SELECT pk, title, coalesce(doc ->> '$.description', ''), tags, integrations
  FROM ({}) CROSS JOIN entity ON entity.pk = at"""
_CLEAR = "INSERT INTO temp.first_look(first_look) VALUES ('delete-all')"


def _asks_for_words(query: ListingQuery) -> bool:
    return bool(query.text) or any(map(_holds_words, query.filter.terms))


def _holds_words(term: Term) -> bool:
    return any(isinstance(test, Word) for test in term.tests)


def _look_at(db: Db, first: Condition) -> None:
    db.rows(_LOOK)
    db.rows(_CLEAR)
    db.rows(_READ.format(first.sql), first.values)


def _in_looked_at(expression: str) -> Condition:
    sql = "pk IN (SELECT rowid FROM temp.first_look WHERE first_look MATCH ?)"
    return Condition(sql, (expression,))
