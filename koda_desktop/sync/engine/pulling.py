"""Questions to the marketplace about what changed, and what their answers change here.

Each ``perform_…`` asks outside any transaction and answers what is to be written: rows and the
place they were read up to in one transaction, cut short when it takes long, so that nobody else
waits. How it fits together: the stream is opened first, then everything is read once, then the
stream is followed; where there is no stream, pages in the order of change are. An audit compares
ids and times of everything; what differs, and whatever is in doubt, is asked for by its id. See
docs/decisions/0014-how-the-marketplace-is-followed.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from koda_desktop.errors import FeedLost, FeedUnsupported
from koda_desktop.marketplace.api import Change, ChangeBatch, Cursor
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import doubts, entities, feed_state
from koda_desktop.sync.engine import applying
from koda_desktop.sync.engine.ahead import Ahead
from koda_desktop.sync.engine.applying import Told
from koda_desktop.sync.engine.auditing import perform_audit
from koda_desktop.sync.engine.boxes import Boxes, Place
from koda_desktop.sync.engine.parts import Apply, Session
from koda_desktop.sync.feed_state import FeedState, Mode, Snapshot
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.database import Tx

PAGE = 500
"""Documents or events of one answer."""

OVERLAP = timedelta(seconds=30)
"""How far back pages are read again: the server gives times before its writes can be seen."""

FIRST_PAGES, PAGES = 2, 40
"""Pages of a snapshot that are read before other questions have their turn and the windows are
told: few at first, so that something is seen at once.
"""

POLL_SECONDS = 1.0
"""The longest a poll waits, so that whoever stops the work is heard within a second."""

_FIRST_ID = "0" * 24
_EPOCH = "1970-01-01T00:00:00.000Z"


Perform = Callable[[Session, CancelToken], Apply]
"""One question. Its answer, once written, says how many rows it changed."""

_ANY_AT_SERVER = "SELECT 1 FROM entity WHERE is_at_server LIMIT 1"


def perform_open(session: Session, cancel: CancelToken) -> Apply:
    """Open the stream, so that what changes during the snapshot is not missed."""
    parts = session.parts
    cancel.check()
    try:
        token = session.marketplace.changes(parts.actor, None, 0, 1).token
    except FeedUnsupported as reason:
        return _use_pages(session, reason)

    def apply(tx: Tx) -> int:
        now = parts.stamps.now()
        before = feed_state.load(tx)
        feed_state.save_token(tx, token, now)
        feed_state.note(tx, "")
        if before.mode is Mode.PAGING and not before.is_paging:
            feed_state.compare_everything(tx, now)
        elif before.mode is None and not tx.row(_ANY_AT_SERVER):
            # There is nothing here that the snapshot would not show to be missing there.
            feed_state.save_audit(tx, now)
        return 0

    return apply


def perform_snapshot(session: Session, cancel: CancelToken) -> Apply:
    """Read the next pages of everything, in the order of ids.

    While one page is written the next is read; the place reached is saved with each.
    """
    parts = session.parts
    cancel.check()
    after = parts.store.read(feed_state.load).snapshot_after
    if after is not None:  # so many that it pays
        parts.store.write(late_indexes.leave_out, durable=False)

    def place(tx: Tx, last: Told | None, is_all: bool) -> None:
        now = parts.stamps.now()
        if last is not None:
            feed_state.save_snapshot(tx, last.id, now)
        if is_all:
            feed_state.end_snapshot(tx, now)

    boxes = Boxes(session, place)
    try:
        with no_garbage_search():
            is_all = _read_pages(session, cancel, after, boxes)
    except BaseException:
        parts.end_unpackers()
        raise
    finally:
        boxes.wait()
        boxes.tell()
    if is_all:
        parts.end_unpackers()
    return boxes.finish(is_all=is_all)


def _read_pages(session: Session, cancel: CancelToken, after: str | None, boxes: Boxes) -> bool:
    """Read some pages of a snapshot; answers whether the last one was among them."""
    parts = session.parts
    ahead = Ahead(parts.unpackers, boxes, is_long=after is not None)
    has_more = True
    for _ in range(FIRST_PAGES if after is None else PAGES):
        cancel.check()
        asked_at = parts.store.read(entities.heard)
        page = session.marketplace.snapshot(parts.actor, after, PAGE)
        parts.on_step("pull.read")
        ahead.add(page, asked_at)
        has_more = page.has_more
        if not has_more:
            break
        after = str(page.documents[-1]["_id"])
    ahead.finish()
    return not has_more


def perform_follow(session: Session, cancel: CancelToken, wait_seconds: float = 0) -> Apply:
    """Read what the stream tells, waiting for it up to POLL_SECONDS.

    A gap in the stream is no fault: it is opened anew, and an audit is asked for.
    """
    parts = session.parts
    cancel.check()
    state, asked_at = parts.store.read(lambda db: (feed_state.load(db), entities.heard(db)))
    wait = min(wait_seconds, POLL_SECONDS)
    try:
        batch = session.marketplace.changes(parts.actor, state.token, wait, PAGE)
    except FeedUnsupported as reason:
        return _use_pages(session, reason)
    except FeedLost:
        return lambda tx: feed_state.lose_token(tx, parts.stamps.now())
    parts.on_step("pull.read")
    # Of several changes of one listing the last has the newest copy.
    last = {one.listing_id: one.document for one in batch.events if one.document}
    told = applying.look_at(last.values())
    ends = _ends(batch.events)

    def place(tx: Tx, reached: Told | None, is_all: bool) -> None:
        end = ends[reached.id] if reached and not is_all else len(batch.events)
        _place_in_stream(tx, session, state, batch, batch.events[:end])

    return _written(session, told, asked_at, place)


def perform_page(session: Session, cancel: CancelToken) -> Apply:
    """Read the next page of changes. A pass over them begins some seconds before the last began."""
    parts, clock = session.parts, session.parts.stamps.clock
    cancel.check()
    asked, began = parts.stamps.now(), clock.monotonic()
    state, asked_at = parts.store.read(lambda db: (feed_state.load(db), entities.heard(db)))
    after = state.page_after if state.is_paging else _overlapping(state.cursor)
    page = session.marketplace.listings(parts.actor, after, PAGE)
    parts.on_step("pull.read")
    told = applying.look_at(page.documents)

    def place(tx: Tx, last: Told | None, is_all: bool) -> None:
        cursor = _cursor(last) if last and not is_all else page.cursor
        has_more = not is_all or (page.has_more and page.cursor != after)
        now, waited = parts.stamps.now(), timedelta(seconds=clock.monotonic() - began)
        # By whichever clock it was earlier: the one may have been put back, the other asleep.
        since = min(asked, iso(from_iso(now) - waited))
        feed_state.save_page(tx, cursor, since, now, has_more=has_more)

    return _written(session, told, asked_at, place)


def perform_fetch(session: Session, cancel: CancelToken) -> Apply:
    """Ask for listings in doubt by their ids; those that the server has no more go here too."""
    parts = session.parts
    cancel.check()
    ids, asked_at = parts.store.read(lambda db: (doubts.waiting(db, PAGE), entities.heard(db)))
    documents = session.marketplace.fetch(parts.actor, ids)
    parts.on_step("pull.read")
    told = applying.look_at(documents)
    found = {one.id for one in told}

    def apply(tx: Tx) -> int:
        doubts.settle(tx, ids)
        changed = applying.write(tx, told, asked_at, parts.stamps)
        missing = [one for one in ids if one not in found]
        return changed + applying.remove(tx, missing, asked_at, parts.stamps)

    return apply


def next_question(state: FeedState, *, is_audit_due: bool) -> Perform | None:
    """What is to be asked before the marketplace is followed; None: ``follow_question`` is next."""
    if state.mode is None or (state.mode is Mode.STREAM and state.token is None):
        return perform_open
    if state.snapshot is Snapshot.UNDER_WAY:
        return perform_snapshot
    if state.mode is Mode.STREAM and state.snapshot is Snapshot.NEVER:
        return perform_snapshot
    if state.is_paging:
        return perform_page
    if is_audit_due:
        return perform_audit
    return perform_fetch if state.has_doubts else None


def follow_question(state: FeedState) -> Perform:
    """How a marketplace is followed once everything else was asked."""
    return perform_follow if state.has_stream else perform_page


def _use_pages(session: Session, reason: FeedUnsupported) -> Apply:
    """There is no stream; why is kept for those who look after the marketplace."""

    def apply(tx: Tx) -> int:
        feed_state.use_pages(tx, session.parts.stamps.now())
        feed_state.note(tx, str(reason))
        return 0

    return apply


def _ends(events: Sequence[Change]) -> dict[str, int]:
    """How many events are passed once a listing and those first told of before it are written:
    all before the first event of the next one.
    """
    first: dict[str, int] = {}
    for number, one in enumerate(events):
        if one.document:
            first.setdefault(one.listing_id, number)
    return dict(zip(first, [*first.values(), len(events)][1:], strict=True))


def _place_in_stream(
    tx: Tx, session: Session, state: FeedState, batch: ChangeBatch, events: Sequence[Change]
) -> None:
    """Go on after ``events``, the first of the batch; an idle stream is noted now and then."""
    stamps = session.parts.stamps
    applying.doubt_rows(tx, [one.listing_id for one in events if one.document is None])
    token = batch.token if len(events) == len(batch.events) else events[-1].token
    if events or state.is_token_old(stamps.clock.now()):
        feed_state.save_token(tx, token, stamps.now())


def _written(session: Session, told: Sequence[Told], asked_at: int, place: Place) -> Apply:
    """Write one answer's documents but the last few; answers how to write those."""
    boxes = Boxes(session, place)
    boxes.add(told, asked_at)
    return boxes.finish(is_all=True)


def _cursor(told: Told) -> Cursor:
    return Cursor(str(told.document.get("updatedAt") or _EPOCH), told.id)


def _overlapping(cursor: Cursor | None) -> Cursor | None:
    if cursor is None:
        return None
    earlier = iso(from_iso(cursor.updated_at) - OVERLAP)
    return Cursor(max(earlier, _EPOCH), _FIRST_ID)
