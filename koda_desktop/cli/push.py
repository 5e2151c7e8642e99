"""``koda push``: a folder of workflow files as the shop."""

from __future__ import annotations

import argparse
from contextlib import closing
from functools import partial
from typing import Any

from koda_desktop.cli.artist import PNG, Artist
from koda_desktop.cli.context import Context
from koda_desktop.cli.drafting import drawing
from koda_desktop.cli.file_arguments import kept
from koda_desktop.cli.shown import shown
from koda_desktop.errors import NotFound
from koda_desktop.sync.exchange.folder.plan import FolderKind, FolderPlan, FolderRow
from koda_desktop.workflows.inspect import inspect_path

_MARKS = {
    FolderKind.NEW: "+",
    FolderKind.CHANGED: "~",
    FolderKind.GONE: "-",
    FolderKind.REFUSED: "x",
}


def push(context: Context, options: argparse.Namespace) -> bool:
    """Compare a folder with the listings here and, unless only asked to look, take it in."""
    if not options.folder.is_dir():
        raise NotFound(f"There is no folder {shown(options.folder)}.")
    exchange = context.workspace().exchange
    inspect = partial(inspect_path, allowed=context.allowed(), kept=kept(options))
    plan = exchange.compare_folder(options.folder, inspect)
    _show(context, plan)
    is_gone = options.deactivate_gone and any(row.is_on_sale for row in plan.rows)
    if not options.dry_run and (plan.has_changes or is_gone):
        with closing(Artist(PNG, "card", dark=False)) as artist:
            result = exchange.take_folder(
                plan,
                inspect,
                partial(drawing, context, artist),
                deactivate_gone=options.deactivate_gone,
            )
        record = {"changeSet": result.set_id, "name": result.name, "changed": result.changed}
        context.output.result(record, f"Listings changed: {result.changed} (“{result.name}”).")
    return not plan.count(FolderKind.REFUSED)


def _show(context: Context, plan: FolderPlan) -> None:
    for note in plan.notes:
        context.output.note(f"koda: {note}")
    for row in plan.rows:
        if row.kind in _MARKS:
            context.output.result(_record(row), _text(row))
    counts = {kind.value: plan.count(kind) for kind in FolderKind}
    words = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    text = f"{len(plan.rows)} files: {words}."
    context.output.result({"counts": counts, "notes": list(plan.notes)}, text)


def _record(row: FolderRow) -> dict[str, Any]:
    return {
        "path": row.path,
        "kind": row.kind.value,
        "id": row.listing_id or None,
        "title": row.title,
        "what": row.what,
        "newFile": row.has_new_file,
        "before": row.before,
        "after": row.after,
    }


def _text(row: FolderRow) -> str:
    title = f": {row.title}" if row.title else ""
    lines = [f"{_MARKS[row.kind]} {shown(row.path)}{title}"]
    if row.what:
        lines.append(f"    {row.what}")
    if row.after:
        lines.append(f"    {', '.join(f'{name} = {value}' for name, value in row.after.items())}")
    return "\n".join(lines)
