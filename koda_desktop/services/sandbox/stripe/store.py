"""Everything the make-believe Stripe remembers, in one SQLite file.

Objects are kept as JSON, each under its id and the account it belongs to ("" for the platform), in
the order they were made. One request is one transaction: it happens as a whole or not at all.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, account TEXT NOT NULL,
  body TEXT NOT NULL, note TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, account, seq);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
  at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  seq INTEGER PRIMARY KEY, event TEXT NOT NULL, endpoint TEXT NOT NULL, attempts INTEGER NOT NULL,
  due INTEGER NOT NULL
);
"""


class Store:
    """One file, one connection; every method is called from the server's own thread."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all of what is done inside, or nothing when it raises."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def add(self, body: Json, account: str, note: str = "") -> None:
        self._connection.execute(
            "INSERT INTO objects (id, kind, account, body, note) VALUES (?, ?, ?, ?, ?)",
            (body["id"], body["object"], account, json.dumps(body), note),
        )

    def save(self, body: Json) -> None:
        self._connection.execute(
            "UPDATE objects SET body = ? WHERE id = ?", (json.dumps(body), body["id"])
        )

    def note(self, identity: str, note: str) -> None:
        """Remember something about an object that no answer shows."""
        self._connection.execute("UPDATE objects SET note = ? WHERE id = ?", (note, identity))

    def find(self, identity: str, account: str | None = None) -> Json | None:
        """The object, of whichever account when ``account`` is None."""
        row = self._connection.execute(
            "SELECT body, account FROM objects WHERE id = ?", (identity,)
        ).fetchone()
        if row is None or (account is not None and row[1] != account):
            return None
        found: Json = json.loads(row[0])
        return found

    def owner(self, identity: str) -> str:
        """The account an object belongs to; "" for the platform's."""
        row = self._connection.execute(
            "SELECT account FROM objects WHERE id = ?", (identity,)
        ).fetchone()
        return str(row[0]) if row else ""

    def all(
        self, kind: str, account: str | None = None, *, is_newest_first: bool = True
    ) -> Iterator[Json]:
        """The objects of a kind, in the order they were made or against it."""
        for body, _ in self.noted(kind, account, is_newest_first=is_newest_first):
            yield body

    def noted(
        self, kind: str, account: str | None = None, *, is_newest_first: bool = True
    ) -> Iterator[tuple[Json, str]]:
        """Like ``all``, each with its note."""
        where, values = ("kind = ?", [kind])
        if account is not None:
            where, values = (f"{where} AND account = ?", [kind, account])
        order = "DESC" if is_newest_first else "ASC"
        query = f"SELECT body, note FROM objects WHERE {where} ORDER BY seq {order}"
        for body, note in self._connection.execute(query, values):
            yield json.loads(body), note

    def answer(self, key: str) -> tuple[str, int, Json, int] | None:
        """The fingerprint, status, body and time of the first answer under an idempotency key."""
        row = self._connection.execute(
            "SELECT fingerprint, status, body, at FROM answers WHERE key = ?", (key,)
        ).fetchone()
        return (row[0], row[1], json.loads(row[2]), row[3]) if row else None

    def keep_answer(self, key: str, fingerprint: str, status: int, body: Json, at: int) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
            (key, fingerprint, status, json.dumps(body), at),
        )

    def fact(self, name: str) -> Any:
        """A setting of the server itself, or None."""
        row = self._connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def keep_fact(self, name: str, value: Any) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value))
        )

    def queue_delivery(self, event: str, endpoint: str, due: int) -> None:
        self._connection.execute(
            "INSERT INTO deliveries (event, endpoint, attempts, due) VALUES (?, ?, 0, ?)",
            (event, endpoint, due),
        )

    def due_deliveries(self, now: int) -> list[tuple[int, str, str, int]]:
        """Deliveries whose time has come: number, event, endpoint and attempts so far."""
        return list(
            self._connection.execute(
                "SELECT seq, event, endpoint, attempts FROM deliveries WHERE due <= ? ORDER BY seq",
                (now,),
            )
        )

    def put_off_delivery(self, number: int, attempts: int, due: int) -> None:
        self._connection.execute(
            "UPDATE deliveries SET attempts = ?, due = ? WHERE seq = ?", (attempts, due, number)
        )

    def drop_delivery(self, number: int) -> None:
        self._connection.execute("DELETE FROM deliveries WHERE seq = ?", (number,))
