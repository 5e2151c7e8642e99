"""Finding listings by their words, whether the index holds them yet or not.

Writing the index costs more than all else that is done to a row, and sometimes much at once. So
rows are committed without it, and noted as pending, mostly by triggers; the index takes them in
while there is nothing else to write. Until then they are looked through as they are, by the same
rules: a search finds the same listings before and after.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from koda_desktop.sync import documents
from koda_desktop.sync.store.database import Db, Tx

ROWS = 50
"""Rows that are indexed in one transaction: two milliseconds of work, for an edit may wait for it.
"""

MERGED_PAGES = 16
"""Pages of the index that are merged in one transaction: two milliseconds of work, too."""

ROWS_BETWEEN_MERGES = 1_600

_SCANNED = 2_000
"""Pending rows that are looked through at once, which is also what is held in memory of them."""

_WORDS = "title, description, tags, integrations"
_VALUES = f"pk, title, coalesce({documents.text('description', 'e')}, ''), tags, integrations"

INDEXED = "pk IN (SELECT rowid FROM listing_fts WHERE listing_fts MATCH ?)"
"""Which listings the index finds for ``Words``, to be ``completed`` by those it does not hold."""

_INDEXED_OR_PENDING = (
    "pk IN (SELECT rowid FROM listing_fts WHERE listing_fts MATCH ?"
    " AND rowid NOT IN (SELECT pk FROM listing_fts_pending)"
    " UNION ALL SELECT value FROM json_each(?))"
)


def note(tx: Tx, keys: str, values: Sequence[Any] = ()) -> None:
    """Say that the words of the rows that ``keys``, a query, answers can have changed.

    Triggers say so for all but ``entity.edited``.
    """
    tx.run(f"INSERT OR IGNORE INTO listing_fts_pending {keys}", values)


class Words(str):
    """An FTS5 expression, as the value of the one mark in INDEXED."""

    __slots__ = ()


def completed(db: Db, sql: str, values: Sequence[Any]) -> tuple[str, list[Any]]:
    """A condition over ``entity`` in which INDEXED finds pending rows, too; and its values.

    Each INDEXED in ``sql`` has its ``Words`` among ``values``, in the same order. What is answered
    holds for the view of ``db`` and no other one.
    """
    is_searching = any(isinstance(value, Words) for value in values)
    if not is_searching or db.row("SELECT 1 FROM listing_fts_pending LIMIT 1") is None:
        return sql, [*values]
    complete: list[Any] = []
    for value in values:
        complete.append(value)
        if isinstance(value, Words):
            complete.append(f"[{','.join(_pending(db, value))}]")
    return sql.replace(INDEXED, _INDEXED_OR_PENDING), complete


_SCAN = f"""
  CREATE VIRTUAL TABLE IF NOT EXISTS temp.search_scan USING fts5(
    {_WORDS}, content='', tokenize="unicode61 remove_diacritics 2")"""
_READ = f"""
  INSERT INTO temp.search_scan(rowid, {_WORDS}) SELECT {_VALUES}
  FROM listing_fts_pending AS p CROSS JOIN entity AS e USING (pk)
  WHERE p.pk > ? AND p.pk <= ? AND kind = 'listing'"""
_NEXT = """
  SELECT max(pk) FROM (SELECT pk FROM listing_fts_pending WHERE pk > ? ORDER BY pk LIMIT ?)"""
_MATCH = "SELECT group_concat(rowid) FROM temp.search_scan WHERE search_scan MATCH ?"
_CLEAR = "INSERT INTO temp.search_scan(search_scan) VALUES ('delete-all')"


def _pending(db: Db, expression: str) -> list[str]:
    """The keys of pending rows that match, comma-separated, by a small index made for the moment.

    Few statements, for each lets the others run: whoever computes meanwhile would be waited for.
    """
    found: list[str] = []
    db.scratch(_SCAN)
    after = 0
    while (last := db.value(_NEXT, (after, _SCANNED))) is not None:
        db.scratch(_READ, (after, last))
        [(keys,)] = db.scratch(_MATCH, (expression,))
        if keys is not None:
            found.append(keys)
        db.scratch(_CLEAR)
        after = last
    return found


class Indexer:
    """Brings the index up to the rows, one short transaction after the other."""

    def __init__(self) -> None:
        self._unmerged = 0

    def __call__(self, tx: Tx) -> bool:
        """Do the next piece of work; False when there was none left."""
        if self._unmerged >= ROWS_BETWEEN_MERGES:
            if not _merge(tx):
                self._unmerged = 0
            return True
        indexed = _index(tx)
        self._unmerged += indexed
        if not indexed and self._unmerged:
            self._unmerged = ROWS_BETWEEN_MERGES
        return self._unmerged > 0


def _index(tx: Tx) -> int:
    """Take the next pending rows into the index; answers how many they were."""
    last = tx.value(_NEXT, (0, ROWS))
    if last is None:
        return 0
    tx.run(_FORGET, (last,))
    tx.run(_ADD, (last,))
    return tx.run("DELETE FROM listing_fts_pending WHERE pk <= ?", (last,))


_FORGET = """
  DELETE FROM listing_fts WHERE rowid IN (
    SELECT p.pk FROM listing_fts_pending AS p CROSS JOIN listing_fts_docsize AS d ON d.id = p.pk
    WHERE p.pk <= ?)"""
_ADD = f"""
  INSERT INTO listing_fts(rowid, {_WORDS}) SELECT {_VALUES}
  FROM listing_fts_pending AS p CROSS JOIN entity AS e USING (pk)
  WHERE p.pk <= ? AND kind = 'listing'"""
_MERGE = "INSERT INTO listing_fts(listing_fts, rank) VALUES ('merge', ?)"


def _merge(tx: Tx) -> bool:
    """Merge a few pages of the index; False when there was nothing to merge.

    SQLite says so by how many rows it changed (https://sqlite.org/fts5.html, section 6.8).
    """
    before = tx.total_changes()
    tx.run(_MERGE, (MERGED_PAGES,))
    return tx.total_changes() - before >= 2
