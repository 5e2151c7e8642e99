"""Many documents written in transactions that end when they take long, so that nobody waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.applying import Told
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.store.database import Tx

AT_ONCE = 200
"""Documents that are written between two looks at the clock."""

BOX_SECONDS = 0.025
"""How long one transaction writes before it leaves the rest to the next."""

BEHIND_MAX = 1_000
"""Documents that may wait to be written before no more are read."""

TELL_SECONDS = 2.0
"""How often the pages are told of what was written, for they read and paint it all again."""

Place = Callable[[Tx, Told | None, bool], None]
"""Saves the place reached: the last document that is written, and whether all of them are."""


class Boxes:
    """Documents on their way into rows. What is left at the end is the performer's answer.

    One transaction is written on the store's own thread while the next documents are read; the
    place reached is saved with each.
    """

    def __init__(self, session: Session, place: Place) -> None:
        self._parts = session.parts
        self._place = place
        self._told: list[Told] = []
        self._asked_at = 0
        self._is_all = False
        self._changed = 0
        self._pending: Callable[[], Changes] | None = None
        self._untold: list[Changes] = []
        self._told_at = self._parts.stamps.clock.monotonic()

    def add(self, told: Sequence[Told], asked_at: int) -> None:
        """Have documents written that answer a question asked at ``asked_at``."""
        self.wait()
        if not self._told:
            self._asked_at = asked_at
        self._told += told
        while len(self._told) > BEHIND_MAX:
            self._begin()
            self.wait()
        if len(self._told) > AT_ONCE:
            self._begin()

    def finish(self, *, is_all: bool) -> Apply:
        """Write all but the last few documents; answers how to write those.

        ``is_all`` says whether everything that was asked for has been added.
        """
        self.wait()
        while len(self._told) > AT_ONCE:
            self._begin()
            self.wait()
        self._is_all = is_all
        self.tell()
        return self._rest

    def wait(self) -> None:
        """Wait for the transaction under way. Raises what went wrong with it."""
        pending, self._pending = self._pending, None
        if pending is not None:
            self._untold.append(pending())
            self._parts.on_step("pull.saved")
            if self._parts.stamps.clock.monotonic() - self._told_at >= TELL_SECONDS:
                self.tell()

    def tell(self) -> None:
        """Tell the pages of everything that was written."""
        untold, self._untold = Changes().joined(*self._untold), []
        self._told_at = self._parts.stamps.clock.monotonic()
        if untold != Changes():
            self._parts.store.publish(untold)

    def _begin(self) -> None:
        self._pending = self._parts.store.hand_in(self._box, durable=False)

    def _box(self, tx: Tx) -> None:
        clock = self._parts.stamps.clock
        end = clock.monotonic() + BOX_SECONDS
        changed, written = self._some(tx, 0)
        while len(self._told) - written > AT_ONCE and clock.monotonic() < end:
            more, written = self._some(tx, written)
            changed += more
        self._place(tx, self._told[written - 1], False)
        del self._told[:written]
        self._changed += changed

    def _rest(self, tx: Tx) -> int:
        changed, written = self._some(tx, 0)
        self._place(tx, self._told[written - 1] if written else None, self._is_all)
        return self._changed + changed

    def _some(self, tx: Tx, begin: int) -> tuple[int, int]:
        """Write the next documents; how many rows changed, and where the next begin."""
        some = self._told[begin : begin + AT_ONCE]
        changed = applying.write(tx, some, self._asked_at, self._parts.stamps)
        return changed, begin + len(some)
