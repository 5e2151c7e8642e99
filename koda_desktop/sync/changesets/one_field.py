"""Changes of one field where nothing else waits: what most sets of thousands come to.

It decides what ``batch`` would, in half the time: texts are written as they are read, and nothing
is looked at by name.
"""

from __future__ import annotations

from koda_desktop.sync.changesets.cells import Cell, Wanted
from koda_desktop.sync.changesets.deciding import SINCE, Outcome, Recorded
from koda_desktop.sync.changesets.facts import Known, OpenEdit, Row
from koda_desktop.sync.changesets.rows import Left, What, Why
from koda_desktop.sync.changesets.texts import TextReader
from koda_desktop.sync.changesets.writing import Move, Sheets
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.stamps import Stamps


class OneField:
    """Decides about the field ``name``, the only one that ``known`` holds."""

    def __init__(
        self, name: str, known: Known, reader: TextReader, sheets: Sheets, stamps: Stamps
    ) -> None:
        self._name = name
        self._begin = f'{{"{name}":'
        self._known = known
        self._read = reader.value
        self._sheets = sheets
        self._operation_id = stamps.operation_id

    def decide(self, row: Row, wanted: Wanted) -> Outcome | None:
        """What becomes of the change; None where more must be looked at."""
        pk, listing_id, is_at_server, is_known, operations, _, edited, kept = row
        cell = wanted.cells.get(self._name)
        if cell is None or cell.value is ABSENT:
            return None
        edit = None
        if is_at_server:
            if not is_known:
                return None
            if operations:
                edit = self._alone(listing_id, operations, edited)
                if edit is None:
                    return None
        elif operations:
            return None
        text = kept if edited is None else edited
        now = ABSENT if text is None else self._read(text)
        if not same(now, wanted.expected.get(self._name, now)):
            return Outcome(listing_id, left=(Left(listing_id, self._name, Why.CHANGED, SINCE),))
        if same(now, cell.value):
            return Outcome(listing_id)
        before, after = self._object(text), self._object(cell.text)
        self._put(pk, listing_id, bool(is_at_server), cell, edit, before, after, kept)
        return Outcome(listing_id, Recorded(listing_id, What.FIELDS, before, after))

    def _alone(self, listing_id: str, operations: int, edited: str | None) -> OpenEdit | None:
        """The edit that waits, if it is all that waits and changes this field alone."""
        edit = self._known.edits.get(listing_id) if operations == 1 else None
        if edit is None or edit.payload != f'{{"changes":{self._object(edited)}}}':
            return None
        return edit

    def _object(self, text: str | None) -> str:
        return "{}" if text is None else f"{self._begin}{text}}}"

    def _put(
        self,
        pk: int,
        listing_id: str,
        is_at_server: bool,
        cell: Cell,
        edit: OpenEdit | None,
        before: str,
        after: str,
        kept: str | None,
    ) -> None:
        if not is_at_server:
            move, base, operation = Move.NONE, "", ""
        elif edit is None:
            move, base, operation = Move.APPEND, before, self._operation_id()
        else:
            move, base, operation = Move.KEEP, self._object(kept), edit.operation_id
            if kept is not None and same(self._read(kept), cell.value):
                move, base, after = Move.DROP, "", ""
        sheet = self._sheets.of((self._name,), move)
        sheet.listings.append(listing_id)
        sheet.rows.append((pk, listing_id, after, base, operation, *cell.columns))
