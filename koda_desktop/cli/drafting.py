"""``koda draft``: from workflow files to drafts of listings."""

from __future__ import annotations

import argparse
from contextlib import closing
from typing import Any

from koda_desktop.cli.artist import PNG, Artist, scene_of
from koda_desktop.cli.context import Context
from koda_desktop.cli.file_arguments import kept
from koda_desktop.cli.packing import publishable_package
from koda_desktop.cli.values import parse_preview, parse_price, parse_tags
from koda_desktop.errors import KodaError, LocalFault, UsageError
from koda_desktop.sync.pictures import Pictures
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection


def draft(context: Context, options: argparse.Namespace) -> bool:
    """Make a draft of each file; a file that cannot be one is reported and the rest go on."""
    fields = _fields(options)
    workspace = context.workspace()
    preview = parse_preview(options.preview)
    allowed = context.allowed()
    is_fine = True
    with closing(Artist(PNG, "card", dark=False)) as artist:
        for path in options.files:
            inspection = inspect_path(
                path, platform=options.platform, allowed=allowed, kept=kept(options)
            )
            try:
                publishable_package(inspection)
                pictures = Pictures(drawing(context, artist, inspection), preview)
                listing_id = workspace.draft(inspection, fields, pictures)
            except KodaError as error:
                context.output.fault(error)
                is_fine = False
                continue
            title = workspace.listing(listing_id).row.title
            record = {"id": listing_id, "file": str(path), "title": title, "state": "draft"}
            context.output.result(record, f"{listing_id}  {title}")
    return is_fine


def drawing(context: Context, artist: Artist, inspection: Inspection) -> bytes | None:
    """The picture of a workflow's graph; None where there is none, or no Qt to paint it."""
    if not inspection.graph.nodes:
        return None
    try:
        return artist.picture(scene_of(inspection))
    except LocalFault as fault:
        context.output.note(f"koda: {fault.what} The draft has no preview picture.")
        return None


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
