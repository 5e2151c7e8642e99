"""The menu of the Listings page: its views, the table's columns and how dense its rows are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu

from koda_desktop.sync.saved_views import BUILT_IN, SavedView
from koda_desktop.views.tables.listings_columns import COLUMNS, Column
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.button import Button
from koda_desktop.views.window_menu import rounded_menu

_DENSITIES = (("As in Settings", ""), ("Comfortable", "comfortable"), ("Compact", "compact"))


class ListingsMenu:
    """Made anew each time it is opened below ``button``."""

    def __init__(self, theme: Theme, button: Button, table: ListingsTable) -> None:
        self._theme = theme
        self._button = button
        self._table = table
        self._menu: QMenu | None = None

    def open(
        self,
        views: Sequence[SavedView],
        current: int,
        *,
        choose: Callable[[int], None],
        save: Callable[[], None],
        rename: Callable[[], None],
        delete: Callable[[], None],
        laid_out: Callable[[str], None],
        toggle_row: Callable[[], None],
    ) -> None:
        if self._menu is not None:
            self._menu.deleteLater()
        menu = self._menu = rounded_menu(self._button)
        menu.setObjectName("view-options")
        menu.setMinimumWidth(220)
        self._add_views(menu, views, current, choose)
        menu.addAction("Save as a view…", save)
        own = current >= len(BUILT_IN)
        menu.addAction("Rename this view…", rename).setEnabled(own)
        menu.addAction("Delete this view", delete).setEnabled(own)
        menu.addSeparator()
        self._add_columns(menu, views[current], laid_out)
        self._add_densities(menu, views[current], laid_out)
        self._add(menu, "Filter row", self._table.head.has_band, toggle_row)
        menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height() + 2)))

    def _add_views(
        self, menu: QMenu, views: Sequence[SavedView], current: int, choose: Callable[[int], None]
    ) -> None:
        inner = self._submenu(menu, "Views")
        for number, view in enumerate(views):
            self._add(inner, view.name, number == current, partial(choose, number))

    def _add_columns(self, menu: QMenu, view: SavedView, laid_out: Callable[[str], None]) -> None:
        inner = self._submenu(menu, "Columns")
        shown = self._table.columns.shown()

        def choose(column: Column) -> None:
            self._table.columns.choose(column, column not in shown)
            laid_out(view.density)

        def usual() -> None:
            self._table.columns.show(())
            laid_out(view.density)

        for one in COLUMNS[1:]:
            is_shown = one.column in shown
            self._add(inner, one.title, is_shown, partial(choose, one.column))
        inner.addSeparator()
        inner.addAction("The usual columns", usual)

    def _add_densities(self, menu: QMenu, view: SavedView, laid_out: Callable[[str], None]) -> None:
        inner = self._submenu(menu, "Row height")
        for title, density in _DENSITIES:
            is_chosen = view.density == density
            self._add(inner, title, is_chosen, partial(laid_out, density))

    def _submenu(self, menu: QMenu, title: str) -> QMenu:
        inner = rounded_menu(menu)
        inner.setTitle(title)
        menu.addMenu(inner)
        return inner

    def _add(self, menu: QMenu, title: str, chosen: bool, act: Callable[[], None]) -> None:
        action = menu.addAction(title, act)
        action.setCheckable(True)
        action.setChecked(chosen)
        if chosen:
            action.setIcon(self._theme.icon("check", "accent-text", 16))
