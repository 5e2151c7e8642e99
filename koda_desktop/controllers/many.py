"""Several selected listings changed at once, field by field: each change is one change set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools

if TYPE_CHECKING:
    from koda_desktop.controllers.history import HistoryController
    from koda_desktop.sync.bulk.proposing import Verb
    from koda_desktop.sync.grid.common import Common
    from koda_desktop.sync.rows import Changes, Selection
    from koda_desktop.workspace.facade import Workspace


class ManyView(Protocol):
    """What shows the fields."""

    def show_common(self, common: Common) -> None: ...
    def show_problem(self, column: str, text: str) -> None: ...


class ManyController:
    """Everything here is called on the loop's thread; reading and writing happen on pools."""

    def __init__(self, tools: Tools, view: ManyView, history: HistoryController) -> None:
        self._tools = tools
        self._view = view
        self._history = history
        self._workspace: Workspace | None = None
        self._selection: Selection | None = None
        self._count = 0
        self._asked = Latest()
        self._done = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on."""
        self._workspace = workspace
        self.show(None, 0)

    def show(self, selection: Selection | None, count: int) -> None:
        """Show what the ``count`` listings of ``selection`` have in common; None for nothing."""
        self._selection, self._count = selection, count
        number = self._asked.next()
        if selection is not None and self._workspace is not None:
            work = self._read(self._workspace, selection, count, number)
            self._tools.spawn(work, f"many.read.{number}")

    async def _read(
        self, workspace: Workspace, selection: Selection, count: int, number: int
    ) -> None:
        common = await self._tools.store(workspace.grid.common, selection, count)
        if self._asked.is_current(number):
            self._view.show_common(common)

    def set(self, selection: Selection, column: str, text: str) -> None:
        """Write what was typed for ``column`` into all of them; what is wrong is shown."""
        from koda_desktop.sync.bulk.setting import SetField
        from koda_desktop.sync.grid.cells import EDITED, value_of

        value, problem = value_of(EDITED[column], text)
        self._view.show_problem(column, problem)
        if not problem:
            self._do(selection, SetField(EDITED[column], value))

    def change_tags(
        self, selection: Selection, added: tuple[str, ...], removed: tuple[str, ...]
    ) -> None:
        """Add tags to all of them, or take tags from all."""
        from koda_desktop.sync.bulk.tags import AddTags, RemoveTags

        if added:
            self._do(selection, AddTags(added))
        if removed:
            self._do(selection, RemoveTags(removed))

    def _do(self, selection: Selection, verb: Verb) -> None:
        if self._workspace is not None:
            work = self._apply(self._workspace, selection, verb)
            self._tools.spawn(work, f"many.do.{self._done.next()}")

    async def _apply(self, workspace: Workspace, selection: Selection, verb: Verb) -> None:
        plan = await self._tools.store(workspace.bulk.plan, selection, verb)
        if not plan.changes and not plan.refused:
            self._tools.messages.tell(Level.INFO, "Nothing changes: all hold that already.")
            return
        result = await self._tools.store(workspace.bulk.apply, plan)
        await self._tools.store(workspace.wake)
        undo = [MessageAction("Undo", lambda: self._history.undo(result.set_id))]
        self._history.told(result, "done", *(undo if result.set_id else []))

    def _changed(self, changes: Changes) -> None:
        if self._selection is not None and (changes.listings or changes.catalogue):
            self.show(self._selection, self._count)
