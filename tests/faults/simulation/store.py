"""The real store of a simulated device: every transaction is a place to stop, crash or fill up."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import apsw

from koda_desktop.errors import StoreFault
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db, Row, Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.store.writer import Writer, _settle

T = TypeVar("T")


class InlineWriter(Writer):
    """Runs each transaction where it was asked for: one thread runs at a time as it is.

    ``wrote`` is called after each.
    """

    def __init__(self, connection: apsw.Connection, wrote: Callable[[], None]) -> None:
        super().__init__(connection, derive_touched)
        self._wrote = wrote

    def _begin(self, work: Callable[[], T]) -> Future[T]:
        if self._is_closed:
            raise StoreFault("The local store is closed.")
        future: Future[T] = Future()
        _settle(future, work)
        self._wrote()
        return future


class RememberingDb(Db):
    """Reads that are not repeated: ``answers`` is emptied by whoever writes."""

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self.answers: dict[tuple[str, tuple[Any, ...]], list[Row]] = {}

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        question = (sql, tuple(values))
        known = self.answers.get(question)
        if known is None:
            known = self.answers[question] = super().rows(sql, values)
        return list(known)


class SimStore(Store):
    """``at`` is called before and after each transaction, on the thread that asked for it.

    One connection serves readers too, without the locks that others would need: one thread runs
    at a time, and nobody stops within a transaction.
    """

    def __init__(self, path: Path, at: Callable[[str], None]) -> None:
        super().__init__(path, derive_touched)
        connection = self._writer._connection
        connection.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()
        self._db = RememberingDb(connection)
        self._writer = InlineWriter(connection, self._db.answers.clear)
        self._at = at
        self.is_dirty = True
        """Whether something was written since the checkers looked."""

    def write(self, work: Callable[[Tx], T], *, durable: bool = True) -> T:
        self._at("store.write")
        self.is_dirty = True
        result = self.set_up(work, durable=durable)
        self._at("store.written")
        return result

    def hand_in(self, work: Callable[[Tx], object], *, durable: bool) -> Callable[[], Changes]:
        self._at("store.write")
        self.is_dirty = True
        wait = super().hand_in(work, durable=durable)
        self._at("store.written")
        return wait

    def set_up(self, work: Callable[[Tx], T], *, durable: bool = True) -> T:
        """A transaction at which nothing strikes."""
        return super().write(work, durable=durable)

    def read(self, work: Callable[[Db], T], cancel: CancelToken | None = None) -> T:
        return work(self._db)

    def fill(self, is_full: bool) -> None:
        """Let the file grow no further, or let it grow again."""
        pages = self.read(lambda db: int(db.value("PRAGMA page_count"))) if is_full else 2**30
        self.set_up(lambda tx: _limit(tx, pages), durable=False)

    def peek(self, work: Callable[[Db], T]) -> T:
        """What the checkers read."""
        return self.read(work)


def _limit(tx: Tx, pages: int) -> None:
    tx.rows(f"PRAGMA max_page_count={pages}")


def copy_store(source: Path, target: Path) -> None:
    """What a killed process leaves of its store: the file and its log, without shared memory."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for ending in ("", "-wal"):
        copied = target.with_name(target.name + ending)
        copied.unlink(missing_ok=True)
        original = source.with_name(source.name + ending)
        if original.exists():
            shutil.copyfile(original, copied)
