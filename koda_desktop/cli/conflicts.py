"""``koda conflicts``: what was changed here and in the marketplace, and which value stays."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.values import parse_changes
from koda_desktop.errors import NotFound, UsageError
from koda_desktop.models.money import amount_words
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.rows import Side


def show_all(context: Context, options: argparse.Namespace) -> bool:
    """One line a field in conflict."""
    for row in context.workspace().conflicts():
        context.output.result(conflict_record(row), conflict_text(row))
    return True


def show(context: Context, options: argparse.Namespace) -> bool:
    """The values of one listing's fields in conflict, in full."""
    workspace = context.workspace()
    listing_id = workspace.listing(options.id).row.id
    rows = [row for row in workspace.conflicts() if row.listing_id == listing_id]
    if not rows:
        raise NotFound("No field of this listing is in conflict.")
    for row in rows:
        context.output.result(conflict_record(row), _whole_text(row))
    return True


def resolve(context: Context, options: argparse.Namespace) -> bool:
    """Settle fields; all of them or none."""
    workspace = context.workspace()
    if options.all == bool(options.id):
        raise UsageError("Name the listing, or say --all.")
    rows = workspace.conflicts()
    if options.id:
        listing_id = workspace.listing(options.id).row.id
        rows = [row for row in rows if row.listing_id == listing_id]
    if options.field:
        rows = [row for row in rows if row.field == options.field]
    if not rows:
        raise NotFound("There is no such conflict.", remedy="`koda conflicts` lists them.")
    workspace.resolve(_resolutions(rows, options))
    for row in rows:
        record = {**conflict_record(row), "choice": _choice(options).value}
        text = f"{row.listing_id}  {row.field}: {_choice(options).value} is kept"
        context.output.result(record, text)
    return True


def undo(context: Context, options: argparse.Namespace) -> bool:
    """Open again what was settled last and has not gone out."""
    count = context.workspace().undo_resolve()
    fields = "1 field is" if count == 1 else f"{count} fields are"
    context.output.result({"opened": count}, f"{fields} in conflict again.")
    return True


def _choice(options: argparse.Namespace) -> Choice:
    if options.value is not None:
        return Choice.VALUE
    if options.both:
        return Choice.BOTH
    return Choice.MINE if options.mine else Choice.THEIRS


def _resolutions(rows: Sequence[ConflictRow], options: argparse.Namespace) -> list[Resolution]:
    choice = _choice(options)
    if choice is Choice.VALUE and len(rows) != 1:
        raise UsageError("A value is for one field: name the listing and the field.")
    return [
        Resolution(row.listing_id, row.field, choice, _value(row, options), row.theirs)
        for row in rows
    ]


def _value(row: ConflictRow, options: argparse.Namespace) -> Any:
    if options.value is None:
        return None
    return parse_changes([f"{row.field}={options.value}"])[row.field]


def conflict_record(row: ConflictRow) -> dict[str, Any]:
    """A field in conflict as one JSON object; a side that lacks the field is left out."""
    sides = {"base": row.base, "mine": row.mine, "theirs": row.theirs}
    return {
        "id": row.listing_id,
        "title": row.listing_title,
        "field": row.field,
        **{name: side.value for name, side in sides.items() if side.is_set},
        "mineAt": row.mine_at,
        "theirsAt": row.theirs_at,
        "theirsBy": row.theirs_by,
        "foundAt": row.found_at,
        "canKeepBoth": row.can_keep_both,
    }


def conflict_text(row: ConflictRow) -> str:
    """A field in conflict as one line."""
    mine, theirs = _short(row.field, row.mine), _short(row.field, row.theirs)
    return f"{row.listing_id}  {row.field}  mine: {mine}  theirs: {theirs}  ({row.listing_title})"


def _whole_text(row: ConflictRow) -> str:
    by = f" by {row.theirs_by}" if row.theirs_by else ""
    return "\n".join(
        (
            f"{row.listing_id}  {row.field} of “{row.listing_title}”",
            f"  before: {_words(row.field, row.base)}",
            f"  mine ({row.mine_at}): {_words(row.field, row.mine)}",
            f"  theirs ({row.theirs_at or 'time unknown'}{by}): {_words(row.field, row.theirs)}",
        )
    )


def _words(field: str, side: Side) -> str:
    if not side.is_set:
        return "not set"
    price = amount_words(side.value) if field == "price" else ""
    return price or json.dumps(side.value, ensure_ascii=False)


def _short(field: str, side: Side, most: int = 40) -> str:
    words = _words(field, side)
    return words if len(words) <= most else f"{words[: most - 1]}…"
