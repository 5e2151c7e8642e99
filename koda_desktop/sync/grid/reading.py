"""Listings as a paste sees them, read from the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from koda_desktop.sync import documents
from koda_desktop.sync.grid.cells import EDITED
from koda_desktop.sync.grid.planning import GridRow
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.store.database import Db

_NAMES = tuple(EDITED.values())
_SQL = f"""
  SELECT e.pk, e.id, e.title{"".join(f", {documents.field(name)}" for name in _NAMES)}
  FROM json_each(?) AS j CROSS JOIN entity AS e ON e.pk = j.value
  CROSS JOIN document AS d ON d.pk = e.pk WHERE e.kind = 'listing'"""


def grid_rows(db: Db, keys: Sequence[int]) -> dict[int, GridRow]:
    """The listings of these keys by key; those that are gone are left out."""
    return {row[0]: _read(row) for row in db.rows(_SQL, (encode(list(keys)),))}


def descriptions(db: Db, keys: Sequence[int]) -> dict[int, str]:
    """The whole descriptions of the listings of these keys, by key."""
    sql = f"""
      SELECT e.pk, {documents.text("description", "e")}
      FROM json_each(?) AS j CROSS JOIN entity AS e ON e.pk = j.value WHERE e.kind = 'listing'"""
    return {key: text or "" for key, text in db.rows(sql, (encode(list(keys)),))}


def _read(row: Sequence[Any]) -> GridRow:
    texts = zip(_NAMES, row[3:], strict=True)
    fields = {name: json.loads(text) for name, text in texts if text is not None}
    return GridRow(row[0], row[1], row[2], fields)
