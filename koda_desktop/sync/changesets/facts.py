"""What must be known of many listings to change their fields, in two questions for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from koda_desktop.sync import documents
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.store.database import Db

Texts = Mapping[str, str | None]
"""JSON texts by field; None where the document lacks the field."""

KNOWN_TYPE = "Automation"


class OpenEdit(NamedTuple):
    """An edit that waits for its turn, its only operation. ``payload`` and ``bases`` are JSON."""

    sequence: int
    operation_id: str
    payload: str
    bases: str


class Facts(NamedTuple):
    """One listing as it stands. ``shown`` are the fields asked for, in the document."""

    pk: int
    id: str
    is_at_server: int
    is_known_type: int
    operations: int
    is_registering: int
    """Asked of those alone that the marketplace does not have."""
    shown: Texts
    open: OpenEdit | None = None
    base: Texts = MappingProxyType({})
    """With ``open``: the fields in the server's copy."""


_NO_EDIT: tuple[OpenEdit | None, Texts] = (None, {})


def read(db: Db, ids: Sequence[str], names: Sequence[str]) -> dict[str, Facts]:
    """The listings of ``ids`` that there are, by id, with the fields of ``names``."""
    wanted = encode(list(ids))
    edits = _open_edits(db, wanted, names)
    columns = ", ".join(("", *map(documents.field, names)))
    found: dict[str, Facts] = {}
    for row in db.rows(_FACTS.format(columns=columns), (KNOWN_TYPE, KNOWN_TYPE, wanted)):
        shown = dict(zip(names, row[6:], strict=True))
        waiting, base = edits.get(row[1], _NO_EDIT) if row[4] == 1 else _NO_EDIT
        found[row[1]] = Facts._make((*row[:6], shown, waiting, base))
    return found


# The plus keeps SQLite from looking through all operations of a state for each listing.
_FACTS = """
  SELECT e.pk, e.id, e.is_at_server, coalesce(d.doc ->> '$.productType', ?) = ?,
    (SELECT count(*) FROM outbox AS o WHERE o.lane = e.id),
    NOT e.is_at_server AND EXISTS (SELECT 1 FROM outbox AS o
      WHERE o.lane = e.id AND +o.verb = 'register' AND +o.state = 'sending'){columns}
  FROM json_each(?) AS j CROSS JOIN entity AS e ON e.id = j.value
  CROSS JOIN document AS d ON d.pk = e.pk
  WHERE e.kind = 'listing'"""


def _open_edits(db: Db, wanted: str, names: Sequence[str]) -> dict[str, tuple[OpenEdit, Texts]]:
    columns = ", ".join(("", *(f"d.doc -> '$.{name}'" for name in names)))
    sql = f"""
      SELECT o.lane, o.op_seq, o.op_id, o.payload, o.base_fields{columns}
      FROM json_each(?) AS j CROSS JOIN outbox AS o ON o.lane = j.value
      CROSS JOIN entity AS e ON e.id = o.lane CROSS JOIN document AS d ON d.pk = e.pk
      WHERE +o.verb = 'edit' AND +o.state = 'queued' AND e.is_at_server"""
    return {
        row[0]: (OpenEdit._make(row[1:5]), dict(zip(names, row[5:], strict=True)))
        for row in db.rows(sql, (wanted,))
    }
