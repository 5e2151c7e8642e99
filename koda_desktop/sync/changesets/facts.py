"""What must be known of many listings to change their fields, in two questions for all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from koda_desktop.sync.changesets.texts import Texts
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.store.database import Db, plain

Row = list[Any]
"""The first six members of ``Facts``, then the texts of each field in the edits that wait, then
those in the document."""

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
    base: Texts
    """The same in the server's copy, or in the document of a draft."""
    open: OpenEdit | None = None


class Known:
    """What ``db`` holds of the listings of ``ids`` that there are, with the fields of ``names``."""

    def __init__(self, db: Db, ids: Sequence[str], names: Sequence[str]) -> None:
        self._names = names
        wanted = encode(list(ids))
        edited = (plain(f"e.edited -> '$.{name}'") for name in names)
        kept = (plain(f"d.doc -> '$.{name}'") for name in names)
        columns = (*_FACTS, *edited, *kept)
        found = db.gathered(columns, _LISTINGS, (KNOWN_TYPE, KNOWN_TYPE, wanted))
        self.rows: dict[str, Row] = {row[1]: row for row in found}
        """By id."""
        has_operations = any(row[4] for row in found)
        self.edits: Mapping[str, OpenEdit] = _open_edits(db, wanted) if has_operations else {}
        """By listing; of several in one lane, the last."""

    def of(self, row: Row) -> Facts:
        """One of ``rows`` by names."""
        names, rest = self._names, len(_FACTS) + len(self._names)
        pk, listing_id, is_at_server, is_known, operations, is_registering = row[: len(_FACTS)]
        base = dict(zip(names, row[rest:], strict=True))
        waiting = {
            name: text
            for name, text in zip(names, row[len(_FACTS) : rest], strict=True)
            if text is not None
        }
        return Facts(
            *(pk, listing_id, is_at_server, is_known, operations, is_registering),
            {**base, **waiting} if waiting else base,
            base,
            self.edits.get(listing_id) if is_at_server and operations == 1 else None,
        )


# The plus keeps SQLite from looking through all operations of a state for each listing.
_FACTS = (
    *("e.pk", "e.id", "e.is_at_server"),
    "coalesce(d.doc ->> '$.productType', ?) = ?",
    "(SELECT count(*) FROM outbox AS o WHERE o.lane = e.id)",
    """NOT e.is_at_server AND EXISTS (SELECT 1 FROM outbox AS o
      WHERE o.lane = e.id AND +o.verb = 'register' AND +o.state = 'sending')""",
)
_LISTINGS = """
  json_each(?) AS j CROSS JOIN entity AS e ON e.id = j.value
  CROSS JOIN document AS d ON d.pk = e.pk WHERE e.kind = 'listing'"""
_EDIT = ("o.lane", "o.op_seq", "o.op_id", "o.payload", "o.base_fields")
_EDITS = """
  json_each(?) AS j CROSS JOIN outbox AS o ON o.lane = j.value
  WHERE +o.verb = 'edit' AND +o.state = 'queued'"""


def _open_edits(db: Db, wanted: str) -> dict[str, OpenEdit]:
    return {row[0]: OpenEdit._make(row[1:]) for row in db.gathered(_EDIT, _EDITS, (wanted,))}
