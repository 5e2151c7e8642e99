"""The preview pictures of files that are being taken in: painted, chosen, and saved with drafts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.preview import ShownPreview, Shrink
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import KodaError
from koda_desktop.sync.pictures import Pictures, Preview, PreviewChoice, picture_at

if TYPE_CHECKING:
    from koda_desktop.workflows.inspection import Inspection

Paint = Callable[["Inspection"], bytes | None]
"""A PNG of the graph, or None where there is none. Called on a pool."""


class IntakePreviewView(Protocol):
    """What shows the preview of a file, by its number."""

    def show_preview(self, number: int, shown: ShownPreview) -> None: ...


class IntakePreviews:
    """What was chosen for each file; the picture of its graph where nothing was."""

    def __init__(self, tools: Tools, view: IntakePreviewView, paint: Paint, shrink: Shrink) -> None:
        self._tools = tools
        self._view = view
        self._paint = paint
        self._shrink = shrink
        self._inspections: Mapping[int, Inspection] = {}
        self._chosen: dict[int, Preview] = {}
        self._asked = Latest()

    def follow(self, inspections: Mapping[int, Inspection]) -> None:
        """Look files up in ``inspections``, by their numbers, from now on."""
        self._inspections = inspections

    def show(self, number: int) -> None:
        """Show the preview of file ``number``, once it is checked."""
        self._tools.spawn(self._show(number), f"intake.preview.{self._asked.next()}")

    async def _show(self, number: int, problem: str = "") -> None:
        while (inspection := self._inspections.get(number)) is not None:
            chosen = self._choice(number)
            drawing = await self._drawing(inspection)
            data = drawing if chosen is PreviewChoice.WORKFLOW else chosen
            image = None
            if isinstance(data, bytes):
                image = await self._tools.pools.run("disk", self._shrink, data)
            # What was chosen meanwhile, or a new report, is shown instead.
            if (self._choice(number), self._inspections.get(number)) == (chosen, inspection):
                whose = "seller" if isinstance(chosen, bytes) else "workflow"
                shown = ShownPreview(
                    whose if image is not None else "", image, drawing is not None, True, problem
                )
                self._view.show_preview(number, shown)
                return

    def choose(self, number: int, path: Path) -> None:
        """Take the picture in the file at ``path`` for file ``number``."""
        work = self._choose(number, path)
        self._tools.spawn(work, f"intake.choose-preview.{self._asked.next()}")

    async def _choose(self, number: int, path: Path) -> None:
        try:
            self._chosen[number] = await self._tools.pools.run("disk", picture_at, path)
        except KodaError as error:
            await self._show(number, f"{error.what} {error.remedy}".strip())
        else:
            await self._show(number)

    def take(self, number: int, choice: PreviewChoice) -> None:
        """Take the workflow's picture for file ``number``, or none."""
        self._chosen[number] = choice
        self.show(number)

    def forget(self, number: int) -> None:
        """File ``number`` is saved or left out."""
        self._chosen.pop(number, None)

    async def pictures(self, number: int, inspection: Inspection) -> Pictures:
        """What the draft of file ``number`` is made with."""
        return Pictures(await self._drawing(inspection), self._choice(number))

    def _choice(self, number: int) -> Preview:
        return self._chosen.get(number, PreviewChoice.WORKFLOW)

    async def _drawing(self, inspection: Inspection) -> bytes | None:
        return await self._tools.pools.run("disk", self._paint, inspection)
