"""The Listings table as a spreadsheet: cells typed into, copied, pasted and filled.

One after the other, so that two quick edits of a cell come in the order in which they were made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from koda_desktop.controllers.messages import Level, MessageAction
from koda_desktop.controllers.tools import Latest, Tools, to_loop
from koda_desktop.errors import Cancelled
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport

if TYPE_CHECKING:
    from koda_desktop.controllers.history import HistoryController
    from koda_desktop.sync.changesets.rows import ChangeSetResult
    from koda_desktop.sync.grid.placing import Place
    from koda_desktop.sync.grid.planning import CellFault, CellPlan
    from koda_desktop.workspace.facade import Workspace


class GridView(Protocol):
    """The table."""

    def show_progress(self, doing: str, progress: Progress) -> None: ...
    def show_done(self) -> None: ...
    def ask_about_hidden(self, total: int, hidden: int, act: Callable[[], None]) -> None: ...
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
        self._running = CancelToken()

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

    def stop(self) -> None:
        """Stop what is being copied, pasted or filled: then nothing of it is done."""
        self._running.cancel()

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
        with self._long("Copying", "Nothing was copied.") as work:
            text = await self._tools.store(workspace.grid.copy, place, decimal, *work)
            self._view.put_on_clipboard(text)

    async def _paste(self, workspace: Workspace, place: Place, text: str) -> None:
        """Where listings out of sight would change, only once that is said."""
        total, hidden = await self._tools.store(workspace.grid.out_of_sight, place, text)
        if not hidden:
            await self._paste_now(workspace, place, text)
            return

        def act() -> None:
            self._spawn(lambda workspace: self._paste_now(workspace, place, text))

        self._view.ask_about_hidden(total, hidden, act)

    async def _paste_now(self, workspace: Workspace, place: Place, text: str) -> None:
        with self._long("Pasting", "Nothing was pasted.") as work:
            plan = await self._tools.store(workspace.grid.paste, place, text, *work)
            await self._do(workspace, plan, *work)

    async def _fill_down(self, workspace: Workspace, place: Place) -> None:
        with self._long("Filling", "Nothing was filled.") as work:
            plan = await self._tools.store(workspace.grid.fill_down, place, *work)
            await self._do(workspace, plan, *work)

    @contextmanager
    def _long(self, doing: str, kept: str) -> Iterator[tuple[CancelToken, ProgressReport]]:
        """What takes a while is shown and can be stopped; ``kept`` says what that comes to."""
        self._running = token = CancelToken()
        is_done = False

        def show(progress: Progress) -> None:
            if not is_done:
                self._view.show_progress(doing, progress)

        try:
            yield token, to_loop(show)
        except Cancelled:
            self._tools.messages.tell(Level.INFO, "Stopped.", kept, key="change-set")
        finally:
            is_done = True
            self._view.show_done()

    async def _do(
        self, workspace: Workspace, plan: CellPlan, cancel: CancelToken, progress: ProgressReport
    ) -> None:
        result = await self._tools.store(workspace.grid.apply, plan, cancel, progress)
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
