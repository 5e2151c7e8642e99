"""Scenes of the Listings table as a spreadsheet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.runtime.work import Progress
from koda_desktop.sync.rows import ListingRow
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.tables.listings_columns import Column
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import catalogue, long_catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_Flag = QItemSelectionModel.SelectionFlag


async def sheet(
    studio: Studio,
    first: tuple[int, int],
    last: tuple[int, int],
    rows: Sequence[ListingRow] | None = None,
) -> MainWindow:
    """The table with these cells selected, by line and column."""
    window = await opened(studio, FakeWorkspace(rows or catalogue()), width=1400)
    table = window.listings_page.table
    table.setFocus()
    table.picked.start_anew()
    corners = [table.listings.index(*corner) for corner in (first, last)]
    chosen = table.selectionModel()
    chosen.setCurrentIndex(corners[0], _Flag.NoUpdate)
    chosen.select(QItemSelection(*corners), _Flag.ClearAndSelect)
    await asyncio.sleep(SETTLE)
    return window


def _typed(window: MainWindow, text: str) -> QLineEdit:
    QTest.keyClick(window.listings_page.table, Qt.Key.Key_F2)
    field = part(window, "cell-editor")
    assert isinstance(field, QLineEdit)
    field.setText(text)
    return field


async def cell_edited(studio: Studio) -> QWidget:
    window = await sheet(studio, (2, Column.TITLE), (2, Column.TITLE))
    _typed(window, "A better title for this one")
    await asyncio.sleep(SETTLE)
    return window


async def cell_wrong(studio: Studio) -> QWidget:
    window = await sheet(studio, (3, Column.PRICE), (3, Column.PRICE))
    QTest.keyClick(_typed(window, "1.234"), Qt.Key.Key_Return)
    await asyncio.sleep(SETTLE)
    return window


async def cell_chosen(studio: Studio) -> QWidget:
    window = await sheet(studio, (1, Column.CATEGORY), (1, Column.CATEGORY))
    QTest.keyClick(window.listings_page.table, Qt.Key.Key_F2)
    await asyncio.sleep(SETTLE)
    return window


async def cells_selected(studio: Studio) -> QWidget:
    return await sheet(studio, (1, Column.CATEGORY), (5, Column.PRICE))


async def _pasted(studio: Studio) -> MainWindow:
    window = await sheet(studio, (1, Column.CATEGORY), (1, Column.CATEGORY))
    block = "Sales\t12,50\nNonsense\tmuch\nOther\t1.234\n"
    QGuiApplication.clipboard().setText(block)
    QTest.keyClick(window.listings_page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    await asyncio.sleep(2 * SETTLE)
    return window


async def cells_pasting(studio: Studio) -> QWidget:
    window = await sheet(studio, (1, Column.CATEGORY), (5, Column.PRICE))
    grid = window.work.grid.grid
    grid.show_progress("Pasting", Progress(24_000, 61_500, "looked at"))
    await asyncio.sleep(0.5)
    return window


async def cells_not_taken(studio: Studio) -> QWidget:
    return await _pasted(studio)


async def cells_not_taken_listed(studio: Studio) -> QWidget:
    window = await _pasted(studio)
    window.work.grid.report_faults()
    await asyncio.sleep(SETTLE)
    return part(window, "cell-faults-dialog")


async def cells_not_taken_narrow(studio: Studio) -> QWidget:
    dialog = await cells_not_taken_listed(studio)
    dialog.resize(dialog.minimumSize())
    await asyncio.sleep(0.1)
    return dialog


async def cells_long(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(long_catalogue()), width=900)
    table = window.listings_page.table
    table.setFocus()
    table.select_line(1)
    _typed(window, "A title that is much too long " * 9)
    QTest.keyClick(part(window, "cell-editor"), Qt.Key.Key_Return)
    await asyncio.sleep(SETTLE)
    return window


async def wide(studio: Studio) -> MainWindow:
    """Every column, and scrolled sideways."""
    window = await opened(studio, FakeWorkspace(long_catalogue()), width=1000)
    table = window.listings_page.table
    for column in Column:
        if column is not Column.TITLE:
            table.columns.choose(column, True)
    await asyncio.sleep(SETTLE)
    table.horizontalScrollBar().setValue(330)
    return window


async def title_frozen(studio: Studio) -> QWidget:
    window = await wide(studio)
    table = window.listings_page.table
    table.setFocus()
    table.picked.start_anew()
    chosen = table.selectionModel()
    chosen.setCurrentIndex(table.listings.index(3, Column.PRICE), _Flag.ClearAndSelect)
    table.hovered = 5
    await asyncio.sleep(SETTLE)
    table.horizontalScrollBar().setValue(330)
    return window


async def title_frozen_with_fields(studio: Studio) -> QWidget:
    window = await wide(studio)
    window.listings_page.toggle_filter_row()
    window.listings_page.table.verticalScrollBar().setValue(400)
    await asyncio.sleep(SETTLE)
    window.listings_page.table.horizontalScrollBar().setValue(400)
    return window


async def filter_row(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()), width=1400)
    window.listings_page.search_field.setText("price:<30 platform:n8n")
    window.listings_page.toggle_filter_row()
    await asyncio.sleep(SETTLE)
    return window


async def filter_row_nothing(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()), width=900)
    window.listings_page.toggle_filter_row()
    window.listings_page.search_field.setText("price:4711")
    await asyncio.sleep(2 * SETTLE)
    return window


async def column_menu(studio: Studio) -> QWidget:
    window = await sheet(studio, (1, Column.PRICE), (1, Column.PRICE))
    table = window.listings_page.table
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    await asyncio.sleep(SETTLE)
    return part(window, "column-menu")


async def many_listings(studio: Studio) -> QWidget:
    extra = ("leads", "crm", "a tag with a long name of its own that somebody wrote once")
    rows = [
        replace(row, tags=(*row.tags[:1], *extra[place % 4 :])) if place < 4 else row
        for place, row in enumerate(catalogue())
    ]
    window = await sheet(studio, (0, Column.TITLE), (4, Column.PRICE), rows)
    await asyncio.sleep(2 * SETTLE)
    return window


async def many_wrong(studio: Studio) -> QWidget:
    window = await sheet(studio, (0, Column.TITLE), (1, Column.PRICE))
    await asyncio.sleep(2 * SETTLE)
    price = part(window, "many-price")
    price.setFocus()
    QTest.keyClicks(price, "1.234")
    QTest.keyClick(price, Qt.Key.Key_Return)
    await asyncio.sleep(SETTLE)
    return window


async def selection_menu(studio: Studio) -> QWidget:
    window = await sheet(studio, (1, Column.PRICE), (1, Column.PRICE))
    window.listings_page.table.customContextMenuRequested.emit(QPoint(200, 90))
    await asyncio.sleep(SETTLE)
    return part(window, "listings-context")


GRID_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    cell_edited,
    cell_wrong,
    cell_chosen,
    cells_selected,
    cells_pasting,
    cells_not_taken,
    cells_not_taken_listed,
    cells_not_taken_narrow,
    cells_long,
    title_frozen,
    title_frozen_with_fields,
    filter_row,
    filter_row_nothing,
    column_menu,
    many_listings,
    many_wrong,
    selection_menu,
)
