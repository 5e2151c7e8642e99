"""A change set is written: slice by slice, in the one transaction it was begun in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import groupby

from koda_desktop.errors import NotFound, Refused
from koda_desktop.runtime.garbage import no_garbage_search
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync import entities, publication
from koda_desktop.sync.changesets import drafts, records
from koda_desktop.sync.changesets.batch import change_many, decide, write_batch
from koda_desktop.sync.changesets.cells import CellChecker
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
from koda_desktop.sync.changesets.slicing import Read, Slice, Slicer, Touched, checked
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.database import Tx


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

    read: Read
    staging: Staging
    stamps: Stamps
    checker: CellChecker
    cancel: CancelToken = field(default_factory=CancelToken)
    progress: ProgressReport = ignore_progress
    total: int | None = None

    def write(self, tx: Tx, set_id: int, changes: Iterable[Change]) -> Written:
        """Write every change, and what it did as rows of the set. Raises Cancelled."""
        written, touched = Written(), Touched()
        seen = 0
        tx.expect(self.total or 0)
        slicer = Slicer(self.read, self.checker, self.stamps)
        with no_garbage_search(), closing(slicer.slices(tx, changes)) as slices:
            for one in slices:
                self.cancel.check()
                first = written.changed
                records.add_rows(tx, set_id, first, written.add(self._write(tx, one, touched)))
                seen += len(one.changes)
                self.progress(Progress(seen, self.total))
        return written

    def _write(self, tx: Tx, one: Slice, touched: Touched) -> list[Outcome]:
        """One slice, in its order; neighbours that only change fields go together."""
        if one.batch is None:
            touched.is_more = True
            return self._write_mixed(tx, one.changes)
        is_sound = touched.holds(one.batch)
        batch = one.batch if is_sound else decide(tx, one.batch.wanted, self.stamps)
        touched.listings |= batch.listings
        return _with_refused(write_batch(tx, batch, self.stamps), one.refused)

    def _write_mixed(self, tx: Tx, several: Sequence[Change]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for is_fields, group in groupby(several, lambda one: isinstance(one, RowChange)):
            if is_fields:
                fields = [one for one in group if isinstance(one, RowChange)]
                wanted, refused = checked(self.checker, fields)
                outcomes += _with_refused(change_many(tx, wanted, self.stamps), refused)
            else:
                outcomes += [self._write_one(tx, one) for one in group]
        return outcomes

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


def _with_refused(outcomes: list[Outcome], refused: Mapping[int, Sequence[Left]]) -> list[Outcome]:
    for place, wrong in refused.items():
        one = outcomes[place]
        outcomes[place] = Outcome(one.listing_id, one.done, (*wrong, *one.left))
    return outcomes


def _left(listing_id: str, why: Why, reason: str) -> Outcome:
    return Outcome(listing_id, left=(Left(listing_id, "", why, reason),))
