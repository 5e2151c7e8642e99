"""The audit: ids and times of everything, compared with the rows.

It finds what stream and pages missed, and is how a hard deletion is noticed where nothing tells of
it. It changes no row: what differs is put in doubt, and what is missing at the server too, so that
only a listing that the server does not have when asked for it by name is taken away.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from koda_desktop.marketplace.api import Stamp
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import doubts, entities, feed_state
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.feed_state import Mode
from koda_desktop.sync.store.database import Db, Tx

STAMPS = 20_000
"""Stamps of one answer."""

FEW = 20
"""So few listings may all be missing; of this many or more, more than half may not."""

_ROWS = "SELECT id, server_at, heard FROM entity WHERE is_at_server OR heard > ?"
_ID_AND_TIME = itemgetter(0, 1)
_PUBLISHING = (
    "SELECT lane FROM outbox WHERE verb IN ('upload', 'preview', 'register')"
    " AND NOT (SELECT is_at_server FROM entity WHERE id = lane)"
)


def perform_audit(session: Session, cancel: CancelToken) -> Apply:
    """Ask for all stamps and compare; the answer puts in doubt what differs and what is missing.

    When more than half of FEW or more listings would be missing, that is more likely a wrong
    database or a half restored one than a seller's wish: none is, and a note says so.

    Where there is no stream to tell of a change that left ``updatedAt`` as it was, every audit but
    the first has all documents read and compared as a whole, too.
    """
    parts = session.parts
    state, asked_at = parts.store.read(lambda db: (feed_state.load(db), entities.heard(db)))
    is_deep = state.mode is Mode.PAGING and state.audited_at is not None
    stamps: dict[str, str] = {}
    for page in _pages(session, cancel):
        stamps.update(map(_ID_AND_TIME, page))
    parts.on_step("audit.read")
    different, missing, count = parts.store.read(lambda db: _compare(db, stamps, asked_at))
    is_doubtful = count >= FEW and len(missing) * 2 > count

    def apply(tx: Tx) -> int:
        now = parts.stamps.now()
        doubts.raise_for(tx, different if is_doubtful else [*different, *missing])
        feed_state.save_audit(tx, now)
        feed_state.note_missing(tx, len(missing) if is_doubtful else 0, count)
        if is_deep:
            feed_state.begin_snapshot(tx, now)
        return 0

    return apply


def _pages(session: Session, cancel: CancelToken) -> Iterator[Sequence[Stamp]]:
    after: str | None = None
    has_more = True
    while has_more:
        cancel.check()
        page = session.marketplace.stamps(session.parts.actor, after, STAMPS, "")
        yield page.stamps
        has_more = page.has_more and bool(page.stamps)
        after = page.stamps[-1].listing_id if page.stamps else None


def _compare(db: Db, stamps: dict[str, str], asked_at: int) -> tuple[list[str], list[str], int]:
    """What differs, what the server has no more, and how many rows were compared.

    Rows that were told of meanwhile may have been told of what was before the stamps were read, so
    that they are asked for by name; what is being published brings its own answer.
    """
    found = db.rows(_ROWS, (asked_at,))
    rows: dict[str, str | None] = {one: at for one, at, heard in found if heard <= asked_at}
    since = {one for one, _, heard in found if heard > asked_at}
    unsettled = since | {row[0] for row in db.rows(_PUBLISHING)}
    different = [
        one
        for one, moment in stamps.items()
        if rows.get(one) != (moment or entities.NO_TIME) and one not in unsettled
    ]
    different += sorted(since)
    missing = [one for one in rows if one not in stamps and one not in unsettled]
    return different, missing, len(rows)
