"""The changes of a set by slices: each is read and decided when the one before was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from koda_desktop.sync.changesets.batch import Batch, decide
from koda_desktop.sync.changesets.cells import CellChecker, Wanted
from koda_desktop.sync.changesets.rows import Change, Left, RowChange
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db

SLICE = 1_000
"""How many changes are written between two looks at the cancel token."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Neighbours of a set. ``batch`` is there where all of them only change fields."""

    changes: Sequence[Change]
    batch: Batch | None = None
    refused: dict[int, Sequence[Left]] = field(default_factory=dict)
    """By place in the slice: values that may not be written."""


@dataclass(frozen=True, slots=True)
class Slicer:
    """Makes slices of changes."""

    checker: CellChecker
    stamps: Stamps

    def slices(self, db: Db, changes: Iterable[Change]) -> Iterator[Slice]:
        """The slices in order, as their listings stand in ``db`` when each is asked for."""
        rest = iter(changes)
        while several := list(islice(rest, SLICE)):
            yield self._slice(db, several)

    def _slice(self, db: Db, several: Sequence[Change]) -> Slice:
        fields = [one for one in several if isinstance(one, RowChange)]
        if len(fields) < len(several):
            return Slice(several)
        wanted, refused = checked(self.checker, fields)
        return Slice(several, decide(db, wanted, self.stamps), refused)


def checked(
    checker: CellChecker, changes: Iterable[RowChange]
) -> tuple[list[Wanted], dict[int, Sequence[Left]]]:
    """The changes with the values that may be written, and by place the others."""
    wanted: list[Wanted] = []
    refused: dict[int, Sequence[Left]] = {}
    for place, change in enumerate(changes):
        one, wrong = checker.wanted(change)
        wanted.append(one)
        if wrong:
            refused[place] = wrong
    return wanted, refused
