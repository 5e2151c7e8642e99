"""The versions of the listing in the editor: compared on its graph, replaced, and set back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import NotFound
from koda_desktop.sync.rows import Changes
from koda_desktop.workspace.facade import Workspace

if TYPE_CHECKING:
    from koda_desktop.controllers.intake import Inspect
    from koda_desktop.sync.version_list import Version
    from koda_desktop.workflows.drawing.scene import Scene
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.revisions import Proposal


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions beside each other: drawn, in lines, and as a changelog would say it."""

    scene: Scene
    lines: tuple[str, ...]
    changelog: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A file that was chosen to be the listing's, and what it would be."""

    name: str
    proposal: Proposal
    is_queued: bool
    """The listing is published: the file goes out with the next sync."""


class VersionsView(Protocol):
    def show_versions(self, versions: Sequence[Version]) -> None: ...
    def show_comparison(self, compared: Compared | None) -> None: ...
    def show_offer(self, offered: Offered | None) -> None: ...


class VersionsController:
    """Everything here is called on the loop's thread; files are looked at on pools."""

    def __init__(self, tools: Tools, view: VersionsView, inspect: Inspect) -> None:
        self._tools = tools
        self._view = view
        self._inspect = inspect
        self._workspace: Workspace | None = None
        self._listing_id = ""
        self._offered: Inspection | None = None
        self._reads = Latest()
        self._pairs = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Work on ``workspace`` from now on."""
        self._workspace = workspace
        self._listing_id = ""
        self._offered = None

    def open(self, listing_id: str) -> None:
        """Show the versions of ``listing_id``."""
        self._listing_id = listing_id
        self._offered = None
        self._view.show_offer(None)
        self._read()

    def _changed(self, changes: Changes) -> None:
        if self._listing_id in changes.listings:
            self._read()

    def _read(self) -> None:
        if self._workspace is not None and self._listing_id:
            number = self._reads.next()
            work = self._show(self._workspace, self._listing_id, number)
            self._tools.spawn(work, f"versions.read.{number}")

    async def _show(self, workspace: Workspace, listing_id: str, number: int) -> None:
        try:
            found = await self._tools.store(workspace.revisions.versions, listing_id)
        except NotFound:
            found = ()
        if self._reads.is_current(number):
            self._view.show_versions(found)

    # -- comparing --

    def compare(self, old: Version, new: Version) -> None:
        """Draw what changed from ``old`` to ``new``, whose files are here."""
        if self._workspace is not None:
            number = self._pairs.next()
            work = self._compare(self._workspace, old, new, number)
            self._tools.spawn(work, f"versions.compare.{number}")

    async def _compare(self, workspace: Workspace, old: Version, new: Version, number: int) -> None:
        def compared() -> Compared | None:
            paths = [workspace.revisions.path(one) for one in (old, new)]
            before, after = (self._looked_at(path) if path else None for path in paths)
            return _compared(before, after) if before and after else None

        found = await self._tools.pools.run("disk", compared)
        if self._pairs.is_current(number):
            self._view.show_comparison(found)

    def _looked_at(self, path: Path) -> Inspection:
        from koda_desktop.workflows.kept import NOTHING_KEPT

        return self._inspect(path, NOTHING_KEPT)

    # -- another file --

    def offer(self, path: Path) -> None:
        """Look at a file that is to be the listing's, and propose its version."""
        if self._workspace is not None and self._listing_id:
            work = self._offer(self._workspace, self._listing_id, path)
            self._tools.spawn(work, "versions.offer")

    async def _offer(self, workspace: Workspace, listing_id: str, path: Path) -> None:
        def looked_at() -> tuple[Inspection, Offered]:
            inspection = self._looked_at(path)
            proposal = workspace.revisions.propose(listing_id, inspection, self._looked_at)
            is_queued = workspace.listing(listing_id).is_at_server
            return inspection, Offered(path.name, proposal, is_queued)

        inspection, offered = await self._tools.pools.run("disk", looked_at)
        if listing_id == self._listing_id:
            self._offered = inspection
            self._view.show_offer(offered)

    def withdraw_offer(self) -> None:
        """The file stays unused."""
        self._offered = None
        self._view.show_offer(None)

    def take(self, version: str, changelog: str) -> None:
        """Give the listing the file that was offered."""
        if self._workspace is not None and self._offered is not None:
            work = self._take(self._workspace, self._listing_id, self._offered, version, changelog)
            self._tools.spawn(work, "versions.take")

    async def _take(
        self,
        workspace: Workspace,
        listing_id: str,
        inspection: Inspection,
        version: str,
        changelog: str,
    ) -> None:
        revise = workspace.revisions.revise
        await self._tools.store(revise, listing_id, inspection, version, changelog)
        self.withdraw_offer()
        await self._tools.store(workspace.wake)
        self._tell(f"The file is version {version}")

    def set_back(self, version: Version) -> None:
        """Give the listing the file of an earlier version again."""
        if self._workspace is not None and self._listing_id:
            work = self._set_back(self._workspace, self._listing_id, version)
            self._tools.spawn(work, "versions.back")

    async def _set_back(self, workspace: Workspace, listing_id: str, version: Version) -> None:
        await self._tools.store(workspace.revisions.set_back, listing_id, version)
        await self._tools.store(workspace.wake)
        self._tell(f"Back to version {version.version}")

    def _tell(self, what: str) -> None:
        undo = MessageAction("Undo", self._undo)
        self._tools.messages.tell(Level.SUCCESS, what, "", undo, key="listing-version")

    def _undo(self) -> None:
        if self._workspace is not None:
            self._tools.spawn(self._undo_last(self._workspace), "versions.undo")

    async def _undo_last(self, workspace: Workspace) -> None:
        await self._tools.store(workspace.history.undo)
        await self._tools.store(workspace.wake)

    def say(self, version: Version, changelog: str) -> None:
        """Keep what the seller says of a version."""
        if self._workspace is not None and self._listing_id:
            work = self._say(self._workspace, self._listing_id, version, changelog)
            self._tools.spawn(work, "versions.say")

    async def _say(
        self, workspace: Workspace, listing_id: str, version: Version, changelog: str
    ) -> None:
        await self._tools.store(workspace.revisions.say, listing_id, version, changelog)
        self._read()


def _compared(old: Inspection, new: Inspection) -> Compared:
    from koda_desktop.workflows.changelog import proposed_changelog
    from koda_desktop.workflows.comparing import compare
    from koda_desktop.workflows.comparison_words import comparison_lines
    from koda_desktop.workflows.drawing.compared import compared_scene

    found = compare(old, new)
    lines = tuple(comparison_lines(found))
    return Compared(compared_scene(old, new), lines, proposed_changelog(found))
