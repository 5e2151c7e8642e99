"""What is selected and current in the Listings table stays so while its lines change."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QObject, Slot

if TYPE_CHECKING:
    from koda_desktop.sync.rows import ListingQuery
    from koda_desktop.views.tables.listings_table import ListingsTable

_NEAR = 20_000
"""Lines around its old one in which the current listing is looked for after a change."""
_Flag = QItemSelectionModel.SelectionFlag


class SelectionKeeper(QObject):
    """Made when ``table`` has lines for the first time: before that, nothing is selected."""

    def __init__(self, table: ListingsTable) -> None:
        super().__init__(table)
        self._table = table
        self._left_out: list[int] = []
        self._shown_query: ListingQuery | None = None
        model = table.listings
        model.modelAboutToBeReset.connect(self._carry)
        model.about_to_rearrange.connect(self._about_to_rearrange)
        model.rearranged.connect(self._rearranged)
        model.rowsInserted.connect(self._extended)

    @Slot()
    def _carry(self) -> None:
        if self._table.has_picked:
            self._table.picked.carry()

    @Slot()
    def _about_to_rearrange(self) -> None:
        picked = self._table.picked
        selection = picked.selection() if picked.is_everything else None
        self._shown_query = selection.query if selection is not None else None
        self._left_out = sorted(selection.without) if selection is not None else []
        if self._shown_query is None:
            picked.carry()

    @Slot(object)
    def _rearranged(self, before: array[int]) -> None:
        """The same query read again: whatever was all of it is all of it still."""
        if self._shown_query is not None:
            self._select_everything()
        self._follow(before)

    def _select_everything(self) -> None:
        """All lines but those of the listings that were left out."""
        table, chosen = self._table, self._table.selectionModel()
        chosen.select(table.block(0, -1), _Flag.ClearAndSelect)
        for key in self._left_out:
            line = table.listings.line_of_key(key)
            if line >= 0:
                chosen.select(table.block(line, line), _Flag.Deselect)

    def _follow(self, before: array[int]) -> None:
        """Keep the current listing current, where it moved no further than a screen or so."""
        table, line = self._table, self._table.current_line
        if not 0 <= line < len(before):
            return
        now_at = table.listings.line_of_key(before[line], line, _NEAR)
        if now_at >= 0 and now_at != line:
            index = table.listings.index(now_at, max(table.current_column, 0))
            table.selectionModel().setCurrentIndex(index, _Flag.NoUpdate)

    @Slot(QModelIndex, int, int)
    def _extended(self, parent: QModelIndex, first: int, last: int) -> None:
        table = self._table
        is_everything = table.has_picked and table.picked.is_everything
        if is_everything and self._shown_query is None:
            table.selectionModel().select(table.block(first, last), _Flag.Select)
