"""What the Listings page shows of several selected listings: the bar with its sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from koda_desktop.views.tables.listings_place import cell_count, summed
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.selection_bar import SelectionBar

if TYPE_CHECKING:
    from koda_desktop.sync.filters.terms import NumberColumn
    from koda_desktop.sync.rows import Selection, Totals

_ADD_UP_MS = 150


class SelectedPage(Protocol):
    """What the bar asks of its page."""

    def publish_selected(self) -> None: ...
    def edit_selected(self) -> None: ...
    def select_everything(self) -> None: ...


class SelectedListings(QObject):
    """Made when several listings are selected for the first time."""

    def __init__(
        self,
        theme: Theme,
        table: ListingsTable,
        page: QWidget,
        acts: SelectedPage,
        want_totals: Callable[[Selection, NumberColumn], None],
    ) -> None:
        super().__init__(page)
        self._table = table
        self._want_totals = want_totals
        self._add_up = QTimer(self)
        self._add_up.setSingleShot(True)
        self._add_up.setInterval(_ADD_UP_MS)
        self._add_up.timeout.connect(self._ask_totals)
        self.bar = SelectionBar(theme)
        self.bar.publish_asked.connect(acts.publish_selected)
        self.bar.edit_asked.connect(acts.edit_selected)
        self.bar.clear_asked.connect(table.clear_selection)
        self.bar.everything_asked.connect(acts.select_everything)

    def show(self, selected: int) -> None:
        """So many are selected now; the bar is for several."""
        self.bar.setVisible(selected > 1)
        is_everything = selected > 1 and self._table.picked.is_everything
        self.bar.show_count(selected, self._table.listings.rowCount(), is_everything)
        if selected > 1:
            self._add_up.start()

    def show_totals(self, totals: Totals) -> None:
        self.bar.show_totals(totals, cell_count(self._table))

    @Slot()
    def _ask_totals(self) -> None:
        if self._table.selected_count() > 1:
            self._want_totals(*summed(self._table))
