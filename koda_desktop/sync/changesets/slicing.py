"""The changes of a set by slices: while one is written, the next is read and decided on a thread.

SQLite lets go of the interpreter while it runs a statement, so that both take place at one time.
What is decided ahead is read by a connection of its own. No other transaction can commit while a
set is written, so that this sees what the set began with: it holds for every listing that the set
itself has not changed before. ``Touched`` says which those are.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol, TypeVar

from koda_desktop.runtime.ahead import one_ahead
from koda_desktop.sync.changesets.batch import Batch, decide
from koda_desktop.sync.changesets.cells import CellChecker, Wanted
from koda_desktop.sync.changesets.rows import Change, Left, RowChange
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Db

T = TypeVar("T")

SLICE = 1_000
"""How many changes are written between two looks at the cancel token, in some 40 ms."""


class Read(Protocol):
    """``Store.read``: one consistent view of what is committed."""

    def __call__(self, work: Callable[[Db], T], /) -> T: ...


@dataclass(frozen=True, slots=True)
class Slice:
    """Neighbours of a set. ``batch`` is there where all of them only change fields."""

    changes: Sequence[Change]
    batch: Batch | None = None
    refused: dict[int, Sequence[Left]] = field(default_factory=dict)
    """By place in the slice: values that may not be written."""


@dataclass(slots=True)
class Touched:
    """What a set has changed so far."""

    listings: set[str] = field(default_factory=set)
    is_more: bool = False
    """Whether it changed more than fields: then nothing is known ahead."""

    def holds(self, batch: Batch) -> bool:
        """Whether ``batch`` still holds that was decided ahead."""
        return not self.is_more and self.listings.isdisjoint(batch.listings)


@dataclass(frozen=True, slots=True)
class Slicer:
    """Makes slices of changes. ``changes`` are iterated on one thread at a time."""

    read: Read
    checker: CellChecker
    stamps: Stamps

    def slices(self, db: Db, changes: Iterable[Change]) -> Generator[Slice, None, None]:
        """The slices in order. ``db``, the set's own transaction, is asked only about the first.

        Close it before the transaction ends.
        """
        rest = iter(changes)
        several = list(islice(rest, SLICE))
        if not several:
            return
        first = self._slice(db, several)
        if len(several) < SLICE:
            yield first
        else:
            yield from one_ahead(first, lambda: self._next(rest))

    def _next(self, rest: Iterator[Change]) -> Slice | None:
        several = list(islice(rest, SLICE))
        return self.read(lambda db: self._slice(db, several)) if several else None

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
