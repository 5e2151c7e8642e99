"""``koda export``: listings in a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from koda_desktop.cli.context import Context
from koda_desktop.cli.selecting import selection_of
from koda_desktop.errors import UsageError
from koda_desktop.sync.exchange.columns import EXPORTED, Column
from koda_desktop.sync.exchange.exporting import ExportOptions
from koda_desktop.sync.rows import ListingQuery, Selection
from koda_desktop.tables.rows import Format


def export(context: Context, options: argparse.Namespace) -> bool:
    """Write the listings of a selector to a file."""
    chosen = ExportOptions(_format(options), _columns(options.columns), mark=options.bom)
    # Without a selector it is a copy of all there is, what is archived with it.
    everything = Selection(query=ListingQuery())
    selection = selection_of(options.selector) if options.selector else everything
    report = context.workspace().exchange.export(selection, options.out, chosen)
    record = {"file": str(report.path), "listings": report.written, "leftOut": report.left_out}
    context.output.result(record, f"Listings written to {report.path}: {report.written}.")
    if report.left_out:
        context.output.note(
            f"koda: {report.left_out} cells hold more than a workbook can; they were left blank."
        )
    return True


def _format(options: argparse.Namespace) -> Format:
    name = options.format or Path(options.out).suffix.lower().removeprefix(".")
    if name not in (*Format,):
        raise UsageError(
            f"The name {Path(options.out).name} does not say which format is meant.",
            remedy="Let it end in .csv, .jsonl or .xlsx, or give --format.",
        )
    return Format(name)


def _columns(text: str | None) -> tuple[Column, ...]:
    if text is None:
        return EXPORTED
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in EXPORTED]
    if unknown or not names:
        raise UsageError(
            f"There is no column “{unknown[0]}”." if unknown else "No column is chosen.",
            remedy=f"The columns are: {', '.join(EXPORTED)}.",
        )
    return tuple(Column(name) for name in dict.fromkeys(names))
