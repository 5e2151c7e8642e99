"""``koda diff``: what changed between two versions of a workflow, and the version it calls for."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.cli.shown import joined, shown
from koda_desktop.errors import InputError, UsageError
from koda_desktop.workflows.changelog import proposed_changelog
from koda_desktop.workflows.comparing import Change, Comparison, Difference, compare
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
    lines = [heading, *_lines(found), *_bump_lines(bump), *_changelog_lines(found)]
    context.output.result(record, "\n".join(lines))
    return True


def _bump(old: Inspection, new: Inspection, version: str | None) -> Bump:
    try:
        return propose_bump(old, new, version)
    except ValueError:
        raise UsageError(
            f"“{version}” is no version number.", remedy="Write it as in 1.4.0."
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


def _lines(found: Comparison) -> Iterator[str]:
    if found.platform:
        yield f"  platform: {found.platform[0]} → {found.platform[1]}"
    yield from (f"  + step {node.name} ({node.label})" for node in found.added)
    yield from (f"  - step {node.name} ({node.label})" for node in found.removed)
    yield from (f"  ~ step {was} is now called {name}" for was, name in found.renamed)
    yield from (f"  ~ step {change.name}: {_said(change)}" for change in found.changed)
    yield from (f"  + connection {_arrow(edge)}" for edge in found.edges_added)
    yield from (f"  - connection {_arrow(edge)}" for edge in found.edges_removed)
    for thing, difference in (
        ("trigger", found.triggers),
        ("credential", found.credentials),
        ("app", found.integrations),
        ("package", found.packages),
    ):
        yield from _signed(thing, difference)
    if found.is_same:
        yield "  Both do the same." if found.renamed else "  No difference in what they do."


def _signed(thing: str, difference: Difference) -> Iterable[str]:
    yield from (f"  + {thing} {name}" for name in difference.added)
    yield from (f"  - {thing} {name}" for name in difference.removed)


def _said(change: Change) -> str:
    said = []
    if change.type:
        said.append(f"{change.type[0]} → {change.type[1]}")
    if change.disabled is not None:
        said.append("switched off" if change.disabled else "switched on")
    if change.settings:
        said.append(f"changed {joined(change.settings)}")
    return "; ".join(said)


def _arrow(edge: Edge) -> str:
    kind = "" if edge.kind == "main" else f" ({edge.kind})"
    output = f" [{edge.output}]" if edge.output else ""
    return f"{edge.source}{output} → {edge.target}{kind}"
