"""Rows of listings that the server told of and that were not here before, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from koda_desktop.sync.entities import LISTING, StagedFile, insert_documents, next_heard
from koda_desktop.sync.projection import PROJECTED, project
from koda_desktop.sync.rows import Json, ListingState
from koda_desktop.sync.store.database import Row, Tx


def pulled_row(document: Json, text: str, file: StagedFile, moment: str) -> Row:
    """What ``insert_pulled`` takes: the server's copy of a listing nobody has touched here.

    ``text`` is the document as ``outbox.encode`` writes it, ``moment`` its time at the server.
    """
    listing_id = str(document["_id"])
    file_facts = (file.name, file.size, file.sha256)
    return (listing_id, moment, *file_facts, *project(document), text)


def insert_pulled(tx: Tx, rows: Sequence[Row]) -> None:
    """Make rows of ``pulled_row`` that are not here yet, told of by one answer of the server."""
    if not rows:
        return
    first = (tx.value("SELECT max(pk) FROM entity") or 0) + 1
    number = next_heard(tx)
    tx.run_rows(_INSERT, [(n, number, *row[:-1]) for n, row in enumerate(rows, first)])
    insert_documents(tx, [(n, row[-1]) for n, row in enumerate(rows, first)])
    tx.announce("catalogue", listings=[row[0] for row in rows])


_PULLED = ("id", "server_at", "file_name", "file_size", "file_sha256", *PROJECTED)
_INSERT = (
    f"INSERT INTO entity(pk, heard, {', '.join(_PULLED)},"
    " updated_at, kind, is_at_server, state, message, media_type)"
    f" SELECT *, column{3 + _PULLED.index('server_at')}, '{LISTING}', 1,"
    f" '{ListingState.PUBLISHED.value}', '', '' FROM ({{rows}})"
)
"""Half the columns of a pulled row are the same in all; only the others are handed over."""
