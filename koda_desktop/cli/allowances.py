"""``koda allowances``: the values that look like secrets and were declared to be none."""

from __future__ import annotations

import argparse

from koda_desktop.cli.context import Context
from koda_desktop.cli.shown import shown
from koda_desktop.workflows.texts import counted
from koda_desktop.workspace.allowances import Allowance


def show_all(context: Context, options: argparse.Namespace) -> bool:
    """List the allowed values, oldest first; the values themselves are kept nowhere."""
    found = [one for one in context.allowances().all() if one.matches(options.query)]
    for one in found:
        context.output.result(one.as_json(), _text(one))
    if not found:
        which = "No allowed value matches." if options.query else "No value is allowed."
        context.output.note(which)
    return True


def _text(one: Allowance) -> str:
    by = f" by {one.by}" if one.by else ""
    lines = [f"{one.short}  {one.kind}  {one.masked}".rstrip(), f"    “{one.reason}”"]
    lines.append(f"    allowed {one.at}{by}")
    if one.seen:
        lines.append(f"    first seen in {one.seen}")
    return "\n".join(shown(line) for line in lines)


def remove(context: Context, options: argparse.Namespace) -> bool:
    """Withdraw allowances: all that are named, or none where one of them is not known."""
    allowances = context.allowances()
    found = allowances.find(options.digests)
    allowances.forget(*(one.digest for one in found))
    for one in found:
        text = f"{one.short}  {one.kind}  {one.masked}".rstrip() + ": no longer allowed"
        context.output.result(one.as_json(), shown(text))
    which = "this value" if len(found) == 1 else "these values"
    count = counted(len(found), "allowance")
    context.output.note(f"{count} withdrawn. Files that hold {which} are blocked again.")
    return True
