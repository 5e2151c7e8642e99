"""Pictures of workflow graphs for commands: SVG is written here; PNG is painted by a child with Qt,
which the command line itself never loads."""

from __future__ import annotations

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.child import Child, ChildEnded
from koda_desktop.workflows.drawing.scene import Scene, build_scene
from koda_desktop.workflows.drawing.svg import to_svg
from koda_desktop.workflows.inspection import Inspection

TASK = "paint"
SVG, PNG = ".svg", ".png"


class Artist:
    """Makes the bytes of pictures, all of one kind; starts a child when the first PNG is due."""

    def __init__(self, suffix: str, size: str, *, dark: bool) -> None:
        self.suffix = suffix
        self._size = size
        self._dark = dark
        self._child: Child | None = None

    def picture(self, scene: Scene) -> bytes:
        """Raises LocalFault where Qt cannot paint on this computer."""
        if self.suffix == SVG:
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


def scene_of(inspection: Inspection) -> Scene:
    """The geometry of a workflow's picture."""
    return build_scene(inspection.graph, inspection.name)
