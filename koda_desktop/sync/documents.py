"""What pages show of a listing: its document with what waits in its lane laid over it.

``document.doc`` is the server's copy, or a draft's own document. ``entity.edited`` holds the fields
that wait, NULL for none. No field goes by being laid over, so that each is the one's or the
other's.
"""

from __future__ import annotations

import json

from koda_desktop.sync.merge import overlay
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store import database

LISTED = "entity AS e CROSS JOIN document AS d ON d.pk = e.pk"
"""Rows with their documents, by the names of ``field``; rows first, so that an order of theirs
stays.
"""


def shown(doc: str, edited: str | None) -> Json:
    """The whole document, of the two texts."""
    return overlay(json.loads(doc), json.loads(edited)) if edited else json.loads(doc)


def field(name: str) -> str:
    """SQL for one field in a row of LISTED: its JSON text; NULL where there is no such field.

    A field that was set to null is the text ``null``.
    """
    return f"coalesce(e.edited -> '$.{name}', d.doc -> '$.{name}')"


def plain(name: str) -> str:
    """``field`` for ``Db.gathered``."""
    return database.plain(field(name))


def text(name: str, row: str = "entity") -> str:
    """SQL for the text in one field of ``row``; NULL for none, also in a document that is damaged.

    The document is looked up by itself, for queries that ask it of few rows.
    """
    return (
        "(SELECT CASE WHEN NOT json_valid(d.doc) THEN NULL"
        f" WHEN {row}.edited IS NULL THEN d.doc ->> '$.{name}'"
        f" ELSE coalesce({row}.edited -> '$.{name}', d.doc -> '$.{name}') ->> '$' END"
        f" FROM document AS d WHERE d.pk = {row}.pk)"
    )
