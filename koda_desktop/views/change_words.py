"""Changes of listings as lines of a table: what it is about, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from koda_desktop.sync.changesets.rows import (
    ChangeSet,
    ChangeSetRow,
    Left,
    SetKind,
    SetState,
    What,
)
from koda_desktop.sync.rows import Side
from koda_desktop.views.format import counted
from koda_desktop.views.tables.plain_table import Cell, Line
from koda_desktop.views.value_words import field_name, value_words
from koda_desktop.views.widgets.pill import Badge

if TYPE_CHECKING:
    from koda_desktop.sync.bulk.planning import PlanLine

HEADINGS = ("Listing", "Field", "Before", "After")
WIDTHS = (0, 130, 0, 0)

_GONE = "A listing that is gone"
_WHAT = {
    What.DRAFT: "Made as a draft",
    What.DROP: "Deleted",
    What.FILE: "Got another file",
    What.PUBLISH: "Queued to be published",
    What.WITHDRAW: "Its publication was withdrawn",
}
_STATES = {
    SetState.UNDONE: Badge("Undone", "neutral"),
    SetState.PARTLY_UNDONE: Badge("Undone in part", "warning"),
}


def plan_lines(lines: list[PlanLine], refused: list[PlanLine]) -> list[Line]:
    """A preview: what would change, then what cannot and why."""
    made = [one for line in lines for one in _cells_of(line)]
    made += [
        Line(
            (line.listing_id, line.field, "x"),
            (
                Cell(line.title, "text-secondary"),
                Cell(field_name(line.field), "text-secondary"),
                Cell(_value(line.before, line.field), "text-secondary"),
                Cell(line.reason, "danger-text"),
            ),
        )
        for line in refused
    ]
    return made


def _cells_of(line: PlanLine) -> Iterator[Line]:
    yield from _fields(line.listing_id, line.title, line.before, line.after)


def row_lines(row: ChangeSetRow) -> Iterator[Line]:
    """What a change set did to one listing: a line a field."""
    if row.what is What.FIELDS:
        yield from _fields(
            row.listing_id, row.title or "A listing that is gone", row.before, row.after
        )
        return
    title = row.title or str((row.before or row.after).get("title") or "A listing that is gone")
    yield Line(
        (row.listing_id, row.what),
        (Cell(title, is_strong=True), Cell(), Cell(), Cell(_WHAT[row.what])),
    )


def left_line(left: Left) -> Line:
    """What a change set left as it was, and why."""
    cells = (
        Cell(left.title or _GONE, "text-secondary"),
        Cell(field_name(left.field) if left.field else "", "text-secondary"),
        Cell("Left as it was", "text-secondary"),
        Cell(left.reason, "warning-text"),
    )
    return Line((left.listing_id, left.field, "left"), cells)


def _fields(
    listing_id: str, title: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        cells = (
            Cell(title, is_strong=True),
            Cell(field_name(name), "text-secondary"),
            Cell(_value(before, name), "text-secondary"),
            Cell(_value(after, name)),
        )
        yield Line((listing_id, name), cells)


def _value(values: Mapping[str, Any], name: str) -> str:
    return value_words(name, Side(name in values, values.get(name)))


def set_name(one: ChangeSet) -> str:
    """What a change set is called: "Undo: Price +10%" for one that takes another back."""
    prefix = {SetKind.UNDO: "Undo: ", SetKind.REDO: "Redo: "}.get(one.kind, "")
    return prefix + one.name


def whole_name(one: ChangeSet) -> str:
    """For the menu and for messages: "Price +10% of 412 listings"."""
    return f"{one.name} of {counted(one.count, 'listing')}"


def set_badge(one: ChangeSet) -> Badge:
    """The chip of a change set; without words for one that simply stands."""
    if one.state is not SetState.DONE:
        return _STATES[one.state]
    return (
        Badge(f"{counted(one.left, 'cell')} left", "warning") if one.left else Badge("", "neutral")
    )
