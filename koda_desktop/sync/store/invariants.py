"""What must be true of a store between two transactions, whatever happened before.

Each checker reads and never writes, so that it runs over a read-only connection: in ``koda doctor``
on the live store, and in the simulation after every step.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from koda_desktop.runtime.clock import from_iso
from koda_desktop.sync import documents, feed_state, lane_parts, outbox
from koda_desktop.sync.feed_state import Snapshot
from koda_desktop.sync.filters.sql import words_expression
from koda_desktop.sync.merge import overlay, same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.projection import PROJECTED, project
from koda_desktop.sync.rows import OperationState, Verb
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.states import derive
from koda_desktop.sync.store import late_indexes
from koda_desktop.sync.store.database import Db

Broken = Iterator[str]
Checker = Callable[[Db, Staging], Broken]

_NEEDED = {
    Verb.UPLOAD: ("file",),
    Verb.PREVIEW: ("file",),
    Verb.REGISTER: ("file", "key", "fields", "receipt"),
    Verb.REVISE: ("file", "key", "changes", "receipt"),
    Verb.VERIFY: ("file", "fields"),
    Verb.EDIT: ("changes", "receipt"),
}
"""What the payload of a frozen operation must hold."""

_SEARCHED = 500
"""How many listings are looked up by their title; the others are only counted."""

_MODES = ("stream", "paging")


def check_invariants(db: Db, staging: Staging) -> tuple[str, ...]:
    """Every invariant that does not hold, each in one sentence that names the rows; empty if none.

    ``db`` must be one consistent view: a transaction, or nobody else writing.
    """
    return tuple(sentence for checker in CHECKERS for sentence in checker(db, staging))


def lanes_belong_to_listings(db: Db, _: Staging) -> Broken:
    """Every operation is one of a listing that is there."""
    sql = "SELECT op_id, lane FROM outbox WHERE lane NOT IN (SELECT id FROM entity)"
    for operation_id, lane in db.rows(sql):
        yield f"operation {operation_id} is of {lane}, which is no listing"


def rows_have_a_document(db: Db, _: Staging) -> Broken:
    """Every listing has its document, and no document is without a listing."""
    sql = "SELECT id FROM entity WHERE pk NOT IN (SELECT pk FROM document)"
    for (listing_id,) in db.rows(sql):
        yield f"listing {listing_id} has no document"
    for (pk,) in db.rows("SELECT pk FROM document WHERE pk NOT IN (SELECT pk FROM entity)"):
        yield f"document {pk} is of no listing"


def what_is_laid_over_waits(db: Db, _: Staging) -> Broken:
    """A listing shows another value than its document only while a change waits."""
    sql = """
      SELECT id FROM entity AS e WHERE edited IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM outbox AS o WHERE o.lane = e.id AND o.verb IN ('edit', 'revise'))"""
    for (listing_id,) in db.rows(sql):
        yield f"listing {listing_id} shows a change and none waits"


def rows_show_what_waits(db: Db, _: Staging) -> Broken:
    """A changed listing shows the server's copy with every waiting value laid over it."""
    sql = f"SELECT id, doc, edited FROM {documents.LISTED} WHERE id IN (SELECT lane FROM outbox)"
    for listing_id, base, edited in db.rows(sql):
        layers = lane_parts.of_lane(outbox.lane(db, listing_id)).layers
        if not same(documents.shown(base, edited), overlay(json.loads(base), *layers)):
            yield f"listing {listing_id} does not show what waits"


def frozen_operations_are_whole(db: Db, _: Staging) -> Broken:
    """What may have gone out keeps all that was sent."""
    for one in outbox.every(db):
        missing = [name for name in _NEEDED[one.verb] if not one.payload.get(name)]
        if one.is_frozen and missing:
            yield f"frozen {one.verb} {one.operation_id} lacks {', '.join(missing)}"


def needs_point_backwards(db: Db, _: Staging) -> Broken:
    """An operation waits only for earlier ones of its own lane."""
    sql = """
      SELECT d.op_id, d.needs_op FROM outbox_dep AS d
      LEFT JOIN outbox AS o ON o.op_id = d.op_id LEFT JOIN outbox AS n ON n.op_id = d.needs_op
      WHERE o.op_seq IS NULL OR n.op_seq IS NULL OR n.lane <> o.lane OR n.op_seq >= o.op_seq"""
    for operation_id, needed in db.rows(sql):
        yield f"operation {operation_id} needs {needed}, which is not before it in its lane"


def lanes_have_their_parts(db: Db, _: Staging) -> Broken:
    """At most one frozen, one open and one conflicting edit a lane; each field in one of the
    last two."""
    lanes: dict[str, list[Operation]] = {}
    for one in outbox.every(db):
        lanes.setdefault(one.lane, []).append(one)
    for lane, operations in lanes.items():
        changes = [one for one in operations if one.verb is Verb.EDIT]
        parts = lane_parts.of_lane(operations)
        if len(parts.all) != len(changes):
            yield f"lane {lane} holds {len(changes)} edits, not one of each part"
        yield from _conflict_is_apart(lane, parts)


def _conflict_is_apart(lane: str, parts: lane_parts.LaneParts) -> Broken:
    if parts.conflict is None:
        return
    disputed = lane_parts.sides_of(parts.conflict)
    if not disputed or disputed.keys() != parts.conflict.changes.keys():
        yield f"the conflict of lane {lane} does not keep the sides of its fields"
    for sendable in (parts.frozen, parts.open):
        both = disputed.keys() & (sendable.changes.keys() if sendable else ())
        if both:
            yield f"lane {lane} sends {', '.join(sorted(both))} and holds it in conflict"


def states_are_derived(db: Db, _: Staging) -> Broken:
    """A listing stands where its facts put it."""
    sql = "SELECT id, is_at_server, server_at, state, message FROM entity"
    lanes: dict[str, list[Operation]] = {}
    for one in outbox.every(db):
        lanes.setdefault(one.lane, []).append(one)
    for listing_id, at_server, server_at, state, message in db.rows(sql):
        if bool(at_server) != (server_at is not None):
            yield f"listing {listing_id} is at the server without a time, or has one and is not"
        wanted = derive(bool(at_server), lanes.get(listing_id, ()))
        if (state, message) != (wanted[0].value, wanted[1]):
            yield f"listing {listing_id} is {state}, its work says {wanted[0].value}"


def columns_are_projections(db: Db, _: Staging) -> Broken:
    """What pages sort by is what they show."""
    names = ", ".join(PROJECTED)
    sql = f"SELECT id, doc, edited, {names} FROM {documents.LISTED}"
    for listing_id, text, edited, *columns in db.rows(sql):
        wanted = project(documents.shown(text, edited))
        wrong = [n for n, is_, was in zip(PROJECTED, wanted, columns, strict=True) if is_ != was]
        if wrong:
            yield f"listing {listing_id} is out of step in {', '.join(wrong)}"


def search_finds_every_listing(db: Db, _: Staging) -> Broken:
    """The index holds every listing that is not pending, and the first ones by their titles."""
    listed = {row[0] for row in db.rows("SELECT pk FROM entity WHERE kind = 'listing'")}
    indexed = {row[0] for row in db.rows("SELECT id FROM listing_fts_docsize")}
    pending = {row[0] for row in db.rows("SELECT pk FROM listing_fts_pending")}
    for pk in sorted((listed ^ indexed) - pending)[:_SEARCHED]:
        yield f"row {pk} is {'not in the index' if pk in listed else 'in the index alone'}"
    sql = "SELECT pk, title FROM entity WHERE kind = 'listing' ORDER BY pk LIMIT ?"
    found = "SELECT 1 FROM listing_fts WHERE listing_fts MATCH ? AND rowid = ?"
    for pk, title in db.rows(sql, (_SEARCHED,)):
        words = words_expression(title)
        if words and pk not in pending and not db.row(found, (f"title : ({words})", pk)):
            yield f"row {pk} is not found by its title"


def queued_files_are_staged(db: Db, staging: Staging) -> Broken:
    """What every upload that can go out will send is on this computer, whole by its size."""
    sql = """
      SELECT e.id, 'file', coalesce(o.payload ->> '$.file.sha256', e.file_sha256),
        coalesce(o.payload ->> '$.file.size', e.file_size)
      FROM outbox AS o JOIN entity AS e ON e.id = o.lane
      WHERE o.verb = 'upload' AND o.state <> 'parked'
      UNION ALL SELECT e.id, 'preview', e.preview_sha256, e.preview_size
      FROM outbox AS o JOIN entity AS e ON e.id = o.lane
      WHERE o.verb = 'preview' AND o.state <> 'parked'"""
    for listing_id, what, sha256, size in db.rows(sql):
        if not staging.has(sha256, size):
            yield f"the {what} of listing {listing_id} is queued and not staged"


def transfers_match_operations(db: Db, _: Staging) -> Broken:
    """Each upload that waits has one open transfer, and the other way round."""
    sql = """
      SELECT o.op_id, o.state, count(t.id), max(t.state) FROM outbox AS o
      LEFT JOIN transfer AS t ON t.op_id = o.op_id AND t.direction = 'up'
        AND t.state NOT IN ('done', 'cancelled')
      WHERE o.verb IN ('upload', 'preview') GROUP BY o.op_id"""
    for operation_id, state, number, moving in db.rows(sql):
        if number != 1:
            yield f"upload {operation_id} has {number} open transfers"
        elif (state == OperationState.PARKED) != (moving == OperationState.PARKED):
            yield f"upload {operation_id} is {state}, its transfer is {moving}"
    orphans = """
      SELECT id FROM transfer WHERE direction = 'up' AND state NOT IN ('done', 'cancelled')
        AND op_id NOT IN (SELECT op_id FROM outbox WHERE verb IN ('upload', 'preview'))"""
    for (transfer_id,) in db.rows(orphans):
        yield f"transfer {transfer_id} is open and no upload waits for it"


def transfers_are_sound(db: Db, _: Staging) -> Broken:
    """No transfer has moved more than there is. Parts of an upload cover its file; of a download
    those are written down that have come, each in its place.
    """
    sql = """
      SELECT id FROM transfer WHERE bytes_done NOT BETWEEN 0 AND size
        OR (state = 'done' AND bytes_done <> size) OR (direction = 'down' AND target = '')
        OR (state IN ('done', 'cancelled')) <> (finished_at IS NOT NULL)"""
    for (transfer_id,) in db.rows(sql):
        yield f"transfer {transfer_id} does not add up"
    covering = """
      SELECT t.id FROM transfer AS t JOIN transfer_part AS p ON p.transfer_id = t.id
      WHERE t.direction = 'up' GROUP BY t.id
      HAVING sum(p.size) <> t.size OR max(p.offset + p.size) <> t.size
        OR max(p.number) <> count(*)"""
    for (transfer_id,) in db.rows(covering):
        yield f"the parts of transfer {transfer_id} do not cover its file"
    placed = """
      SELECT DISTINCT t.id FROM transfer AS t JOIN transfer_part AS p ON p.transfer_id = t.id
      WHERE t.direction = 'down' AND (p.offset <> (p.number - 1) * t.part_size
        OR p.size <> min(t.part_size, t.size - p.offset))"""
    for (transfer_id,) in db.rows(placed):
        yield f"a part of transfer {transfer_id} has no place in its file"


def cursors_are_sane(db: Db, _: Staging) -> Broken:
    """A cursor names a moment and a way of reading; a stream's also a token."""
    for stream, moment, mode, token in db.rows(
        "SELECT stream, updated_at, mode, token FROM cursor"
    ):
        if mode not in _MODES or (moment and not _is_moment(moment)):
            yield f"the cursor of {stream} is {moment!r} by {mode!r}"
        if mode == "stream" and not token:
            yield f"the cursor of {stream} has lost its token"


def _is_moment(text: Any) -> bool:
    try:
        from_iso(text)
    except ValueError:
        return False
    return True


def no_index_is_missing(db: Db, _: Staging) -> Broken:
    """Indexes are left out only while a store is filled."""
    is_filled = feed_state.load(db).snapshot is not Snapshot.UNDER_WAY
    if is_filled and (names := late_indexes.missing(db)):
        yield f"indexes are missing: {', '.join(names)}"


def nothing_is_done_and_waiting(db: Db, _: Staging) -> Broken:
    """What went out is in the log and no more in the outbox."""
    sql = "SELECT op_id FROM op_log WHERE op_id IN (SELECT op_id FROM outbox)"
    for (operation_id,) in db.rows(sql):
        yield f"operation {operation_id} is in the log and waits"


CHECKERS: tuple[Checker, ...] = (
    lanes_belong_to_listings,
    rows_have_a_document,
    what_is_laid_over_waits,
    rows_show_what_waits,
    frozen_operations_are_whole,
    needs_point_backwards,
    lanes_have_their_parts,
    states_are_derived,
    columns_are_projections,
    search_finds_every_listing,
    queued_files_are_staged,
    transfers_match_operations,
    transfers_are_sound,
    cursors_are_sane,
    no_index_is_missing,
    nothing_is_done_and_waiting,
)
