"""The Conflicts screen: what was changed here and there, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import InputError, KodaError
from koda_desktop.sync.conflict_rows import Choice, ConflictRow, Resolution
from koda_desktop.sync.rows import Changes
from koda_desktop.workspace.facade import Workspace


class ConflictsView(Protocol):
    def show_conflicts(self, rows: Sequence[ConflictRow], undoable: int) -> None: ...


class ConflictsController:
    """Reads the conflicts again when work changed; every answer is one transaction."""

    def __init__(self, tools: Tools, view: ConflictsView) -> None:
        self._tools = tools
        self._view = view
        self._workspace: Workspace | None = None
        self._asked = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the conflicts of ``workspace`` from now on."""
        self._workspace = workspace
        self.refresh()

    def refresh(self) -> None:
        if self._workspace is None:
            self._view.show_conflicts((), 0)
        else:
            number = self._asked.next()
            self._tools.spawn(self._read(self._workspace, number), f"conflicts.read.{number}")

    async def _read(self, workspace: Workspace, number: int) -> None:
        rows = await self._tools.store(workspace.conflicts)
        undoable = await self._tools.store(workspace.can_undo_resolve)
        if workspace is self._workspace and self._asked.is_current(number):
            self._view.show_conflicts(rows, undoable)

    # -- what a person asks --

    def settle(self, rows: Sequence[ConflictRow], choice: Choice) -> None:
        """Settle all of ``rows`` in one way."""
        wanted = [
            Resolution(row.listing_id, row.field, choice, seen=row.theirs)
            for row in rows
            if choice is not Choice.BOTH or row.can_keep_both
        ]
        if self._workspace is not None and wanted:
            self._tools.spawn(self._settle(self._workspace, wanted), "conflicts.settle")

    async def settle_by(self, row: ConflictRow, value: Any) -> str:
        """Settle one field by another value; the sentence about a wrong one, or ""."""
        if self._workspace is None:
            return ""
        wanted = Resolution(row.listing_id, row.field, Choice.VALUE, value, row.theirs)
        try:
            await self._settle(self._workspace, [wanted])
        except InputError as error:
            fields = error.facts.get("fields")
            return str(fields.get(row.field, error)) if isinstance(fields, dict) else str(error)
        return ""

    def undo(self) -> None:
        """Bring back what was settled last."""
        if self._workspace is not None:
            self._tools.spawn(self._undo(self._workspace), "conflicts.undo")

    async def _settle(self, workspace: Workspace, wanted: Sequence[Resolution]) -> None:
        try:
            settled = await self._tools.store(workspace.resolve, wanted)
        except KodaError:
            self.refresh()
            raise
        await self._tools.store(workspace.wake)
        words = "1 conflict is settled" if settled == 1 else f"{settled} conflicts are settled"
        undo = MessageAction("Undo", self.undo)
        self._tools.messages.tell(Level.SUCCESS, words, "", undo, key="conflicts-settled")

    async def _undo(self, workspace: Workspace) -> None:
        try:
            count = await self._tools.store(workspace.undo_resolve)
        finally:
            self.refresh()
        words = "1 conflict is open again" if count == 1 else f"{count} conflicts are open again"
        self._tools.messages.tell(Level.INFO, words, key="conflicts-settled")

    def _changed(self, changes: Changes) -> None:
        if changes.operations or changes.listings:
            self.refresh()
