"""Changes of many listings' fields at once: the effect of ``one_row``, by a few statements.

Listings whose lane is empty, holds one edit that waits, or is still all this computer's are written
together; whatever else a lane holds goes the way of ``one_row``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from koda_desktop.sync.changesets.cells import Cell, Wanted
from koda_desktop.sync.changesets.deciding import Outcome, Recorded, as_object, changed_cells
from koda_desktop.sync.changesets.facts import Facts, Known
from koda_desktop.sync.changesets.one_field import OneField
from koda_desktop.sync.changesets.one_row import change_fields
from koda_desktop.sync.changesets.rows import What
from koda_desktop.sync.changesets.texts import TextReader
from koda_desktop.sync.changesets.writing import Move, Sheet, Sheets, Written, write
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.publication import PICTURE_FIELD
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx


class Batch(NamedTuple):
    """Changes with what becomes of them, as far as they are written together."""

    wanted: Sequence[Wanted]
    outcomes: list[Outcome | None]
    """In the order of ``wanted``; None for those that go the way of ``one_row``."""
    sheets: Sequence[Sheet]
    listings: frozenset[str]


def change_many(tx: Tx, wanted: Sequence[Wanted], stamps: Stamps) -> list[Outcome]:
    """As ``one_row.change_fields`` for each of ``wanted``; the outcomes are in their order."""
    return write_batch(tx, decide(tx, wanted, stamps), stamps)


def decide(db: Db, wanted: Sequence[Wanted], stamps: Stamps) -> Batch:
    """What is to be written of ``wanted``, as their listings stand in ``db``."""
    names = sorted({name for one in wanted for name in one.cells})
    ids = [one.listing_id for one in wanted]
    listings = frozenset(ids)
    repeated = _repeated(ids) if len(listings) < len(ids) else ()
    deciding = _Deciding(Known(db, ids, names), names, stamps)
    outcomes = [None if one.listing_id in repeated else deciding.outcome(one) for one in wanted]
    return Batch(wanted, outcomes, deciding.sheets.filled(), listings)


def _repeated(ids: Sequence[str]) -> frozenset[str]:
    return frozenset(one for one, times in Counter(ids).items() if times > 1)


def write_batch(tx: Tx, batch: Batch, stamps: Stamps) -> list[Outcome]:
    """Write what was decided, and what is left of the batch one by one."""
    write(tx, batch.sheets, stamps.now())
    return [
        change_fields(tx, one, stamps) if outcome is None else outcome
        for one, outcome in zip(batch.wanted, batch.outcomes, strict=True)
    ]


def _is_plain(found: Facts, wanted: Wanted) -> bool:
    """Whether this listing can be written together with others."""
    for cell in wanted.cells.values():
        if cell.value is ABSENT:
            return False
    if found.is_at_server:
        is_alone = found.operations == 0 or found.open is not None
        return bool(found.is_known_type) and is_alone
    # An address in the place of a picture that is queued takes that out of the lane.
    return not found.is_registering and not (found.operations and PICTURE_FIELD in wanted.cells)


class _Deciding:
    """What becomes of each change, and ``sheets`` of what is to be written for it."""

    def __init__(self, known: Known, names: Sequence[str], stamps: Stamps) -> None:
        self.sheets = Sheets()
        self._known = known
        self._reader = TextReader()
        self._stamps = stamps
        self._one_field: OneField | None = None
        if len(names) == 1:
            self._one_field = OneField(names[0], known, self._reader, self.sheets, stamps)

    def outcome(self, wanted: Wanted) -> Outcome | None:
        """None for what goes the way of ``one_row``."""
        row = self._known.rows.get(wanted.listing_id)
        if row is None:
            return None
        if self._one_field is not None:
            outcome = self._one_field.decide(row, wanted)
            if outcome is not None:
                return outcome
        return self._of_any(self._known.of(row), wanted)

    def _of_any(self, found: Facts, wanted: Wanted) -> Outcome | None:
        if not _is_plain(found, wanted):
            return None
        cells, left = changed_cells(wanted, self._reader.of(found.shown))
        if not cells:
            return Outcome(found.id, left=left)
        before = as_object({name: found.shown[name] for name in cells})
        after = as_object({name: cell.text for name, cell in cells.items()})
        self.sheets.add(_written(found, cells, before, after, self._reader, self._stamps))
        return Outcome(found.id, Recorded(found.id, What.FIELDS, before, after), left)


def _written(
    found: Facts,
    cells: Mapping[str, Cell],
    before: str,
    after: str,
    reader: TextReader,
    stamps: Stamps,
) -> Written:
    """The listing with what its change brings about in its lane."""
    if not found.is_at_server:
        return Written(found.pk, found.id, cells, after)
    if found.open is not None:
        return _folded(found, cells, reader)
    operation = stamps.operation_id()
    return Written(found.pk, found.id, cells, after, Move.APPEND, before, operation)


def _folded(found: Facts, cells: Mapping[str, Cell], reader: TextReader) -> Written:
    """The listing with ``cells`` folded into the edit that waits, as ``edits.queue`` does."""
    assert found.open is not None
    row, operation = (found.pk, found.id, cells), found.open.operation_id
    server = reader.of(found.base)
    values = dict(reader.value(found.open.payload).get("changes") or {})
    for name, cell in cells.items():
        values.pop(name, None)
        if not same(server.get(name, ABSENT), cell.value):
            values[name] = cell.value
    if not values:
        return Written(*row, "", Move.DROP, "", operation)
    bases = dict(reader.value(found.open.bases))
    for name in cells:
        bases.pop(name, None)
        if name in values and name in server:
            bases[name] = server[name]
    return Written(*row, encode(values), Move.KEEP, encode(bases), operation)
