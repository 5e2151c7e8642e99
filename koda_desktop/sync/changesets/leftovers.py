"""What an undo left because it was changed since: looked at, and set back all the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from koda_desktop.sync import documents
from koda_desktop.sync.changesets import records
from koda_desktop.sync.changesets.rows import RowChange, SetKind, What, Why
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db

MOST = 10_000
"""Cells that are looked at; a set names no more of those it left."""
_PAGE = 1_000


class LeftCell(NamedTuple):
    """A field that holds ``now``, and held ``before`` until the set that was to be undone.

    ``merge.ABSENT`` is no value.
    """

    listing_id: str
    title: str
    field: str
    now: Any
    before: Any


def left_cells(db: Db, set_id: int) -> list[LeftCell]:
    """What of a set was changed since, and has not what there was before it. Raises NotFound.

    For an undo (or a redo) that is what it left of the set it took back; for a set that stands,
    what an undo of it would leave.
    """
    wanted = records.find(db, set_id)
    if wanted.undoes is None:
        return list(_changed_since(db, set_id, None))
    named = {
        (one.listing_id, one.field)
        for one in records.left(db, set_id, MOST)
        if one.why is Why.CHANGED and one.field
    }
    return list(_changed_since(db, wanted.undoes, named)) if named else []


def _changed_since(db: Db, set_id: int, named: set[tuple[str, str]] | None) -> Iterator[LeftCell]:
    """Cells of the set that hold neither what it set nor what there was before; those ``named``."""
    total, seen = records.find(db, set_id).count, set[tuple[str, str]]()
    for first in range(0, total, _PAGE):
        rows = [one for one in records.rows(db, set_id, first, _PAGE) if one.what is What.FIELDS]
        documents = _documents(db, [one.listing_id for one in rows])
        for row in rows:
            for field in dict.fromkeys([*row.before, *row.after]):
                key = (row.listing_id, field)
                if key in seen or (named is not None and key not in named):
                    continue
                seen.add(key)
                cell = _cell(row.listing_id, row.title, field, row.before, documents)
                if cell is not None and (named or not same(cell.now, row.after.get(field, ABSENT))):
                    yield cell
        if len(seen) > MOST:
            return


def _cell(
    listing_id: str, title: str, field: str, before: Json, documents: dict[str, Json]
) -> LeftCell | None:
    """None where the listing is gone, or the field has what there was before."""
    if listing_id not in documents:
        return None
    now, wanted = documents[listing_id].get(field, ABSENT), before.get(field, ABSENT)
    return None if same(now, wanted) else LeftCell(listing_id, title, field, now, wanted)


def _documents(db: Db, ids: Sequence[str]) -> dict[str, Json]:
    sql = (
        f"SELECT id, doc, edited FROM {documents.LISTED}"
        " WHERE id IN (SELECT value FROM json_each(?))"
    )
    return {row[0]: documents.shown(row[1], row[2]) for row in db.rows(sql, (json.dumps([*ids]),))}


def settling(cells: Sequence[LeftCell]) -> list[RowChange]:
    """What sets ``cells`` back, each guarded by the value that a person saw there."""
    by_listing: dict[str, list[LeftCell]] = {}
    for cell in cells:
        by_listing.setdefault(cell.listing_id, []).append(cell)
    return [
        RowChange(
            listing_id,
            {cell.field: cell.before for cell in some},
            {cell.field: cell.now for cell in some},
        )
        for listing_id, some in by_listing.items()
    ]


def settling_name(db: Db, set_id: int) -> tuple[str, SetKind]:
    """What setting back is called in the history."""
    return f"Set back: {records.find(db, set_id).name}", SetKind.BULK
