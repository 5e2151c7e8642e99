"""``koda history``, ``koda undo`` and ``koda redo``: what was done, and how it is taken back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.changed import changed_lines
from koda_desktop.cli.context import Context
from koda_desktop.errors import UsageError

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.rows import ChangeSet, ChangeSetResult, ChangeSetRow, Left

_STATES = {"done": "", "undone": "undone", "partly-undone": "undone in part"}
_ROWS = 1_000
"""How many listings of one change set are shown."""


def history(context: Context, options: argparse.Namespace) -> bool:
    """One line a change set, newest first; or the listings of one."""
    done = context.workspace().history
    if options.id is None:
        for one in done.listed(limit=max(options.limit, 0)):
            context.output.result(set_record(one), set_text(one))
        return True
    detail = done.detail(options.id, limit=_ROWS)
    context.output.result(set_record(detail.set), set_text(detail.set))
    for row in detail.rows:
        context.output.result(_row_record(row), _row_text(row))
    for left in detail.left:
        context.output.result(left_record(left), f"    left: {left_text(left)}")
    return True


def undo(context: Context, options: argparse.Namespace) -> bool:
    """Take back the last change set that stands, or the one named.

    With --anyway what was changed since is set back as well.
    """
    done = context.workspace().history
    if not options.anyway:
        return _told(context, done.undo(options.id), "Undone")
    if options.id is None:
        raise UsageError("--anyway is for one change set: name it as `koda history` lists it.")
    cells = done.left_cells(options.id)
    return _told(context, done.set_back(options.id, cells), "Set back")


def redo(context: Context, options: argparse.Namespace) -> bool:
    """Do again what was undone last."""
    return _told(context, context.workspace().history.redo(), "Done again")


def _told(context: Context, result: ChangeSetResult, what: str) -> bool:
    context.output.result(result_record(result), f"{what}: {result_text(result)}")
    for left in result.left:
        context.output.note(f"koda: {left_text(left)}")
    return not result.left


def result_record(result: ChangeSetResult) -> dict[str, Any]:
    """What became of a change set, as one JSON object."""
    return {
        "changeSet": result.set_id or None,
        "name": result.name,
        "changed": result.changed,
        "same": result.same,
        "left": [left_record(one) for one in result.left],
    }


def result_text(result: ChangeSetResult) -> str:
    """What became of a change set, as one line."""
    changed = "1 listing" if result.changed == 1 else f"{result.changed} listings"
    left = f", {len(result.left)} left as they were" if result.left else ""
    number = f" (change set {result.set_id})" if result.set_id else ""
    return f"{result.name}: {changed} changed{left}{number}."


def left_record(left: Left) -> dict[str, Any]:
    """A cell that was left as it was, as one JSON object."""
    return {
        "id": left.listing_id,
        "title": left.title,
        "field": left.field or None,
        "why": left.why.value,
        "reason": left.reason,
    }


def left_text(left: Left) -> str:
    """A cell that was left as it was, as one line."""
    place = f"{left.listing_id} {left.field}".rstrip()
    return f"{place}: {left.reason}"


def set_record(one: ChangeSet) -> dict[str, Any]:
    """A change set as one JSON object."""
    return {
        "changeSet": one.id,
        "name": one.name,
        "kind": one.kind.value,
        "who": one.who,
        "at": one.at,
        "count": one.count,
        "left": one.left,
        "state": one.state.value,
        "undoes": one.undoes,
        "undoneBy": one.undone_by,
    }


def set_text(one: ChangeSet) -> str:
    """A change set as one line."""
    prefix = {"undo": "Undo: ", "redo": "Redo: "}.get(one.kind.value, "")
    count = "1 listing" if one.count == 1 else f"{one.count} listings"
    notes = [_STATES[one.state.value], f"{one.left} left" if one.left else ""]
    told = ", ".join(note for note in notes if note)
    return f"{one.id:>5}  {one.at[:16]}  {prefix}{one.name}  ({count}{told and '; ' + told})"


def _row_record(row: ChangeSetRow) -> dict[str, Any]:
    return {
        "id": row.listing_id,
        "title": row.title,
        "what": row.what.value,
        "before": row.before,
        "after": row.after,
    }


def _row_text(row: ChangeSetRow) -> str:
    from koda_desktop.sync.changesets.rows import What

    begin = f"  {row.listing_id}  {row.title}"
    if row.what is What.FIELDS:
        return "\n".join([begin, *changed_lines(row.before, row.after)])
    return f"{begin}\n    {_WHAT[row.what.value]}"


_WHAT = {
    "draft": "made as a draft",
    "drop": "deleted",
    "file": "got another file",
    "publish": "queued to be published",
    "withdraw": "its publication was withdrawn",
}
