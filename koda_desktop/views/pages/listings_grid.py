"""The spreadsheet side of the Listings page: cells typed into, the clipboard, what was wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QItemSelectionModel, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.models.money import from_web_number
from koda_desktop.models.vocabulary import Category, Platform
from koda_desktop.sync.grid.cells import EDITED, text_of, value_of
from koda_desktop.sync.grid.placing import Place
from koda_desktop.views.format import counted, locale
from koda_desktop.views.tables.cell_editor import CellEditor
from koda_desktop.views.tables.listings_columns import Column, sheet_name
from koda_desktop.views.tables.listings_place import place_of
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme

if TYPE_CHECKING:
    from koda_desktop.runtime.work import Progress
    from koda_desktop.sync.grid.planning import CellFault
    from koda_desktop.sync.rows import ListingRow
    from koda_desktop.views.dialogs.cell_faults import CellFaultsDialog
    from koda_desktop.views.widgets.work_strip import WorkStrip

Confirm = Callable[[str, str, str, Callable[[], None]], None]
_Flag = QItemSelectionModel.SelectionFlag
_CHOICES = {
    Column.CATEGORY: tuple(one.value for one in Category),
    Column.PLATFORM: tuple(one.value for one in Platform),
    Column.ACTIVE: ("Yes", "No"),
}
_BY_NAME = {sheet_name(column): column for column in Column}


class GridPage(Protocol):
    """The page around the table."""

    def window(self) -> QWidget: ...
    def put_below(self, part: QWidget) -> None: ...


class GridIntents(Protocol):
    """What is asked of the controller."""

    def warm(self) -> None: ...
    def copy(self, place: Place, decimal: str) -> None: ...
    def paste(self, place: Place, text: str) -> None: ...
    def fill_down(self, place: Place) -> None: ...
    def edit(self, key: int, column: str, text: str) -> None: ...
    def stop(self) -> None: ...


class ListingsGrid(QObject):
    """A view of GridController over ``table``; ``confirm`` asks before what is not seen changes."""

    sought = Signal(str)
    """The id of a listing to go to that is not in the table as it is filtered now."""

    def __init__(
        self,
        theme: Theme,
        table: ListingsTable,
        page: GridPage,
        intents: GridIntents,
        check: Callable[[str, str], str],
        confirm: Confirm,
    ) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._page = page
        self._intents = intents
        self._confirm = confirm
        self._faults: tuple[CellFault, ...] = ()
        self._dialog: CellFaultsDialog | None = None
        self._strip: WorkStrip | None = None
        self.editor = CellEditor(theme, table, check)
        self.editor.saved.connect(self._save)
        self.editor.left.connect(self._move)

    # -- what the controller shows --

    def show_progress(self, doing: str, progress: Progress) -> None:
        """Say how far it is, once it takes a while."""
        if self._strip is None:
            from koda_desktop.views.widgets.work_strip import WorkStrip

            self._strip = WorkStrip(self._theme, "grid-work")
            self._strip.stop_asked.connect(self._intents.stop)
            self._page.put_below(self._strip)
        self._strip.show_progress(doing, progress)

    def show_done(self) -> None:
        if self._strip is not None:
            self._strip.done()

    def put_on_clipboard(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def show_faults(self, faults: Sequence[CellFault]) -> None:
        """Mark the cells that were not taken in, in place of those that were marked before."""
        self._faults = tuple(faults)
        marks = {(one.listing_id, int(_BY_NAME[one.column])): one.reason for one in faults}
        self._table.listings.show_faults(marks)

    def report_faults(self) -> None:
        """List the cells that were not taken in."""
        from koda_desktop.views.dialogs.cell_faults import CellFaultsDialog

        if self._dialog is not None:
            self._dialog.close()
        dialog = self._dialog = CellFaultsDialog(self._theme, self._page.window(), self._faults)
        dialog.chosen.connect(self._go_to)
        dialog.open()

    def read_again(self) -> None:
        """What was shown as saved was not: show what is stored."""
        self._table.listings.forget_pages()

    def forget(self) -> None:
        """Another workspace is shown: nothing is typed into, and nothing is marked."""
        self.editor.drop()
        self.show_faults(())

    # -- what a person does --

    def copy(self) -> None:
        place = place_of(self._table)
        if place.areas:
            self._intents.copy(place, locale().decimalPoint())

    def paste(self) -> None:
        place, text = place_of(self._table), QGuiApplication.clipboard().text()
        if text and place.areas:
            self._intents.paste(place, text)

    def fill_down(self) -> None:
        place = place_of(self._table)
        if place.areas:
            self._intents.fill_down(place)

    def ask_about_hidden(self, total: int, hidden: int, act: Callable[[], None]) -> None:
        """``hidden`` of the ``total`` listings that would change are out of sight."""
        self._confirm(
            f"Paste into {counted(total, 'listing')}?",
            f"{counted(hidden, 'selected listing')} {'is' if hidden == 1 else 'are'} not in sight "
            "with the filter of now.",
            "Paste into all",
            act,
        )

    def edit(self, typed: str | None) -> None:
        """Type into the current cell: with its own text, or with what was ``typed``."""
        self._open(typed, takes_focus=True)

    def compose(self) -> QLineEdit | None:
        """An empty field over the current cell, which does not take the keyboard yet."""
        name = sheet_name(self._table.currentIndex().column())
        if name in EDITED and Column(self._table.currentIndex().column()) not in _CHOICES:
            self._open("", takes_focus=False)
        return self.editor.line

    def give_up(self) -> None:
        """Nothing came of what was being composed."""
        self.editor.cancel()

    def _open(self, typed: str | None, *, takes_focus: bool) -> None:
        index = self._table.currentIndex()
        row = self._table.listings.row_at(index.row())
        if row is None or not self.editor.commit():
            return
        name = sheet_name(index.column())
        if name not in EDITED or self._table.isColumnHidden(index.column()):
            if typed is None:
                self._table.opened.emit()
            return
        self._intents.warm()
        column = Column(index.column())
        self._table.scrollTo(index)
        choices = _CHOICES.get(column, ())
        text = text_of(row, name, locale().decimalPoint())
        text = text.capitalize() if column is Column.ACTIVE else text
        self.editor.open(index.row(), column, text, choices, typed, takes_focus=takes_focus)

    @Slot(int, int, str)
    def _save(self, key: int, column: int, text: str) -> None:
        model, name = self._table.listings, sheet_name(column)
        row = model.row_at(model.line_of_key(key))
        if row is not None:
            model.lay_over(key, _with(row, name, text))
            left = [one for one in self._faults if (one.listing_id, one.column) != (row.id, name)]
            if len(left) != len(self._faults):
                self.show_faults(left)
        self._intents.edit(key, name, text)

    @Slot(int, int)
    def _move(self, lines: int, columns: int) -> None:
        """From the cell that was typed into to the next one, as in a spreadsheet."""
        table, shown = self._table, self._table.columns.shown()
        table.setFocus()
        key, column = self.editor.place
        line = table.listings.line_of_key(key)
        if line < 0 or not (lines or columns) or column not in shown:
            return
        at = min(max(shown.index(column) + columns, 0), len(shown) - 1)
        line = min(max(line + lines, 0), table.listings.rowCount() - 1)
        self._select(line, shown[at])

    def _select(self, line: int, column: int) -> None:
        table = self._table
        index = table.listings.index(line, column)
        table.picked.start_anew()
        table.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect)
        table.scrollTo(index)

    @Slot(int, str)
    def _go_to(self, key: int, column: str) -> None:
        line = self._table.listings.line_of_key(key)
        if line >= 0:
            self._select(line, _BY_NAME[column])
            self._table.setFocus()
        else:
            self.sought.emit(next(one.listing_id for one in self._faults if one.key == key))


def _with(row: ListingRow, name: str, text: str) -> ListingRow:
    """``row`` as it will be, shown until the store's own is read."""
    value, _ = value_of(EDITED[name], text)
    changed: dict[str, Any] = {name: value}
    if name == "price":
        changed = {"price_minor": from_web_number(value).minor}
    elif name == "tags":
        changed = {"tags": tuple(value)}
    return replace(row, **changed)
