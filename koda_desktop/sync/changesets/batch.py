"""Changes of many listings' fields at once: the effect of ``one_row``, by a few statements.

Listings whose lane is empty, holds one edit that waits, or is still all this computer's are written
together; whatever else a lane holds goes the way of ``one_row``.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from koda_desktop.sync.changesets import facts
from koda_desktop.sync.changesets.cells import Cell, Wanted
from koda_desktop.sync.changesets.deciding import SINCE, Outcome, Recorded, as_object, changed_cells
from koda_desktop.sync.changesets.facts import Facts, Texts
from koda_desktop.sync.changesets.one_row import change_fields
from koda_desktop.sync.changesets.rows import Left, What, Why
from koda_desktop.sync.changesets.writing import Move, Sheet, Written, lay_out, write
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.outbox import encode
from koda_desktop.sync.publication import PICTURE_FIELD
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db, Tx

_DECODE = json.JSONDecoder().raw_decode


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
    known = facts.read(db, ids, names)
    listings = frozenset(ids)
    repeated = _repeated(ids) if len(listings) < len(ids) else ()
    reading = _Reading()
    outcomes: list[Outcome | None] = []
    writes: list[Written] = []
    for one in wanted:
        found = known.get(one.listing_id)
        if found is None or one.listing_id in repeated or not _is_plain(found, one):
            outcomes.append(None)
        else:
            outcomes.append(_decide(found, one, reading, writes, stamps))
    return Batch(wanted, outcomes, lay_out(writes), listings)


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


class _Reading:
    """JSON texts as values; each distinct text is read once."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def of(self, texts: Texts) -> dict[str, Any]:
        return {name: self.value(text) for name, text in texts.items() if text is not None}

    def value(self, text: str) -> Any:
        """Not to be changed: it is handed out again."""
        if text not in self._values:
            self._values[text], _ = _DECODE(text)
        return self._values[text]


def _decide(
    found: Facts, wanted: Wanted, reading: _Reading, writes: list[Written], stamps: Stamps
) -> Outcome:
    if len(wanted.cells) == 1:
        return _decide_one(found, wanted, reading, writes, stamps)
    cells, left = changed_cells(wanted, reading.of(found.shown))
    if not cells:
        return Outcome(found.id, left=left)
    before = as_object({name: found.shown[name] for name in cells})
    after = as_object({name: cell.text for name, cell in cells.items()})
    writes.append(_written(found, cells, before, after, reading, stamps))
    return Outcome(found.id, Recorded(found.id, What.FIELDS, before, after), left)


def _decide_one(
    found: Facts, wanted: Wanted, reading: _Reading, writes: list[Written], stamps: Stamps
) -> Outcome:
    """As ``changed_cells`` decides, for one field and no conflict: what most sets come to."""
    [(name, cell)] = wanted.cells.items()
    text = found.shown[name]
    now = ABSENT if text is None else reading.value(text)
    if not same(now, wanted.expected.get(name, now)):
        return Outcome(found.id, left=(Left(found.id, name, Why.CHANGED, SINCE),))
    if same(now, cell.value):
        return Outcome(found.id)
    before = "{}" if text is None else f'{{"{name}":{text}}}'
    after = f'{{"{name}":{cell.text}}}'
    writes.append(_written(found, wanted.cells, before, after, reading, stamps))
    return Outcome(found.id, Recorded(found.id, What.FIELDS, before, after))


def _written(
    found: Facts,
    cells: Mapping[str, Cell],
    before: str,
    after: str,
    reading: _Reading,
    stamps: Stamps,
) -> Written:
    """The listing with what its change brings about in its lane."""
    if not found.is_at_server:
        return Written(found.pk, found.id, cells, after)
    if found.open is not None:
        return _folded(found, cells, reading)
    operation = stamps.operation_id()
    return Written(found.pk, found.id, cells, after, Move.APPEND, before, operation)


def _folded(found: Facts, cells: Mapping[str, Cell], reading: _Reading) -> Written:
    """The listing with ``cells`` folded into the edit that waits, as ``edits.queue`` does."""
    assert found.open is not None
    row, operation = (found.pk, found.id, cells), found.open.operation_id
    server = reading.of(found.base)
    values = dict(reading.value(found.open.payload).get("changes") or {})
    for name, cell in cells.items():
        values.pop(name, None)
        if not same(server.get(name, ABSENT), cell.value):
            values[name] = cell.value
    if not values:
        return Written(*row, "", Move.DROP, "", operation)
    bases = dict(reading.value(found.open.bases))
    for name in cells:
        bases.pop(name, None)
        if name in values and name in server:
            bases[name] = server[name]
    return Written(*row, encode(values), Move.KEEP, encode(bases), operation)
