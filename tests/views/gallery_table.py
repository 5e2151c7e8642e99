"""Scenes of the Listings table: filters, views, columns and what is selected."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget

from koda_desktop.sync.rows import SortColumn
from koda_desktop.sync.saved_views import BUILT_IN, SavedView
from koda_desktop.views.main_window import MainWindow
from tests.views.fakes import FakeWorkspace
from tests.views.gallery_data import catalogue, long_catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened

_WIDE = (
    *(("title", 260), ("state", 104), ("tags", 190), ("price", 92), ("platform", 92)),
    *(("version", 84), ("file", 190), ("size", 90), ("category", 130), ("updated", 120)),
)
_OWN = (
    SavedView("Cheap n8n", "platform:n8n price:<20"),
    SavedView(
        "Everything wide",
        sort=((SortColumn.PLATFORM, False), (SortColumn.PRICE, True)),
        columns=_WIDE,
        density="compact",
    ),
)


async def _typed(studio: Studio, text: str, wait: float = SETTLE) -> MainWindow:
    window = await opened(studio, FakeWorkspace(catalogue()))
    field = window.listings_page.search_field
    field.setFocus()
    QTest.keyClicks(field, text)
    await asyncio.sleep(wait)
    return window


async def filter_fields_offered(studio: Studio) -> QWidget:
    return await _typed(studio, "p")


async def filter_values_offered(studio: Studio) -> QWidget:
    return await _typed(studio, "platform:n8n -tag:")


async def filter_found(studio: Studio) -> QWidget:
    return await _typed(studio, "platform:n8n price:<40 ")


async def filter_error(studio: Studio) -> QWidget:
    return await _typed(studio, "reminder prce:<20 ", wait=1.2)


async def views_own_wide(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(long_catalogue())
    workspace.saved_views = (*BUILT_IN, *_OWN)
    window = await opened(studio, workspace)
    window.work.listings.views.choose(len(BUILT_IN) + 1)
    await asyncio.sleep(SETTLE)
    table = window.listings_page.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    for _ in range(3):
        QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    table.horizontalScrollBar().setValue(260)
    await asyncio.sleep(SETTLE)
    return window


def _with_archive() -> FakeWorkspace:
    workspace = FakeWorkspace(catalogue())
    for row in catalogue()[2:9:3]:
        workspace.documents[row.id] = {"deletedAt": "2026-02-03T09:30:00.000Z"}
    return workspace


async def archived_hidden(studio: Studio) -> QWidget:
    return await opened(studio, _with_archive())


async def archived_shown(studio: Studio) -> QWidget:
    workspace = _with_archive()
    window = await opened(studio, workspace)
    window.show_listing(catalogue()[2].id)
    await asyncio.sleep(2 * SETTLE)
    return window


async def descriptions(studio: Studio) -> QWidget:
    words = "Sends a friendly reminder for each unpaid invoice, and a second one a week later."
    rows = [replace(row, description=words[: 20 * place]) for place, row in enumerate(catalogue())]
    workspace = FakeWorkspace(rows)
    columns = (("title", 320), ("description", 300), ("price", 100), ("updated", 124))
    workspace.saved_views = (replace(BUILT_IN[0], columns=columns, filter_row=True), *BUILT_IN[1:])
    return await opened(studio, workspace)


def _press(page: QWidget, name: str) -> None:
    button = page.findChild(QAbstractButton, name)
    assert button is not None
    button.click()


async def view_naming(studio: Studio) -> QWidget:
    window = await _typed(studio, "platform:n8n price:<40 ")
    page = window.listings_page
    _press(page, "save-view")
    await asyncio.sleep(0.1)
    dialog = window.findChild(QWidget, "view-name-dialog")
    assert dialog is not None
    return dialog


async def view_menu(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    _press(window.listings_page, "view-menu")
    await asyncio.sleep(0.1)
    menu = window.findChild(QWidget, "view-options")
    assert menu is not None
    return menu


TABLE_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    filter_fields_offered,
    filter_values_offered,
    filter_found,
    filter_error,
    views_own_wide,
    descriptions,
    archived_hidden,
    archived_shown,
    view_naming,
    view_menu,
)
