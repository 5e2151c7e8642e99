"""The menu of what is selected in the Listings table, by right click or the menu key."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QPoint
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from koda_desktop.views.dialogs.bulk_forms import VERBS
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.window_menu import rounded_menu


class ContextActs(NamedTuple):
    """What can be done to the selection; ``change`` takes one of ``VERBS``."""

    edit: Callable[[], None]
    copy: Callable[[], None]
    paste: Callable[[], None]
    fill_down: Callable[[], None]
    open: Callable[[], None]
    publish: Callable[[], None]
    rescan: Callable[[], None]
    change: Callable[[str], None]


def open_context_menu(table: ListingsTable, at: QPoint, acts: ContextActs) -> None:
    """Open it ``at`` a point of the screen."""
    menu = rounded_menu(table)
    menu.setObjectName("listings-context")
    menu.setAccessibleName("Selected listings")
    menu.aboutToHide.connect(menu.deleteLater)
    _add(menu, "Edit cell", "F2", acts.edit)
    _add(menu, "Copy", "Ctrl+C", acts.copy)
    _add(menu, "Paste", "Ctrl+V", acts.paste)
    _add(menu, "Fill down", "Ctrl+D", acts.fill_down)
    menu.addSeparator()
    _add(menu, "Open", "Enter", acts.open)
    menu.addAction("Publish", acts.publish)
    menu.addAction("Look at files again…", acts.rescan)
    menu.addSeparator()
    for verb in VERBS:
        menu.addAction(f"{verb}…", partial(acts.change, verb))
    menu.popup(at)
    menu.setActiveAction(menu.actions()[0])


def _add(menu: QMenu, text: str, keys: str, act: Callable[[], None]) -> None:
    """With its keys beside it, which are the table's own: the menu only shows them."""
    shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)
    menu.addAction(f"{text}\t{shown}", act)
