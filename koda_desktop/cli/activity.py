"""``koda activity``: what will go out, in order, with the very values; held, released, dropped."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.changed import value_words
from koda_desktop.cli.context import Context
from koda_desktop.errors import NotFound
from koda_desktop.sync.rows import FieldChange, OperationRow, OperationState

if TYPE_CHECKING:
    from koda_desktop.workspace.facade import Workspace


def activity(context: Context, options: argparse.Namespace) -> bool:
    """Do what was asked, then show what waits."""
    workspace = context.workspace()
    _change(context, workspace, options)
    for row in workspace.operations(done=max(options.done, 0)):
        if not options.held or row.state is OperationState.HELD:
            context.output.result(operation_record(row), operation_text(row))
    if not options.held:
        _tell_unreadable(context, workspace)
    return True


def _tell_unreadable(context: Context, workspace: Workspace) -> None:
    """The marketplace's documents that this version cannot show as listings, and why."""
    for row in workspace.quarantined():
        record = {"unreadable": row.id, "reason": row.reason, "since": row.at}
        context.output.result(record, f"{row.id}  cannot be read: {row.reason}")


def _change(context: Context, workspace: Workspace, options: argparse.Namespace) -> None:
    if options.hold:
        count = workspace.hold(_find(workspace, options.hold))
        context.output.note(f"{count} held back.")
    elif options.release:
        count = workspace.let_go(_find(workspace, options.release))
        context.output.note(f"{count} let go.")
    elif options.drop:
        rows = _find_rows(workspace, options.drop)
        workspace.drop([row.operation_id for row in [r for r in rows if r.can_drop] or rows])
        context.output.note("Dropped.")
    elif options.pause or options.resume:
        workspace.pause_sending(options.pause)
        context.output.note("Sending is paused." if options.pause else "Sending goes on.")


def _find(workspace: Workspace, words: Sequence[str]) -> list[str]:
    return [row.operation_id for row in _find_rows(workspace, words)]


def _find_rows(workspace: Workspace, words: Sequence[str]) -> list[OperationRow]:
    """The operations whose listing's or own id begins with one of ``words``. Raises NotFound."""
    waiting = workspace.operations(done=0)
    found = []
    for word in words:
        named = [
            row
            for row in waiting
            if word and (row.listing_id.startswith(word) or row.operation_id.startswith(word))
        ]
        if not named:
            raise NotFound(
                f"Nothing that waits has the id {word!r}.", remedy="`koda activity` lists it."
            )
        found += named
    return found


def operation_record(row: OperationRow) -> dict[str, Any]:
    """An operation as one JSON object; a side that lacks the field is left out."""
    file = row.file
    return {
        "operation": row.operation_id,
        "verb": row.verb.value,
        "id": row.listing_id,
        "title": row.listing_title,
        "state": row.state.value,
        "waits": row.wait.value,
        "changes": [_change_record(change) for change in row.changes],
        "fields": list(row.fields),
        "file": {"name": file.name, "size": file.size, "sha256": file.sha256} if file else None,
        "attempts": row.attempts,
        "nextAt": row.next_at,
        "createdAt": row.created_at,
        "finishedAt": row.finished_at,
        "error": row.error,
    }


def _change_record(change: FieldChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    values = {name: side.value for name, side in sides.items() if side.is_set}
    return {"field": change.field, **values}


def operation_text(row: OperationRow) -> str:
    """An operation as one line, and one for each value and for what is in its way."""
    waits = f" ({row.wait.value})" if row.wait.value not in ("", row.state.value) else ""
    head = f"{row.operation_id[:8]}  {row.verb.value:<8}  {row.state.value}{waits}"
    lines = [f"{head}  {row.listing_id}  {row.listing_title}"]
    for change in row.changes:
        before = (
            f"{value_words(change.field, change.before.value)} → " if change.before.is_set else ""
        )
        after = value_words(change.field, change.after.value)
        lines.append(f"          {change.field}: {before}{after}")
    if row.file:
        lines.append(f"          {row.file.name}, {row.file.size} bytes, {row.file.sha256[:12]}")
    if row.error:
        due = f" Next try at {row.next_at}." if row.next_at else ""
        lines.append(f"          {row.error.get('what', '')}{due}")
    return "\n".join(lines)
