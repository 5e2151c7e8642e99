"""The editor of one listing.

What is typed is kept on this computer as it is typed, and goes nowhere before it is saved.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import GatesUnmet, InputError, KodaError, NotFound
from koda_desktop.sync.rows import Changes, ListingDetail
from koda_desktop.sync.typed import Typed
from koda_desktop.workspace.facade import Workspace
from koda_desktop.workspace.info import GateState

if TYPE_CHECKING:
    from koda_desktop.workflows.drawing.scene import Scene

Draw = Callable[[Path], "Scene | None"]
"""The geometry of the workflow in a file; None where there is nothing to draw. Called on a pool."""
Shrink = Callable[[bytes], object]
"""A picture as the views paint it. Called on a pool."""
KEEP_SECONDS = 0.4
"""How long a person pauses before what they typed is written to the disk."""
LONGEST_SECONDS = 2.0
"""After that long it is written even while they type on."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One listing as the editor shows it."""

    detail: ListingDetail
    gates: Sequence[GateState]
    typed: Mapping[str, Any]
    """What was typed and not saved, by its field."""
    overtaken: tuple[str, ...] = ()
    """Fields among them that were changed elsewhere meanwhile."""


class EditorView(Protocol):
    def show_listing(self, opened: Opened) -> None: ...
    def show_scene(self, listing_id: str, scene: Scene | None) -> None: ...
    def show_picture(self, listing_id: str, picture: object) -> None: ...
    def show_kept(self, is_kept: bool) -> None: ...
    def show_problems(self, problems: Mapping[str, str]) -> None: ...
    def show_gone(self) -> None: ...
    def suggest_tags(self, known: Sequence[str]) -> None: ...


class TypedBeside(Protocol):
    """The form beside the table."""

    async def keep_typed(self) -> None: ...
    def read_again(self, listing_id: str) -> None: ...


class EditorController:
    """Everything here is called on the loop's thread; reading and writing happen on pools."""

    def __init__(
        self, tools: Tools, view: EditorView, draw: Draw, shrink: Shrink, beside: TypedBeside
    ) -> None:
        """``beside`` is where the same words may be typed without the editor."""
        self._tools = tools
        self._beside = beside
        self._view = view
        self._draw = draw
        self._shrink = shrink
        self._workspace: Workspace | None = None
        self._opened: Opened | None = None
        self._changes: dict[str, Any] = {}
        self._is_kept = True
        self._unkept_since = 0.0
        self._asked = Latest()
        self._reads = Latest()
        self._typed = Latest()
        self._writing = asyncio.Lock()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Edit listings of ``workspace`` from now on; ``leave`` comes before."""
        self._workspace = workspace
        self._opened = None
        self._changes = {}
        self._is_kept = True

    # -- showing --

    def open(self, listing_id: str) -> None:
        """Show ``listing_id``, with what was typed into it before; its picture follows."""
        if self._workspace is not None:
            number = self._asked.next()
            work = self._open(self._workspace, listing_id, number)
            # Each by a name of its own: the pictures of the one before may still be drawn.
            self._tools.spawn(work, f"editor.open.{number}")

    async def _open(self, workspace: Workspace, listing_id: str, number: int) -> None:
        await self._beside.keep_typed()
        await self._keep_now()
        opened = await self._read(workspace, listing_id)
        if not self._asked.is_current(number):
            return
        if opened is None:
            self._view.show_gone()
            return
        self._opened, self._changes, self._is_kept = opened, dict(opened.typed), True
        self._view.show_listing(opened)
        await self._show_pictures(workspace, listing_id)
        known = await self._tools.store(workspace.known_values)
        self._view.suggest_tags(tuple(known.tags))

    async def _read(self, workspace: Workspace, listing_id: str) -> Opened | None:
        def read() -> tuple[ListingDetail, Sequence[GateState], Typed | None]:
            detail = workspace.listing(listing_id)
            return detail, workspace.checklist(listing_id), workspace.typed.of(listing_id)

        try:
            detail, gates, typed = await self._tools.store(read)
        except NotFound:
            return None
        if typed is None:
            return Opened(detail, gates, {})
        return Opened(detail, gates, typed.changes, typed.overtaken(detail.document))

    async def _show_pictures(self, workspace: Workspace, listing_id: str) -> None:
        def scene() -> Scene | None:
            path = workspace.staged_file(listing_id)
            return None if path is None else self._draw(path)

        def picture() -> object:
            data = workspace.preview(listing_id)
            return None if data is None else self._shrink(data)

        drawn = await self._tools.pools.run("disk", scene)
        self._view.show_scene(listing_id, drawn)
        self._view.show_picture(listing_id, await self._tools.pools.run("disk", picture))

    def _changed(self, changes: Changes) -> None:
        """The listing changed elsewhere: read it again, and keep what is being typed."""
        opened = self._opened
        if opened is not None and self._workspace and opened.detail.row.id in changes.listings:
            work = self._reread(self._workspace, opened.detail.row.id)
            self._tools.spawn(work, f"editor.read.{self._reads.next()}")

    async def _reread(self, workspace: Workspace, listing_id: str) -> None:
        await self._keep_now()
        opened = await self._read(workspace, listing_id)
        if self._opened is None or self._opened.detail.row.id != listing_id:
            return
        if opened is None:
            self._view.show_gone()
        elif self._is_kept:
            self._opened, self._changes = opened, dict(opened.typed)
            self._view.show_listing(opened)

    # -- typing --

    def type(self, changes: Mapping[str, Any]) -> None:
        """Keep ``changes``, all that differs from what is stored, as soon as the person pauses."""
        if changes == self._changes:
            return
        if self._is_kept:
            self._unkept_since = asyncio.get_running_loop().time()
        self._changes = dict(changes)
        self._is_kept = False
        self._view.show_kept(False)
        number = self._typed.next()
        self._tools.spawn(self._keep_after_pause(number), f"editor.keep.{number}")

    async def _keep_after_pause(self, number: int) -> None:
        """Write once nothing was typed for a moment; who never pauses is not waited for."""
        await asyncio.sleep(KEEP_SECONDS)
        waited = asyncio.get_running_loop().time() - self._unkept_since
        if self._typed.is_current(number) or waited > LONGEST_SECONDS:
            await self._keep_now()

    async def _keep_now(self) -> None:
        """Write what was typed to the disk. Raises KodaErrors; then it is still to be written."""
        async with self._writing:
            opened, workspace = self._opened, self._workspace
            if self._is_kept or opened is None or workspace is None:
                return
            changes = self._changes
            await self._tools.store(workspace.typed.keep, opened.detail.row.id, changes)
            self._is_kept = changes == self._changes
            self._unkept_since = asyncio.get_running_loop().time()
            self._view.show_kept(self._is_kept)

    def discard(self) -> None:
        """Drop what was typed and not saved."""
        if self._opened is not None and self._workspace is not None:
            work = self._discard(self._workspace, self._opened.detail.row.id)
            self._tools.spawn(work, "editor.discard")

    async def _discard(self, workspace: Workspace, listing_id: str) -> None:
        async with self._writing:
            await self._tools.store(workspace.typed.forget, listing_id)
            self._changes, self._is_kept = {}, True
        self.open(listing_id)

    # -- saving --

    def save(self) -> None:
        """Put what was typed into the listing; a published one's change is queued."""
        self._tools.spawn(self._save(), "editor.save")

    async def _save(self) -> None:
        if await self.save_now():
            self._reopen()

    def _reopen(self) -> None:
        if self._opened is not None:
            self.open(self._opened.detail.row.id)

    async def save_now(self) -> bool:
        """Save; False when a field is wrong. Raises other KodaErrors; nothing typed is lost."""
        await self._keep_now()
        opened, workspace = self._opened, self._workspace
        if opened is None or workspace is None or not self._changes:
            return True
        changes, listing_id = self._changes, opened.detail.row.id
        try:
            await self._tools.store(workspace.edit, listing_id, changes)
        except InputError as error:
            self._view.show_problems(_field_problems(error))
            return False
        async with self._writing:
            if self._changes == changes:
                await self._tools.store(workspace.typed.forget, listing_id)
                self._changes, self._is_kept = {}, True
        await self._tools.store(workspace.wake)
        return True

    def publish(self) -> None:
        """Save, then queue the listing to be published."""
        self._tools.spawn(self._publish(), "editor.publish")

    async def _publish(self) -> None:
        opened, workspace = self._opened, self._workspace
        if opened is None or workspace is None or not await self.save_now():
            return
        try:
            await self._tools.store(workspace.publish, [opened.detail.row.id])
        except GatesUnmet as error:
            self._tools.messages.report(error)
        await self._tools.store(workspace.wake)
        self._reopen()

    def leave(self) -> None:
        """The editor goes out of view: a draft is saved where it can be, the rest is kept."""
        self._tools.spawn(self.leave_now(), f"editor.leave.{self._reads.next()}")

    async def leave_now(self) -> None:
        """See ``leave``; also before the program ends or another workspace is used."""
        opened = self._opened
        await self._keep_now()
        if opened is not None and not opened.detail.is_at_server:
            await self.save_now()
        if self._opened is opened or opened is None:
            self._opened = None
        if opened is not None:
            self._beside.read_again(opened.detail.row.id)


def _field_problems(error: KodaError) -> dict[str, str]:
    found = error.facts.get("fields")
    if isinstance(found, Mapping):
        return {str(name): str(text) for name, text in found.items()}
    return {"": error.what}
