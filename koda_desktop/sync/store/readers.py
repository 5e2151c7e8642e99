"""Read-only connections, lent out one call at a time and kept for the next caller."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import apsw

from koda_desktop.errors import StoreFault
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.faults import store_faults

T = TypeVar("T")
BUSY_MS = 5_000
_STEPS_BETWEEN_LOOKS = 20_000


class Readers:
    """Connections for whoever reads; as many as there are readers at one time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._idle: list[apsw.Connection] = []
        self._is_closed = False

    def read(self, work: Callable[[Db], T], cancel: CancelToken | None = None) -> T:
        """Run ``work`` over one consistent view of the store; ``cancel`` interrupts a query.

        Raises StoreFault, NoRights or, when interrupted, Cancelled.
        """
        with store_faults():
            connection = self._take()
            try:
                if cancel is not None:
                    connection.set_progress_handler(
                        lambda: cancel.is_cancelled, _STEPS_BETWEEN_LOOKS
                    )
                connection.execute("BEGIN")
                return work(Db(connection))
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Close the idle connections; a lent one is closed when it comes back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> apsw.Connection:
        with self._lock:
            if self._is_closed:
                raise StoreFault("The local store is closed.")
            if self._idle:
                return self._idle.pop()
        connection = apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)
        connection.set_busy_timeout(BUSY_MS)
        connection.execute("PRAGMA temp_store=MEMORY")
        return connection

    def _give_back(self, connection: apsw.Connection) -> None:
        connection.set_progress_handler(None)
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        with self._lock:
            if not self._is_closed:
                self._idle.append(connection)
                return
        connection.close()
