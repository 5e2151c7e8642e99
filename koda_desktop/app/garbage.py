"""Circular garbage of a program with a window is looked for on the window's thread, between events.

Python itself looks on whichever thread happens to allocate, whatever that is doing. On a pool's it
may come upon objects of Qt: PySide then disconnects their signals, which takes a lock of Qt's and
asks for the interpreter while it holds that. A window's thread that connects something at that
moment holds the interpreter and waits for the lock. And on the window's own thread it may look
while an object goes and that lock is held, find another one, and wait for what it holds itself.
Either way the program stands still for good (docs/decisions/0028).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from koda_desktop.runtime.garbage import is_search_paused

_LOOK_MS = 500


class GarbageSearch(QObject):
    """Instead of Python's own search, which ``app.make_application`` turns off for good."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin to look, from now on only through what is made from now on.

        What start-up made stays, and to look through it takes the window up to 50 ms.
        """
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look through the oldest generation that Python itself would look through by now."""
        if is_search_paused():
            return
        limits = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [generation for generation, (count, most) in enumerate(limits) if count > most]
        if due:
            gc.collect(due[-1])
