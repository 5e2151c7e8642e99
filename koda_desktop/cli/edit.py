"""``koda edit``: one listing, or all that a selector means, changed as one change set."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.changed import changed_lines
from koda_desktop.cli.context import Context
from koda_desktop.cli.history import left_text, result_record, result_text
from koda_desktop.cli.listings import listing_record, listing_text
from koda_desktop.cli.rescanning import rescan
from koda_desktop.cli.selecting import one_of, selection_of
from koda_desktop.cli.values import parse_preview
from koda_desktop.cli.verbs import verb_of
from koda_desktop.errors import NotFound, UsageError
from koda_desktop.sync.bulk.patterns import Patterns
from koda_desktop.sync.rows import Selection
from koda_desktop.workflows.inspect import inspect_path

if TYPE_CHECKING:
    from koda_desktop.sync.bulk.planning import Plan, PlanLine
    from koda_desktop.sync.bulk.proposing import Verb
    from koda_desktop.workspace.facade import Workspace


def edit(context: Context, options: argparse.Namespace) -> bool:
    """Change listings; those of the marketplace change there with the next sync."""
    if options.rescan:
        return rescan(context, options)
    with Patterns() as patterns:
        verb = _attaching(context, options) or verb_of(options, patterns)
        if verb is None and options.preview is None:
            raise UsageError(
                "Nothing is to be changed.", remedy="See `koda edit --help` for what can be."
            )
        preview = None if options.preview is None else parse_preview(options.preview)
        workspace = context.workspace()
        one = one_of(workspace, options.selector)
        if preview is not None:
            if one is None:
                raise UsageError("--preview is for one draft: name it by its id.")
            if not options.dry_run:
                workspace.choose_preview(one, preview)
        is_done = verb is None or _edit(context, workspace, options, verb, one)
    if one is not None and not options.dry_run:
        row = workspace.listing(one).row
        context.output.result(listing_record(row), listing_text(row))
    return is_done


def _attaching(context: Context, options: argparse.Namespace) -> Verb | None:
    """``--attach``, which goes alone. Raises UsageError, InputError and LocalFaults."""
    if options.attach is None:
        return None
    if options.duplicate or options.changes:
        raise UsageError("--attach goes alone.", remedy="Change the fields afterwards.")
    folder, _, pattern = options.attach.partition("{")[0].rpartition("/")
    pattern = options.attach[len(folder) + 1 :] if folder else options.attach
    inspect = partial(inspect_path, allowed=context.allowed())
    return context.workspace().revisions.attaching(Path(folder or "."), pattern, inspect)


def _edit(
    context: Context,
    workspace: Workspace,
    options: argparse.Namespace,
    verb: Verb,
    one: str | None,
) -> bool:
    selection = selection_of([f"id:{one}"] if one else options.selector)
    plan = workspace.bulk.plan(selection, verb)
    if plan.total == 0:
        raise NotFound("No listing is meant by that.")
    if options.dry_run:
        _show(context, workspace, selection, plan)
        return not plan.refused
    if one is None:
        _ask(context, plan, is_sure=options.yes)
    result = workspace.bulk.apply(plan)
    if one is None:
        context.output.result(result_record(result), result_text(result))
    for left in result.left:
        context.output.note(f"koda: {left_text(left)}")
    return not result.left


def _ask(context: Context, plan: Plan, *, is_sure: bool) -> None:
    """Raise UsageError unless many may be changed."""
    count = len(plan.changes)
    if is_sure or count <= 1:
        return
    words = f"{plan.name}: {count} listings change, {plan.same} stay, {len(plan.refused)} cannot."
    if context.output.is_json or not sys.stdin.isatty():
        raise UsageError(
            f"{count} listings would be changed.",
            remedy="Add --yes to change them, or --dry-run to see how.",
        )
    context.output.note(words)
    context.output.note("Change them? [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise UsageError("Nothing was changed.")


def _show(context: Context, workspace: Workspace, selection: Selection, plan: Plan) -> None:
    for line in (*plan.lines, *plan.refused_lines):
        context.output.result(_line_record(line), _line_text(line))
    shown = len(plan.lines) + len(plan.refused_lines)
    hidden = len(plan.changes) + len(plan.refused) - shown
    if hidden:
        context.output.note(f"… and {hidden} more.")
    counts = {"change": len(plan.changes), "same": plan.same, "refused": len(plan.refused)}
    stay = "stays as it is" if plan.same == 1 else "stay as they are"
    text = f"{plan.name}: {counts['change']} would change, {plan.same} {stay}"
    refused = f", {counts['refused']} cannot be changed" if plan.refused else ""
    context.output.result({"name": plan.name, "counts": counts}, f"{text}{refused}.")


def _line_record(line: PlanLine) -> dict[str, Any]:
    return {
        "id": line.listing_id,
        "title": line.title,
        "before": line.before,
        "after": line.after,
        "reason": line.reason,
    }


def _line_text(line: PlanLine) -> str:
    begin = f"{line.listing_id}  {line.title}"
    if line.reason:
        return f"{begin}\n    {line.field}: {line.reason}"
    return "\n".join([begin, *changed_lines(line.before, line.after)])
