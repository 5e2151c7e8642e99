"""Bulk edits and the history in the window: the dialog, Undo and Redo, and the History page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from koda_desktop.controllers.history import HistoryController
from koda_desktop.controllers.messages import Level
from koda_desktop.controllers.tools import Tools
from koda_desktop.runtime.clock import Clock, iso
from koda_desktop.views.dialogs.ask import ask
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

    from koda_desktop.controllers.intake import Inspect
    from koda_desktop.sync.bulk.proposing import Verb
    from koda_desktop.sync.changesets.leftovers import LeftCell
    from koda_desktop.sync.changesets.rows import ChangeSet, ChangeSetDetail, UndoState
    from koda_desktop.sync.rows import Selection
    from koda_desktop.views.pages.history_page import HistoryPage
    from koda_desktop.workspace.facade import Workspace


class HistoryRelay:
    """Keeps the words of Undo and Redo true, and the page once there is one."""

    def __init__(self) -> None:
        self._actions: tuple[QAction, QAction] | None = None
        self._page: HistoryPage | None = None
        self._shown: tuple[Sequence[ChangeSet], UndoState] | None = None
        self._detail: ChangeSetDetail | None = None

    def attach_actions(self, undo: QAction, redo: QAction) -> None:
        self._actions = (undo, redo)
        for action in self._actions:
            action.setEnabled(False)

    def attach(self, page: HistoryPage) -> None:
        self._page = page
        if self._shown is not None:
            page.show_history(*self._shown)
        page.show_set(self._detail)

    def show_history(self, sets: Sequence[ChangeSet], state: UndoState) -> None:
        self._shown = (sets, state)
        self._name_actions(state)
        if self._page is not None:
            self._page.show_history(sets, state)

    def show_set(self, detail: ChangeSetDetail | None) -> None:
        self._detail = detail
        if self._page is not None:
            self._page.show_set(detail)

    def _name_actions(self, state: UndoState) -> None:
        from koda_desktop.views.change_words import whole_name

        if self._actions is None:
            return
        for action, verb, one in zip(
            self._actions, ("Undo", "Redo"), (state.undo, state.redo), strict=True
        ):
            action.setText(f"{verb} {whole_name(one)}" if one else verb)
            action.setEnabled(one is not None)


class BulkFlow:
    """``go`` shows a section of the window; ``page`` answers the History page, made if need be."""

    def __init__(
        self,
        theme: Theme,
        tools: Tools,
        parent: QWidget,
        clock: Clock,
        go: Callable[[str], None],
        inspect: Inspect,
        show_listing: Callable[[str], None],
    ) -> None:
        self._show_listing = show_listing
        self._theme = theme
        self._tools = tools
        self._parent = parent
        self._clock = clock
        self._go = go
        self._inspect = inspect
        self._workspace: Workspace | None = None
        self._page: HistoryPage | None = None
        self.relay = HistoryRelay()
        self.history = HistoryController(tools, self.relay, self.show_set, self._ask_left)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on."""
        self._workspace = workspace
        self.history.use(workspace)

    def attach(self, page: HistoryPage) -> None:
        """The History page was made."""
        self._page = page
        self.relay.attach(page)

    def show_set(self, set_id: int) -> None:
        """Show one change set on the History page."""
        self._go("history")
        if self._page is not None:
            self._page.select(set_id)

    def _ask_left(self, set_id: int, name: str, cells: Sequence[LeftCell]) -> None:
        self._tools.spawn(self._left(set_id, name, cells), "bulk.left")

    async def _left(self, set_id: int, name: str, cells: Sequence[LeftCell]) -> None:
        from koda_desktop.views.dialogs.left_cells import LeftCellsDialog

        dialog = LeftCellsDialog(self._theme, self._parent, name, cells)
        dialog.set_back_asked.connect(lambda some: self.history.set_back(set_id, some))
        dialog.chosen.connect(self._show_listing)
        await ask(dialog)

    def edit(self, selection: Selection, verb: str = "") -> None:
        """Open the dialog for ``selection``, with the form of ``verb`` if one is named."""
        if self._workspace is not None:
            self._tools.spawn(self._edit(self._workspace, selection, verb), "bulk.edit")

    def rescan(self, selection: Selection) -> None:
        """Look at the files of ``selection`` again."""
        if self._workspace is not None:
            self._tools.spawn(self._rescan(self._workspace, selection), "bulk.rescan")

    async def _rescan(self, workspace: Workspace, selection: Selection) -> None:
        from koda_desktop.controllers.rescan import RescanController
        from koda_desktop.views.dialogs.rescan import RescanDialog
        from koda_desktop.workflows.kept import NOTHING_KEPT

        inspect = self._inspect
        number = len(await self._tools.store(workspace.selected, selection))
        if not number:
            self._tools.messages.tell(Level.INFO, "Select the listings to look at first.")
            return
        dialog = RescanDialog(self._theme, self._parent, number)
        controller = RescanController(
            self._tools, workspace, lambda path: inspect(path, NOTHING_KEPT), selection, dialog
        )
        dialog.stop_asked.connect(controller.stop)
        dialog.chosen.connect(self._show_listing)
        controller.begin()
        try:
            await ask(dialog)
        finally:
            controller.stop()

    async def _edit(self, workspace: Workspace, selection: Selection, verb: str) -> None:
        from koda_desktop.controllers.bulk import BulkController
        from koda_desktop.sync.bulk.patterns import Patterns
        from koda_desktop.views.dialogs.bulk import BulkDialog

        number = len(await self._tools.store(workspace.selected, selection))
        if not number:
            self._tools.messages.tell(Level.INFO, "Select the listings to edit first.")
            return
        patterns = Patterns()
        moment = partial(_now, self._clock)
        attach = partial(_attaching, workspace, self._inspect)
        dialog = BulkDialog(self._theme, self._parent, number, patterns, moment, attach)
        if verb:
            dialog.begin_with(verb)
        controller = BulkController(self._tools, workspace, self.history, selection, dialog)
        dialog.looked.connect(
            lambda verb: controller.forget() if verb is None else controller.look(verb)
        )
        dialog.applied.connect(controller.apply)
        dialog.stopped.connect(controller.stop)
        try:
            await ask(dialog)
        finally:
            controller.forget()
            await self._tools.store(patterns.close)


def _now(clock: Clock) -> str:
    return iso(clock.now())


def _attaching(workspace: Workspace, inspect: Inspect, folder: Path, pattern: str) -> Verb:
    """The verb that gives listings files; they are looked at where it is planned."""
    from koda_desktop.workflows.kept import NOTHING_KEPT

    return workspace.revisions.attaching(folder, pattern, lambda path: inspect(path, NOTHING_KEPT))
