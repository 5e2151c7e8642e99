"""``koda draw``: pictures of workflow graphs, as SVG and PNG."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from koda_desktop.cli.artist import PNG, SVG, Artist, scene_of
from koda_desktop.cli.context import Context
from koda_desktop.cli.shown import shown
from koda_desktop.cli.targets import Targets
from koda_desktop.errors import InputError, KodaError, UsageError
from koda_desktop.runtime.files import write_atomically
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.texts import counted


def draw(context: Context, options: argparse.Namespace) -> bool:
    """Draw each file's graph; a file without one is reported and the rest go on."""
    targets = Targets(options.files, options.out)
    suffix = _suffix(options, targets)
    is_fine = True
    with closing(Artist(suffix, options.size or "full", dark=options.dark)) as artist:
        for path in options.files:
            try:
                record = _draw_one(path, options.platform, targets, artist)
            except KodaError as error:
                context.output.fault(error)
                is_fine = False
                continue
            text = (
                f"{shown(path)} → {shown(record['picture'])} ({counted(record['nodes'], 'step')})"
            )
            context.output.result(record, text)
    return is_fine


def _suffix(options: argparse.Namespace, targets: Targets) -> str:
    in_folder = f".{options.format or 'svg'}"
    suffix = in_folder if targets.is_folder else targets.suffix
    if suffix not in (SVG, PNG):
        raise UsageError(
            f"{shown(options.out)} ends neither in .svg nor in .png.",
            remedy="Name a file with one of these endings, or a folder that exists.",
        )
    if options.format and suffix != f".{options.format}":
        raise UsageError(f"{shown(options.out)} is not named as --format {options.format} is.")
    if options.size and suffix == SVG:
        raise UsageError(
            "--size is for PNG; an SVG has no size of its own.",
            remedy="Leave it out, or draw a PNG.",
        )
    return suffix


def _draw_one(path: Path, platform: str | None, targets: Targets, artist: Artist) -> dict[str, Any]:
    inspection = inspect_path(path, platform=platform)
    if not inspection.graph.nodes:
        reasons = " ".join(p.message for p in inspection.problems if p.severity == "error")
        raise InputError(
            f"There is no graph to draw in {inspection.file_name}. {reasons}".rstrip(),
            remedy="`koda check` shows what was found in it.",
        )
    target = targets.target(path.stem + artist.suffix)
    write_atomically(target, artist.picture(scene_of(inspection)))
    return {"file": str(path), "picture": str(target), "nodes": inspection.node_count}
