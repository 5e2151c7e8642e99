"""Another file for a listing that the marketplace has: a revision, as it waits in the lane.

It is an UPLOAD, a REVISE and a VERIFY, each waiting for the one before; or the REVISE alone, put
aside: refused, without its listing, or with base, mine and theirs where somebody else revised the
file. ``base`` holds what the server had of REVISED then; a newer copy is merged as fields are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from koda_desktop.errors import Refused
from koda_desktop.marketplace.revising import REVISED
from koda_desktop.sync import absence, entities, outbox, revision_rows, transfer_rows
from koda_desktop.sync.entities import Entity, StagedFile
from koda_desktop.sync.lane_parts import (
    VERSION,
    LaneParts,
    is_held,
    of_lane,
    show,
    sides_of,
    write_conflict,
)
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import Operation
from koda_desktop.sync.revision_rows import Revision
from koda_desktop.sync.rows import Json, TransferState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx

FILE = "file"
"""The name of a revision's field in conflicts and pages."""

_ON_ITS_WAY = "Another file of this listing is on its way."


class NewRevision(NamedTuple):
    """The file a listing gets, and the version it is then.

    With a ``key`` the marketplace has the file under it already, and it is not sent.
    """

    file: StagedFile
    version: str
    changelog: str = ""
    inspection: Json | None = None
    key: str = ""


# -- reading --


def current(db: Db, entity: Entity) -> tuple[StagedFile, str]:
    """The file a listing has, or gets by the revision that waits, and its version."""
    revision = of_lane(outbox.lane(db, entity.id)).revision
    if revision is None:
        return entity.file, str(entity.document.get(VERSION) or "")
    return _file_of(revision), str(revision.payload[VERSION])


def _file_of(revision: Operation) -> StagedFile:
    found = revision.payload[FILE]
    return StagedFile(found["name"], found["media_type"], found["size"], found["sha256"])


def side_of(document: Json) -> Json:
    """What a person is shown of a file on one side of a conflict."""
    files = document.get("files")
    found = files[0] if isinstance(files, list) and files else {}
    shown = {name: found[name] for name in ("name", "size", "sha256") if name in found}
    return {**shown, VERSION: str(document.get(VERSION) or "")}


def _side(file: StagedFile, version: str) -> Json:
    return {"name": file.name, "size": file.size, "sha256": file.sha256, VERSION: version}


def mine(revision: Operation) -> Json:
    """What a person is shown of the file that a revision brings."""
    return _side(_file_of(revision), str(revision.payload[VERSION]))


def is_there(mine: Json, theirs: Json) -> bool:
    """Whether the document ``theirs`` has that very file and version."""
    there = side_of(theirs)
    return all(there.get(name) == value for name, value in mine.items())


def sides(revision: Operation) -> tuple[Json, Json]:
    """What a revision replaces and what it sets, as pages show it: the file and the version."""
    before, after = side_of(revision.base), mine(revision)
    return _apart(before), _apart(after)


def _apart(side: Json) -> Json:
    file = {name: value for name, value in side.items() if name != VERSION}
    return {**({FILE: file} if file else {}), VERSION: side[VERSION]}


# -- queueing --


def queue(tx: Tx, entity: Entity, wanted: NewRevision, stamps: Stamps) -> None:
    """Have the listing get another file, in the place of a revision that waits, if one does.

    What the server has already is not sent. A conflict over the file is settled by it. Raises
    Refused while another one is on its way.
    """
    lane = of_lane(outbox.lane(tx, entity.id))
    before = lane.revision
    if before is not None and before.is_frozen:
        raise Refused(
            _ON_ITS_WAY,
            kept="Nothing was changed.",
            remedy="Wait for its answer, then choose the file again.",
        )
    absence.ask_again(tx, [one for one in (before, lane.open) if one is not None])
    copy = entities.base_document(tx, entity)
    base = _base_of(copy, lane)
    _take_version_from_edits(tx, lane, base, stamps)
    drop_chain(tx, entity.id, stamps)
    if not is_there(_side(wanted.file, wanted.version), base):
        revision_rows.note_current(tx, entity, copy)
        saved = Revision(
            wanted.version, wanted.file, stamps.now(), wanted.changelog, False, wanted.inspection
        )
        revision_rows.note(tx, entity.id, saved)
        append_chain(tx, entity, wanted.file, wanted.version, base, stamps, wanted.key)
    show(tx, entities.find(tx, entity.id), copy, stamps.now())


def _base_of(copy: Json, lane: LaneParts) -> Json:
    """What the server has of the file, or will have, as far as this computer knows."""
    if lane.revision is not None:
        return dict(lane.revision.payload.get("theirs") or lane.revision.base)
    known = overlay(copy, lane.sent)
    return {name: known[name] for name in REVISED if name in known}


def _take_version_from_edits(tx: Tx, lane: LaneParts, base: Json, stamps: Stamps) -> None:
    """A version that waits as an edit is overtaken by that of the revision."""
    if lane.conflict is not None and VERSION in lane.conflict.changes:
        sides = sides_of(lane.conflict)
        _put(base, sides.pop(VERSION), "theirs")
        write_conflict(tx, lane.conflict.lane, lane.conflict, sides, stamps)
    if lane.open is not None and VERSION in lane.open.changes:
        _put(base, lane.open.base, VERSION)
        _without_version(tx, lane.open)


def overtake(tx: Tx, listing_id: str, stamps: Stamps) -> None:
    """An edit that did not reach the server came back, with a version from before the revision."""
    lane = of_lane(outbox.lane(tx, listing_id))
    if lane.revision is not None and not lane.revision.is_frozen:
        base = dict(lane.revision.base)
        _take_version_from_edits(tx, replace(lane, conflict=None), base, stamps)
        outbox.save(tx, replace(lane.revision, base=base))


def _put(base: Json, values: Mapping[str, Any], name: str) -> None:
    base.pop(VERSION, None)
    if name in values:
        base[VERSION] = values[name]


def _without_version(tx: Tx, edit: Operation) -> None:
    left = {name: value for name, value in edit.changes.items() if name != VERSION}
    base = {name: value for name, value in edit.base.items() if name != VERSION}
    if left:
        outbox.save(tx, replace(edit, payload={"changes": left}, base=base))
    else:
        outbox.drop(tx, edit)


def append_chain(
    tx: Tx,
    entity: Entity,
    file: StagedFile,
    version: str,
    base: Json,
    stamps: Stamps,
    key: str = "",
) -> None:
    """Queue all of it at the end of the lane, held if the lane is; without UPLOAD for a ``key``."""
    waits_held = is_held(outbox.lane(tx, entity.id))
    facts: Json = {FILE: file._asdict()}
    revised = {**facts, VERSION: version, **({"key": key, "is_stored": True} if key else {})}
    payloads: dict[Verb, Json] = {Verb.UPLOAD: facts, Verb.REVISE: revised, Verb.VERIFY: {}}
    needs: tuple[str, ...] = ()
    for verb, payload in payloads.items():
        if verb is Verb.UPLOAD and key:
            continue
        one = _append(tx, entity.id, verb, payload, base, stamps, needs)
        needs = (one.operation_id,)
        if verb is Verb.UPLOAD:
            transfer_rows.add(
                tx,
                entity,
                file,
                transfer_id=stamps.operation_id(),
                operation_id=one.operation_id,
                created_at=one.created_at,
            )
        if waits_held:
            outbox.hold_back(tx, one)


def _append(
    tx: Tx,
    listing_id: str,
    verb: Verb,
    payload: Json,
    base: Json,
    stamps: Stamps,
    needs: tuple[str, ...] = (),
) -> Operation:
    return outbox.append(
        tx,
        listing_id,
        verb,
        operation_id=stamps.operation_id(),
        created_at=stamps.now(),
        payload=payload,
        base=base if verb is Verb.REVISE else {},
        needs=needs,
    )


def queue_again(tx: Tx, entity: Entity, aside: Operation, stamps: Stamps) -> None:
    """Send a revision that was put aside again, from its upload on: one question if that is there.

    The refusal may have been that of the stored file.
    """
    base = dict(aside.payload.get("theirs") or aside.base)
    key = str(aside.payload["key"]) if aside.payload.get("is_stored") else ""
    absence.ask_again(tx, [aside])
    drop_operations(tx, entity.id, stamps)
    append_chain(tx, entity, _file_of(aside), str(aside.payload[VERSION]), base, stamps, key)


def take_version(tx: Tx, revision: Operation | None, changes: Json) -> Json:
    """``changes`` without a version, which becomes that of the revision while one waits."""
    if revision is None or revision.is_frozen or VERSION not in changes:
        return changes
    version = changes[VERSION]
    payload = {**revision.payload, VERSION: version}
    if revision.is_conflict:
        sides = sides_of(revision)[FILE]
        payload["conflicts"] = {FILE: {**sides, "mine": {**sides["mine"], VERSION: version}}}
    sha256, before = _file_of(revision).sha256, str(revision.payload[VERSION])
    revision_rows.rename(tx, revision.lane, sha256, before, version)
    outbox.write_payload(tx, revision, payload)
    return {name: value for name, value in changes.items() if name != VERSION}


# -- taking back --


def drop_chain(tx: Tx, listing_id: str, stamps: Stamps) -> None:
    """Take a revision out of its lane, with what is known of it alone."""
    drop_operations(tx, listing_id, stamps)
    revision_rows.forget_unpublished(tx, listing_id)


def drop_operations(tx: Tx, listing_id: str, stamps: Stamps) -> None:
    """Take a revision's operations out of its lane."""
    for one in reversed(outbox.lane(tx, listing_id)):
        if one.verb is not Verb.EDIT:
            outbox.drop(tx, one)
            if one.verb is Verb.UPLOAD:
                transfer_rows.end(tx, one.operation_id, TransferState.CANCELLED, stamps.now())


def withdraw(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """Take back a revision that waits; False where there is none.

    A listing that the marketplace has no more becomes a draft with the new file. Raises Refused
    once it may have gone out.
    """
    revision = of_lane(outbox.lane(tx, entity.id)).revision
    if revision is None:
        return False
    if revision.is_frozen:
        raise Refused(_ON_ITS_WAY, kept="Nothing was changed.", remedy="Wait for its answer.")
    copy = entities.base_document(tx, entity)
    if absence.is_gone(revision):
        keep_in_draft(tx, entity, revision, stamps)
    drop_chain(tx, entity.id, stamps)
    show(tx, entities.find(tx, entity.id), copy, stamps.now())
    return True


def keep_in_draft(tx: Tx, entity: Entity, revision: Operation, stamps: Stamps) -> None:
    """The listing is a draft from now on, with the file it was to get."""
    file = _file_of(revision)
    found = revision_rows.inspection_of(tx, entity.id, file.sha256)
    entities.save_file(tx, entity, file, found, stamps.now())
    entities.mark_at_server(tx, entity.pk, None)


# -- what comes back --


def payload(revision: Operation, receipt: list[str | int]) -> Json:
    """What a REVISE sends: what it changes in the document, and the mark it leaves there."""
    file, key = revision.payload[FILE], str(revision.payload["key"])
    listed = {"key": key, "size": file["size"], "sha256": file["sha256"], "name": file["name"]}
    changes = {
        "fileUrl": key,
        "files": [listed, *other_files(revision.base)],
        VERSION: revision.payload[VERSION],
    }
    return {**revision.payload, "changes": changes, "receipt": receipt}


def other_files(base: Json) -> list[Any]:
    """The files of a listing beside the one that is replaced."""
    files = base.get("files")
    return list(files[1:]) if isinstance(files, list) else []


def applied(tx: Tx, revision: Operation, stamps: Stamps) -> None:
    """The server has it: only the read-back is left."""
    facts = {
        FILE: revision.payload[FILE],
        "key": revision.payload["key"],
        "fields": {VERSION: revision.payload[VERSION]},
        "registered_at": "",
    }
    outbox.hand_on(tx, revision, facts, Verb.VERIFY)
    outbox.finish(tx, revision, stamps.now())
    file, version = revision.payload[FILE], str(revision.payload[VERSION])
    revision_rows.mark_published(tx, revision.lane, file["sha256"], version, stamps.now())


def take_back(tx: Tx, revision: Operation, stamps: Stamps) -> None:
    """It is proved not to have been applied: it gets a new place and receipt.

    It begins with its upload again, which costs one question while the file is stored.
    """
    entity = entities.find(tx, revision.lane)
    queue_again(tx, entity, _with_later_version(tx, revision), stamps)


def _with_later_version(tx: Tx, revision: Operation) -> Operation:
    """A version that was set while it was frozen waits as an edit behind it: that is its now."""
    following = of_lane(outbox.lane(tx, revision.lane)).open
    if following is None or VERSION not in following.changes:
        return revision
    before, after = str(revision.payload[VERSION]), str(following.changes[VERSION])
    revision_rows.rename(tx, revision.lane, _file_of(revision).sha256, before, after)
    _without_version(tx, following)
    return replace(revision, payload={**revision.payload, VERSION: after})


def park(tx: Tx, revision: Operation, error: Json, stamps: Stamps) -> None:
    """The marketplace refused it: put it aside, with a new place and receipt."""
    later = _with_later_version(tx, revision)
    set_aside(tx, later, error, stamps, attempts=revision.attempts)


def put_aside(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    """The marketplace has the listing no more. False when a person was told already, or none is."""
    revision = of_lane(outbox.lane(tx, entity.id)).revision
    if revision is None or absence.is_gone(revision):
        return False
    set_aside(tx, revision, absence.gone().as_json(), stamps)
    return True


def take_up(tx: Tx, entity: Entity, stamps: Stamps) -> None:
    """The marketplace has the listing again: what was put aside for want of it goes out."""
    revision = of_lane(outbox.lane(tx, entity.id)).revision
    if revision is not None and absence.is_gone(revision):
        queue_again(tx, entity, revision, stamps)


def kept(revision: Operation) -> Json:
    """What makes the revision, whatever became of it."""
    names = (FILE, VERSION, "is_stored", *(("key",) if revision.payload.get("is_stored") else ()))
    return {name: revision.payload[name] for name in names if name in revision.payload}


def set_aside(
    tx: Tx,
    revision: Operation,
    error: Json,
    stamps: Stamps,
    *,
    attempts: int = 0,
    extra: Json | None = None,
) -> None:
    """Leave the REVISE alone in the lane, parked, with a new place and receipt."""
    payload = {**kept(revision), **(extra or {})}
    drop_operations(tx, revision.lane, stamps)
    aside = _append(tx, revision.lane, Verb.REVISE, payload, revision.base, stamps)
    outbox.park(tx, replace(aside, attempts=attempts), error)
