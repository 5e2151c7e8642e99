"""What a verb would do to each listing: counts and the first lines for a preview, then the changes.

A plan is made from the values that were read; each change is guarded by them, so that applying it
later leaves alone what was changed in between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from koda_desktop.sync.bulk.proposing import BulkRow, Proposal, Refusal, Verb, Whole
from koda_desktop.sync.changesets.cells import CellChecker
from koda_desktop.sync.changesets.rows import Change, Left, RowChange, Why
from koda_desktop.sync.merge import ABSENT, same
from koda_desktop.sync.rows import Json

LINES = 200
"""How many lines of each kind a preview shows."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One listing in a preview. ``reason`` says why it is left as it is."""

    listing_id: str
    title: str
    field: str
    before: Json
    """The fields that change, as far as set; with a reason, the field it is about."""
    after: Json
    reason: str = ""


@dataclass(slots=True)
class Plan:
    """A verb over many listings, looked at before it is done."""

    name: str
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    """Listings that would stay as they are."""
    refused: list[Left] = field(default_factory=list)
    lines: list[PlanLine] = field(default_factory=list)
    """The first of those that change."""
    refused_lines: list[PlanLine] = field(default_factory=list)
    checker: CellChecker = field(default_factory=CellChecker)
    """What was checked is not checked again when the plan is applied."""

    @property
    def total(self) -> int:
        return len(self.changes) + self.same + len(self.refused)

    def reasons(self) -> list[tuple[str, int]]:
        """Why listings are left out, the commonest first, with how many."""
        return Counter(one.reason for one in self.refused).most_common()

    def add(self, rows: Sequence[BulkRow], verb: Verb) -> None:
        """Take up some more listings. Raises InputError where the verb itself is wrong."""
        for row, proposal in zip(rows, verb.propose(rows), strict=True):
            self._add(row, proposal)

    def _add(self, row: BulkRow, proposal: Proposal) -> None:
        if isinstance(proposal, Refusal):
            self._refuse(row, proposal.field, proposal.reason)
            return
        if isinstance(proposal, Whole):
            self.changes.append(proposal.change)
            self._show(row, proposal.before, proposal.after)
            return
        changed: Json = {}
        expected: Json = {}
        for name, value in proposal.items():
            cell = self.checker.check(name, value)
            if cell.problem:
                self._refuse(row, name, cell.problem)
                return
            before = row.fields.get(name, ABSENT)
            if not _is_as_before(before, cell.value):
                changed[name] = cell.value
                expected[name] = before
        if changed:
            self._change(row, changed, expected)
        else:
            self.same += 1

    def _change(self, row: BulkRow, changed: Json, expected: Json) -> None:
        self.changes.append(RowChange(row.listing_id, changed, expected))
        if len(self.lines) < LINES:
            before = {name: value for name, value in expected.items() if value is not ABSENT}
            self._show(row, before, changed)

    def _show(self, row: BulkRow, before: Json, after: Json) -> None:
        if len(self.lines) < LINES:
            first = next(iter(after))
            self.lines.append(PlanLine(row.listing_id, row.title, first, before, after))

    def _refuse(self, row: BulkRow, name: str, reason: str) -> None:
        self.refused.append(Left(row.listing_id, name, Why.REFUSED, reason, row.title))
        if len(self.refused_lines) < LINES:
            shown = {name: row.fields[name]} if name in row.fields else {}
            self.refused_lines.append(PlanLine(row.listing_id, row.title, name, shown, {}, reason))


def _is_as_before(before: object, value: object) -> bool:
    """Whether the field holds ``value``; what is not set means the same as nothing."""
    return value in (None, [], "") if before is ABSENT else same(before, value)


def sliced(rows: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Keys by ``size``, in order."""
    return (rows[start : start + size] for start in range(0, len(rows), size))
