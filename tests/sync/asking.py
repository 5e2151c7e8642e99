"""Asking the marketplace for news without an engine."""

from __future__ import annotations

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import feed_state
from koda_desktop.sync.engine.following import Following, ask_gates
from koda_desktop.sync.engine.parts import Session


def pull(session: Session, cancel: CancelToken | None = None) -> int:
    """Ask everything that is to be asked now; answers how many rows changed."""
    parts = session.parts
    clock = parts.stamps.clock
    following = Following(clock.monotonic())
    changed = 0
    while True:
        state = parts.store.read(feed_state.load)
        question = following.question(state, clock.monotonic(), clock.now())
        if question is None:
            return changed
        answer = parts.store.write(question(session, cancel or CancelToken()), durable=False)
        changed += answer if isinstance(answer, int) else 0
        following.answered(question)
        if question is not ask_gates:
            parts.on_step("pull.saved")
