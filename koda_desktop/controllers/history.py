"""The History screen, and Undo and Redo: what was done in the last 30 days, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import NotFound, Refused

if TYPE_CHECKING:
    from koda_desktop.sync.changesets.leftovers import LeftCell
    from koda_desktop.sync.changesets.rows import (
        ChangeSet,
        ChangeSetDetail,
        ChangeSetResult,
        UndoState,
    )
    from koda_desktop.sync.rows import Changes
    from koda_desktop.workspace.facade import Workspace


class HistoryView(Protocol):
    """What shows the history: the page, and the actions of the menu."""

    def show_history(self, sets: Sequence[ChangeSet], state: UndoState) -> None: ...
    def show_set(self, detail: ChangeSetDetail | None) -> None: ...


class HistoryController:
    """Reads the history again when a change set is made; ``show`` brings one of them into view."""

    def __init__(
        self,
        tools: Tools,
        view: HistoryView,
        show: Callable[[int], None],
        ask: Callable[[int, str, Sequence[LeftCell]], None],
    ) -> None:
        """``ask`` shows what was left of a set, by its id and name, to be settled."""
        self._ask = ask
        self._tools = tools
        self._view = view
        self._show = show
        self._workspace: Workspace | None = None
        self._open_id = 0
        self._asked = Latest()
        self._detail_asked = Latest()
        tools.feed.subscribe(self._changed)

    def use(self, workspace: Workspace | None) -> None:
        """Show the history of ``workspace`` from now on."""
        self._workspace = workspace
        self._open_id = 0
        self._view.show_set(None)
        self.refresh()

    def refresh(self) -> None:
        number = self._asked.next()
        if self._workspace is not None:
            self._tools.spawn(self._read(self._workspace, number), f"history.read.{number}")

    async def _read(self, workspace: Workspace, number: int) -> None:
        sets = await self._tools.store(workspace.history.listed)
        state = await self._tools.store(workspace.history.undo_state)
        if self._asked.is_current(number):
            self._view.show_history(sets, state)

    def open(self, set_id: int) -> None:
        """Show what a change set did."""
        self._open_id = set_id
        number = self._detail_asked.next()
        if self._workspace is not None:
            work = self._read_detail(self._workspace, set_id, number)
            self._tools.spawn(work, f"history.detail.{number}")

    async def _read_detail(self, workspace: Workspace, set_id: int, number: int) -> None:
        try:
            detail = await self._tools.store(workspace.history.detail, set_id)
        except NotFound:
            detail = None
        if self._detail_asked.is_current(number):
            self._view.show_set(detail)

    # -- taking back --

    def undo(self, set_id: int | None = None) -> None:
        """Take back a change set, the last one that stands where none is named."""
        if self._workspace is not None:
            self._tools.spawn(self._undo(self._workspace, set_id), "history.undo")

    def redo(self) -> None:
        """Do again what was undone last."""
        if self._workspace is not None:
            self._tools.spawn(self._redo(self._workspace), "history.undo")

    async def _undo(self, workspace: Workspace, set_id: int | None) -> None:
        state = await self._tools.store(workspace.history.undo_state)
        wanted = set_id or (state.undo.id if state.undo is not None else None)
        try:
            result = await self._tools.store(workspace.history.undo, set_id)
        except Refused as error:
            look = MessageAction("Look at them", lambda: self.settle(wanted or 0))
            can_settle = wanted is not None and "left" in error.facts
            self._tools.messages.report(error, *([look] if can_settle else []))
            return
        await self._tools.store(workspace.wake)
        self.told(result, "undone", MessageAction("Redo", self.redo))

    async def _redo(self, workspace: Workspace) -> None:
        result = await self._tools.store(workspace.history.redo)
        await self._tools.store(workspace.wake)
        self.told(result, "done again", MessageAction("Undo", self.undo))

    # -- what was changed since --

    def settle(self, set_id: int) -> None:
        """Show what of a change set was changed since, to be kept or set back."""
        if self._workspace is not None:
            self._tools.spawn(self._settle(self._workspace, set_id), "history.settle")

    async def _settle(self, workspace: Workspace, set_id: int) -> None:
        cells = await self._tools.store(workspace.history.left_cells, set_id)
        detail = await self._tools.store(partial(workspace.history.detail, set_id, limit=1))
        if cells:
            self._ask(set_id, detail.set.name, cells)
        else:
            text = "Nothing is left to be settled: the values are as they were before."
            self._tools.messages.tell(Level.INFO, text, key="change-set")

    def set_back(self, set_id: int, cells: Sequence[LeftCell]) -> None:
        """Set ``cells`` back, though they were changed since."""
        if self._workspace is not None:
            work = self._set_back(self._workspace, set_id, cells)
            self._tools.spawn(work, "history.set-back")

    async def _set_back(self, workspace: Workspace, set_id: int, cells: Sequence[LeftCell]) -> None:
        result = await self._tools.store(workspace.history.set_back, set_id, cells)
        await self._tools.store(workspace.wake)
        undo = [MessageAction("Undo", lambda: self.undo(result.set_id))] if result.set_id else []
        self.told(result, "done", *undo)

    def told(self, result: ChangeSetResult, what: str, *actions: MessageAction) -> None:
        """Tell what became of a change set, with a way to see what was left."""
        changed = "1 listing" if result.changed == 1 else f"{result.changed:,} listings"
        text = f"{result.name}: {what} for {changed}"
        if not result.left:
            self._tools.messages.tell(Level.SUCCESS, text, "", *actions, key="change-set")
            return
        left = len(result.left)
        count = "1 value was" if left == 1 else f"{left:,} values were"
        reason = result.left[0].reason
        detail = f"{count} left: {reason}" if left == 1 else f"{count} left, the first: {reason}"
        if result.set_id:
            actions = (MessageAction("Show", lambda: self._show(result.set_id)), *actions)
        self._tools.messages.tell(Level.WARNING, text, detail, *actions, key="change-set")

    def _changed(self, changes: Changes) -> None:
        if changes.history:
            self.refresh()
            if self._open_id:
                self.open(self._open_id)
