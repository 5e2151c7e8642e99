"""Work with files that no operation asks for: downloads, and clearing away after cancelled ones."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import part_rows, transfer_rows
from koda_desktop.sync.engine import abandoning, downloading
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.part_rows import Plan

PARALLEL = 2
"""Files at the same time; each is fetched in several ranges."""

Work = Callable[[CancelToken], Apply]


def ready(session: Session, busy: Collection[str], running: int) -> list[tuple[str, Work]]:
    """What may be begun while ``running`` are: (the transfer's id, what is to be done)."""
    free = PARALLEL - running
    if free <= 0:
        return []
    limit = free + len(busy)
    plans = session.parts.store.read(
        lambda db: transfer_rows.ready_downloads(db, limit) + part_rows.abandoned(db, limit)
    )
    begun = [plan for plan in plans if plan.id not in busy][:free]
    return [(plan.id, partial(_perform(plan), session, plan)) for plan in begun]


def _perform(plan: Plan) -> Callable[[Session, Plan, CancelToken], Apply]:
    return abandoning.perform if plan.state == "cancelled" else downloading.perform
