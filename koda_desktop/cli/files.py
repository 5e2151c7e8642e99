"""``koda check``, ``koda pack`` and ``koda draft``: from files to reports, packages and drafts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.report import report_text
from koda_desktop.cli.values import parse_price, parse_tags
from koda_desktop.errors import InputError, KodaError, UsageError
from koda_desktop.runtime.files import write_atomically
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection, PackagedFile


def check(context: Context, options: argparse.Namespace) -> bool:
    """Report on each file; all publishable is success."""
    is_fine = True
    for path, inspection in _inspect(options):
        record = {**inspection.as_json(), "file": str(path)}
        context.output.result(record, report_text(inspection))
        is_fine &= inspection.publishable
    return is_fine


def _inspect(options: argparse.Namespace) -> Iterator[tuple[Path, Inspection]]:
    for path in options.files:
        yield path, inspect_path(path, platform=options.platform)


def pack(context: Context, options: argparse.Namespace) -> bool:
    """Write the cleaned package of each file into ``--out``; never over another file's package."""
    is_fine = True
    written: dict[Path, bytes] = {}
    for path, inspection in _inspect(options):
        try:
            target = _pack_one(inspection, options.out, written)
        except KodaError as error:
            context.output.fault(error)
            is_fine = False
            continue
        record = {
            "file": str(path),
            "package": str(target),
            "sha256": _package(inspection).sha256,
            "removed": len(inspection.removed),
        }
        text = f"{path.name} → {target} ({len(inspection.removed)} removed)"
        context.output.result(record, text)
    return is_fine


def _package(inspection: Inspection) -> PackagedFile:
    if inspection.packaged is None or not inspection.publishable:
        reasons = [p.message for p in inspection.problems if p.severity == "error"]
        raise InputError(
            f"{inspection.file_name} cannot be published as it is: {' '.join(reasons)}",
            remedy="Correct the file and try again; `koda check` shows the whole report.",
        )
    return inspection.packaged


def _pack_one(inspection: Inspection, folder: Path, written: dict[Path, bytes]) -> Path:
    package = _package(inspection)
    target = folder / package.name
    number = 2
    while written.get(target, package.data) != package.data:
        target = folder / f"{Path(package.name).stem}-{number}{Path(package.name).suffix}"
        number += 1
    write_atomically(target, package.data)
    written[target] = package.data
    return target


def draft(context: Context, options: argparse.Namespace) -> bool:
    """Make a draft of each file; a file that cannot be one is reported and the rest go on."""
    fields = _fields(options)
    workspace = context.workspace()
    is_fine = True
    for path, inspection in _inspect(options):
        try:
            _package(inspection)
            listing_id = workspace.draft(inspection, fields)
        except KodaError as error:
            context.output.fault(error)
            is_fine = False
            continue
        title = workspace.listing(listing_id).row.title
        record = {"id": listing_id, "file": str(path), "title": title, "state": "draft"}
        context.output.result(record, f"{listing_id}  {title}")
    return is_fine


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    if options.title is not None and len(options.files) > 1:
        raise UsageError("--title is for a single file.", remedy="Leave it out for several.")
    fields: dict[str, Any] = {"price": parse_price(options.price), "category": options.category}
    given = {
        "title": options.title,
        "description": options.description,
        "version": options.listing_version,
    }
    fields.update({name: value for name, value in given.items() if value is not None})
    if options.tags is not None:
        fields["tags"] = parse_tags(options.tags)
    return fields
