"""The real store of a simulated device: every transaction is a place to stop, crash or fill up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from koda_desktop.errors import StoreFault
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.sync.store.writer import Writer

T = TypeVar("T")


class InlineWriter(Writer):
    """Runs each transaction where it was asked for: one thread runs at a time as it is."""

    def _call(self, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise StoreFault("The local store is closed.")
        return work()


class SimStore(Store):
    """``at`` is called before and after each transaction, on the thread that asked for it."""

    def __init__(self, path: Path, at: Callable[[str], None]) -> None:
        super().__init__(path, derive_touched)
        self._writer = InlineWriter(self._writer._connection, derive_touched)
        self._at = at
        self._limit: int | None = None
        self.is_dirty = True
        """Whether something was written since the checkers looked."""

    def write(self, work: Callable[[Tx], T], *, durable: bool = True) -> T:
        self._at("store.write")
        self.is_dirty = True
        result = super().write(work, durable=durable)
        self._at("store.written")
        return result

    def set_up(self, work: Callable[[Tx], T]) -> T:
        """What happened before the run: nothing strikes here."""
        return super().write(work)

    def fill(self, is_full: bool) -> None:
        """Let the file grow no further, or let it grow again."""
        pages = self.read(lambda db: int(db.value("PRAGMA page_count"))) if is_full else 2**30
        super().write(lambda tx: _limit(tx, pages), durable=False)

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
