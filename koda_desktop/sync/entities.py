"""The rows of listings: documents as the pages show them, and the columns the pages sort by."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from koda_desktop.errors import NotFound
from koda_desktop.models.vocabulary import SELLER_FIELDS
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
        document=json.loads(row[2]),
        is_at_server=bool(row[3]),
        server_at=row[4],
        state=ListingState(row[5]),
        file=StagedFile(row[6], row[7], row[8], row[9]),
        inspection=json.loads(row[10]) if row[10] else None,
        updated_at=row[11],
        preview=StagedFile(*row[12:16]),
        drawing=StagedFile(*row[16:20]),
    )


_PICTURES = tuple(
    f"{which}_{what}"
    for which in ("preview", "drawing")
    for what in ("name", "type", "size", "sha256")
)
_FIND = (
    "SELECT pk, id, doc, is_at_server, server_at, state, file_name, media_type, file_size,"
    f" file_sha256, inspection, updated_at, {', '.join(_PICTURES)}"
    " FROM entity WHERE kind = 'listing' AND "
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
            f"More than one listing's id begins with {listing_id!r}.",
            remedy="Write more of the id.",
        )
    raise NotFound(f"There is no listing with the id {listing_id!r}.")


def seller_fields(document: Json) -> Json:
    """The fields of ``document`` that a seller writes, in the schema's order."""
    return {name: document[name] for name in SELLER_FIELDS if name in document}


def base_document(db: Db, entity: Entity) -> Json:
    """The server's copy: saved apart while local changes wait, else the row's own."""
    saved = db.value("SELECT doc FROM entity_base WHERE pk = ?", (entity.pk,))
    return json.loads(saved) if saved else entity.document


def save_base(tx: Tx, pk: int, document: Json) -> None:
    """Keep ``document`` as the copy that local changes are merged against."""
    tx.run("INSERT OR REPLACE INTO entity_base(pk, doc) VALUES (?, ?)", (pk, encode(document)))


def drop_base(tx: Tx, pk: int) -> None:
    """No local change is left: the row is its own base again."""
    tx.run("DELETE FROM entity_base WHERE pk = ?", (pk,))


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
    "doc",
    *_PICTURES,
    *PROJECTED,
)
_INSERT = f"INSERT INTO entity({', '.join(_INSERTED)}) {{rows}}"
_SHOWN = ("doc", "updated_at", *PROJECTED)
_UPDATE = (
    f"WITH shown(pk, {', '.join(_SHOWN)}) AS ({{rows}})"
    f" UPDATE entity SET {', '.join(f'{name} = shown.{name}' for name in _SHOWN)}"
    " FROM shown WHERE entity.pk = shown.pk"
)


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
        one.text or encode(one.document),
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
    """Show ``document`` from now on.

    Only the columns that change are set: SQLite writes the index of every column that is named,
    whether its value changes or not, and each is a page more to be made durable.
    """
    projected = dict(zip(PROJECTED, project(document), strict=True))
    columns = ", ".join(PROJECTED)
    shown = tx.row(f"SELECT {columns} FROM entity WHERE pk = ?", (entity.pk,)) or ()
    known = dict(zip(PROJECTED, shown, strict=True))
    values = {name: value for name, value in projected.items() if known[name] != value}
    values |= {"doc": encode(document), "updated_at": updated_at}
    assigned = ", ".join(f"{name} = ?" for name in values)
    tx.run(f"UPDATE entity SET {assigned} WHERE pk = ?", (*values.values(), entity.pk))
    tx.touch(entity.id)


def save_documents(tx: Tx, rows: Iterable[tuple[int, Json, str]]) -> None:
    """Show many documents (pk, document, updated at) at once; states are the caller's care."""
    tx.run_rows(_UPDATE, [(pk, encode(doc), at, *project(doc)) for pk, doc, at in rows])


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
