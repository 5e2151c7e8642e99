"""The preview picture of the open listing: shown small, and changed while it is a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import KodaError
from koda_desktop.sync.pictures import Preview, PreviewChoice, PreviewLine, picture_at
from koda_desktop.sync.rows import ListingDetail, ListingState
from koda_desktop.workspace.facade import Workspace

Shrink = Callable[[bytes], object]
"""The picture in these bytes, small, as the views paint it. Called on a pool."""


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """What a page shows of a preview picture."""

    whose: str = ""
    """"workflow", "seller", or "" for none."""
    image: object = None
    """What ``Shrink`` made of it."""
    has_drawing: bool = False
    """Whether there is a picture of the workflow."""
    can_change: bool = False
    problem: str = ""
    """Why the picture that was chosen last was not taken."""


class PreviewView(Protocol):
    """What shows the preview of a listing."""

    def show_preview(self, listing_id: str, shown: ShownPreview) -> None: ...


class PreviewController:
    """Everything here is called on the loop's thread; reading and shrinking happen on pools."""

    def __init__(self, tools: Tools, view: PreviewView, shrink: Shrink) -> None:
        self._tools = tools
        self._view = view
        self._shrink = shrink
        self._workspace: Workspace | None = None
        self._asked = Latest()
        self._changes = Latest()
        self._listing_id = ""
        self._shown = ShownPreview()

    def use(self, workspace: Workspace | None) -> None:
        """Show previews of ``workspace`` from now on."""
        self._workspace = workspace
        self._listing_id = ""

    def show(self, detail: ListingDetail) -> None:
        """Show the preview of the listing ``detail``."""
        if self._workspace is not None:
            work = self._show(self._workspace, detail, number := self._asked.next())
            self._tools.spawn(work, f"preview.show.{number}")

    async def _show(self, workspace: Workspace, detail: ListingDetail, number: int) -> None:
        listing_id = detail.row.id
        data = None
        if detail.preview is not None:
            data = await self._tools.store(workspace.preview, listing_id)
        image = None if data is None else await self._tools.pools.run("disk", self._shrink, data)
        if self._asked.is_current(number):
            self._listing_id = listing_id
            self._shown = ShownPreview(
                _whose(detail.preview) if data is not None else "",
                image,
                detail.has_drawing,
                detail.row.state is ListingState.DRAFT and not detail.is_at_server,
            )
            self._view.show_preview(listing_id, self._shown)

    def choose(self, listing_id: str, path: Path) -> None:
        """Make the picture in the file at ``path`` the listing's preview."""
        self._tools.spawn(self._choose(listing_id, path), f"preview.choose.{self._changes.next()}")

    async def _choose(self, listing_id: str, path: Path) -> None:
        try:
            data = await self._tools.pools.run("disk", picture_at, path)
        except KodaError as error:
            self._refuse(listing_id, error)
            return
        await self._take(listing_id, data)

    def take(self, listing_id: str, choice: PreviewChoice) -> None:
        """Make the workflow's picture the preview again, or have none."""
        self._tools.spawn(self._take(listing_id, choice), f"preview.take.{self._changes.next()}")

    async def _take(self, listing_id: str, preview: Preview) -> None:
        if self._workspace is None:
            return
        try:
            await self._tools.store(self._workspace.choose_preview, listing_id, preview)
        except KodaError as error:
            self._refuse(listing_id, error)

    def _refuse(self, listing_id: str, error: KodaError) -> None:
        if listing_id == self._listing_id:
            self._shown = replace(self._shown, problem=f"{error.what} {error.remedy}".strip())
            self._view.show_preview(listing_id, self._shown)


def _whose(line: PreviewLine | None) -> str:
    if line is None:
        return ""
    return "workflow" if line.is_drawing else "seller"
