"""The one thread that writes: it owns the writing connection and runs one transaction at a time.

What can wait is done while nothing else is to be written: first the work of ``at_leisure``, one
short transaction after the other, then the log is moved into the database.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import ExceptHookArgs
from typing import Any, TypeVar

import apsw

from koda_desktop.errors import KodaError, StoreFault
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.faults import UNCHANGED, store_faults

T = TypeVar("T")

LOG_MAX = 4_000
"""Pages of the write-ahead log after which it is moved into the database at once."""

IDLE_LOG_MAX = 200
"""Pages of the log that are left in it when there is nothing else to do."""

LEISURE_LOG_MAX = 1_000
"""The same for what is written at leisure, so that no edit waits for all of it to be moved."""

IDLE_SECONDS = 0.5

QUIET_SECONDS = 0.25
"""How long nothing must have been written before work is done at leisure: longer than a pull takes
from one transaction to the next.
"""

_BREATH_SECONDS = 0.001
"""What is left between two pieces of that work to whoever wants to write, or the processor."""

Hook = Callable[[Tx], None]
Leisure = Callable[[Tx], bool]
"""Does a piece of work, some milliseconds of it; False when there was none left."""


class Writer:
    """Runs transactions on its own thread; the callers wait for the commit.

    ``before_commit`` sees every transaction last, in the same transaction. The thread is started
    by the first one, so that opening a store costs none.
    """

    def __init__(
        self, connection: apsw.Connection, before_commit: Hook, at_leisure: Leisure | None = None
    ) -> None:
        self._connection = connection
        self._before_commit = before_commit
        self._at_leisure = at_leisure
        self._is_work_left = at_leisure is not None
        self._jobs: SimpleQueue[Callable[[], bool]] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._is_closed = False
        self._is_durable: bool | None = None
        self._log_pages = 0
        connection.set_wal_hook(self._logged)

    def submit(self, work: Callable[[Tx], T], *, durable: bool) -> tuple[T, Changes]:
        """Run ``work`` in one transaction and answer when it is committed.

        ``durable`` commits survive a power cut (synchronous=FULL); others only a crash of the
        program. Raises what ``work`` raised, DiskFull, NoRights or StoreFault: then nothing of the
        transaction is left.
        """
        return self.hand_in(work, durable=durable).result()

    def hand_in(self, work: Callable[[Tx], T], *, durable: bool) -> Future[tuple[T, Changes]]:
        """As ``submit``, without waiting for the commit."""
        return self._begin(lambda: self._transaction(work, durable))

    def data_version(self) -> int:
        """A number that moves when another process has written to the store."""
        return self._begin(lambda: int(self._connection.pragma("data_version"))).result()

    def close(self) -> None:
        """Finish what was submitted, then close the connection. Safe to call twice."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            thread = self._thread
            self._jobs.put(lambda: False)
        if thread is None:
            self._connection.close()
        elif thread is not threading.current_thread():
            thread.join()

    def _begin(self, work: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            if self._is_closed:
                raise StoreFault("The local store is closed.", kept=UNCHANGED)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="koda-writer", daemon=True)
                self._thread.start()
            self._jobs.put(lambda: _settle(future, work))
        return future

    def _run(self) -> None:
        while self._next()():
            if self._log_pages >= LOG_MAX:
                self._move_log()
        self._connection.close()

    def _next(self) -> Callable[[], bool]:
        """The next job. While there is none, what can wait is done, so that no commit waits."""
        quiet = QUIET_SECONDS
        while self._is_work_left:
            try:
                return self._jobs.get(timeout=quiet)
            except Empty:
                self._use_leisure()
                quiet = _BREATH_SECONDS
        if self._log_pages > IDLE_LOG_MAX:
            try:
                return self._jobs.get(timeout=IDLE_SECONDS)
            except Empty:
                self._move_log()
        return self._jobs.get()

    def _use_leisure(self) -> None:
        """One piece of work. After a fault the rest waits for the next transaction."""
        self._is_work_left = False
        if self._at_leisure is None:
            return
        try:
            is_work_left, _ = self._transaction(self._at_leisure, durable=False)
        except KodaError:
            return  # whoever writes next is told what is wrong with the disk
        except Exception as bug:  # noqa: BLE001 - told as any thread's; the writer must go on
            thread = threading.current_thread()
            threading.excepthook(ExceptHookArgs((type(bug), bug, bug.__traceback__, thread)))
            return
        self._is_work_left = is_work_left
        if self._log_pages >= LEISURE_LOG_MAX:
            self._move_log()

    def _logged(self, _: apsw.Connection, __: str, pages: int) -> int:
        """SQLite's wal_hook: called after each commit with the size of the log."""
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _move_log(self) -> None:
        """Move the log into the database, as far as no reader is in the way."""
        self._log_pages = 0
        with contextlib.suppress(apsw.Error):  # the next commit says what is wrong with the disk
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)

    def _transaction(self, work: Callable[[Tx], T], durable: bool) -> tuple[T, Changes]:
        tx = Tx(self._connection)
        with store_faults():
            self._set_durable(durable)
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                result = work(tx)
                self._before_commit(tx)
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                tx.let_go()
        self._is_work_left = self._at_leisure is not None
        return result, tx.changes()

    def _roll_back(self) -> None:
        # SQLite has rolled back by itself after some faults, such as a full disk.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _set_durable(self, durable: bool) -> None:
        if durable is not self._is_durable:
            self._connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._is_durable = durable


def _settle(future: Future[Any], work: Callable[[], Any]) -> bool:
    try:
        future.set_result(work())
    except BaseException as error:  # noqa: BLE001 - it is raised again where the work came from
        future.set_exception(error)
    return True
