"""The SQL of change sets: written with what they did, read for the History page, and pruned."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from koda_desktop.errors import NotFound
from koda_desktop.runtime.clock import iso
from koda_desktop.sync.changesets.deciding import Recorded
from koda_desktop.sync.changesets.rows import (
    ChangeSet,
    ChangeSetDetail,
    ChangeSetRow,
    Left,
    SetKind,
    SetState,
    UndoState,
    What,
    Why,
)
from koda_desktop.sync.store.database import Db, Row, Tx

_DECODE = json.JSONDecoder().raw_decode
"""For texts that the store wrote: they begin with their value and end with it."""

KEPT_DAYS = 30
"""How long what was done can be undone."""

KEPT_BYTES = 256 * 1024**2
"""How much the rows of all change sets may take together, the newest set aside."""


def begin(
    tx: Tx, name: str, kind: SetKind, who: str, moment: str, undoes: int | None = None
) -> int:
    """Make a change set without rows; answers its id."""
    tx.run(
        "INSERT INTO change_set(name, kind, who, at, total, left_total, bytes, undoes)"
        " VALUES (?, ?, ?, ?, 0, 0, 0, ?)",
        (name, kind.value, who, moment, undoes),
    )
    return tx.last_key()


def add_rows(tx: Tx, set_id: int, first: int, rows: Iterable[Recorded]) -> None:
    """Write what was done, from the place ``first`` on."""
    tx.run_rows(
        "INSERT INTO change_row(set_id, place, listing, what, before, after) {rows}",
        [
            (set_id, place, one.listing_id, one.what, one.before, one.after)
            for place, one in enumerate(rows, first)
        ],
    )


def add_left(tx: Tx, set_id: int, left: Sequence[Left]) -> None:
    """Write what was left as it was, with the title each listing has now."""
    tx.run_many(
        "INSERT INTO change_left(set_id, place, listing, title, field, why, reason)"
        " VALUES (?, ?, ?, coalesce((SELECT title FROM entity WHERE id = ?), ''), ?, ?, ?)",
        (
            (set_id, place, one.listing_id, one.listing_id, one.field, one.why.value, one.reason)
            for place, one in enumerate(left)
        ),
    )


def finish(tx: Tx, set_id: int, total: int, left: int, size: int) -> None:
    """Say how much a change set did; ``size`` is that of its rows' texts in bytes."""
    tx.run(
        "UPDATE change_set SET total = ?, left_total = ?, bytes = ? WHERE id = ?",
        (total, left, size, set_id),
    )
    tx.announce("history")


def add(tx: Tx, name: str, kind: SetKind, who: str, moment: str, done: Sequence[Recorded]) -> None:
    """Record what was just done as one set; where that is nothing there is none."""
    if done:
        set_id = begin(tx, name, kind, who, moment)
        add_rows(tx, set_id, 0, done)
        finish(tx, set_id, len(done), 0, sum(len(one.before) + len(one.after) for one in done))


def mark_undone(tx: Tx, set_id: int, by: int | None) -> None:
    """``by`` took the set back; None: it stands again."""
    tx.run("UPDATE change_set SET undone_by = ? WHERE id = ?", (by, set_id))


# -- reading --

_SET = """
  SELECT s.id, s.name, s.kind, s.who, s.at, s.total, s.left_total, s.undoes, s.undone_by,
    (SELECT u.left_total FROM change_set AS u WHERE u.id = s.undone_by)
  FROM change_set AS s """


def listed(db: Db, limit: int) -> list[ChangeSet]:
    """The last ``limit`` change sets, newest first."""
    return [_read(row) for row in db.rows(_SET + "ORDER BY s.id DESC LIMIT ?", (limit,))]


def find(db: Db, set_id: int) -> ChangeSet:
    """The change set of that id. Raises NotFound."""
    row = db.row(_SET + "WHERE s.id = ?", (set_id,))
    if row is None:
        raise NotFound(
            f"There is no change set {set_id}.",
            remedy=f"`koda history` lists those of the last {KEPT_DAYS} days.",
        )
    return _read(row)


def _read(row: Row) -> ChangeSet:
    state = SetState.DONE
    if row[8] is not None:
        state = SetState.PARTLY_UNDONE if row[9] else SetState.UNDONE
    return ChangeSet(
        id=row[0],
        name=row[1],
        kind=SetKind(row[2]),
        who=row[3],
        at=row[4],
        count=row[5],
        left=row[6],
        state=state,
        undoes=row[7],
        undone_by=row[8],
    )


def undo_state(db: Db) -> UndoState:
    """What is undone next, and what is done again next.

    A change of another kind takes away what could be done again before it, as everywhere.
    """
    newest = "ORDER BY s.id DESC LIMIT 1"
    done = db.row(_SET + f"WHERE s.kind <> 'undo' AND s.undone_by IS NULL {newest}")
    undone = db.row(
        _SET + "WHERE s.kind = 'undo' AND s.undone_by IS NULL AND s.id >"
        " (SELECT coalesce(max(o.id), 0) FROM change_set AS o WHERE o.kind NOT IN ('undo', 'redo'))"
        f" {newest}"
    )
    return UndoState(_read(done) if done else None, _read(undone) if undone else None)


def rows(db: Db, set_id: int, first: int, limit: int) -> list[ChangeSetRow]:
    """Rows of a change set in order, with the title each listing has now."""
    found = db.rows(
        "SELECT r.listing, coalesce((SELECT title FROM entity WHERE id = r.listing), ''), r.what,"
        " r.before, r.after FROM change_row AS r WHERE r.set_id = ? AND r.place >= ?"
        " ORDER BY r.place LIMIT ?",
        (set_id, first, limit),
    )
    return [
        ChangeSetRow(row[0], row[1], What(row[2]), json.loads(row[3]), json.loads(row[4]))
        for row in found
    ]


def untitled(db: Db, set_id: int, first: int, limit: int) -> list[ChangeSetRow]:
    """As ``rows``, without the titles: they are looked up all over the store."""
    found = db.gathered(
        ("listing", "what", "before", "after"),
        "(SELECT * FROM change_row WHERE set_id = ? AND place >= ? ORDER BY place LIMIT ?)",
        (set_id, first, limit),
    )
    return [
        ChangeSetRow(listing, "", What(what), _DECODE(before)[0], _DECODE(after)[0])
        for listing, what, before, after in found
    ]


def left(db: Db, set_id: int, limit: int) -> list[Left]:
    """What a change set left as it was, in order."""
    found = db.rows(
        "SELECT listing, field, why, reason, title FROM change_left WHERE set_id = ?"
        " ORDER BY place LIMIT ?",
        (set_id, limit),
    )
    return [Left(row[0], row[1], Why(row[2]), row[3], row[4]) for row in found]


def detail(db: Db, set_id: int, limit: int) -> ChangeSetDetail:
    """One change set whole, with its first ``limit`` rows. Raises NotFound."""
    return ChangeSetDetail(
        find(db, set_id), tuple(rows(db, set_id, 0, limit)), tuple(left(db, set_id, limit))
    )


# -- pruning --


def is_prunable(db: Db, now: datetime, kept_bytes: int = KEPT_BYTES) -> bool:
    """Whether ``prune`` would take anything."""
    return bool(_outdated(db, now, kept_bytes))


def prune(tx: Tx, now: datetime, kept_bytes: int = KEPT_BYTES) -> int:
    """Forget sets older than 30 days, and the oldest where all take too much; how many went."""
    last = _outdated(tx, now, kept_bytes)
    if not last:
        return 0
    for table in ("change_row", "change_left"):
        tx.run(f"DELETE FROM {table} WHERE set_id <= ?", (last,))
    gone = tx.run("DELETE FROM change_set WHERE id <= ?", (last,))
    tx.announce("history")
    return gone


def _outdated(db: Db, now: datetime, kept_bytes: int) -> int:
    """The last set that is forgotten; 0 for none. The newest always stays."""
    oldest = iso(now - timedelta(days=KEPT_DAYS))
    return int(
        db.value(
            """
            SELECT coalesce(max(id), 0) FROM (
              SELECT id, at, sum(bytes) OVER (ORDER BY id DESC) AS taken,
                row_number() OVER (ORDER BY id DESC) AS place FROM change_set)
            WHERE (at < ? OR taken > ?) AND place > 1""",
            (oldest, kept_bytes),
        )
    )
