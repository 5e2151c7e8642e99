"""The store as the rooms above hold it: read, write, and hear what was changed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.store.damage import DamageMark
from koda_desktop.sync.store.database import Db, Tx
from koda_desktop.sync.store.opening import open_store
from koda_desktop.sync.store.readers import Readers
from koda_desktop.sync.store.writer import Hook, Leisure, Writer

T = TypeVar("T")
Listener = Callable[[Changes], None]
NOTHING = Changes()
EVERYTHING = Changes(
    catalogue=True, operations=True, transfers=True, status=True, history=True, sales=True
)


class Store:
    """One open store. Safe to use from every thread but the window's.

    ``at_leisure`` is called in a transaction of its own while there is nothing else to write, until
    it says that no work is left.
    """

    def __init__(self, path: Path, before_commit: Hook, at_leisure: Leisure | None = None) -> None:
        self.path = path
        opened = open_store(path)
        self.notice = opened.notice
        """What a person is to be told of the opening: a damaged store, and what was saved of it."""
        self._damage = DamageMark(path)
        work = partial(self._watched, at_leisure) if at_leisure is not None else None
        self._writer = Writer(opened.connection, before_commit, work)
        self._readers = Readers(path)
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._seen_version: int | None = None

    def read(self, work: Callable[[Db], T], cancel: CancelToken | None = None) -> T:
        """Run ``work`` over one consistent view; ``cancel`` interrupts a long query.

        Raises StoreFault, NoRights and, when interrupted, Cancelled.
        """
        with self._damage.watch():
            return self._readers.read(work, cancel)

    def write(self, work: Callable[[Tx], T], *, durable: bool = True) -> T:
        """Run ``work`` in one transaction, committed when this returns, then tell the listeners.

        ``durable=False`` is for what can be fetched again. ``work`` runs on the writer's thread
        and must not call the store. Raises what ``work`` raised, DiskFull, NoRights or StoreFault;
        then nothing was changed.
        """
        with self._damage.watch():
            result, changes = self._writer.submit(work, durable=durable)
        if changes != NOTHING:
            self.publish(changes)
        return result

    def _watched(self, at_leisure: Leisure, tx: Tx) -> bool:
        with self._damage.watch():
            return at_leisure(tx)

    def hand_in(self, work: Callable[[Tx], object], *, durable: bool) -> Callable[[], Changes]:
        """As ``write``, without waiting: call what is answered to wait for the commit.

        It answers what was changed, and whoever called it tells the listeners (``publish``).
        """
        future = self._writer.hand_in(work, durable=durable)
        return lambda: future.result()[1]

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` called after each commit, on the thread that made the change."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def publish(self, changes: Changes) -> None:
        """Tell the listeners of a change that is no row of the store, such as a lost connection."""
        for listener in self._listeners:
            listener(changes)

    def notice_others(self) -> bool:
        """Whether another process wrote since this was last asked; the listeners are told then."""
        version = self._writer.data_version()
        moved = self._seen_version is not None and version != self._seen_version
        self._seen_version = version
        if moved:
            self.publish(EVERYTHING)
        return moved

    def close(self) -> None:
        """Finish writing and close every connection. Safe to call twice."""
        self._readers.close()
        self._writer.close()
