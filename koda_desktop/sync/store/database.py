"""Asking the database: the few query shapes the rooms above use, for readers and writers."""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any, Literal

import apsw

from koda_desktop.sync.rows import Changes

Row = tuple[Any, ...]
_JOINED = "unhex(group_concat(format('%016x', pk), ''))"
"""Big-endian numbers of 64 bits, one after the other; NULL for none."""
Flag = Literal["catalogue", "operations", "transfers", "status", "history", "sales"]


_KIB_A_ROW = 10
"""What is held of the file for each row that is to be changed: a page, and a share of the indexes'.
"""

_HELD_MAX_KIB = 128 * 1024

_ROWS_AT_ONCE = 500
_MARKS_MAX = 5_000
"""In one statement: apsw keeps those ready that are written in less than 16 KiB."""


@lru_cache(maxsize=32)
def _marks(count: int, width: int) -> str:
    row = f"({','.join('?' * width)})"
    return f"VALUES {','.join([row] * count)}"


def plain(expression: str) -> str:
    """SQL for a JSON text as a text like any other, for ``Db.gathered``."""
    return f"({expression}) || ''"


class Db:
    """Reads over one connection."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Every row of a query."""
        return self._connection.execute(sql, tuple(values)).fetchall()

    def keys(self, sql: str, values: Sequence[Any] = ()) -> array[int]:
        """The column ``pk`` of a query, in its order: eight bytes each.

        SQLite puts them together itself, as the bytes of an array, so that a million of them
        neither hold the interpreter nor become a million objects.
        """
        found = array("q")
        found.frombytes(self.value(f"SELECT {_JOINED} FROM ({sql})", values) or b"")
        if sys.byteorder == "little":
            found.byteswap()
        return found

    def gathered(
        self, columns: Sequence[str], source: str, values: Sequence[Any] = ()
    ) -> list[list[Any]]:
        """``columns`` of each row of ``source`` in its order: texts, whole numbers and NULLs.

        SQLite puts them together as one JSON text. Where another thread computes, ``rows`` waits
        for it at each row: a hundred times as long as this. Of a JSON expression, give the text
        (``plain``).
        """
        row = ", ".join(columns)
        sql = f"SELECT json_group_array(json_array({row})) FROM {source}"
        found: list[list[Any]] = json.loads(self.value(sql, values))
        return found

    def scratch(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run a statement over temporary tables, which reading connections may write to as well."""
        return self._connection.execute(sql, tuple(values)).fetchall()

    def row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """The first row of a query, if any."""
        found = self.rows(sql, values)
        return found[0] if found else None

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first column of the first row, or None."""
        found = self.row(sql, values)
        return found[0] if found else None


class Tx(Db):
    """One writing transaction, and what it changed so far."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self.touched: set[str] = set()
        """Listings whose state must be derived again before the commit."""
        self._listings: set[str] = set()
        self._flags: set[str] = set()
        self._usual_cache: int | None = None

    def expect(self, rows: int) -> None:
        """Say that as many rows, all over the file, are to be changed.

        Until the transaction ends more of the file is held in memory: SQLite would else write pages
        to the log to make room, and read them again, which takes a third of the whole.
        """
        if self._usual_cache is None:
            self._usual_cache = int(self.value("PRAGMA cache_size"))
        # SQLite tells KiB by a negative number.
        held = min(abs(self._usual_cache) + rows * _KIB_A_ROW, _HELD_MAX_KIB)
        self.run(f"PRAGMA cache_size=-{held}")

    def let_go(self) -> None:
        """Hold as much of the file as before ``expect``; what is more is freed."""
        if self._usual_cache is not None:
            self.run(f"PRAGMA cache_size={self._usual_cache}")
            self._usual_cache = None

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; answers how many rows it changed."""
        self._connection.execute(sql, tuple(values))
        return self._connection.changes()

    def run_many(self, sql: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each of ``values``."""
        self._connection.executemany(sql, values)

    def run_rows(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement over many rows of the same length: ``{rows}`` in it is their VALUES.

        Where other threads compute, this is faster than ``run_many`` by far: that one gives way to
        them at each row, and they keep Python to themselves for milliseconds.
        """
        if not rows:
            return
        width = len(rows[0])
        most = min(_ROWS_AT_ONCE, _MARKS_MAX // width)
        for start in range(0, len(rows), most):
            some = rows[start : start + most]
            values = list(chain.from_iterable(some))
            self._connection.execute(sql.replace("{rows}", _marks(len(some), width)), values)

    def total_changes(self) -> int:
        """How many rows this connection has changed since it was opened."""
        return self._connection.total_changes()

    def last_key(self) -> int:
        """The integer key of the row inserted last."""
        return self._connection.last_insert_rowid()

    def touch(self, listing_id: str) -> None:
        """Say that a listing, or the work in its lane, changed."""
        self.touched.add(listing_id)
        self._listings.add(listing_id)

    def announce(self, *flags: Flag, listings: Iterable[str] = ()) -> None:
        """Say what else changed: flags of ``Changes``, and listings whose state is settled."""
        self._flags.update(flags)
        self._listings.update(listings)

    def changes(self) -> Changes:
        """What the transaction changed, for those who listen."""
        return Changes(
            listings=frozenset(self._listings),
            catalogue="catalogue" in self._flags,
            operations="operations" in self._flags,
            transfers="transfers" in self._flags,
            status="status" in self._flags,
            history="history" in self._flags,
            sales="sales" in self._flags,
        )
