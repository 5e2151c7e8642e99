"""What an import would do, row by row: kept in a temporary database, so that it may be of any size.

The database has no name; it is gone when the plan is closed, or the process is.
"""

from __future__ import annotations

import json
import marshal
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import apsw

from koda_desktop.sync.exchange.mapping import ColumnMap
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json

_AT_ONCE = 500

_SCHEMA = """
CREATE TABLE row(
  line INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  listing TEXT NOT NULL,
  title TEXT NOT NULL,
  reasons TEXT NOT NULL,
  body BLOB NOT NULL
);
CREATE INDEX row_kind ON row(kind, line);
"""
_COLUMNS = "line, kind, listing, title, reasons, body"
_NO_BODY = marshal.dumps(({}, {}, []))
"""``body`` holds before, after and the cells as they stood in the file, as ``marshal`` writes them:
no other process reads them, and as JSON they took an eighth of a dry run.
"""

WHOLE_ROW = ""
"""The name of a reason that is the whole row's."""


class Kind(StrEnum):
    """What becomes of a row."""

    CREATE = "create"
    UPDATE = "update"
    SAME = "same"
    CONFLICT = "conflict"
    """The listing was changed since the file was exported; it stays as it is."""
    REFUSED = "refused"


FAULTY = (Kind.CONFLICT, Kind.REFUSED)
"""What is in the report."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One row of the file. ``before`` and ``after`` hold the fields that differ."""

    line: int
    kind: Kind
    listing_id: str
    """Empty for a listing that is to be made."""
    title: str
    before: Json = field(default_factory=dict)
    after: Json = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Sentences by the column of ours, WHOLE_ROW for the row."""


class Plan:
    """The rows of one file, sorted by what would become of them. Safe to use from any thread."""

    def __init__(self, name: str, columns: ColumnMap) -> None:
        self.name = PurePath(name).name
        """Of the file."""
        self.columns = columns
        self.notes: list[str] = []
        self.counts: dict[Kind, int] = dict.fromkeys(Kind, 0)
        self._lock = threading.Lock()
        self._db = apsw.Connection("")
        self._db.pragma("journal_mode", "off")
        self._db.execute(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # -- writing --

    def add(self, rows: Iterable[tuple[PlanRow, Sequence[str]]]) -> None:
        """Add rows with their cells as they stood in the file."""
        with self._lock, self._db:
            self._db.executemany(
                "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)",
                (self._values(row, cells) for row, cells in rows),
            )

    def _values(self, row: PlanRow, cells: Sequence[str]) -> tuple[Any, ...]:
        self.counts[row.kind] += 1
        return (
            row.line,
            row.kind.value,
            row.listing_id,
            row.title,
            encode(row.reasons) if row.reasons else "{}",
            _NO_BODY if row.kind is Kind.SAME else _body(row, cells),
        )

    def refuse(self, line: int, reason: str) -> None:
        """Refuse a row that was to be made or changed."""
        with self._lock:
            found = self._db.execute("SELECT kind FROM row WHERE line = ?", (line,)).fetchone()
            if found is None or found[0] not in (Kind.CREATE, Kind.UPDATE):
                return
            self.counts[Kind(found[0])] -= 1
            self.counts[Kind.REFUSED] += 1
            self._db.execute(
                "UPDATE row SET kind = ?, reasons = ? WHERE line = ?",
                (Kind.REFUSED.value, encode({WHOLE_ROW: reason}), line),
            )

    # -- reading --

    @property
    def total(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())

    @property
    def has_changes(self) -> bool:
        """Whether applying it would do anything."""
        return self.counts[Kind.CREATE] + self.counts[Kind.UPDATE] > 0

    def rows(
        self, kinds: Sequence[Kind] = (*Kind,), start: int = 0, most: int = 200
    ) -> list[PlanRow]:
        """At most ``most`` rows of these kinds, in the order of the file, from the ``start``-th."""
        marks = ", ".join("?" * len(kinds))
        sql = f"SELECT {_COLUMNS} FROM row WHERE kind IN ({marks}) ORDER BY line LIMIT ? OFFSET ?"
        with self._lock:
            found = self._db.execute(sql, (*(one.value for one in kinds), most, start)).fetchall()
        return [_read(one) for one in found]

    def each(self, *kinds: Kind) -> Iterator[PlanRow]:
        """Every row of these kinds, in the order of the file."""
        return (_read(one) for one in self._each(kinds))

    def faulty(self) -> Iterator[tuple[PlanRow, list[str]]]:
        """The rows of the report with their cells as they stood in the file."""
        return ((_read(one), marshal.loads(one[-1])[2]) for one in self._each(FAULTY))

    def _each(self, kinds: Sequence[Kind]) -> Iterator[tuple[Any, ...]]:
        marks = ", ".join("?" * len(kinds))
        sql = (
            f"SELECT {_COLUMNS} FROM row WHERE line > ? AND kind IN ({marks}) ORDER BY line LIMIT ?"
        )
        last: int = -1
        while True:
            with self._lock:
                values = (last, *(one.value for one in kinds), _AT_ONCE)
                found: list[Any] = self._db.execute(sql, values).fetchall()
            if not found:
                return
            last = int(found[-1][0])
            yield from found


def _body(row: PlanRow, cells: Sequence[str]) -> bytes:
    parts: tuple[Any, ...] = (row.before, row.after, list(cells))
    return marshal.dumps(parts)


def _read(row: Sequence[Any]) -> PlanRow:
    before, after, _ = marshal.loads(row[5])
    return PlanRow(
        line=row[0],
        kind=Kind(row[1]),
        listing_id=row[2],
        title=row[3],
        before=before,
        after=after,
        reasons=json.loads(row[4]),
    )
