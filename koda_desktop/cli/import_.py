"""``koda import``: what a file of listings would change, and the change itself."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from koda_desktop.cli.changed import value_words
from koda_desktop.cli.context import Context
from koda_desktop.errors import UsageError
from koda_desktop.sync.exchange.columns import NAMES, Column, Reading, Use
from koda_desktop.sync.exchange.mapping import ColumnMap, with_uses
from koda_desktop.sync.exchange.plan import FAULTY, Kind, Plan, PlanRow
from koda_desktop.sync.exchange.report import reason_of

if TYPE_CHECKING:
    from koda_desktop.workspace.exchange import Exchange

_MARKS = {
    Kind.CREATE: "+",
    Kind.UPDATE: "~",
    Kind.CONFLICT: "!",
    Kind.REFUSED: "x",
}


def import_(context: Context, options: argparse.Namespace) -> bool:
    """Compare a file with the listings here and, unless only asked to look, take it in."""
    exchange = context.workspace().exchange
    columns = _columns(context, exchange, options)
    plan = exchange.dry_run(options.file, columns, sheet=options.sheet)
    with closing(plan):
        _show(context, plan, options.rows)
        if not options.dry_run:
            _apply(context, exchange, plan)
        _report(context, exchange, plan, options)
        return not any(plan.counts[kind] for kind in FAULTY)


def _columns(context: Context, exchange: Exchange, options: argparse.Namespace) -> ColumnMap:
    opened = exchange.open(options.file, options.sheet)
    if not options.uses:
        return opened.columns
    chosen = with_uses(opened.columns, dict(map(_use, options.uses)))
    chosen.check()
    exchange.remember(chosen)
    return chosen


def _use(word: str) -> tuple[str, Use]:
    """``HEADER=COLUMN[:READING]`` as the use of a column. Raises UsageError."""
    header, equals, used = word.rpartition("=")
    name, _, reading = used.partition(":")
    is_known = (not name or name in (*Column,)) and reading in (*Reading,)
    if not equals or not header or not is_known:
        raise UsageError(
            f"“{word}” does not say which column is used for what.",
            remedy=f"Write HEADER=COLUMN with one of: {', '.join(Column)}.",
        )
    return header, Use(Column(name) if name else None, Reading(reading))


def _show(context: Context, plan: Plan, most: int) -> None:
    for note in plan.notes:
        context.output.note(f"koda: {note}")
    for kind in _MARKS:
        rows = plan.each(kind) if context.output.is_json else iter(plan.rows((kind,), 0, most))
        for row in rows:
            context.output.result(_record(row), "\n".join(_lines(row)))
        hidden = plan.counts[kind] - most
        if hidden > 0 and not context.output.is_json:
            context.output.note(f"… and {hidden} more to {kind.value}.")
    counts = {kind.value: plan.counts[kind] for kind in Kind}
    words = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    context.output.result({"counts": counts, "notes": plan.notes}, f"{plan.total} rows: {words}.")


def _record(row: PlanRow) -> dict[str, Any]:
    return {
        "line": row.line,
        "kind": row.kind.value,
        "id": row.listing_id or None,
        "title": row.title,
        "before": row.before,
        "after": row.after,
        "reasons": dict(row.reasons),
    }


def _lines(row: PlanRow) -> Iterator[str]:
    yield f"{_MARKS[row.kind]} line {row.line}: {row.title or row.listing_id or '(no title)'}"
    if row.reasons:
        yield f"    {reason_of(row)}"
    for name, value in row.after.items():
        before = value_words(name, row.before[name]) + " → " if name in row.before else ""
        yield f"    {NAMES[name].value}: {before}{value_words(name, value)}"


def _apply(context: Context, exchange: Exchange, plan: Plan) -> None:
    if not plan.has_changes:
        context.output.note("Nothing is to be changed.")
        return
    result = exchange.apply(plan)
    record = {"changeSet": result.set_id, "name": result.name, "changed": result.changed}
    context.output.result(record, f"Listings changed: {result.changed} (“{result.name}”).")


def _report(context: Context, exchange: Exchange, plan: Plan, options: argparse.Namespace) -> None:
    path: Path | None = options.report
    faulty = sum(plan.counts[kind] for kind in FAULTY)
    if path is None and faulty and not options.dry_run:
        path = Path(options.file).with_suffix(".errors.csv")
    if path is not None:
        count = exchange.write_report(plan, path)
        words = "1 row that was" if count == 1 else f"{count:,} rows that were"
        context.output.note(f"{words} not taken in: {path}")
