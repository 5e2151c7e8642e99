"""The menu of one column: what a click on its head does and more, by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from koda_desktop.views.tables.listings_columns import COLUMNS, Column, sort_column
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.window_menu import rounded_menu

if TYPE_CHECKING:
    from koda_desktop.sync.rows import SortColumn

Order = Callable[["SortColumn", bool, bool], None]


def open_column_menu(
    table: ListingsTable,
    column: int,
    at: QPoint,
    order: Order,
    filter_by: Callable[[int], None],
) -> None:
    """Open it ``at`` a point of the screen; ``order`` is told: which, down, more."""
    menu = rounded_menu(table)
    menu.setObjectName("column-menu")
    menu.setAccessibleName(COLUMNS[column].title)
    menu.aboutToHide.connect(menu.deleteLater)
    wanted = sort_column(column)
    if wanted is not None:
        _add_sorts(menu, wanted, order)
    menu.addAction(f"Filter by {COLUMNS[column].title.lower()}…", partial(filter_by, column))
    if column != Column.TITLE:
        menu.addAction("Hide column", partial(_hide, table, column))
    menu.popup(at)
    menu.setActiveAction(menu.actions()[0])


def _add_sorts(menu: QMenu, wanted: SortColumn, order: Order) -> None:
    menu.addAction("Sort ascending", partial(order, wanted, False, False))
    menu.addAction("Sort descending", partial(order, wanted, True, False))
    menu.addSeparator()
    menu.addAction("Then sort by it, ascending", partial(order, wanted, False, True))
    menu.addAction("Then sort by it, descending", partial(order, wanted, True, True))
    menu.addSeparator()


def _hide(table: ListingsTable, column: int) -> None:
    table.columns.choose(Column(column), False)
    table.laid_out.emit()
