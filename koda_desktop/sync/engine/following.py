"""What the marketplace is asked next, so that this computer keeps up: one question at a time.

First what the account lacks; then whatever stands before following (opening the stream, a
snapshot, an audit, listings in doubt); then the stream or the pages to their end; then what that
put in doubt.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import outbox
from koda_desktop.sync.engine import pulling
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.feed_state import FeedState, Mode
from koda_desktop.sync.local import ACCOUNT_GATES, meta, save_meta
from koda_desktop.sync.store.database import Tx

PULL_SECONDS = 30.0
"""How often a marketplace that tells nothing by itself is asked for news."""

FETCHES_MAX = 3
"""How often listings in doubt are asked for before that is left to the next time."""

Question = Callable[[Session, CancelToken], Apply]


class _Phase(Enum):
    GATES = auto()
    PROBE = auto()
    CATCH_UP = auto()
    FOLLOW = auto()
    SETTLE = auto()


class Following:
    """Knows which question comes next. Held by the core; asks nothing itself."""

    def __init__(self, now: float) -> None:
        self._due = now
        self.is_done = False
        """Whether everything has been asked since it was last wanted."""
        self._begin()

    def _begin(self) -> None:
        self._phase = _Phase.GATES
        self._fetches = 0
        self._has_followed = False
        self._token: str | None = None

    def ask_now(self, now: float) -> None:
        """Somebody wants to know now."""
        self._due = min(self._due, now)
        self.is_done = False

    def lateness(self, now: float) -> float:
        """Seconds since a question was due."""
        return now - self._due

    def due_in(self, now: float) -> float:
        """Seconds until there is something to ask."""
        return max(0.0, self._due - now)

    def question(self, state: FeedState, now: float, wall: datetime) -> Question | None:
        """What to ask at ``now``, a monotonic time; None when nothing is due any more."""
        if now < self._due:
            return None
        while True:
            found = self._of_phase(state, wall)
            if found is not None:
                return found
            if not self._advance(now):
                return None

    def _of_phase(self, state: FeedState, wall: datetime) -> Question | None:
        match self._phase:
            case _Phase.GATES:
                return ask_gates
            case _Phase.PROBE:
                # A server that had no stream may have one by now.
                return pulling.perform_open if state.mode is Mode.PAGING else None
            case _Phase.FOLLOW:
                return self._follow(state)
            case _:
                return self._catch_up(state, wall)

    def _catch_up(self, state: FeedState, wall: datetime) -> Question | None:
        due = state.is_audit_due(wall)
        question = pulling.next_question(state, is_audit_due=due)
        if question is pulling.perform_fetch and self._fetches >= FETCHES_MAX:
            return None
        return question

    def _follow(self, state: FeedState) -> Question | None:
        """To the end of the stream, which is where it tells nothing, or of the pages."""
        is_lost = state.mode is Mode.STREAM and state.token is None
        is_at_end = self._has_followed and not state.is_paging and state.token == self._token
        if is_lost or is_at_end:
            return None
        self._has_followed, self._token = True, state.token
        return pulling.follow_question(state)

    def answered(self, question: Question) -> None:
        """The question's answer is written."""
        if self._phase in (_Phase.GATES, _Phase.PROBE):
            self._phase = _Phase(self._phase.value + 1)
        self._fetches += question is pulling.perform_fetch

    def _advance(self, now: float) -> bool:
        """Go on to the next phase; False when that was the last one."""
        if self._phase is not _Phase.SETTLE:
            self._phase = _Phase(self._phase.value + 1)
            return True
        self._begin()
        self._due = now + PULL_SECONDS
        self.is_done = True
        return False


def ask_gates(session: Session, _: CancelToken) -> Apply:
    """Keep what the account still lacks for publishing, for the checklist of a draft."""
    gates = session.marketplace.gates(session.parts.actor)
    text = outbox.encode([gate.as_json() for gate in gates])

    def apply(tx: Tx) -> int:
        if text != meta(tx, ACCOUNT_GATES):
            save_meta(tx, ACCOUNT_GATES, text)
        return 0

    return apply
