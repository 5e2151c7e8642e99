"""The geometry of a workflow's picture. Called on pools: a large graph takes a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from koda_desktop.workflows.drawing.scene import Scene
    from koda_desktop.workflows.inspection import Inspection


def scene_of(inspection: Inspection) -> Scene:
    """The picture of an inspected file. Imports what lays it out when it is first asked for."""
    from koda_desktop.workflows.drawing.scene import build_scene

    return build_scene(inspection.graph, inspection.name)
