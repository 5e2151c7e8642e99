"""The first lines of a query over a million listings, in the time of a keystroke.

No single way of asking is fast for every query: to walk an index in the order asked for finds the
first lines at once where many listings match, and to look up and sort what matches is fast where
few do. How many match is not known before. So what is rare by an index of its own is looked up
there; of words, the first rows in order are looked at one by one, as many of them as they promise
to be enough; then the index of words is asked; and only a query that finds next to nothing there is
looked up whole.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Any, NamedTuple

from koda_desktop.sync import documents
from koda_desktop.sync.filters.likely import WORDS, may_be_found
from koda_desktop.sync.filters.sql import Condition, Lookup, conditions, matches
from koda_desktop.sync.filters.terms import (
    ActiveIs,
    ArchivedIs,
    CategoryIs,
    CreatedIn,
    FileLike,
    Filter,
    Has,
    IdBegins,
    NumberColumn,
    NumberIn,
    PlatformIs,
    StateIs,
    Term,
    Test,
    UpdatedIn,
    VersionIs,
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
from koda_desktop.sync.search import completed
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.database import Db


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried before a query is looked up whole: each about fifteen milliseconds."""

    sample: int = 48
    """Rows whose words are read before the index of words is asked for anything."""
    rows_read: int = 600
    """Rows whose words are read at most, where there are 100,000 listings: see ``readable``."""
    rows_walked: int = 2_500
    """Rows that are read to ask them for anything but words."""
    rare: int = 500
    """What one in so many listings has is looked up at once."""
    small: int = 20_000
    """So few listings are looked through whole."""

    def readable(self, size: int) -> int:
        """How many rows are read rather than the index asked, of ``size`` listings.

        Where a share of all listings matches, the rows to be read are as many as the share is
        small, and what the index has to put together is as much as the share is large: the two
        meet at the root of the size.
        """
        return round(self.rows_read * sqrt(max(size / 100_000, 1)))


USUAL = Effort()
_MARGIN = 1.2
"""So much more is read than would do if listings that match stood evenly among the others."""
_FEW_VALUES = (SortColumn.PLATFORM, SortColumn.CATEGORY, SortColumn.STATE)


class _Way(NamedTuple):
    """Where the rows come from, in order. ``rows`` is how many there are, -1 for many."""

    source: str
    order: str
    rows: int = -1
    where: str = "1"
    """What has to be said for ``source``."""
    own: tuple[Term, ...] = ()
    """What the rows are counted by."""


def first_keys(db: Db, query: ListingQuery, most: int, effort: Effort = USUAL) -> array[int]:
    """The keys of the first ``most`` listings that match, in order: what ``keys`` begins with."""
    size = int(db.value("SELECT coalesce(max(pk), 0) FROM entity"))
    if _is_walkable(query) and size > effort.small:
        if query.is_narrowed:
            return _searched(db, query, most, size, effort)
        return _in_order(db, query, most, _walked(query))
    return _looked_up(db, query, most)


def _is_walkable(query: ListingQuery) -> bool:
    """Whether an index gives the order without sorting a large part of all listings."""
    return len(query.sort) < 2 or query.sort[0][0] not in _FEW_VALUES


def _is_by_update(query: ListingQuery) -> bool:
    return bool(query.sort) and query.sort[0][0] is SortColumn.UPDATED


def _walked(query: ListingQuery) -> _Way:
    covered = _is_by_update(query) and query.is_narrowed
    source = "entity INDEXED BY entity_updated" if covered else "entity"
    return _Way(source, order_of(query, is_walked=True))


def _in_order(db: Db, query: ListingQuery, most: int, way: _Way) -> array[int]:
    where, values = condition_of(db, query, _BY_ROW)
    where = f"{way.where} AND {where}"
    sql = f"SELECT pk FROM {way.source} WHERE {where} ORDER BY {way.order} LIMIT {most}"
    return db.keys(sql, values)


def _looked_up(db: Db, query: ListingQuery, most: int) -> array[int]:
    where, values = condition_of(db, query)
    order = order_of(query, is_walked=False)
    sql = f"SELECT pk FROM {source_of(query)} WHERE {where} ORDER BY {order} LIMIT {most}"
    return db.keys(sql, values)


def _searched(db: Db, query: ListingQuery, most: int, size: int, effort: Effort) -> array[int]:
    """Ask in the way that the number of listings with these words calls for."""
    rare = size // effort.rare
    way = _rare_way(db, query, rare) or _walked(query)
    is_told = is_covered(query) and _is_by_update(query)
    if not _asks_for_words(query) and (is_told or (is_covered(query) and way.rows >= 0)):
        return _in_order(db, query, most, way)
    readable = effort.readable(size)
    are_all_read = 0 <= way.rows <= readable
    sample = way.rows if are_all_read else effort.sample
    found = _among_read(db, query, most, way, sample, readable)
    if len(found) == most or are_all_read:
        return found
    words = words_of(query)
    few = _few_that_hold(db, words, rare) if words else None
    if few is not None:
        return _of_few(db, query, most, few)
    if way.rows >= 0 or is_told:
        return _in_order(db, query, most, way)
    found = _among_indexed(db, query, most, way, effort)
    return found if len(found) == most else _looked_up(db, query, most)


# -- by an index of its own --


def _rare_way(db: Db, query: ListingQuery, most: int) -> _Way | None:
    """By the index of a term that fewer than ``most`` listings meet; None where there is none."""
    order = order_of(query, is_walked=False)
    for term in query.filter.terms:
        index, said = _index_of(term)
        if not index:
            few = _few_in_order(db, term, order, most)
            if few is not None:
                return few
            continue
        source = f"entity INDEXED BY {index}"
        where = Condition(said) if said else _own_part((term,))
        held = f"SELECT 1 FROM {source} WHERE {where.sql} LIMIT {most}"
        rows = int(db.value(f"SELECT count(*) FROM ({held})", where.values))
        if rows < most:
            return _Way(source, order, rows, said or "1", (term,))
    return None


def _index_of(term: Term) -> tuple[str, str]:
    """The index that has what ``term`` asks for, and what has to be said to use a partial one."""
    if term.is_excluded:
        return "", ""
    if term.tests == (ArchivedIs(True),):
        return "entity_archived", "is_archived = 1"
    if term.tests == (ActiveIs(False),):
        return "entity_inactive", "is_active = 0"
    kinds = {_kind(test) for test in term.tests}
    return (_INDEXES.get(kinds.pop(), "") if len(kinds) == 1 else ""), ""


def _kind(test: Test) -> type[Test] | NumberColumn:
    return test.column if isinstance(test, NumberIn) else type(test)


_INDEXES: dict[type[Test] | NumberColumn, str] = {
    StateIs: "entity_state",
    PlatformIs: "entity_platform",
    CategoryIs: "entity_category",
    NumberColumn.PRICE: "entity_price",
    IdBegins: "sqlite_autoindex_entity_1",
    CreatedIn: "sqlite_autoindex_entity_1",
}


def _few_in_order(db: Db, term: Term, order: str, most: int) -> _Way | None:
    """The listings that an index looked through for ``term`` says, unless they are too many."""
    index = _looked_through(term)
    if not index or not late_indexes.is_there(db, index):
        return None
    where = _own_part((term,))
    found = f"SELECT pk FROM entity INDEXED BY {index} WHERE {where.sql} LIMIT {most}"
    [(rows, keys)] = db.rows(f"SELECT count(*), group_concat(pk) FROM ({found})", where.values)
    if rows == most:
        return None
    return _Way("entity NOT INDEXED", order, rows, f"pk IN ({keys or ''})")


def _looked_through(term: Term) -> str:
    """The index that has all that ``term`` asks for, also where it is what is not wanted."""
    indexes = {_LOOKED_THROUGH.get(_kind(test), "") for test in term.tests}
    return indexes.pop() if len(indexes) == 1 else ""


_LOOKED_THROUGH: dict[type[Test] | NumberColumn, str] = {
    Has: "entity_possessions",
    VersionIs: "entity_version",
    FileLike: "entity_file",
    NumberColumn.SIZE: "entity_file",
}


def _own_part(terms: tuple[Term, ...]) -> Condition:
    parts = [Condition("kind = 'listing'"), *conditions(Filter(terms), _BY_ROW)]
    where = " AND ".join(part.sql for part in parts)
    return Condition(where, tuple(value for part in parts for value in part.values))


# -- by the index of words --


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


def _among_indexed(db: Db, query: ListingQuery, most: int, way: _Way, effort: Effort) -> array[int]:
    """Walk on in order: what an index tells first, then the rows that are left by that."""
    if not _is_by_update(query):
        first = _first_rows(query, way, effort.rows_walked)
        return _of_rows(db, first, condition_of(db, query, _BY_ROW), most)
    where, values = _condition_of_index(db, query)
    limit = f"ORDER BY {way.order} LIMIT {effort.rows_walked}"
    first = Condition(f"SELECT pk AS at FROM {way.source} WHERE {where} {limit}", tuple(values))
    return _of_rows(db, first, condition_of(db, rest_of(query), _BY_ROW), most)


def _condition_of_index(db: Db, query: ListingQuery) -> tuple[str, list[Any]]:
    """What is told without a row, with tags: the index of words knows those that may hold them."""
    covered, words = covered_part(query), words_of(query)
    if not words:
        return condition_of(db, covered, _BY_ROW)
    where, values = condition_of(db, beside_words(covered), _BY_ROW)
    found = matches(words)
    held, more = completed(db, found.sql, found.values)
    return f"{where} AND {held}", [*values, *more]


# -- by the rows themselves --


def _among_read(
    db: Db, query: ListingQuery, most: int, way: _Way, sample: int, readable: int
) -> array[int]:
    """Read the first rows, and then as many more as those say that it takes, unless too many.

    Only what was found is answered: fewer than ``most`` does not mean that there are no others.
    """
    found, read, following = array("q"), 0, sample
    while read + following <= max(readable, sample):
        rows = _likely_rows(query, way, following, read)
        found += _read(db, query, most - len(found), rows)
        read += following
        if not 0 < len(found) < most:
            break
        following = ceil(_MARGIN * read * (most - len(found)) / len(found))
    return found


def _first_rows(query: ListingQuery, way: _Way, most: int, after: int = 0) -> Condition:
    """A query for the first rows in order, of those that the first column's own tests leave."""
    column = query.sort[0][0] if query.sort else None
    own = tuple(
        term for term in query.filter.terms if all(_is_of(test, column) for test in term.tests)
    )
    return _rows_of(way, own, most, after)


def _likely_rows(query: ListingQuery, way: _Way, most: int, after: int = 0) -> Condition:
    """As ``_first_rows``, without those of which an index says that they are not meant."""
    if way.rows < 0 and not _is_by_update(query):
        return _first_rows(query, way, most, after)
    terms = dict.fromkeys((*way.own, *covered_part(query).filter.terms))
    return _rows_of(way, tuple(one for one in terms if not _holds_words(one)), most, after)


def _rows_of(way: _Way, terms: tuple[Term, ...], most: int, after: int) -> Condition:
    own = _own_part(terms)
    where = f"{way.where} AND {own.sql}"
    limit = f"ORDER BY {way.order} LIMIT {most} OFFSET {after}"
    return Condition(f"SELECT pk AS at FROM {way.source} WHERE {where} {limit}", own.values)


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


def _read(db: Db, query: ListingQuery, most: int, first: Condition) -> array[int]:
    """Ask these rows by an index of their words that is made for the moment."""
    if _asks_for_words(query):
        _look_at(db, query, first)
    return _of_rows(db, first, condition_of(db, query, Lookup(_in_looked_at, narrows=False)), most)


def _of_rows(db: Db, first: Condition, wanted: tuple[str, list[Any]], most: int) -> array[int]:
    """Those of the first rows that are wanted, as they come: the last one of ``most`` ends it."""
    where, values = wanted
    joined = f"({first.sql}) CROSS JOIN entity ON entity.pk = at"
    sql = f"SELECT entity.pk AS pk FROM {joined} WHERE {where} LIMIT {most}"
    return db.keys(sql, (*first.values, *values))


_BY_ROW = Lookup(matches, narrows=False)
_TEXTS = "title, description, tags, integrations"
_LOOK = f"""
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.first_look USING fts5(
    {_TEXTS}, content='', tokenize="unicode61 remove_diacritics 2")"""
_READ = f"""
  INSERT INTO temp.first_look(rowid, {_TEXTS})
  SELECT pk, {_TEXTS} FROM (
    SELECT *, title || ' ' || description || ' ' || tags || ' ' || integrations AS {WORDS} FROM (
      SELECT pk, title, coalesce({documents.text("description")}, '') AS description, tags,
        integrations
      FROM ({{}}) CROSS JOIN entity ON entity.pk = at LIMIT -1) LIMIT -1)
  WHERE {{}}"""
"""``LIMIT -1`` has SQLite put each row's texts together once, and not for each mention of them."""
_CLEAR = "INSERT INTO temp.first_look(first_look) VALUES ('delete-all')"


def _asks_for_words(query: ListingQuery) -> bool:
    return bool(query.text) or any(map(_holds_words, query.filter.terms))


def _holds_words(term: Term) -> bool:
    return any(isinstance(test, Word) for test in term.tests)


def _look_at(db: Db, query: ListingQuery, first: Condition) -> None:
    likely = may_be_found(query.filter, query.text)
    db.rows(_LOOK)
    db.rows(_CLEAR)
    db.rows(_READ.format(first.sql, likely.sql), (*first.values, *likely.values))


def _in_looked_at(expression: str) -> Condition:
    sql = "pk IN (SELECT rowid FROM temp.first_look WHERE first_look MATCH ?)"
    return Condition(sql, (expression,))
