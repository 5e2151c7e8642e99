"""The selection of the Listings table as cells: for the clipboard, for filling and for sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from koda_desktop.sync.filters.terms import NumberColumn
from koda_desktop.sync.grid.placing import Area, Place
from koda_desktop.views.tables.listings_columns import Column, sheet_name

if TYPE_CHECKING:
    from koda_desktop.sync.rows import Selection
    from koda_desktop.views.tables.listings_table import ListingsTable


def place_of(table: ListingsTable) -> Place:
    """What is selected now, by what is shown; the current cell where nothing is."""
    shown = table.columns.shown()
    areas = tuple(_areas(table, shown)) or tuple(_current(table, shown))
    names = tuple(map(sheet_name, shown))
    return Place(table.listings.keys, names, areas, table.picked.carried.marks())


def cell_count(table: ListingsTable) -> int:
    """How many of the cells that are shown are selected."""
    shown = table.columns.shown()
    return sum(len(area.lines) * len(area.columns) for area in _areas(table, shown))


def summed(table: ListingsTable) -> tuple[Selection, NumberColumn]:
    """What is added up: the selected cells of prices, those of sizes where only they are selected,
    and the prices of the selected listings where neither are."""
    shown = table.columns.shown()
    columns = {shown[place] for area in _areas(table, shown) for place in area.columns}
    if Column.PRICE in columns or Column.SIZE not in columns:
        column = Column.PRICE if Column.PRICE in columns else None
        return table.picked.selection(column), NumberColumn.PRICE
    return table.picked.selection(Column.SIZE), NumberColumn.SIZE


def _areas(table: ListingsTable, shown: list[int]) -> Iterator[Area]:
    """Cells in the same lines as one area: moved columns make several of what looks like one."""
    found: dict[range, set[int]] = {}
    for part in table.picked.parts():
        places = {n for n, column in enumerate(shown) if part.left() <= column <= part.right()}
        if places:
            lines = range(part.top(), part.bottom() + 1)
            found.setdefault(lines, set()).update(places)
    for lines, columns in sorted(found.items(), key=lambda one: one[0].start):
        yield Area(lines, tuple(sorted(columns)))


def _current(table: ListingsTable, shown: list[int]) -> Iterator[Area]:
    index = table.currentIndex()
    if index.isValid() and index.column() in shown:
        yield Area(range(index.row(), index.row() + 1), (shown.index(index.column()),))
