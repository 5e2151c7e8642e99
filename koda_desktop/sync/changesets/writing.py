"""The statements that write changed fields of many listings, their lanes and their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from koda_desktop.sync import search
from koda_desktop.sync.changesets.cells import Cell
from koda_desktop.sync.rows import ListingState
from koda_desktop.sync.store.database import Tx


class Move(StrEnum):
    """What becomes of a lane."""

    NONE = "none"
    """The listing is this computer's alone: nothing is sent."""
    APPEND = "append"
    """An empty lane gets an edit."""
    KEEP = "keep"
    """The edit that waits gets other values."""
    DROP = "drop"
    """The edit that waits has nothing left to change."""


class Written(NamedTuple):
    """One listing to be written. ``changes`` and ``base`` are JSON objects of fields."""

    pk: int
    listing_id: str
    cells: Mapping[str, Cell]
    changes: str
    """All that its lane changes then; of one that is this computer's alone, the new values."""
    move: Move = Move.NONE
    base: str = ""
    operation_id: str = ""


_STATES = {
    Move.APPEND: f"state = '{ListingState.WAITING}', message = ''",
    # The state is the same; naming the column would write its index again.
    Move.KEEP: "message = ''",
    Move.DROP: f"state = '{ListingState.PUBLISHED}', message = ''",
}
_EDITED: dict[Move, dict[str, str]] = {
    Move.NONE: {},
    Move.APPEND: {"edited": "w.changes"},
    Move.KEEP: {"edited": "w.changes"},
    Move.DROP: {"edited": "NULL"},
}
"""What the lane holds then: these edits are its only operation."""
_COLUMNS = {
    "title": ("title", "sort_title"),
    "platform": ("platform",),
    "category": ("category",),
    "tags": ("tags",),
    "price": ("price_minor",),
    "version": ("version",),
    "active": ("is_active",),
    "deletedAt": ("is_archived",),
    "metadata": ("listed_integrations",),
    "description": ("has_description",),
    "previewImageUrl": ("has_preview_url",),
}
"""The columns that are projections of each field; see ``projection.project_field``."""

_TABLE = """
CREATE TEMP TABLE IF NOT EXISTS changed(
  pk INTEGER PRIMARY KEY, listing TEXT, changes TEXT, base TEXT, operation TEXT,
  c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11)"""
_PAYLOAD = """'{"changes":' || w.changes || '}'"""


class Sheet(NamedTuple):
    """Listings that are written by the same statements: other values of the same fields."""

    names: tuple[str, ...]
    move: Move
    rows: list[tuple[Any, ...]]
    """In the columns of ``temp.changed``."""
    listings: list[str]


class Sheets:
    """What there is to write, by the statements that it takes. Asks no database."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[tuple[str, ...], Move], Sheet] = {}

    def of(self, names: tuple[str, ...], move: Move) -> Sheet:
        """The sheet to put rows on that change these fields."""
        key = names, move
        if key not in self._sheets:
            self._sheets[key] = Sheet(names, move, [], [])
        return self._sheets[key]

    def add(self, row: Written) -> None:
        sheet = self.of(tuple(row.cells), row.move)
        sheet.listings.append(row.listing_id)
        shown = [value for cell in row.cells.values() for value in cell.columns]
        known = (row.pk, row.listing_id, row.changes, row.base, row.operation_id)
        sheet.rows.append((*known, *shown))

    def filled(self) -> list[Sheet]:
        return [sheet for sheet in self._sheets.values() if sheet.rows]


def write(tx: Tx, sheets: Iterable[Sheet], moment: str) -> None:
    """Write them all; ``moment`` is when they were changed."""
    for sheet in sheets:
        _hand_over(tx, sheet)
        _LANES[sheet.move](tx, moment)
        _show(tx, sheet.names, sheet.move, moment)
        tx.announce(listings=sheet.listings)
        if sheet.move is not Move.NONE:
            tx.announce("operations", "status")


def _hand_over(tx: Tx, sheet: Sheet) -> None:
    tx.run(_TABLE)
    tx.run("DELETE FROM temp.changed")
    columns = "".join(f", c{n}" for n in range(len(_projections(sheet.names))))
    into = f"temp.changed(pk, listing, changes, base, operation{columns})"
    tx.run_rows(f"INSERT INTO {into} {{rows}}", sheet.rows)


def _projections(names: Iterable[str]) -> list[str]:
    return [column for name in names for column in _COLUMNS.get(name, ())]


def _append(tx: Tx, moment: str) -> None:
    tx.run(
        "INSERT INTO outbox(op_id, lane, verb, payload, base_fields, state, created_at)"
        f" SELECT operation, listing, 'edit', {_PAYLOAD}, base, 'queued', ? FROM temp.changed AS w",
        (moment,),
    )


def _keep(tx: Tx, _: str) -> None:
    tx.run(
        f"UPDATE outbox SET payload = {_PAYLOAD}, base_fields = w.base, attempts = 0,"
        " next_at = NULL, last_error = NULL FROM temp.changed AS w"
        " WHERE outbox.op_id = w.operation"
    )


def _drop(tx: Tx, _: str) -> None:
    tx.run("DELETE FROM outbox WHERE op_id IN (SELECT operation FROM temp.changed)")


def _leave(_: Tx, __: str) -> None:
    """Nothing is queued for a listing that is this computer's alone."""


_LANES = {Move.NONE: _leave, Move.APPEND: _append, Move.KEEP: _keep, Move.DROP: _drop}


def _show(tx: Tx, names: Sequence[str], move: Move, moment: str) -> None:
    """Set the columns that can change; of a draft also its document.

    Each row looks its values up: UPDATE FROM does the same in twice the time. OR FAIL, for what
    fails takes back its whole transaction: see ``store.update_schema``.
    """
    if move is Move.NONE:
        _change_documents(tx, names)
    elif "description" in names:
        search.note(tx, "SELECT pk FROM temp.changed")
    shown = _projections(names)
    assigned = {name: f"w.c{n}" for n, name in enumerate(shown)} | _EDITED[move]
    looked_up = (
        f"({', '.join(assigned)}) = (SELECT {', '.join(assigned.values())}"
        " FROM temp.changed AS w WHERE w.pk = entity.pk)"
    )
    others = (looked_up if assigned else "", "updated_at = ?", _STATES.get(move, ""))
    tx.run(
        f"UPDATE OR FAIL entity SET {', '.join(filter(None, others))}"
        " WHERE pk IN (SELECT pk FROM temp.changed)",
        (moment,),
    )


def _change_documents(tx: Tx, names: Sequence[str]) -> None:
    """Set the new values in the documents themselves, which are this computer's alone."""
    paths = ", ".join(f"'$.{name}', w.changes -> '$.{name}'" for name in names)
    tx.run(
        f"UPDATE document SET doc = (SELECT json_set(document.doc, {paths})"
        " FROM temp.changed AS w WHERE w.pk = document.pk)"
        " WHERE pk IN (SELECT pk FROM temp.changed)"
    )
