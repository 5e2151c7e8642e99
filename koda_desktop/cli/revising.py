"""``koda revise`` and ``koda versions``: another file for a listing, and those it had."""

from __future__ import annotations

import argparse
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.file_arguments import kept
from koda_desktop.cli.packing import publishable_package
from koda_desktop.cli.shown import shown
from koda_desktop.errors import NotFound
from koda_desktop.sync.version_list import Version
from koda_desktop.workflows.inspect import inspect_path


def revise(context: Context, options: argparse.Namespace) -> bool:
    """Give a listing another file; a published one gets it with the next sync."""
    workspace = context.workspace()
    detail = workspace.listing(options.id)
    inspection = inspect_path(
        options.file, platform=options.platform, allowed=context.allowed(), kept=kept(options)
    )
    publishable_package(inspection)
    proposal = workspace.revisions.propose(detail.row.id, inspection, inspect_path)
    version = options.listing_version or proposal.version
    changelog = proposal.changelog if options.changelog is None else options.changelog
    record: dict[str, Any] = {
        "id": detail.row.id,
        "file": str(options.file),
        "from": detail.row.version,
        "version": version,
        "reasons": list(proposal.reasons),
        "changelog": changelog,
        "queued": detail.is_at_server and not options.dry_run,
    }
    if not options.dry_run:
        workspace.revisions.revise(detail.row.id, inspection, version, changelog)
    lines = [f"{detail.row.id}  {detail.row.title}: {shown(options.file)}"]
    lines += [f"  version: {detail.row.version or 'none'} → {version}"]
    lines += [f"    {one}" for one in proposal.reasons]
    lines += [f"  {line}" for line in changelog.splitlines()]
    context.output.result(record, "\n".join(lines))
    return True


def versions(context: Context, options: argparse.Namespace) -> bool:
    """Show the versions of a listing's file that are known on this computer."""
    workspace = context.workspace()
    listing_id = workspace.listing(options.id).row.id
    found = workspace.revisions.versions(listing_id)
    if options.back is not None:
        wanted = next((one for one in found if one.version == options.back), None)
        if wanted is None:
            raise NotFound(f"No version {options.back} of this listing is known here.")
        result = workspace.revisions.set_back(listing_id, wanted)
        record = {"id": listing_id, "version": wanted.version, "changeSet": result.set_id}
        context.output.result(record, f"{listing_id}  back to version {wanted.version}")
        return True
    for one in found:
        context.output.result(_record(one), _text(one))
    return True


def _record(one: Version) -> dict[str, Any]:
    return {
        "version": one.version,
        "file": one.file.name,
        "size": one.file.size,
        "sha256": one.file.sha256,
        "at": one.at,
        "current": one.is_current,
        "waiting": one.is_waiting,
        "here": one.is_here,
        "changelog": one.changelog,
    }


def _text(one: Version) -> str:
    marks = [
        "current" if one.is_current else "",
        "waits" if one.is_waiting else "",
        "" if one.is_here else "file not here",
    ]
    words = ", ".join(mark for mark in marks if mark)
    head = f"{one.version:<10} {one.at[:10]}  {one.file.name}  {one.file.sha256[:12]}"
    lines = [f"{head}  ({words})" if words else head]
    return "\n".join([*lines, *(f"    {line}" for line in one.changelog.splitlines())])
