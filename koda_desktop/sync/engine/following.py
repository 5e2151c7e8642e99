"""When the marketplace is asked for news, and what for: one question at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import outbox
from koda_desktop.sync.engine import pulling
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.local import ACCOUNT_GATES, meta, save_meta
from koda_desktop.sync.store.database import Tx

PULL_SECONDS = 30.0
"""How often a marketplace that tells nothing by itself is asked for news."""

Question = Callable[[Session, CancelToken], Apply]


class Following:
    """Knows which question comes next. Held by the core; asks nothing itself."""

    def __init__(self, now: float) -> None:
        self._due = now
        self._next: Question = ask_gates
        self.is_done = False
        """Whether everything has been asked since it was last wanted."""

    def ask_now(self, now: float) -> None:
        """Somebody wants to know now."""
        self._due = min(self._due, now)
        self.is_done = False

    def question(self, now: float) -> Question | None:
        """What to ask at ``now``, a monotonic time; None while nothing is due."""
        return self._next if now >= self._due else None

    def lateness(self, now: float) -> float:
        """Seconds since the question was due."""
        return now - self._due

    def due_in(self, now: float) -> float:
        """Seconds until there is something to ask."""
        return max(0.0, self._due - now)

    def answered(self, now: float) -> None:
        """The question's answer is written."""
        if self._next is ask_gates:
            self._next = pull
            return
        self._next = ask_gates
        self._due = now + PULL_SECONDS
        self.is_done = True


def ask_gates(session: Session, _: CancelToken) -> Apply:
    """Keep what the account still lacks for publishing, for the checklist of a draft."""
    gates = session.marketplace.gates(session.parts.actor)
    text = outbox.encode([gate.as_json() for gate in gates])

    def apply(tx: Tx) -> int:
        if text != meta(tx, ACCOUNT_GATES):
            save_meta(tx, ACCOUNT_GATES, text)
        return 0

    return apply


def pull(session: Session, cancel: CancelToken) -> Apply:
    """Read what changed, page by page."""
    changed = pulling.pull(session, cancel)
    return partial(_pulled, changed)


def _pulled(changed: int, _: Tx) -> int:
    return changed
