"""The documents of a long pull, unpacked and looked at by processes of their own.

Python runs one thread at a time: beside a thread that unpacks a hundred thousand documents the
window would wait for its turn at every step of its painting. A process makes rows of them, and
what is left to this one is to hand them to SQLite. Where no process can be had, or it ends, the
same is done here.
"""

from __future__ import annotations

import logging
import marshal
import os
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from koda_desktop.marketplace.packed import Packed
from koda_desktop.runtime.child import Child, ChildEnded, answer_questions
from koda_desktop.sync.engine.applying import Told, look_at

T = TypeVar("T")

_log = logging.getLogger(__name__)

TASK = "unpack"

START_SECONDS = 2.0
"""How long a page waits for a process that starts, which takes some tenths of a second."""

_NICE = 5

_PIECE = 100
"""Documents that are read out of an answer in one go: a fraction of a millisecond."""


class Unpacker:
    """The process, from ``begin`` to ``end``. One thread hands pages over, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._can_start = True
        self._child: Child | None = None
        self._greeting: threading.Thread | None = None
        self._greeted = threading.Event()
        self._is_ready = False
        self._is_busy = False
        self._late_at = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a page can be handed over."""
        return self._is_ready

    def begin(self) -> None:
        """Start the process, unless that was done. It is not waited for."""
        with self._lock:
            if self._child is not None or not self._can_start:
                return
            self._greeted.clear()
            self._late_at = time.monotonic() + START_SECONDS
            try:
                self._child = Child(TASK)
            except ChildEnded as ended:
                self._give_up(ended)
                return
            self._greeting = threading.Thread(
                target=self._greet, args=(self._child,), name="koda-unpacker", daemon=True
            )
            self._greeting.start()

    def _greet(self, child: Child) -> None:
        try:
            child.ask(None)
        except ChildEnded as ended:
            with self._lock:
                if self._child is child:
                    self._give_up(ended)
            return
        with self._lock:
            is_wanted = self._is_ready = self._child is child
            self._greeted.set()
        if not is_wanted:
            child.close()

    def _give_up(self, ended: ChildEnded) -> None:
        """It ended by itself: everything is unpacked here from now on."""
        _log.warning("the process that unpacks listings ended: code %s", ended.code)
        self._can_start = self._is_ready = False
        self._child = None
        self._greeted.set()

    def look_at(self, documents: Packed) -> bool:
        """Hand a page over, when the process is ready; ``looked_at`` must follow.

        False when there is none.
        """
        if self._child is not None:
            self._greeted.wait(self._late_at - time.monotonic())
        if not self._is_ready:
            return False
        return bool(self._talk(lambda child: child.send(documents)))

    def looked_at(self) -> list[Told] | None:
        """What ``applying.look_at`` says of the page; None when the process ended over it."""
        pieces: list[bytes] | None = self._talk(Child.receive)
        if pieces is None:
            return None
        return [Told(*one) for piece in pieces for one in marshal.loads(piece)]

    def _talk(self, say: Callable[[Child], T]) -> T | None:
        """What ``say`` answers; None when there is no process, or it ends over it."""
        with self._lock:
            child = self._child
            self._is_busy = child is not None
        if child is None:
            return None
        try:
            return say(child)
        except ChildEnded as ended:
            with self._lock:
                if self._child is child:
                    self._give_up(ended)
            return None
        finally:
            with self._lock:
                self._is_busy = False
                is_ended = self._child is not child
            if is_ended:
                child.close()

    def end(self) -> None:
        """End the process. Safe to call twice, and while it is asked."""
        with self._lock:
            child, self._child = self._child, None
            is_idle = self._is_ready and not self._is_busy
            self._is_ready = False
            self._greeted.set()
        if child is None:
            return
        if is_idle:
            child.close()
        else:
            child.kill()  # whoever waits for its answer closes it
        if self._greeting is not None:
            self._greeting.join()


def serve() -> int:
    """Be the process: see ``runtime.child``. It gives way to the window and to the server."""
    if hasattr(os, "nice"):
        os.nice(_NICE)
    return answer_questions(_answer)


def _answer(documents: Packed) -> list[bytes]:
    told = [tuple(one.ready()) for one in look_at(documents)]
    return [marshal.dumps(told[start : start + _PIECE]) for start in range(0, len(told), _PIECE)]
