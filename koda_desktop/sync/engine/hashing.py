"""A SHA-256 that a pool computes while whoever hands in the bytes goes on."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from concurrent.futures import Executor, Future


class Hasher:
    """Hashes pieces in the order they are handed in, one at a time; the last of them ends the task.

    To hash is the longest part of a download by far: it takes a processor of its own where there is
    one, and is never kept waiting for what the others have to note.
    """

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._digest = hashlib.sha256()
        self._lock = threading.Lock()
        self._pieces: deque[tuple[memoryview, Future[None]]] = deque()
        self._is_running = False

    def add(self, view: memoryview) -> Future[None]:
        """Hash these bytes next; they may change again once the future is done."""
        future: Future[None] = Future()
        with self._lock:
            self._pieces.append((view, future))
            begins, self._is_running = not self._is_running, True
        if begins:
            self._pool.submit(self._work)
        return future

    def _work(self) -> None:
        while (piece := self._next()) is not None:
            view, future = piece
            self._digest.update(view)
            future.set_result(None)

    def _next(self) -> tuple[memoryview, Future[None]] | None:
        with self._lock:
            if self._pieces:
                return self._pieces.popleft()
            self._is_running = False
            return None

    # -- while nothing is being hashed --

    def copy(self) -> hashlib._Hash:
        """What was hashed so far, to go on with by oneself."""
        return self._digest.copy()

    def go_on_from(self, digest: hashlib._Hash) -> None:
        """Take ``digest`` for what was hashed so far."""
        self._digest = digest
