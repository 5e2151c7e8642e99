"""The Listings table as a spreadsheet: cells typed into, copied, pasted and filled.

One after the other, so that two quick edits of a cell come in the order in which they were made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools

if TYPE_CHECKING:
    from koda_desktop.controllers.history import HistoryController
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.grid.placing import Place
    from koda_desktop.sync.grid.planning import CellFault, CellPlan
    from koda_desktop.workspace.facade import Workspace


class GridView(Protocol):
    """The table."""

    def put_on_clipboard(self, text: str) -> None: ...
    def show_faults(self, faults: Sequence[CellFault]) -> None: ...
    def report_faults(self) -> None: ...
    def read_again(self) -> None: ...
    def forget(self) -> None: ...


class GridController:
    """Everything here is called on the loop's thread; reading and writing happen on pools."""

    def __init__(self, tools: Tools, view: GridView, history: HistoryController) -> None:
        self._tools = tools
        self._view = view
        self._history = history
        self._workspace: Workspace | None = None
        self._number = Latest()
        self._turn = asyncio.Lock()

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on."""
        self._workspace = workspace
        self._view.forget()

    def warm(self) -> None:
        """Load what typed texts are checked with, before the first one is to be checked."""
        self._tools.spawn(self._warm(), "grid.warm")

    async def _warm(self) -> None:
        await self._tools.store(check, "title", "-")

    def copy(self, place: Place, decimal: str) -> None:
        """Put the selected cells on the clipboard, with ``decimal`` in numbers."""
        self._spawn(lambda workspace: self._copy(workspace, place, decimal))

    def paste(self, place: Place, text: str) -> None:
        """Paste the block ``text`` over the selected cells."""
        self._spawn(lambda workspace: self._paste(workspace, place, text))

    def fill_down(self, place: Place) -> None:
        """Fill the selected cells from those above."""
        self._spawn(lambda workspace: self._fill_down(workspace, place))

    def edit(self, key: int, column: str, text: str) -> None:
        """Save what was typed into a cell, and checked."""
        self._spawn(lambda workspace: self._edit(workspace, key, column, text))

    def _spawn(self, work: Callable[[Workspace], Coroutine[Any, Any, None]]) -> None:
        if self._workspace is not None:
            begun = self._in_turn(self._workspace, work)
            self._tools.spawn(begun, f"grid.{self._number.next()}")

    async def _in_turn(
        self, workspace: Workspace, work: Callable[[Workspace], Coroutine[Any, Any, None]]
    ) -> None:
        async with self._turn:
            await work(workspace)

    async def _copy(self, workspace: Workspace, place: Place, decimal: str) -> None:
        self._view.put_on_clipboard(await self._tools.store(workspace.grid.copy, place, decimal))

    async def _paste(self, workspace: Workspace, place: Place, text: str) -> None:
        plan = await self._tools.store(workspace.grid.paste, place, text)
        await self._do(workspace, plan)

    async def _fill_down(self, workspace: Workspace, place: Place) -> None:
        await self._do(workspace, await self._tools.store(workspace.grid.fill_down, place))

    async def _do(self, workspace: Workspace, plan: CellPlan) -> None:
        result = await self._tools.store(workspace.grid.apply, plan)
        self._view.show_faults(plan.faults)
        await self._tools.store(workspace.wake)
        self._tell(plan, result)

    async def _edit(self, workspace: Workspace, key: int, column: str, text: str) -> None:
        def apply() -> ChangeSetResult:
            return workspace.grid.apply(workspace.grid.edit(key, column, text))

        is_saved = False
        try:
            result = await self._tools.store(apply)
            is_saved = not result.left
        finally:
            if not is_saved:
                self._view.read_again()
        await self._tools.store(workspace.wake)
        if result.left:
            self._history.told(result, "done")

    def _tell(self, plan: CellPlan, result: ChangeSetResult) -> None:
        notes, faults = " ".join(plan.notes), len(plan.faults)
        if not result.changed and not result.left:
            text = "Nothing changes: the cells hold these values already." if plan.same else ""
            text = text or "There is nothing to put into these cells."
            self._tools.messages.tell(Level.INFO, text, notes, key="change-set")
            return
        undo = [MessageAction("Undo", lambda: self._history.undo(result.set_id))]
        actions = undo if result.set_id else []
        if not faults:
            self._history.told(result, "done", *actions)
            return
        cells = "1 cell was" if faults == 1 else f"{faults:,} cells were"
        changed = "1 listing" if result.changed == 1 else f"{result.changed:,} listings"
        self._tools.messages.tell(
            Level.WARNING,
            f"{result.name}: done for {changed}, {cells} not taken in",
            f"The first: {plan.faults[0].reason} {notes}".strip(),
            MessageAction("Show cells", self._view.report_faults),
            *actions,
            key="change-set",
        )


def check(column: str, text: str) -> str:
    """What is wrong with ``text`` in ``column``, in a sentence; "" where nothing is."""
    from koda_desktop.sync.grid.cells import EDITED, value_of

    return value_of(EDITED[column], text)[1]
