"""``koda diff``: what changed between two versions of a workflow, and the version it calls for."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.shown import shown
from koda_desktop.errors import InputError, UsageError
from koda_desktop.workflows.changelog import proposed_changelog
from koda_desktop.workflows.comparing import Change, Comparison, Difference, compare
from koda_desktop.workflows.comparison_words import comparison_lines
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Edge, Inspection, Node
from koda_desktop.workflows.versions import Bump, Level, propose_bump


def diff(context: Context, options: argparse.Namespace) -> bool:
    """Compare two files. Done is done, whether they differ or not."""
    old = _read(options.old, options.platform)
    new = _read(options.new, options.platform)
    found, bump = compare(old, new), _bump(old, new, options.from_version)
    heading = f"{shown(options.old)} → {shown(options.new)}"
    record = {
        "old": str(options.old),
        "new": str(options.new),
        **_record(found),
        "version": {
            "proposed": bump.version,
            "level": bump.level.name.lower(),
            "reasons": list(bump.reasons),
        },
        "changelog": proposed_changelog(found),
    }
    lines = [
        heading,
        *(f"  {line}" for line in comparison_lines(found)),
        *_bump_lines(bump),
        *_changelog_lines(found),
    ]
    context.output.result(record, "\n".join(lines))
    return True


def _bump(old: Inspection, new: Inspection, version: str | None) -> Bump:
    try:
        return propose_bump(old, new, version)
    except ValueError:
        raise UsageError(
            f"“{version}” is not a version number.", remedy="Write it as in 1.4.0."
        ) from None


def _bump_lines(bump: Bump) -> Iterator[str]:
    yield f"  version: {bump.version}, {_LEVELS[bump.level]}"
    yield from (f"    {reason}" for reason in bump.reasons)


def _changelog_lines(found: Comparison) -> Iterator[str]:
    yield "  changelog:"
    yield from (f"    {line}" for line in proposed_changelog(found).splitlines())


_LEVELS = {
    Level.NONE: "as before",
    Level.PATCH: "a patch",
    Level.MINOR: "a minor version",
    Level.MAJOR: "a major version",
}


def _read(path: Path, platform: str | None) -> Inspection:
    inspection = inspect_path(path, platform=platform)
    if inspection.packaged is None:
        reasons = " ".join(p.message for p in inspection.problems if p.severity == "error")
        raise InputError(
            f"{inspection.file_name} cannot be compared: {reasons}",
            remedy="`koda check` shows the whole report.",
        )
    return inspection


def _record(found: Comparison) -> dict[str, Any]:
    return {
        "same": found.is_same,
        "platform": list(found.platform) if found.platform else None,
        "nodes": {
            "added": [_node(node) for node in found.added],
            "removed": [_node(node) for node in found.removed],
            "renamed": [{"from": was, "to": name} for was, name in found.renamed],
            "changed": [_change(change) for change in found.changed],
        },
        "edges": {
            "added": [_edge(edge) for edge in found.edges_added],
            "removed": [_edge(edge) for edge in found.edges_removed],
        },
        "triggers": _difference(found.triggers),
        "credentials": _difference(found.credentials),
        "integrations": _difference(found.integrations),
        "packages": _difference(found.packages),
    }


def _node(node: Node) -> dict[str, Any]:
    return {"name": node.name, "type": node.type}


def _change(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "type": list(change.type) if change.type else None,
        "disabled": change.disabled,
        "parameters": list(change.settings),
    }


def _edge(edge: Edge) -> dict[str, Any]:
    return {
        "from": edge.source, "to": edge.target, "kind": edge.kind,
        "output": edge.output, "input": edge.input,
    }  # fmt: skip


def _difference(difference: Difference) -> dict[str, list[str]]:
    return {"added": list(difference.added), "removed": list(difference.removed)}
