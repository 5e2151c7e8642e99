"""Whether what is searched for is what is stored: the index of words, beside one made anew."""

from __future__ import annotations

from collections.abc import Iterator

from koda_desktop.sync import documents, queries
from koda_desktop.sync.filters.sql import words_expression
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.store.database import Db

_TABLES = """
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.indexed_words
    USING fts5vocab('main', 'listing_fts', 'instance');
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.stored USING fts5(
    title, description, tags, integrations, content='', tokenize="unicode61 remove_diacritics 2");
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.stored_words
    USING fts5vocab('temp', 'stored', 'instance')"""
_CLEAR = "INSERT INTO temp.stored(stored) VALUES ('delete-all')"
_READ = f"""
  INSERT INTO temp.stored(rowid, title, description, tags, integrations)
  SELECT pk, title, coalesce({documents.text("description")}, ''), tags, integrations
  FROM entity WHERE kind = 'listing' AND pk NOT IN (SELECT pk FROM listing_fts_pending)"""
_INDEXED = """
  SELECT doc, col, "offset", term FROM temp.indexed_words
  WHERE doc NOT IN (SELECT pk FROM listing_fts_pending)"""
_STORED = 'SELECT doc, col, "offset", term FROM temp.stored_words'


def differences(db: Db) -> Iterator[str]:
    """What the index and the rows it has taken in do not agree on, and what a search misses."""
    for sql in (_TABLES, _CLEAR, _READ):
        db.scratch(sql)
    indexed, stored = set(db.scratch(_INDEXED)), set(db.scratch(_STORED))
    for pk, column, _, word in sorted(stored - indexed):
        yield f"{word!r} is in the {column} of row {pk} and not in the index"
    for pk, column, _, word in sorted(indexed - stored):
        yield f"{word!r} is in the index and not in the {column} of row {pk}"
    for pk, title in db.rows("SELECT pk, title FROM entity WHERE kind = 'listing'"):
        if words_expression(title) and pk not in queries.keys(db, ListingQuery(text=title)):
            yield f"row {pk} is not found by {title!r}"
