"""A plan carried out: one change set, all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from koda_desktop.errors import InputError
from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import (
    Change,
    ChangeSetResult,
    NewDraft,
    RowChange,
    SetKind,
)
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.exchange.plan import Kind, Plan, PlanRow
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.stamps import Stamps

_BEGUN = {"tags": [], "version": "1.0.0", "active": True}
"""What the marketplace would fill in is written out in a draft, as in one made of a file."""


def apply_plan(
    changes: ChangeSets,
    stamps: Stamps,
    plan: Plan,
    *,
    cancel: CancelToken | None = None,
    progress: ProgressReport = ignore_progress,
) -> ChangeSetResult:
    """Make every change of ``plan`` in one change set; a second time changes nothing.

    Raises InputError when a listing was changed since the dry run, Cancelled or a LocalFault; then
    nothing was changed.
    """
    try:
        return changes.apply(
            f"Import of {plan.name}",
            SetKind.IMPORT,
            _Changes(plan, stamps),
            partial=False,
            cancel=cancel,
            progress=progress,
        )
    except InputError as error:
        left = error.facts.get("left")
        if not isinstance(left, list):
            raise
        count = len({one["listing"] for one in left})
        raise InputError(
            f"{count} {'listing was' if count == 1 else 'listings were'} changed since the file"
            " was compared.",
            remedy="Compare it again and look at what is left.",
            facts=error.facts,
        ) from error


@dataclass(frozen=True, slots=True)
class _Changes:
    """The changes of a plan, as many as there are."""

    plan: Plan
    stamps: Stamps

    def __len__(self) -> int:
        return self.plan.counts[Kind.UPDATE] + self.plan.counts[Kind.CREATE]

    def __iter__(self) -> Iterator[Change]:
        for row in self.plan.each(Kind.UPDATE, Kind.CREATE):
            yield _edit(row) if row.kind is Kind.UPDATE else _new(row, self.stamps.listing_id())


def _edit(row: PlanRow) -> RowChange:
    expected = {name: row.before.get(name, ABSENT) for name in row.after}
    return RowChange(row.listing_id, row.after, expected)


def _new(row: PlanRow, listing_id: str) -> NewDraft:
    document = {"_id": listing_id, **_BEGUN, **row.after}
    return NewDraft(NewEntity(listing_id, document, NO_FILE, ""))
