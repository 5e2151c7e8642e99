"""What would be changed, as lines to be looked at before it is: of a file's rows, of a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from koda_desktop.sync.rows import FieldChange, Json, Side

if TYPE_CHECKING:
    from koda_desktop.sync.exchange.folder.plan import FolderPlan, FolderRow
    from koda_desktop.sync.exchange.plan import Plan, PlanRow


class Verdict(StrEnum):
    """What becomes of a line, in the order in which the kinds are shown."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    CONFLICT = "conflict"
    REFUSED = "refused"
    SAME = "same"


class Note(NamedTuple):
    """A sentence about a field, or about the whole line where ``field`` is ""."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One row of a file, or one file of a folder."""

    key: str
    verdict: Verdict
    title: str
    place: str
    """Where it stands: a line of the file, or a path."""
    notes: tuple[Note, ...] = ()
    """Why it is refused or in conflict, or what happened to a file."""
    changes: tuple[FieldChange, ...] = ()


class Review(Protocol):
    """Lines that are read as they are scrolled to. Blocks: call it on a pool."""

    def counts(self) -> dict[Verdict, int]: ...

    def lines(self, verdict: Verdict | None, start: int, most: int) -> Sequence[ReviewLine]:
        """At most ``most`` lines of that kind (None: all but the same), from the ``start``-th."""
        ...


_OF_KINDS = {
    "create": Verdict.NEW,
    "update": Verdict.CHANGED,
    "conflict": Verdict.CONFLICT,
    "refused": Verdict.REFUSED,
    "same": Verdict.SAME,
}


class FileReview:
    """The plan of an import."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def counts(self) -> dict[Verdict, int]:
        return {_OF_KINDS[kind.value]: number for kind, number in self._plan.counts.items()}

    def lines(self, verdict: Verdict | None, start: int, most: int) -> Sequence[ReviewLine]:
        from koda_desktop.sync.exchange.plan import Kind

        wanted = [
            kind
            for kind in Kind
            if _OF_KINDS[kind.value] is verdict or (verdict is None and kind is not Kind.SAME)
        ]
        return [_line_of_row(row) for row in self._plan.rows(wanted, start, most)]


def _line_of_row(row: PlanRow) -> ReviewLine:
    from koda_desktop.sync.exchange.columns import FIELDS

    fields = {column.value: field for column, field in FIELDS.items()}
    return ReviewLine(
        str(row.line),
        _OF_KINDS[row.kind.value],
        row.title,
        f"Line {row.line}",
        tuple(Note(fields.get(name, name), text) for name, text in row.reasons.items()),
        _changes(row.before, row.after),
    )


class FolderReview:
    """The plan of taking a folder in."""

    def __init__(self, plan: FolderPlan) -> None:
        self._lines = [_line_of_file(row) for row in plan.rows]

    def counts(self) -> dict[Verdict, int]:
        return {one: sum(line.verdict is one for line in self._lines) for one in Verdict}

    def lines(self, verdict: Verdict | None, start: int, most: int) -> Sequence[ReviewLine]:
        wanted = [
            line
            for line in self._lines
            if line.verdict is verdict or (verdict is None and line.verdict is not Verdict.SAME)
        ]
        return wanted[start : start + most]


def _line_of_file(row: FolderRow) -> ReviewLine:
    changes = _changes(row.before, row.after)
    title = row.title or row.path.rpartition("/")[2]
    notes = (Note("", row.what),) if row.what else ()
    return ReviewLine(row.path, Verdict(row.kind.value), title, row.path, notes, changes)


def _changes(before: Json, after: Json) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(name, Side(name in before, before.get(name)), Side(True, value))
        for name, value in after.items()
    )
