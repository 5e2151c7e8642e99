"""What a paste, a fill or an edit in place would change: cell by cell, each checked by itself.

A cell that is wrong is left as it is and named; the others of its listing are written all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.changesets.rows import Left, RowChange, SetKind, Why
from koda_desktop.sync.grid.cells import EDITED, value_of
from koda_desktop.sync.grid.placing import Fill, Put
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.rows import Json


class GridRow(NamedTuple):
    """A listing as it stands; ``fields`` are those of ``EDITED``, as far as set."""

    key: int
    listing_id: str
    title: str
    fields: Json


class CellFault(NamedTuple):
    """A cell that is left as it was. ``column`` is the table's name of it."""

    key: int
    """The listing's key in the store."""
    listing_id: str
    title: str
    column: str
    text: str
    """What was to be written there."""
    reason: str


def _fault(row: GridRow, column: str, text: str, problem: str) -> CellFault:
    return CellFault(row.key, row.listing_id, row.title, column, text, problem)


@dataclass(slots=True)
class CellPlan:
    """What is to be done, looked at before it is done."""

    name: str
    kind: SetKind = SetKind.BULK
    changes: list[RowChange] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    cells: int = 0
    """How many cells change."""
    same: int = 0
    """How many hold those values already."""
    notes: list[str] = field(default_factory=list)
    """What was left out altogether, in sentences."""
    checker: CellChecker = field(default_factory=CellChecker)

    def left(self) -> list[Left]:
        """The faults as a change set records them."""
        return [
            Left(one.listing_id, EDITED[one.column], Why.REFUSED, one.reason, one.title)
            for one in self.faults
        ]

    def put(self, row: GridRow, texts: Mapping[str, str]) -> None:
        """Write ``texts``, by columns, into a listing; columns nobody can edit are passed over."""
        values: Json = {}
        for column, text in texts.items():
            if column not in EDITED:
                continue
            value, problem = value_of(EDITED[column], text)
            if problem:
                self.faults.append(_fault(row, column, text, problem))
            else:
                values[EDITED[column]] = value
        self._set(row, values)

    def fill(self, row: GridRow, source: GridRow, columns: Sequence[str]) -> None:
        """Write the values of ``source`` into ``columns`` of a listing."""
        values: Json = {}
        for column in columns:
            if column not in EDITED:
                continue
            name = EDITED[column]
            value = source.fields.get(name, [] if name == "tags" else ABSENT)
            cell = self.checker.check(name, value)
            problem = "There is nothing to fill it with." if value is ABSENT else cell.problem
            if problem:
                text = "" if value is ABSENT else str(value)
                self.faults.append(_fault(row, column, text, problem))
            else:
                values[name] = cell.value
        self._set(row, values)

    def _set(self, row: GridRow, values: Json) -> None:
        changed = {name: value for name, value in values.items() if not _holds(row, name, value)}
        self.same += len(values) - len(changed)
        self.cells += len(changed)
        if changed:
            expected = {name: row.fields.get(name, ABSENT) for name in changed}
            self.changes.append(RowChange(row.listing_id, changed, expected))


def _holds(row: GridRow, name: str, value: Any) -> bool:
    now = row.fields.get(name, _ABSENT_MEANS.get(name, ABSENT))
    return same(now, value)


_ABSENT_MEANS: Mapping[str, Any] = {"tags": [], "active": True}
"""What a document means that lacks the field."""


def names_of(puts: Iterable[Put | Fill]) -> Iterator[str]:
    """The columns that something would be written into."""
    for one in puts:
        yield from one.texts if isinstance(one, Put) else one.columns
