"""Which listing a row is about: by its id, else by its handle, else by its exact title."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from koda_desktop.sync import documents
from koda_desktop.sync.exchange.cells import check_id
from koda_desktop.sync.exchange.columns import handle_of
from koda_desktop.sync.projection import sort_key
from koda_desktop.sync.rows import Json
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.store import Store


class Named(NamedTuple):
    """What a row says of its listing; empty where it says nothing."""

    id: str
    handle: str
    title: str


class Found(NamedTuple):
    """The listing of a row. ``id`` is empty for a new one; with a ``problem`` there is none."""

    id: str
    document: Json
    problem: str = ""


NEW = Found("", {})


@dataclass(slots=True)
class Matcher:
    """Looks listings up, many at once. Handles are read when the first row needs them."""

    store: Store
    _by_handle: dict[str, list[str]] | None = field(default=None)

    def match(self, rows: Sequence[Named]) -> list[Found]:
        """The listing of each row."""
        handles = self._handles() if any(row.handle and not row.id for row in rows) else {}
        titled = [row.title for row in rows if not row.id and not handles.get(_key(row.handle))]
        return self.store.read(lambda db: _match(db, rows, handles, titled))

    def _handles(self) -> dict[str, list[str]]:
        if self._by_handle is None:
            self._by_handle = self.store.read(_read_handles)
        return self._by_handle


def _read_handles(db: Db) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for listing_id, title in db.rows("SELECT id, title FROM entity WHERE kind = 'listing'"):
        found[handle_of(title)].append(listing_id)
    return dict(found)


def _match(
    db: Db, rows: Sequence[Named], handles: dict[str, list[str]], titled: Sequence[str]
) -> list[Found]:
    by_title = _ids_by_title(db, titled)
    chosen = [_candidates(row, handles, by_title) for row in rows]
    documents = _documents(db, [ids[0] for ids in chosen if len(ids) == 1])
    return [_found(row, ids, documents) for row, ids in zip(rows, chosen, strict=True)]


def _candidates(
    row: Named, handles: dict[str, list[str]], by_title: dict[str, list[str]]
) -> list[str]:
    if row.id:
        return [row.id]
    return (row.handle and handles.get(_key(row.handle))) or by_title.get(row.title, [])


def _found(row: Named, ids: Sequence[str], documents: dict[str, Json]) -> Found:
    if len(ids) > 1:
        what = f"{len(ids)} listings have this {'handle' if row.handle else 'title'}."
        return Found("", {}, f"{what} Give the id of the one that is meant.")
    if ids and ids[0] in documents:
        return Found(ids[0], documents[ids[0]])
    if row.id:
        problem = check_id(row.id) or "No listing has this id. Leave it empty for a new listing."
        return Found("", {}, problem)
    if not row.title:
        known = "has no title, which a new listing needs" if row.handle else "names no listing"
        return Found("", {}, f"The row {known}.")
    return NEW


def _ids_by_title(db: Db, titles: Iterable[str]) -> dict[str, list[str]]:
    wanted = {title for title in titles if title}
    found: dict[str, list[str]] = defaultdict(list)
    keys = sorted({sort_key(title) for title in wanted})
    for listing_id, title in db.rows(_BY_TITLE, (json.dumps(keys),)) if keys else ():
        if title.strip() in wanted:
            found[title.strip()].append(listing_id)
    return found


def _documents(db: Db, ids: Sequence[str]) -> dict[str, Json]:
    found = db.rows(_BY_ID, (json.dumps(ids),)) if ids else ()
    return {row[0]: documents.shown(row[1], row[2]) for row in found}


# In one look also while the index of titles is left out (see ``store.late_indexes``).
_BY_TITLE = """
  SELECT id, title FROM entity
  WHERE kind = 'listing' AND sort_title IN (SELECT value FROM json_each(?)) ORDER BY pk"""
# Each id by itself: SQLite thinks that all listings are fewer than a long list of ids.
_BY_ID = """
  SELECT e.id, d.doc, e.edited FROM json_each(?) AS j CROSS JOIN entity AS e ON e.id = j.value
  CROSS JOIN document AS d ON d.pk = e.pk
  WHERE e.kind = 'listing'"""


def _key(handle: str) -> str:
    return handle_of(handle)
