"""Orders are read from the marketplace page by page; rows and place are written together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

from koda_desktop.errors import KodaError
from koda_desktop.marketplace.api import Actor, Cursor
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.sync.rows import Json
from koda_desktop.sync.sales import recording
from koda_desktop.sync.sales.figures import AS_OF
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.store import Store

PAGE = 500
OVERLAP = timedelta(minutes=5)
"""How far back each pass begins anew: two writers' times need not come in their order."""
EVERY_SECONDS = 20.0
SOON_SECONDS = 2.0
"""While there is no connection yet."""
GOODBYE_SECONDS = 1.0
"""How long closing waits for a server that says nothing."""
_STREAM = "sales"
_FIRST_ID = "0" * 24


class SalesSource(Protocol):
    """See ``marketplace.sales.SellerOrders``."""

    def changed(self, actor: Actor, after: Cursor | None, limit: int) -> Sequence[Json]: ...


def pull(
    store: Store,
    source: SalesSource,
    actor: Actor,
    stamps: Stamps,
    has_ended: Callable[[], bool] = lambda: False,
) -> int:
    """Read every order that changed since the last time; answers how many were looked at.

    What was read stays when a later page fails. ``has_ended`` is asked after each answer: once it
    says so, nothing more is written. Raises KodaErrors.
    """
    after = store.read(_place)
    looked = 0
    while True:
        page = source.changed(actor, after, PAGE)
        if has_ended():
            return looked
        last = _after(page) or after
        is_end = len(page) < PAGE or last == after
        _write(store, page, last, stamps.now(), is_end=is_end)
        looked += len(page)
        if is_end:
            return looked
        after = last


def _write(
    store: Store, page: Sequence[Json], last: Cursor | None, now: str, *, is_end: bool
) -> None:
    def write(tx: Tx) -> None:
        recording.record(tx, page, now)
        if last is not None:
            tx.run(
                "INSERT OR REPLACE INTO cursor(stream, updated_at, last_id, saved_at)"
                " VALUES (?, ?, ?, ?)",
                (_STREAM, last.updated_at, last.listing_id, now),
            )
        if is_end:
            if tx.value("SELECT 1 FROM meta WHERE key = ?", (AS_OF,)) is None:
                tx.announce("sales")  # That there are none is news, too.
            tx.run("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", (AS_OF, now))

    store.write(write, durable=False)


def _place(db: Db) -> Cursor | None:
    """Where a pass begins: a while before the last order that was seen."""
    saved = db.value("SELECT updated_at FROM cursor WHERE stream = ?", (_STREAM,))
    return None if saved is None else Cursor(iso(from_iso(saved) - OVERLAP), _FIRST_ID)


def _after(page: Sequence[Json]) -> Cursor | None:
    """The place behind ``page``; an order without a time of change marks none."""
    for document in reversed(page):
        if document.get("updatedAt"):
            return Cursor(str(document["updatedAt"]), str(document["_id"]))
    return None


class SalesLoop:
    """Keeps the orders up to date in the background, from ``start`` to ``close``.

    ``reach`` answers the way to the marketplace while there is one. What fails is tried again the
    next time; the engine tells the person about the connection.
    """

    def __init__(
        self, reach: Callable[[], SalesSource | None], store: Store, actor: Actor, stamps: Stamps
    ) -> None:
        self._reach = reach
        self._store = store
        self._actor = actor
        self._stamps = stamps
        self._wake = threading.Event()
        self._is_stopping = False
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Keep up from now on. Nothing happens when it runs already, or was closed."""
        with self._lock:
            if self._thread is None and not self._is_stopping:
                self._thread = threading.Thread(target=self._run, name="koda-sales", daemon=True)
                self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._wake.set()

    def close(self) -> None:
        """Stop between two pages; a silent server is not waited for. Safe to call twice."""
        with self._lock:
            self._is_stopping = True
            thread = self._thread
        self._wake.set()
        if thread is not None:
            thread.join(GOODBYE_SECONDS)

    def _run(self) -> None:
        while not self._is_stopping:
            self._wake.wait(EVERY_SECONDS if self._look() else SOON_SECONDS)
            self._wake.clear()

    def _look(self) -> bool:
        """Whether the marketplace could be asked."""
        try:
            source = self._reach()
            if source is None:
                return False
            pull(self._store, source, self._actor, self._stamps, lambda: self._is_stopping)
        except KodaError:
            # The engine meets the same fault and tells of it; what was read is kept.
            return True
        return True
