"""Reading what changed in the marketplace, page by page, rows and cursor in one transaction.

The server gives times before its writes can be seen, so that each pull reads the last seconds
again. A document that cannot be read is put in quarantine and the stream goes on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from koda_desktop.marketplace.api import Cursor, Page
from koda_desktop.runtime.clock import from_iso, iso
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync import edits, entities, outbox
from koda_desktop.sync.edits import server_time
from koda_desktop.sync.engine.parts import Session
from koda_desktop.sync.entities import NO_FILE, NewEntity, StagedFile
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx

STREAM = "listings"
PAGE = 500
OVERLAP = timedelta(seconds=30)
_FIRST_ID = "0" * 24
_EPOCH = "1970-01-01T00:00:00.000Z"


def pull(session: Session, cancel: CancelToken) -> int:
    """Read everything that changed; answers how many rows did. Raises KodaErrors and Cancelled."""
    parts = session.parts
    after = _overlapping(parts.store.read(_cursor))
    changed = 0
    while True:
        cancel.check()
        page = session.marketplace.listings(parts.actor, after, PAGE)
        parts.on_step("pull.read")
        save = partial(_sort_out(page).save, stamps=parts.stamps)
        changed += parts.store.write(save, durable=False)
        parts.on_step("pull.saved")
        if not page.has_more or page.cursor is None or page.cursor == after:
            return changed
        after = page.cursor


def _cursor(db: Db) -> Cursor | None:
    row = db.row("SELECT updated_at, last_id FROM cursor WHERE stream = ?", (STREAM,))
    return Cursor(row[0], row[1]) if row else None


def _overlapping(cursor: Cursor | None) -> Cursor | None:
    if cursor is None:
        return None
    earlier = iso(from_iso(cursor.updated_at) - OVERLAP)
    return Cursor(max(earlier, _EPOCH), _FIRST_ID)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A page, its documents told apart: those that can be read, and the others with the reason."""

    sound: Sequence[Json]
    unreadable: Sequence[tuple[Json, str]]
    cursor: Cursor | None

    def save(self, tx: Tx, stamps: Stamps) -> int:
        """Write rows and cursor; answers how many rows changed."""
        now = stamps.now()
        _quarantine(tx, self.unreadable, now)
        changed = _save_documents(tx, self.sound, stamps)
        if self.cursor is not None:
            _save_cursor(tx, self.cursor, now)
        return changed


def _sort_out(page: Page) -> _Sorted:
    from pydantic import ValidationError

    from koda_desktop.models.product import read_product

    sound: list[Json] = []
    unreadable: list[tuple[Json, str]] = []
    for document in page.documents:
        try:
            read_product(document)
            encode(document)
        except ValidationError as error:
            unreadable.append((document, _reason(error.errors(include_url=False))))
        except ValueError as error:
            unreadable.append((document, str(error)))
        else:
            sound.append(document)
    return _Sorted(sound, unreadable, page.cursor)


def _reason(errors: Sequence[Any]) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors)


def _quarantine(tx: Tx, unreadable: Sequence[tuple[Json, str]], now: str) -> None:
    tx.run_many(
        "INSERT OR REPLACE INTO quarantine(source, id, raw, reason, at) VALUES (?, ?, ?, ?, ?)",
        [
            (STREAM, str(document.get("_id")), json.dumps(document, default=str), reason, now)
            for document, reason in unreadable
        ],
    )
    if unreadable:
        tx.announce("status")


def _save_cursor(tx: Tx, cursor: Cursor, now: str) -> None:
    tx.run(
        "INSERT INTO cursor(stream, updated_at, last_id, saved_at) VALUES (?, ?, ?, ?)"
        " ON CONFLICT(stream) DO UPDATE SET updated_at = excluded.updated_at,"
        " last_id = excluded.last_id, saved_at = excluded.saved_at"
        " WHERE (excluded.updated_at, excluded.last_id) > (updated_at, last_id)",
        (STREAM, cursor.updated_at, cursor.listing_id, now),
    )


def _save_documents(tx: Tx, documents: Sequence[Json], stamps: Stamps) -> int:
    ids = encode([document["_id"] for document in documents])
    tx.run(
        "DELETE FROM quarantine WHERE source = ? AND id IN (SELECT value FROM json_each(?))",
        (STREAM, ids),
    )
    known = {row[0]: row[1:] for row in tx.rows(_KNOWN, (ids,))}
    new = [document for document in documents if document["_id"] not in known]
    entities.insert(tx, [_new(document) for document in new])
    changed = [one for one in documents if one["_id"] in known and _is_news(known[one["_id"]], one)]
    clean = [document for document in changed if not known[document["_id"]][3]]
    _save_clean(tx, clean, known)
    for document in changed:
        if known[document["_id"]][3]:
            _save_beside_work(tx, document, stamps)
    return len(new) + len(changed)


_KNOWN = """
  SELECT e.id, e.pk, e.server_at, coalesce(b.doc, e.doc),
    e.is_at_server = 0 OR EXISTS (SELECT 1 FROM outbox AS o WHERE o.lane = e.id)
  FROM entity AS e LEFT JOIN entity_base AS b ON b.pk = e.pk
  WHERE e.id IN (SELECT value FROM json_each(?))"""


def _is_news(known: tuple[Any, ...], document: Json) -> bool:
    """Whether the document is neither older than the copy known here nor that very copy."""
    _, server_at, text, _ = known
    if server_at is not None and server_time(document) < server_at:
        return False
    return bool(json.loads(text) != document)


def _save_clean(tx: Tx, documents: Sequence[Json], known: dict[str, tuple[Any, ...]]) -> None:
    rows = [(known[one["_id"]][0], one, server_time(one)) for one in documents]
    entities.save_documents(tx, rows)
    entities.save_server_facts(tx, [(pk, at, _file(one)) for pk, one, at in rows])
    tx.announce(listings=[one["_id"] for one in documents])


def _save_beside_work(tx: Tx, document: Json, stamps: Stamps) -> None:
    """A listing with local work: its values stay, the copy becomes what they are merged against.

    While it is being published the registration's own answer brings the document.
    """
    entity = entities.find(tx, document["_id"])
    operations = outbox.lane(tx, entity.id)
    if any(one.verb in (Verb.UPLOAD, Verb.REGISTER) for one in operations):
        return
    if not entity.is_at_server:
        edits.adopt(tx, entity, document, stamps)
    edits.take_server_copy(tx, entity, document, stamps)


def _new(document: Json) -> NewEntity:
    moment = server_time(document)
    return NewEntity(document["_id"], document, _file(document), moment, server_at=moment)


def _file(document: Json) -> StagedFile:
    for file in document.get("files") or ():
        return StagedFile(file["name"], "", file["size"], file["sha256"])
    return NO_FILE
