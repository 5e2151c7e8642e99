"""How far the marketplace was read: the place in its stream or pages, the snapshot, the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from koda_desktop.marketplace.api import Cursor
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.sync import doubts
from koda_desktop.sync.local import meta, save_meta
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.database import Db, Tx

AUDIT_EVERY = timedelta(hours=6)
CLOCK_SLACK = timedelta(minutes=1)
"""How far clocks are put back as a matter of course, when they are set by the network's time."""

SAVE_TOKEN_EVERY = timedelta(seconds=60)
"""How often the place in an idle stream is saved, so that it does not grow older than the log."""

NOTE = "feed_note"
"""The key in ``meta`` of why the marketplace is read page by page; "" while it is not."""

MISSING_NOTE = "audit_note"
"""The key in ``meta`` of what an audit found too bad to be true; "" when it did not."""

_STREAM = "listings"
_SNAPSHOT = "snapshot"
_PASS = "pages"
"""There is such a row while pages are being read, with the place they were read up to."""
_EPOCH = "1970-01-01T00:00:00.000Z"
_FIRST_ID = "0" * 24


class Mode(StrEnum):
    STREAM = "stream"
    PAGING = "paging"


class Snapshot(StrEnum):
    NEVER = "never"
    UNDER_WAY = "under way"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class FeedState:
    """What decides which question comes next."""

    mode: Mode | None
    """None until the marketplace was asked for a stream for the first time."""
    token: str | None
    cursor: Cursor | None
    """The place in the order of changes that pages were read up to."""
    is_paging: bool
    """Whether a pass over the pages is under way."""
    page_after: Cursor | None
    """Where that pass goes on; None at the beginning."""
    saved_at: str
    audited_at: str | None
    """None until everything was compared, or when a gap in the stream asks for it again."""
    snapshot: Snapshot
    snapshot_after: str | None
    has_doubts: bool

    @property
    def has_stream(self) -> bool:
        return self.mode is Mode.STREAM and self.token is not None

    def is_audit_due(self, now: datetime) -> bool:
        """Whether everything is to be compared. A clock that was put back makes it due: how long
        ago the last time was is not known then.
        """
        if self.audited_at is None:
            return True
        since = now - from_iso(self.audited_at)
        return not -CLOCK_SLACK <= since < AUDIT_EVERY

    def is_token_old(self, now: datetime) -> bool:
        return abs(now - from_iso(self.saved_at)) >= SAVE_TOKEN_EVERY


def load(db: Db) -> FeedState:
    """The state as the rows have it."""
    sql = "SELECT mode, token, updated_at, last_id, saved_at, audited_at FROM cursor"
    row = db.row(f"{sql} WHERE stream = ?", (_STREAM,))
    mode, token, updated_at, last_id, saved_at, audited_at = row or (None, None, "", "", "", None)
    snapshot, after = _load_snapshot(db)
    pages = db.row("SELECT updated_at, last_id FROM cursor WHERE stream = ?", (_PASS,))
    return FeedState(
        mode=Mode(mode) if mode else None,
        token=token,
        cursor=_cursor(updated_at, last_id),
        is_paging=pages is not None,
        page_after=_cursor(*pages) if pages else None,
        saved_at=saved_at or _EPOCH,
        audited_at=audited_at,
        snapshot=snapshot,
        snapshot_after=after,
        has_doubts=doubts.any_waiting(db),
    )


def _cursor(updated_at: str, last_id: str) -> Cursor | None:
    return Cursor(updated_at, last_id) if updated_at > _EPOCH else None


def _load_snapshot(db: Db) -> tuple[Snapshot, str | None]:
    row = db.row("SELECT last_id, audited_at FROM cursor WHERE stream = ?", (_SNAPSHOT,))
    if row is None:
        return Snapshot.NEVER, None
    if row[1] is not None:
        return Snapshot.DONE, None
    return Snapshot.UNDER_WAY, None if row[0] == _FIRST_ID else row[0]


def save_token(tx: Tx, token: str, now: str) -> None:
    """Follow the stream from ``token`` on."""
    _ensure(tx, _STREAM, now)
    tx.run(
        "UPDATE cursor SET mode = 'stream', token = ?, saved_at = ? WHERE stream = ?",
        (token, now, _STREAM),
    )


def lose_token(tx: Tx, now: str) -> None:
    """The stream has a gap: it is opened anew, and everything is read and compared."""
    _ensure(tx, _STREAM, now)
    tx.run("UPDATE cursor SET token = NULL WHERE stream = ?", (_STREAM,))
    compare_everything(tx, now)


def use_pages(tx: Tx, now: str) -> None:
    """There is no stream: read page by page, everything the first time."""
    if _ensure(tx, _STREAM, now) or not tx.row(_PAGED, (_STREAM,)):
        _ensure(tx, _PASS, now)
    tx.run(
        "UPDATE cursor SET mode = 'paging', token = NULL WHERE stream = ?"
        " AND (mode <> 'paging' OR token IS NOT NULL)",
        (_STREAM,),
    )


_PAGED = "SELECT 1 FROM cursor WHERE stream = ? AND mode = 'paging'"


def save_page(tx: Tx, cursor: Cursor | None, asked: str, now: str, *, has_more: bool) -> None:
    """Pages were read up to ``cursor``, this one ``asked`` for then.

    The place of an overlap takes nothing back. Once a pass is over, the place is put back by as
    long as it took: what became visible in that time may have a place that it had passed already.
    After one during which the clock was put back, the next begins where it began.
    """
    _ensure(tx, _STREAM, now)
    if not has_more:
        took = _pass_took(tx, now)
        tx.run("DELETE FROM cursor WHERE stream = ?", (_PASS,))
        if cursor is not None and took >= timedelta():
            _advance(tx, _STREAM, _earlier(cursor, took), now)
    elif cursor is not None:
        _ensure(tx, _PASS, asked)
        # Its saved_at is when the pass began.
        _advance(tx, _PASS, cursor, None)


def _pass_took(tx: Tx, now: str) -> timedelta:
    """How long the pass took by this computer's clock."""
    began = tx.value("SELECT saved_at FROM cursor WHERE stream = ?", (_PASS,))
    return from_iso(now) - from_iso(began) if began else timedelta()


def _earlier(cursor: Cursor, by: timedelta) -> Cursor:
    if not by:
        return cursor
    return Cursor(max(iso(from_iso(cursor.updated_at) - by), _EPOCH), _FIRST_ID)


def _advance(tx: Tx, stream: str, cursor: Cursor, saved_at: str | None) -> None:
    tx.run(
        "UPDATE cursor SET updated_at = ?1, last_id = ?2, saved_at = coalesce(?3, saved_at)"
        " WHERE stream = ?4 AND (?1, ?2) > (updated_at, last_id)",
        (cursor.updated_at, cursor.listing_id, saved_at, stream),
    )


def begin_snapshot(tx: Tx, now: str) -> None:
    """Read everything from the beginning, as the audit of a server without streams too."""
    tx.run("DELETE FROM cursor WHERE stream = ?", (_SNAPSHOT,))
    _ensure(tx, _SNAPSHOT, now)


def save_snapshot(tx: Tx, after_id: str, now: str) -> None:
    """The snapshot was read up to ``after_id``."""
    _ensure(tx, _SNAPSHOT, now)
    tx.run("UPDATE cursor SET last_id = ? WHERE stream = ?", (after_id, _SNAPSHOT))


def compare_everything(tx: Tx, now: str) -> None:
    """Have every document read, and an audit after that for those that are gone.

    For news that may have been missed: the audit alone would not see what a writer changed
    without a new ``updatedAt``.
    """
    begin_snapshot(tx, now)
    ask_for_audit(tx)


def end_snapshot(tx: Tx, now: str) -> None:
    """The snapshot was read to its end: what it left out is made up for."""
    late_indexes.make(tx)
    _ensure(tx, _SNAPSHOT, now)
    tx.run("UPDATE cursor SET audited_at = ? WHERE stream = ?", (now, _SNAPSHOT))


def ask_for_audit(tx: Tx) -> None:
    """Have everything compared soon."""
    tx.run("UPDATE cursor SET audited_at = NULL WHERE stream = ?", (_STREAM,))


def save_audit(tx: Tx, now: str) -> None:
    """Everything was compared."""
    _ensure(tx, _STREAM, now)
    tx.run("UPDATE cursor SET audited_at = ? WHERE stream = ?", (now, _STREAM))


def note(tx: Tx, text: str) -> None:
    """Keep what a person should know of how the marketplace is read; "" when all is well."""
    _note(tx, NOTE, text)


def note_missing(tx: Tx, missing: int, count: int) -> None:
    """Keep that an audit found too much missing to believe it; 0: it did not."""
    text = ""
    if missing:
        text = (
            f"{missing} of your {count} listings are not in the marketplace any more. None was "
            "removed here: check that the workspace points to the right database."
        )
    _note(tx, MISSING_NOTE, text)


def _note(tx: Tx, key: str, text: str) -> None:
    if (meta(tx, key) or "") != text:
        save_meta(tx, key, text)


def _ensure(tx: Tx, stream: str, now: str) -> bool:
    """Make the row of ``stream`` if there is none; whether it was made."""
    made = tx.run(
        "INSERT OR IGNORE INTO cursor(stream, updated_at, last_id, saved_at) VALUES (?, ?, ?, ?)",
        (stream, _EPOCH, _FIRST_ID, now),
    )
    return made > 0
