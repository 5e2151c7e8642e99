"""``koda draw``: pictures of workflow graphs. SVG is written here; PNG is painted by a child with
Qt, which the command line itself never loads."""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path
from typing import Any

from koda_desktop.cli.child import Child, ChildEnded
from koda_desktop.cli.context import Context
from koda_desktop.cli.shown import shown
from koda_desktop.cli.targets import Targets
from koda_desktop.errors import InputError, KodaError, LocalFault, UsageError
from koda_desktop.runtime.files import write_atomically
from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workflows.inspection import Inspection
from koda_desktop.workflows.texts import counted

TASK = "paint"
_SVG, _PNG = ".svg", ".png"


def draw(context: Context, options: argparse.Namespace) -> bool:
    """Draw each file's graph; a file without one is reported and the rest go on."""
    targets = Targets(options.files, options.out)
    suffix = _suffix(options, targets)
    is_fine = True
    with closing(_Artist(suffix, options.size or "full", dark=options.dark)) as artist:
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
    if suffix not in (_SVG, _PNG):
        raise UsageError(
            f"{shown(options.out)} ends neither in .svg nor in .png.",
            remedy="Name a file with one of these endings, or a folder that exists.",
        )
    if options.format and suffix != f".{options.format}":
        raise UsageError(f"{shown(options.out)} is not named as --format {options.format} is.")
    if options.size and suffix == _SVG:
        raise UsageError(
            "--size is for PNG; an SVG has no size of its own.",
            remedy="Leave it out, or draw a PNG.",
        )
    return suffix


def _draw_one(
    path: Path, platform: str | None, targets: Targets, artist: _Artist
) -> dict[str, Any]:
    inspection = inspect_path(path, platform=platform)
    if not inspection.graph.nodes:
        reasons = " ".join(p.message for p in inspection.problems if p.severity == "error")
        raise InputError(
            f"There is no graph to draw in {inspection.file_name}. {reasons}".rstrip(),
            remedy="`koda check` shows what was found in it.",
        )
    target = targets.target(path.stem + artist.suffix)
    write_atomically(target, artist.picture(_scene(inspection)))
    return {"file": str(path), "picture": str(target), "nodes": inspection.node_count}


def _scene(inspection: Inspection) -> Scene:
    return build_scene(inspection.graph, inspection.name)


class _Artist:
    """Makes the bytes of pictures, all of one kind; starts a child when the first PNG is due."""

    def __init__(self, suffix: str, size: str, *, dark: bool) -> None:
        self.suffix = suffix
        self._size = size
        self._dark = dark
        self._child: Child | None = None

    def picture(self, scene: Scene) -> bytes:
        """Raises LocalFault where Qt cannot paint on this computer."""
        if self.suffix == _SVG:
            return to_svg(scene, dark=self._dark).encode()
        try:
            self._child = self._child or Child(TASK, {"QT_QPA_PLATFORM": "offscreen"})
            painted: bytes = self._child.ask((scene, self._size, self._dark))
        except ChildEnded as ended:
            self._child = None
            said = ended.said.splitlines()[-1:] or [f"code {ended.code}"]
            raise LocalFault(
                f"The picture could not be painted: Qt did not work here ({said[0]}).",
                kept="Nothing was written.",
                remedy="Draw an SVG instead, which needs no Qt.",
                facts={"exit_code": ended.code},
            ) from None
        return painted

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
