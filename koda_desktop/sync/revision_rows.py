"""The versions of a listing's file that are known here: what each was, when, and what changed.

A row stays as long as its listing is here, and its file stays staged as long as the row does, so
that versions can be compared and an earlier one brought back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from koda_desktop.sync.entities import NO_FILE, Entity, StagedFile
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db, Tx


@dataclass(frozen=True, slots=True)
class Revision:
    """One version of a listing's file."""

    version: str
    file: StagedFile
    at: str
    """When it was published, or queued to be, ISO 8601."""
    changelog: str = ""
    """What the seller says of it, Markdown; kept on this computer."""
    is_published: bool = True
    inspection: Json | None = None


def listed_file(document: Json) -> StagedFile:
    """The file that buyers of ``document`` get; NO_FILE where it tells of none."""
    for file in document.get("files") or ():
        return StagedFile(file["name"], "", file["size"], file["sha256"])
    return NO_FILE


def of_listing(db: Db, listing_id: str) -> list[Revision]:
    """What is known of a listing's versions, newest first."""
    found = db.rows(
        "SELECT version, name, media_type, size, sha256, at, changelog, is_published, inspection"
        " FROM revision WHERE listing = ? ORDER BY at DESC, rowid DESC",
        (listing_id,),
    )
    return [
        Revision(
            row[0],
            StagedFile(*row[1:5]),
            row[5],
            row[6],
            bool(row[7]),
            json.loads(row[8]) if row[8] else None,
        )
        for row in found
    ]


def note(tx: Tx, listing_id: str, revision: Revision) -> None:
    """Keep a version; of one that is known, what is new of it."""
    file = revision.file
    tx.run(
        "INSERT INTO revision(listing, version, name, media_type, size, sha256, at, changelog,"
        " is_published, inspection) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT(listing, sha256, version) DO UPDATE SET"
        " at = iif(revision.is_published, revision.at, excluded.at),"
        " changelog = iif(excluded.changelog = '', revision.changelog, excluded.changelog),"
        " is_published = max(revision.is_published, excluded.is_published),"
        " inspection = coalesce(excluded.inspection, revision.inspection)",
        (
            listing_id,
            revision.version,
            *file,
            revision.at,
            revision.changelog,
            revision.is_published,
            encode(revision.inspection) if revision.inspection is not None else None,
        ),
    )


def note_current(tx: Tx, entity: Entity, document: Json) -> None:
    """Keep the version that the server's copy ``document`` of a listing is."""
    if entity.file.sha256 and entity.is_at_server:
        version, at = str(document.get("version") or ""), entity.server_at or entity.updated_at
        note(tx, entity.id, Revision(version, entity.file, at, inspection=entity.inspection))


def note_replaced(tx: Tx, files: Iterable[tuple[int, str]]) -> None:
    """Keep what listings (pk, SHA-256 of the file they get) have now, where that is another."""
    tx.run_rows(
        "WITH told(pk, sha256) AS ({rows})"
        " INSERT OR IGNORE INTO revision(listing, version, name, media_type, size, sha256, at,"
        " inspection)"
        " SELECT e.id, e.version, e.file_name, e.media_type, e.file_size, e.file_sha256,"
        " coalesce(e.server_at, e.updated_at), e.inspection"
        " FROM told CROSS JOIN entity AS e ON e.pk = told.pk"
        " WHERE e.file_sha256 <> told.sha256 AND e.file_sha256 <> ''",
        list(files),
    )


def mark_published(tx: Tx, listing_id: str, sha256: str, version: str, moment: str) -> None:
    """The marketplace has that version now."""
    tx.run(
        "UPDATE revision SET is_published = 1, at = ?"
        " WHERE listing = ? AND sha256 = ? AND version = ?",
        (moment, listing_id, sha256, version),
    )


def rename(tx: Tx, listing_id: str, sha256: str, before: str, after: str) -> None:
    """A version that is not published yet gets another number."""
    tx.run(
        "UPDATE OR REPLACE revision SET version = ?"
        " WHERE listing = ? AND sha256 = ? AND version = ? AND NOT is_published",
        (after, listing_id, sha256, before),
    )


def say(tx: Tx, listing_id: str, sha256: str, version: str, changelog: str) -> None:
    """Keep what the seller says of a version."""
    tx.run(
        "UPDATE revision SET changelog = ? WHERE listing = ? AND sha256 = ? AND version = ?",
        (changelog, listing_id, sha256, version),
    )


def forget_unpublished(tx: Tx, listing_id: str) -> None:
    """What was queued is taken back."""
    tx.run("DELETE FROM revision WHERE listing = ? AND NOT is_published", (listing_id,))


def inspection_of(db: Db, listing_id: str, sha256: str) -> Json | None:
    """The report on a version's file, where there is one."""
    found = db.value(
        "SELECT inspection FROM revision WHERE listing = ? AND sha256 = ?"
        " ORDER BY inspection IS NULL LIMIT 1",
        (listing_id, sha256),
    )
    return json.loads(found) if found else None
