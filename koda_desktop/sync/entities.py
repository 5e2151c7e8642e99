"""The rows of listings and their documents, and the columns the pages sort by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from koda_desktop.errors import NotFound
from koda_desktop.models.vocabulary import SELLER_FIELDS
from koda_desktop.sync import documents, search
from koda_desktop.sync.merge import overlay
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.projection import PROJECTED, project
from koda_desktop.sync.rows import Json, ListingState
from koda_desktop.sync.store.database import Db, Tx

LISTING = "listing"

NO_TIME = "1970-01-01T00:00:00.000Z"
"""``server_at`` of a document that another writer left without ``updatedAt``."""


class StagedFile(NamedTuple):
    """The file of a listing: its name for buyers and what its bytes are."""

    name: str
    media_type: str
    size: int
    sha256: str


NO_FILE = StagedFile("", "", 0, "")


@dataclass(frozen=True, slots=True)
class Entity:
    """One row, as the commands and the engine need it."""

    pk: int
    id: str
    document: Json
    """What the pages show."""
    is_at_server: bool
    server_at: str | None
    state: ListingState
    file: StagedFile
    inspection: Json | None
    updated_at: str
    preview: StagedFile = NO_FILE
    """The picture it is published with."""
    drawing: StagedFile = NO_FILE
    """The picture of its workflow."""

    @property
    def sends_preview(self) -> bool:
        """Whether its publication takes the picture along: an address that the seller wrote goes
        before it.
        """
        return self.preview != NO_FILE and not self.document.get("previewImageUrl")


class NewEntity(NamedTuple):
    """A row to be made. ``server_at`` is None for one that is only on this computer.

    ``text`` is the document as ``outbox.encode`` writes it, where that was done before.
    """

    id: str
    document: Json
    file: StagedFile
    updated_at: str
    server_at: str | None = None
    inspection: Json | None = None
    text: str = ""
    preview: StagedFile = NO_FILE
    drawing: StagedFile = NO_FILE


def find(db: Db, listing_id: str) -> Entity:
    """The listing of that id, or of a unique beginning of it. Raises NotFound."""
    row = _row(db, listing_id)
    return Entity(
        pk=row[0],
        id=row[1],
        document=documents.shown(row[2], row[3]),
        is_at_server=bool(row[4]),
        server_at=row[5],
        state=ListingState(row[6]),
        file=StagedFile(*row[7:11]),
        inspection=json.loads(row[11]) if row[11] else None,
        updated_at=row[12],
        preview=StagedFile(*row[13:17]),
        drawing=StagedFile(*row[17:21]),
    )


_PICTURES = tuple(
    f"{which}_{what}"
    for which in ("preview", "drawing")
    for what in ("name", "type", "size", "sha256")
)
_FIND = (
    "SELECT e.pk, id, doc, edited, is_at_server, server_at, state, file_name, media_type,"
    f" file_size, file_sha256, inspection, updated_at, {', '.join(_PICTURES)}"
    f" FROM {documents.LISTED} WHERE kind = 'listing' AND "
)


def _row(db: Db, listing_id: str) -> tuple[Any, ...]:
    row = db.row(_FIND + "id = ?", (listing_id,))
    if row is not None:
        return row
    # Ids are hex digits, so that "g" comes after whatever can follow the beginning.
    found = db.rows(_FIND + "id > ? AND id < ? LIMIT 2", (listing_id, listing_id + "g"))
    if len(found) == 1 and listing_id:
        return found[0]
    if found and listing_id:
        raise NotFound(
            f"More than one listing’s id begins with {listing_id!r}.",
            remedy="Write more of the id.",
        )
    raise NotFound(f"There is no listing with the id {listing_id!r}.")


def seller_fields(document: Json) -> Json:
    """The fields of ``document`` that a seller writes, in the schema's order."""
    return {name: document[name] for name in SELLER_FIELDS if name in document}


def base_document(db: Db, entity: Entity) -> Json:
    """What local changes are laid over and merged against: the server's copy, or a draft's own
    document.
    """
    found: Json = json.loads(db.value("SELECT doc FROM document WHERE pk = ?", (entity.pk,)))
    return found


def heard(db: Db) -> int:
    """The number of the last answer of the server that was written into rows.

    Whoever asks the server notes it first: what is written under a higher number was answered
    after that, so that the answer to this question may be the older one.
    """
    return int(db.value("SELECT value FROM meta WHERE key = 'heard'") or 0)


def next_heard(tx: Tx) -> int:
    """The number of the answer that is being written now."""
    return int(
        tx.value(
            "INSERT INTO meta(key, value) VALUES ('heard', '1') ON CONFLICT(key)"
            " DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value"
        )
    )


def insert(tx: Tx, entities: Sequence[NewEntity]) -> None:
    """Make rows: one statement for all, for whole pulled pages."""
    if not entities:
        return
    first = (tx.value("SELECT max(pk) FROM entity") or 0) + 1
    number = next_heard(tx) if any(one.server_at is not None for one in entities) else 0
    tx.run_rows(_INSERT, [_new_row(first + n, one, number) for n, one in enumerate(entities)])
    texts = [one.text or encode(one.document) for one in entities]
    insert_documents(tx, list(enumerate(texts, first)))
    tx.announce("catalogue", listings=[one.id for one in entities])


_INSERTED = (
    "pk",
    "kind",
    "id",
    "is_at_server",
    "server_at",
    "state",
    "message",
    "updated_at",
    "file_name",
    "media_type",
    "file_size",
    "file_sha256",
    "inspection",
    "heard",
    *_PICTURES,
    *PROJECTED,
)
_INSERT = f"INSERT INTO entity({', '.join(_INSERTED)}) {{rows}}"
_SHOWN = ("updated_at", *PROJECTED)
_UPDATE = (
    f"WITH shown(pk, {', '.join(_SHOWN)}) AS ({{rows}})"
    f" UPDATE entity SET {', '.join(f'{name} = shown.{name}' for name in _SHOWN)}"
    " FROM shown WHERE entity.pk = shown.pk"
)
_UPDATE_DOCUMENT = (
    "WITH told(pk, doc) AS ({rows})"
    " UPDATE document SET doc = told.doc FROM told WHERE document.pk = told.pk"
)


def insert_documents(tx: Tx, rows: Sequence[tuple[int, str]]) -> None:
    """Write the documents (pk, text) of new rows."""
    tx.run_rows("INSERT INTO document(pk, doc) {rows}", rows)


def _new_row(pk: int, one: NewEntity, number: int) -> tuple[Any, ...]:
    at_server = one.server_at is not None
    return (
        pk,
        LISTING,
        one.id,
        at_server,
        one.server_at,
        (ListingState.PUBLISHED if at_server else ListingState.DRAFT).value,
        "",
        one.updated_at,
        *one.file,
        encode(one.inspection) if one.inspection is not None else None,
        number,
        *one.preview,
        *one.drawing,
        *project(one.document),
    )


def save_preview(tx: Tx, entity: Entity, picture: StagedFile, updated_at: str) -> None:
    """Publish the listing with that picture; NO_FILE for none."""
    tx.run(
        "UPDATE entity SET preview_name = ?, preview_type = ?, preview_size = ?,"
        " preview_sha256 = ?, updated_at = ? WHERE pk = ?",
        (*picture, updated_at, entity.pk),
    )
    tx.touch(entity.id)


def save_file(
    tx: Tx, entity: Entity, file: StagedFile, inspection: Json | None, updated_at: str
) -> None:
    """Give a listing another file, and what was found in it."""
    tx.run(
        "UPDATE entity SET file_name = ?, media_type = ?, file_size = ?, file_sha256 = ?,"
        " inspection = ?, updated_at = ? WHERE pk = ?",
        (
            *file,
            encode(inspection) if inspection is not None else None,
            updated_at,
            entity.pk,
        ),
    )
    tx.touch(entity.id)


def save_document(tx: Tx, entity: Entity, document: Json, updated_at: str) -> None:
    """Keep ``document``, and show it as it is from now on."""
    save_shown(tx, entity, document, {}, updated_at)


def save_shown(tx: Tx, entity: Entity, document: Json, edited: Json, updated_at: str) -> None:
    """Keep ``document``, and show it with the fields of ``edited`` laid over it.

    Only what changes is set: SQLite writes the index of every column that is named, whether its
    value changes or not, and each is a page more to be made durable.
    """
    text = encode(document)
    tx.run("UPDATE document SET doc = ?1 WHERE pk = ?2 AND doc <> ?1", (text, entity.pk))
    names = (*PROJECTED, "edited")
    wanted = (*project(overlay(document, edited)), encode(edited) if edited else None)
    found = f"SELECT {', '.join(names)} FROM entity WHERE pk = ?"
    known = tx.row(found, (entity.pk,)) or (None,) * len(names)
    columns = zip(names, wanted, known, strict=True)
    values = {name: value for name, value, was in columns if value != was}
    values["updated_at"] = updated_at
    assigned = ", ".join(f"{name} = ?" for name in values)
    tx.run(f"UPDATE entity SET {assigned} WHERE pk = ?", (*values.values(), entity.pk))
    if any('"description"' in (edits or "") for edits in (known[-1], wanted[-1])):
        search.note(tx, "SELECT ?", (entity.pk,))
    tx.touch(entity.id)


def save_documents(tx: Tx, rows: Sequence[tuple[int, Json, str]]) -> None:
    """Keep and show many documents (pk, document, updated at) of listings without work; states are
    the caller's care.
    """
    tx.run_rows(_UPDATE_DOCUMENT, [(pk, encode(document)) for pk, document, _ in rows])
    tx.run_rows(_UPDATE, [(pk, at, *project(document)) for pk, document, at in rows])


def mark_at_server(tx: Tx, pk: int, server_at: str | None) -> None:
    """The marketplace holds this listing, in a copy of that time; None: it holds none."""
    tx.run(
        "UPDATE entity SET is_at_server = ?, server_at = ?, heard = ? WHERE pk = ?",
        (server_at is not None, server_at, next_heard(tx), pk),
    )


def save_server_facts(tx: Tx, rows: Iterable[tuple[int, str, StagedFile]]) -> None:
    """The server's time and file (pk, time, file) of many clean listings at once."""
    number = next_heard(tx)
    tx.run_rows(
        "WITH told(pk, at, name, size, sha256, number) AS ({rows})"
        " UPDATE entity SET is_at_server = 1, server_at = told.at, file_name = told.name,"
        " file_size = told.size, file_sha256 = told.sha256, heard = told.number,"
        " inspection = iif(file_sha256 = told.sha256, inspection, (SELECT r.inspection"
        " FROM revision AS r WHERE r.listing = entity.id AND r.sha256 = told.sha256))"
        " FROM told WHERE entity.pk = told.pk",
        [(pk, at, file.name, file.size, file.sha256, number) for pk, at, file in rows],
    )


def mark_heard(tx: Tx, pks: Iterable[int]) -> None:
    """The server told of these rows what is known here already."""
    rows = list(pks)
    if rows:
        number = next_heard(tx)
        sql = "UPDATE entity SET heard = ? WHERE pk IN (SELECT value FROM json_each(?))"
        tx.run(sql, (number, encode(rows)))


def remove(tx: Tx, entity: Entity, moment: str) -> None:
    """Take a listing that was deleted at the server off this computer; a copy is kept."""
    keep_copy(tx, entity, moment)
    delete(tx, entity)


def forget_copies(tx: Tx, listing_ids: Iterable[str]) -> None:
    """These listings are back, so that the copies of what was removed are of no use."""
    sql = "DELETE FROM removed WHERE id IN (SELECT value FROM json_each(?))"
    tx.run(sql, (encode(list(listing_ids)),))


def keep_copy(tx: Tx, entity: Entity, moment: str) -> None:
    """Keep what the server had of a listing that was deleted there."""
    tx.run(
        "INSERT OR REPLACE INTO removed(id, doc, at, heard) VALUES (?, ?, ?, ?)",
        (entity.id, encode(base_document(tx, entity)), moment, next_heard(tx)),
    )


def mark_verified(tx: Tx, pk: int, moment: str) -> None:
    """The marketplace's copy was read back and found identical."""
    tx.run("UPDATE entity SET verified_at = ? WHERE pk = ?", (moment, pk))


def delete(tx: Tx, entity: Entity) -> None:
    """Take a listing off this computer."""
    tx.run("DELETE FROM entity WHERE pk = ?", (entity.pk,))
    tx.announce("catalogue", listings=[entity.id])
