"""What an added file becomes: a listing of its own, or the next version of one there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.controllers.intake_fields import draft_of
from koda_desktop.controllers.intake_state import Becomes, IntakeFile, IntakeStage
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.workflows.kept import NOTHING_KEPT

if TYPE_CHECKING:
    from koda_desktop.controllers.intake import Inspect
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.facade import Workspace
    from koda_desktop.workspace.revisions import Proposal


@dataclass(frozen=True, slots=True)
class Revised:
    """A listing that got an added file."""

    listing_id: str
    title: str
    version: str
    is_published: bool


class Becoming:
    """For one intake; everything here is called on the loop's thread.

    Listings are looked through for all files that were checked meanwhile, not for each of them.
    """

    def __init__(
        self,
        tools: Tools,
        inspect: Inspect,
        files: Mapping[int, IntakeFile],
        inspections: Mapping[int, Inspection],
        put: Callable[[IntakeFile], None],
    ) -> None:
        """``files`` and ``inspections`` are the intake's own; ``put`` takes a changed file."""
        self._tools = tools
        self._inspect = inspect
        self._files = files
        self._inspections = inspections
        self._put = put
        self._workspace: Workspace | None = None
        self._waiting: list[int] = []
        self._asked = Latest()

    def use(self, workspace: Workspace | None) -> None:
        """Find the listings of ``workspace`` from now on."""
        self._workspace = workspace

    # -- whose it may be --

    def checked(self, number: int) -> None:
        """A file was checked: find out whose it may be."""
        self._waiting.append(number)
        if self._workspace is not None:
            self._tools.spawn(self._match(self._workspace), "intake.match")

    async def _match(self, workspace: Workspace) -> None:
        while self._waiting and workspace is self._workspace:
            numbers = [n for n in self._waiting if n in self._files and n in self._inspections]
            self._waiting.clear()
            asked = [self._files[number].becomes.listing_id for number in numbers]
            looked_at = [self._inspections[number] for number in numbers]
            match = workspace.revisions.matching
            found = await self._tools.pools.run("disk", match, looked_at, asked)
            for number, matches in zip(numbers, found, strict=True):
                file = self._files.get(number)
                if file is not None and (matches or file.becomes.listing_id):
                    self._put(replace(file, becomes=replace(file.becomes, matches=matches)))
                    self._choose(number, self._files[number].becomes.listing_id)

    # -- what it becomes --

    def choose(self, number: int, listing_id: str) -> None:
        """Let a file become the next version of ``listing_id``; "" for a listing of its own."""
        file = self._files.get(number)
        if file is not None and file.becomes.listing_id != listing_id:
            self._choose(number, listing_id)

    def _choose(self, number: int, listing_id: str) -> None:
        file = self._files[number]
        known = {one.listing_id for one in file.becomes.matches}
        chosen = listing_id if listing_id in known else ""
        bare = replace(file.becomes, listing_id=chosen, fields=None, version="", is_proposed=False)
        self._put(replace(file, becomes=bare, wrong={}, note=""))
        if chosen and self._workspace is not None:
            work = self._propose(self._workspace, number, chosen)
            self._tools.spawn(work, f"intake.propose.{self._asked.next()}")

    async def _propose(self, workspace: Workspace, number: int, listing_id: str) -> None:
        detail = await self._tools.store(workspace.listing, listing_id)
        file = self._chosen(number, listing_id)
        if file is not None:
            fields = draft_of(detail.document)
            self._put(replace(file, becomes=replace(file.becomes, fields=fields)))
        found = await self._proposed(workspace, number, listing_id)
        file = self._chosen(number, listing_id)
        if found is not None and file is not None:
            self._put(replace(file, becomes=_with(file.becomes, found)))

    def _chosen(self, number: int, listing_id: str) -> IntakeFile | None:
        """The file ``number``, while it is to become a version of that listing."""
        file = self._files.get(number)
        return file if file is not None and file.becomes.listing_id == listing_id else None

    async def _proposed(
        self, workspace: Workspace, number: int, listing_id: str
    ) -> Proposal | None:
        inspection = self._inspections.get(number)
        if inspection is None:
            return None
        propose = workspace.revisions.propose
        return await self._tools.pools.run("disk", propose, listing_id, inspection, self._look)

    def _look(self, path: Path) -> Inspection:
        return self._inspect(path, NOTHING_KEPT)

    def set_version(self, number: int, version: str) -> None:
        """Call the next version so."""
        file = self._files.get(number)
        if file is not None and file.becomes.listing_id:
            self._put(replace(file, becomes=replace(file.becomes, version=version), wrong={}))

    # -- saving --

    async def save(self, workspace: Workspace, number: int) -> Revised:
        """Give the listing the file. Raises KodaErrors; then nothing was changed."""
        file, inspection = self._files[number], self._inspections[number]
        becomes = file.becomes
        if not becomes.is_proposed:
            found = await self._proposed(workspace, number, becomes.listing_id)
            becomes = becomes if found is None else _with(becomes, found)
        await self._tools.store(
            workspace.revisions.revise,
            becomes.listing_id,
            inspection,
            becomes.version,
            becomes.changelog,
        )
        match = becomes.match
        assert match is not None
        self._put(
            replace(file, stage=IntakeStage.SAVED, listing_id=match.listing_id, wrong={}, note="")
        )
        return Revised(match.listing_id, match.title, becomes.version, match.is_published)


def _with(becomes: Becomes, found: Proposal) -> Becomes:
    """With what is proposed; a version that a person typed stays."""
    return replace(
        becomes,
        version=becomes.version or found.version,
        reasons=found.reasons,
        changelog=found.changelog,
        is_proposed=True,
    )
