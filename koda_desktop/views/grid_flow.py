"""The Listings table as a spreadsheet in the window; its parts are made when first needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt

from koda_desktop.controllers.grid import GridController, check
from koda_desktop.controllers.history import HistoryController
from koda_desktop.controllers.tools import Tools
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.tables.composing import Composing
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.runtime.work import Progress
    from koda_desktop.sync.grid.planning import CellFault
    from koda_desktop.sync.rows import Selection
    from koda_desktop.views.pages.listings_grid import Confirm, ListingsGrid
    from koda_desktop.workspace.facade import Workspace


class GridFlow:
    """Stands between the controller, which always runs, and the table's spreadsheet side."""

    def __init__(
        self,
        theme: Theme,
        tools: Tools,
        page: ListingsPage,
        history: HistoryController,
        confirm: Confirm,
        change: Callable[[Selection, str], None],
        rescan: Callable[[], None],
        show_listing: Callable[[str], None],
    ) -> None:
        """``change`` opens the dialog of a bulk verb for a selection, ``rescan`` that of files;
        ``show_listing`` shows one that the filter hides.
        """
        self._rescan = rescan
        self._show_listing = show_listing
        self._theme = theme
        self._page = page
        self._confirm = confirm
        self._change = change
        self._grid: ListingsGrid | None = None
        self._composing = Composing(page.table, lambda: self.grid)
        self.controller = GridController(tools, self, history)
        page.table.edit_asked.connect(self._edit)
        page.table.copy_asked.connect(self._with_grid(lambda grid: grid.copy()))
        page.table.paste_asked.connect(self._with_grid(lambda grid: grid.paste()))
        page.table.fill_asked.connect(self._with_grid(lambda grid: grid.fill_down()))

        page.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        page.table.customContextMenuRequested.connect(self._open_menu)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on."""
        self.controller.use(workspace)

    @property
    def grid(self) -> ListingsGrid:
        if self._grid is None:
            from koda_desktop.views.pages.listings_grid import ListingsGrid

            page = self._page
            self._grid = ListingsGrid(
                self._theme, page.table, page, self.controller, check, self._confirm
            )
            self._grid.sought.connect(self._show_listing)
        return self._grid

    def _edit(self, typed: str | None) -> None:
        self.grid.edit(typed)

    def _with_grid(self, act: Callable[[ListingsGrid], None]) -> Callable[[], None]:
        return lambda: act(self.grid)

    def _open_menu(self, at: QPoint) -> None:
        from koda_desktop.views.pages.listings_context import ContextActs, open_context_menu

        page, grid, change = self._page, self.grid, self._change
        acts = ContextActs(
            edit=lambda: grid.edit(None),
            copy=grid.copy,
            paste=grid.paste,
            fill_down=grid.fill_down,
            open=page.table.opened.emit,
            publish=page.publish_selected,
            rescan=self._rescan,
            change=lambda verb: page.act_on_selected("Edit", lambda some: change(some, verb)),
        )
        if page.table.selected_count():
            open_context_menu(page.table, page.table.viewport().mapToGlobal(at), acts)

    # -- what the controller shows --

    def show_progress(self, doing: str, progress: Progress) -> None:
        self.grid.show_progress(doing, progress)

    def show_done(self) -> None:
        self.grid.show_done()

    def ask_about_hidden(self, total: int, hidden: int, act: Callable[[], None]) -> None:
        self.grid.ask_about_hidden(total, hidden, act)

    def put_on_clipboard(self, text: str) -> None:
        self.grid.put_on_clipboard(text)

    def show_faults(self, faults: Sequence[CellFault]) -> None:
        self.grid.show_faults(faults)

    def report_faults(self) -> None:
        self.grid.report_faults()

    def read_again(self) -> None:
        self.grid.read_again()

    def forget(self) -> None:
        self._composing.forget()
        if self._grid is not None:
            self._grid.forget()
