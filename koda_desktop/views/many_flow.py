"""The inspector of several listings in the window; made when several are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.controllers.history import HistoryController
from koda_desktop.controllers.many import ManyController
from koda_desktop.controllers.tools import Tools
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.layouts import column, holder

if TYPE_CHECKING:
    from koda_desktop.sync.grid.common import Common
    from koda_desktop.views.pages.many_panel import ManyPanel
    from koda_desktop.workspace.facade import Workspace

_PAUSE_MS = 150
_WIDTH = 396


class ManyFlow(QObject):
    """Stands between the controller and the panel beside the table."""

    def __init__(
        self, theme: Theme, tools: Tools, page: ListingsPage, history: HistoryController
    ) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._panel: ManyPanel | None = None
        self._frame: QWidget | None = None
        self.controller = ManyController(tools, self, history)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._look)
        page.several_selected.connect(self._selected)

    def use(self, workspace: Workspace | None) -> None:
        """Work with ``workspace`` from now on."""
        self.controller.use(workspace)

    @Slot(int)
    def _selected(self, number: int) -> None:
        if number > 1:
            self._open().show_count(number)
            self._pause.start()
        elif self._frame is not None:
            self._pause.stop()
            self._frame.hide()
            self.controller.show(None, 0)

    @Slot()
    def _look(self) -> None:
        picked = self._page.table.picked
        self.controller.show(picked.selection(), picked.count())

    def _open(self) -> ManyPanel:
        if self._panel is None or self._frame is None:
            from koda_desktop.views.pages.many_panel import ManyPanel

            panel = self._panel = ManyPanel(self._theme)
            panel.close_asked.connect(self._page.table.clear_selection)
            panel.changed.connect(self._set)
            panel.tagged.connect(self._tag)
            self._frame = holder(column(panel, gap=0), "inspector", "many-frame")
            splitter = self._page.splitter
            splitter.addWidget(self._frame)
            splitter.setStretchFactor(splitter.count() - 1, 0)
            rest = [_WIDTH] * (splitter.count() - 1)
            splitter.setSizes([max(self._page.width() - _WIDTH, 360), *rest])
        self._frame.show()
        return self._panel

    @Slot(str, str)
    def _set(self, name: str, text: str) -> None:
        act = self.controller.set
        self._page.act_on_selected("Edit", lambda selection: act(selection, name, text))

    @Slot(object, object)
    def _tag(self, added: tuple[str, ...], removed: tuple[str, ...]) -> None:
        act = self.controller.change_tags
        self._page.act_on_selected("Edit", lambda selection: act(selection, added, removed))

    # -- what the controller shows --

    def show_common(self, common: Common) -> None:
        if self._panel is not None:
            self._panel.show_common(common)

    def show_problem(self, column: str, text: str) -> None:
        if self._panel is not None:
            self._panel.show_problem(column, text)
