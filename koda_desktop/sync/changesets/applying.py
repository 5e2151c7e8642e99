"""A change set is written: slice by slice, in the one transaction it was begun in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice

from koda_desktop.errors import NotFound, Refused
from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync import entities, publication
from koda_desktop.sync.changesets import drafts, records
from koda_desktop.sync.changesets.batch import change_many
from koda_desktop.sync.changesets.cells import CellChecker, Wanted
from koda_desktop.sync.changesets.deciding import NOT_HERE, Outcome, Recorded
from koda_desktop.sync.changesets.rows import (
    Change,
    CopyListing,
    DropDraft,
    Left,
    NewDraft,
    NewFile,
    Publish,
    RowChange,
    What,
    Why,
    Withdraw,
)
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx

SLICE = 1_000
"""How many changes are written between two looks at the cancel token."""


@dataclass(slots=True)
class Written:
    """What a change set came to."""

    changed: int = 0
    same: int = 0
    size: int = 0
    left: list[Left] = field(default_factory=list)

    def add(self, outcomes: Iterable[Outcome]) -> list[Recorded]:
        """Count outcomes; answers what is to be recorded of them."""
        done: list[Recorded] = []
        for one in outcomes:
            self.left += one.left
            if one.done is not None:
                done.append(one.done)
            elif not one.left:
                self.same += 1
        self.changed += len(done)
        self.size += sum(len(one.before) + len(one.after) for one in done)
        return done


@dataclass(frozen=True, slots=True)
class Applying:
    """What writing a change set needs beside the transaction."""

    staging: Staging
    stamps: Stamps
    checker: CellChecker
    cancel: CancelToken = field(default_factory=CancelToken)
    progress: ProgressReport = ignore_progress
    total: int | None = None

    def write(self, tx: Tx, set_id: int, changes: Iterable[Change]) -> Written:
        """Write every change, and what it did as rows of the set. Raises Cancelled."""
        written = Written()
        seen = 0
        tx.expect(self.total or 0)
        with no_garbage_search():
            for several in _sliced(changes):
                self.cancel.check()
                first = written.changed
                records.add_rows(tx, set_id, first, written.add(self._write(tx, several)))
                seen += len(several)
                self.progress(Progress(seen, self.total))
        return written

    def _write(self, tx: Tx, several: Sequence[Change]) -> list[Outcome]:
        """One slice, in its order; neighbours that only change fields go together."""
        outcomes: list[Outcome] = []
        for is_fields, group in groupby(several, lambda one: isinstance(one, RowChange)):
            if is_fields:
                outcomes += self._change_fields(tx, group)
            else:
                outcomes += [self._write_one(tx, one) for one in group]
        return outcomes

    def _change_fields(self, tx: Tx, group: Iterable[Change]) -> list[Outcome]:
        wanted: list[Wanted] = []
        refused: list[Sequence[Left]] = []
        for change in group:
            assert isinstance(change, RowChange)
            one, wrong = self.checker.wanted(change)
            wanted.append(one)
            refused.append(wrong)
        return [
            Outcome(one.listing_id, one.done, (*wrong, *one.left)) if wrong else one
            for one, wrong in zip(change_many(tx, wanted, self.stamps), refused, strict=True)
        ]

    def _write_one(self, tx: Tx, change: Change) -> Outcome:
        match change:
            case NewDraft():
                return drafts.make(tx, change, self.staging, self.stamps)
            case CopyListing():
                return drafts.copy(tx, change, self.staging, self.stamps)
            case DropDraft():
                return drafts.drop(tx, change)
            case NewFile():
                return drafts.exchange_file(tx, change, self.staging, self.stamps)
            case Publish(listing_id):
                return self._publish(tx, listing_id)
            case Withdraw(listing_id):
                return self._withdraw(tx, listing_id)
            case RowChange():
                raise AssertionError("fields are changed in groups")

    def _publish(self, tx: Tx, listing_id: str) -> Outcome:
        try:
            entity = entities.find(tx, listing_id)
            is_queued = publication.publish(tx, entity, self.staging, self.stamps)
        except NotFound:
            return _left(listing_id, Why.GONE, NOT_HERE)
        except Refused as refusal:
            return _left(listing_id, Why.REFUSED, str(refusal))
        if not is_queued:
            return Outcome(entity.id)
        return Outcome(entity.id, Recorded(entity.id, What.PUBLISH))

    def _withdraw(self, tx: Tx, listing_id: str) -> Outcome:
        try:
            entity = entities.find(tx, listing_id)
            is_withdrawn = publication.withdraw(tx, entity, self.stamps.now())
        except NotFound:
            return _left(listing_id, Why.GONE, NOT_HERE)
        except Refused as refusal:
            return _left(listing_id, Why.REFUSED, str(refusal))
        if not is_withdrawn:
            return Outcome(entity.id)
        return Outcome(entity.id, Recorded(entity.id, What.WITHDRAW))


def _sliced(changes: Iterable[Change]) -> Iterator[list[Change]]:
    rest = iter(changes)
    while several := list(islice(rest, SLICE)):
        yield several


def _left(listing_id: str, why: Why, reason: str) -> Outcome:
    return Outcome(listing_id, left=(Left(listing_id, "", why, reason),))
