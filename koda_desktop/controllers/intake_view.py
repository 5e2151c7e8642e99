"""What shows the intake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.intake_state import IntakeFile

if TYPE_CHECKING:
    from koda_desktop.controllers.intake_becoming import Revised
    from koda_desktop.workflows.drawing.scene import Scene


class IntakeView(Protocol):
    """What the intake dialog shows."""

    def show_files(self, files: Sequence[IntakeFile]) -> None: ...
    def show_file(self, file: IntakeFile) -> None: ...
    def show_scene(self, number: int, scene: Scene) -> None: ...
    def show_done(
        self, saved: Sequence[str], published: bool, revised: Sequence[Revised]
    ) -> None: ...
