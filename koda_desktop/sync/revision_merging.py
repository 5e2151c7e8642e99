"""A revision that waits, carried over to newer copies of the server's; and a person's choice.

A file or a version that is another than when the revision was made is a conflict: there is nothing
to merge in a file.
"""

from __future__ import annotations

from dataclasses import replace

from koda_desktop.marketplace.revising import REVISED
from koda_desktop.sync import entities, outbox, revision_rows, revisions
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.lane_parts import VERSION, author_of, conflict_of, of_lane, show, sides_of
from koda_desktop.sync.merge import same
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.revision_rows import Revision
from koda_desktop.sync.revisions import FILE
from koda_desktop.sync.rows import Json
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx


def rebase(tx: Tx, entity: Entity, document: Json, stamps: Stamps) -> None:
    """Carry a revision that waits over to a newer copy of the server's.

    A file or version that is another than it was is a conflict, unless it is ours.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    revision = lane.revision
    if revision is None or revision.is_frozen:
        return
    base = revision.base
    theirs = {name: document[name] for name in REVISED if name in document}
    mine = revisions.mine(revision)
    if revisions.is_there(mine, theirs):
        revision_rows.mark_published(tx, entity.id, mine["sha256"], mine[VERSION], stamps.now())
        revisions.drop_operations(tx, entity.id, stamps)
    elif not same(theirs, base):
        _hold_in_conflict(tx, entity, revision, theirs, document, stamps)
    elif revision.is_conflict:
        revisions.queue_again(
            tx, entity, replace(revision, payload=revisions.kept(revision)), stamps
        )


def _hold_in_conflict(
    tx: Tx, entity: Entity, revision: Operation, theirs: Json, document: Json, stamps: Stamps
) -> None:
    known = sides_of(revision).get(FILE, {})
    if known and same(revision.payload.get("theirs"), theirs):
        return
    sides = {
        **author_of(tx, entity, document),
        "base": revisions.side_of(revision.base),
        "mine": revisions.mine(revision),
        "theirs": revisions.side_of(theirs),
    }
    conflicts = {FILE: sides}
    error = conflict_of(conflicts).as_json()
    revisions.set_aside(
        tx, revision, error, stamps, extra={"conflicts": conflicts, "theirs": theirs}
    )


def adopt(tx: Tx, entity: Entity, document: Json, stamps: Stamps) -> bool:
    """The server has a copy of what is a draft here: the draft's file, where it is another, is laid
    beside it as a revision without a base, which becomes a conflict when it is merged.

    Answers whether it was; the version goes with it.
    """
    listed = revision_rows.listed_file(document)
    if not entity.file.sha256 or listed.sha256 in ("", entity.file.sha256):
        return False
    version = str(entity.document.get(VERSION) or "")
    saved = Revision(version, entity.file, stamps.now(), "", False, entity.inspection)
    revision_rows.note(tx, entity.id, saved)
    revisions.append_chain(tx, entity, entity.file, version, {}, stamps)
    return True


def settle(tx: Tx, entity: Entity, revision: Operation, *, is_mine: bool, stamps: Stamps) -> None:
    """Settle a conflict over the file: send mine over the server's side as it was shown, or not."""
    copy = entities.base_document(tx, entity)
    if is_mine:
        revisions.queue_again(tx, entity, revision, stamps)
    else:
        revisions.drop_chain(tx, entity.id, stamps)
    show(tx, entity, copy, stamps.now())


def take_file(tx: Tx, entity: Entity, document: Json) -> None:
    """The server's copy has that file: so has the row, which keeps what it had as a version."""
    file = revision_rows.listed_file(document)
    held = entity.file
    if not file.sha256 or (file.sha256, file.name) == (held.sha256, held.name):
        return
    if entity.is_at_server:
        revision_rows.note_current(tx, entity, entities.base_document(tx, entity))
    elif held.sha256:
        version = str(entity.document.get(VERSION) or "")
        draft = Revision(version, held, entity.updated_at, "", False, entity.inspection)
        revision_rows.note(tx, entity.id, draft)
    found = revision_rows.inspection_of(tx, entity.id, file.sha256)
    entities.save_file(tx, entity, file, found, entity.updated_at)
