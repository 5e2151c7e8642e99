"""Documents become rows, whatever told of them: a stream, a page, a snapshot or a question.

No clock decides which copy is newer. Whoever asks the server first notes the number of the last
answer written here (``entities.heard``); a row that was written under a higher one was told of
after the question, so that this answer is not written over it and the listing is asked for anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from koda_desktop.errors import Refused
from koda_desktop.marketplace.api import UNREADABLE
from koda_desktop.models.plain import is_plain_listing
from koda_desktop.sync import (
    absence,
    doubts,
    edits,
    entities,
    lane_parts,
    outbox,
    revision_rows,
    revisions,
)
from koda_desktop.sync.entities import Entity
from koda_desktop.sync.lane_parts import server_time
from koda_desktop.sync.merge import overlay, same
from koda_desktop.sync.outbox import Operation, encode
from koda_desktop.sync.publication import UNREGISTERED
from koda_desktop.sync.pulled_rows import insert_pulled, pulled_row
from koda_desktop.sync.rows import Json, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Row, Tx

SOURCE = "listings"
"""Where the documents in quarantine came from."""

_MARKETPLACE_ONLY = frozenset({"updatedAt", "_sync", "__v"})
"""What changes in a document with every edit of ours."""


class Told(NamedTuple):
    """A document as the server told it. ``problem`` says why it cannot be a row, if it cannot.

    ``text`` is the document as the store keeps it, ``row`` what a new row is made of, where that
    was done before. ``given`` may be left out of a document that can be a row: its text says all.
    """

    id: str
    text: str = ""
    problem: str = ""
    given: Json | None = None
    row: Row = ()

    @property
    def document(self) -> Json:
        return json.loads(self.text) if self.given is None else self.given

    def ready(self) -> Told:
        """The same with its row made, and without the document where the text will do."""
        if self.problem:
            return self
        return self._replace(given=None, row=self.new_row())

    def new_row(self) -> Row:
        """See ``pulled_rows.insert_pulled``."""
        if self.row:
            return self.row
        document = self.document
        file = revision_rows.listed_file(document)
        return pulled_row(document, self.text, file, server_time(document))


def look_at(documents: Iterable[Json]) -> list[Told]:
    """Tell the documents that can be rows from the others. Done before the transaction."""
    return [_look_at(one) for one in documents]


def write(tx: Tx, told: Sequence[Told], asked_at: int, stamps: Stamps) -> int:
    """Write what the server told; answers how many rows changed.

    ``asked_at`` is ``entities.heard`` from before the question. A listing whose row was told of
    since is put in doubt, and so is one whose own work is still to be answered.
    """
    latest = {one.id: one for one in told}
    _quarantine(tx, [one for one in latest.values() if one.problem], stamps.now())
    sound = {one.id: one for one in latest.values() if not one.problem}
    ids = encode(list(sound))
    _leave_quarantine(tx, ids)
    known = {row[0]: _Known(*row) for row in tx.rows(_KNOWN, (ids,))}
    late = [one for one, row in known.items() if row.heard > asked_at]
    late += [row[0] for row in tx.rows(_REMOVED_SINCE, (ids, asked_at)) if row[0] not in known]
    doubts.raise_for(tx, late)
    for listing_id in late:
        del sound[listing_id]
    return _write_fresh(tx, sound, known, stamps)


def take_answer(tx: Tx, entity: Entity, document: Json, expected: Json, stamps: Stamps) -> None:
    """Work of a listing was answered with its document: that is the copy known here from now on.

    One that cannot be read, because somebody spoilt it since, leaves what was ``expected`` in its
    place; it is asked for again and then found in quarantine.
    """
    (told,) = look_at([document])
    if told.problem:
        doubts.raise_for(tx, [entity.id])
    edits.take_server_copy(tx, entity, expected if told.problem else document, stamps)


def unreadable() -> Refused:
    """What a person is told of work that met a copy nobody can read."""
    return Refused(
        "The marketplace’s copy of this listing cannot be read.",
        kept="Your change is kept on this computer.",
        remedy="Tell the marketplace; once its copy is repaired, try again.",
    )


def doubt_rows(tx: Tx, listing_ids: Iterable[str]) -> None:
    """Ask for those of these listings that are here as the marketplace's."""
    sql = "SELECT id FROM entity WHERE is_at_server AND id IN (SELECT value FROM json_each(?))"
    doubts.raise_for(tx, [row[0] for row in tx.rows(sql, (encode(list(listing_ids)),))])


def remove(tx: Tx, listing_ids: Iterable[str], asked_at: int, stamps: Stamps) -> int:
    """The server has these listings no more; answers how many rows changed.

    A listing without local work goes, and a copy is kept. Local changes are put aside, and a person
    is told; one whose work is under way waits for its own answer, which says the same.
    """
    found = tx.rows(_KNOWN, (encode(list(listing_ids)),))
    known = [_Known(*row) for row in found]
    doubts.raise_for(tx, [one.id for one in known if one.heard > asked_at])
    gone = [one for one in known if one.heard <= asked_at and one.is_at_server]
    return sum(_remove(tx, entities.find(tx, one.id), stamps) for one in gone)


def quarantined(db: Db) -> int:
    """How many documents could not be read."""
    return int(db.value("SELECT count(*) FROM quarantine"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows hold of a listing. ``text`` is the server's copy."""

    id: str
    pk: int
    is_at_server: bool
    heard: int
    has_work: bool
    text: str


_KNOWN = """
  SELECT e.id, e.pk, e.is_at_server, e.heard,
    e.is_at_server = 0 OR EXISTS (SELECT 1 FROM outbox AS o WHERE o.lane = e.id),
    d.doc
  FROM entity AS e CROSS JOIN document AS d ON d.pk = e.pk
  WHERE e.id IN (SELECT value FROM json_each(?))"""
_REMOVED_SINCE = """
  SELECT id FROM removed WHERE id IN (SELECT value FROM json_each(?)) AND heard > ?"""


def _write_fresh(tx: Tx, sound: dict[str, Told], known: dict[str, _Known], stamps: Stamps) -> int:
    new = [told for one, told in sound.items() if one not in known]
    _insert(tx, new)
    old = [known[one] for one in sound if one in known]
    clean = [row for row in old if not row.has_work]
    news = [row for row in clean if _is_news(row, sound[row.id])]
    _write_clean(tx, [(row.pk, sound[row.id].document) for row in news])
    entities.mark_heard(tx, {row.pk for row in clean} - {row.pk for row in news})
    worked_on = [row for row in old if row.has_work]
    changed = sum(
        _write_beside_work(tx, row.id, sound[row.id].document, stamps) for row in worked_on
    )
    return len(new) + len(news) + changed


def _is_news(row: _Known, told: Told) -> bool:
    return row.text != told.text and bool(json.loads(row.text) != told.document)


def _insert(tx: Tx, told: Sequence[Told]) -> None:
    insert_pulled(tx, [one.new_row() for one in told])
    entities.forget_copies(tx, [one.id for one in told])


def _write_clean(tx: Tx, rows: Sequence[tuple[int, Json]]) -> None:
    if not rows:
        return
    told = [(pk, document, server_time(document)) for pk, document in rows]
    files = [(pk, at, revision_rows.listed_file(one)) for pk, one, at in told]
    revision_rows.note_replaced(tx, [(pk, file.sha256) for pk, _, file in files])
    entities.save_documents(tx, told)
    entities.save_server_facts(tx, files)
    tx.announce(listings=[document["_id"] for _, document in rows])


def _write_beside_work(tx: Tx, listing_id: str, document: Json, stamps: Stamps) -> bool:
    """A listing with local work: its values stay, the copy becomes what they are merged against.

    Work that is under way brings a copy of its own; which of the two is newer nobody can tell, so
    that the listing is asked for again after that, unless this is nothing but our own work's echo.
    """
    entity = entities.find(tx, listing_id)
    operations = outbox.lane(tx, listing_id)
    base = entities.base_document(tx, entity)
    frozen = next((one for one in operations if one.is_frozen), None)
    if frozen is not None and not _is_echo(frozen, base, document):
        doubts.raise_for(tx, [listing_id])
    if _is_unregistered(entity, operations):
        return False
    absence.take_up(tx, operations)
    revisions.take_up(tx, entity, stamps)
    if entity.is_at_server and same(base, document):
        entities.mark_heard(tx, [entity.pk])
        return False
    if not entity.is_at_server:
        edits.adopt(tx, entity, document, stamps)
    edits.take_server_copy(tx, entity, document, stamps)
    return True


def _is_unregistered(entity: Entity, operations: Sequence[Operation]) -> bool:
    """Whether nobody knows yet of this listing in the marketplace."""
    return not entity.is_at_server and any(one.verb in UNREGISTERED for one in operations)


def _is_echo(frozen: Operation, base: Json, document: Json) -> bool:
    """Whether ``document`` is what ``frozen`` made of ``base``, or of nothing, and no more.

    Its own answer will be this copy or a later one.
    """
    if frozen.verb is Verb.REGISTER:
        return document.get("updatedAt") == document.get("createdAt")
    changed = overlay(base, frozen.changes)
    return same(_without_marks(changed), _without_marks(document))


def _without_marks(document: Json) -> Json:
    return {name: value for name, value in document.items() if name not in _MARKETPLACE_ONLY}


def _remove(tx: Tx, entity: Entity, stamps: Stamps) -> bool:
    operations = outbox.lane(tx, entity.id)
    if not operations:
        entities.remove(tx, entity, stamps.now())
        return True
    if any(one.is_frozen for one in operations):
        # Its answer may be another than that the listing is gone.
        doubts.raise_for(tx, [entity.id])
        return False
    if _is_unregistered(entity, operations):
        return False
    for operation in operations:
        if operation.verb is Verb.VERIFY:
            outbox.drop(tx, operation)
    if lane_parts.of_lane(operations).waits:
        if not _put_aside(tx, entity, operations, stamps):
            return False
        entities.keep_copy(tx, entity, stamps.now())
        return True
    entities.keep_copy(tx, entity, stamps.now())
    entities.mark_at_server(tx, entity.pk, None)
    tx.announce("catalogue")
    return True


def _put_aside(tx: Tx, entity: Entity, operations: Sequence[Operation], stamps: Stamps) -> bool:
    """Whatever waits is put aside until a person acts; False when they were told already."""
    is_revised = revisions.put_aside(tx, entity, stamps)
    has_edits = any(one.verb is Verb.EDIT for one in operations)
    return (has_edits and edits.put_aside(tx, entity, stamps)) or is_revised


def _quarantine(tx: Tx, unreadable: Sequence[Told], now: str) -> None:
    tx.run_many(
        "INSERT OR REPLACE INTO quarantine(source, id, raw, reason, at) VALUES (?, ?, ?, ?, ?)",
        [
            (SOURCE, one.id, json.dumps(one.document, default=str), one.problem, now)
            for one in unreadable
        ],
    )
    if unreadable:
        tx.announce("status")


def _leave_quarantine(tx: Tx, ids: str) -> None:
    left = tx.run(
        "DELETE FROM quarantine WHERE source = ? AND id IN (SELECT value FROM json_each(?))",
        (SOURCE, ids),
    )
    if left:
        tx.announce("status")


def _look_at(document: Json) -> Told:
    listing_id = str(document.get("_id"))
    if UNREADABLE in document:
        return Told(listing_id, problem=str(document[UNREADABLE]), given=document)
    problem = "" if is_plain_listing(document) else _problem(document)
    if problem:
        return Told(listing_id, problem=problem, given=document)
    try:
        return Told(listing_id, encode(document), given=document)
    except (ValueError, RecursionError) as error:
        return Told(listing_id, problem=str(error) or type(error).__name__, given=document)


def _problem(document: Json) -> str:
    """What the full check has against ``document``, or ""."""
    from pydantic import ValidationError

    from koda_desktop.models.product import read_product

    try:
        read_product(document)
    except ValidationError as error:
        return _reason(error.errors(include_url=False))
    return ""


def _reason(errors: Sequence[Any]) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors)
