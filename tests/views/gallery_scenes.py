"""The scenes of the gallery: each sets a stage and answers the widget to be drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QScrollArea, QWidget

from koda_desktop.controllers.messages import Level, Message, MessageAction
from koda_desktop.errors import StoreFault
from koda_desktop.runtime.settings import KEPT_REMOVALS
from koda_desktop.sync.rows import Changes, Link, SyncStatus
from koda_desktop.views.actions import Act
from koda_desktop.views.pages.first_run_page import FirstRunPage
from koda_desktop.workspace.allowances import Allowances
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from tests.views.fakes import FakeDesk, FakeWorkspace, StillClock
from tests.views.gallery_allowances import ALLOWANCES_SCENES, allow_many
from tests.views.gallery_bulk import BULK_SCENES
from tests.views.gallery_data import (
    INFOS,
    activity_rows,
    catalogue,
    long_catalogue,
    refused,
    with_inspection,
)
from tests.views.gallery_editor import EDITOR_SCENES
from tests.views.gallery_exchange import EXCHANGE_SCENES
from tests.views.gallery_grid import GRID_SCENES
from tests.views.gallery_intake import INTAKE_SCENES
from tests.views.gallery_money import MONEY_SCENES
from tests.views.gallery_previews import PREVIEW_SCENES
from tests.views.gallery_sales import SALES_SCENES
from tests.views.gallery_studio import SETTLE, Studio, opened, part
from tests.views.gallery_table import TABLE_SCENES
from tests.views.gallery_work import WORK_SCENES


async def listings(studio: Studio) -> QWidget:
    return await opened(studio, FakeWorkspace(catalogue()))


async def listings_online(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue(), kind="direct")
    workspace.info = INFOS[1]
    return await opened(studio, workspace)


async def listings_draft_open(studio: Studio) -> QWidget:
    workspace = with_inspection(FakeWorkspace(catalogue()))
    window = await opened(studio, workspace)
    window.show_listing(catalogue()[0].id)
    await asyncio.sleep(SETTLE)
    return window


async def listings_edited(studio: Studio) -> QWidget:
    window = await listings_draft_open(studio)
    title = part(window, "listing-title")
    assert isinstance(title, QLineEdit)
    title.setText("Invoice reminder for small studios")
    title.setFocus()
    await asyncio.sleep(0.1)
    return window


async def listings_checklist(studio: Studio) -> QWidget:
    window = await listings_draft_open(studio)
    area = part(window, "inspector-scroll")
    assert isinstance(area, QScrollArea)
    area.verticalScrollBar().setValue(430)
    return window


async def listings_refused(studio: Studio) -> QWidget:
    workspace = refused(FakeWorkspace(catalogue()))
    window = await opened(studio, workspace)
    window.show_listing(catalogue()[4].id)
    await asyncio.sleep(SETTLE)
    return window


async def listings_waiting(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.sync_status = SyncStatus(
        Link.UNREACHABLE, 3, 1, True, None, "No answer from the server"
    )
    window = await opened(studio, workspace)
    window.show_listing(catalogue()[1].id)
    await asyncio.sleep(SETTLE)
    return window


async def listings_published(studio: Studio) -> QWidget:
    window = await opened(studio, with_inspection(FakeWorkspace(catalogue())))
    window.show_listing(catalogue()[3].id)
    await asyncio.sleep(SETTLE)
    return window


async def listings_many_selected(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(long_catalogue()))
    window.listings_page.table.selectAll()
    await asyncio.sleep(0.1)
    return window


async def listings_compact(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(long_catalogue()))
    window.listings_page.set_compact(True)
    return window


async def listings_long_names_narrow(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(long_catalogue()), width=880)
    window.listings_page.table.select_line(0)
    await asyncio.sleep(SETTLE)
    return window


async def listings_empty(studio: Studio) -> QWidget:
    return await opened(studio, FakeWorkspace())


async def listings_no_match(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.listings_page.search_field.setText("quarterly")
    await asyncio.sleep(SETTLE)
    return window


async def listings_fault(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.fault = StoreFault(
        "The local store is locked by another Koda window.",
        kept="Nothing was changed.",
        remedy="Close the other window, then try again.",
    )
    return await opened(studio, workspace)


async def drop_overlay(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.overlay.show_for(2)
    return window


async def toasts(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    show = MessageAction("Show listing", lambda: None)
    studio.messages.post(
        Message(
            Level.SUCCESS,
            "“Invoice reminder” is published",
            "It was read back from the marketplace and is identical.",
            (show,),
        )
    )
    studio.messages.post(
        Message(
            Level.DANGER,
            "“Lead scoring with OpenAI” needs you",
            "Payouts are not set up with Stripe yet.",
            (show,),
        )
    )
    return window


async def transfers_empty(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.go("transfers")
    return window


async def activity_empty(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.go("activity")
    return window


async def settings(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.go("settings")
    await asyncio.sleep(SETTLE)
    return window


async def settings_files(studio: Studio) -> QWidget:
    """Scrolled to what was remembered of files: allowed values, and kinds that are kept."""
    allow_many(allowances := Allowances(studio.data, StillClock()), 3)
    studio.preferences.choose(KEPT_REMOVALS, "make-scheduling make-ui-hints")
    window = await settings(studio)
    area = part(window, "settings-scroll")
    assert isinstance(area, QScrollArea)
    area.verticalScrollBar().setValue(620)
    await asyncio.sleep(0.1)
    allowances.forget(*allowances.digests())
    return window


async def first_run(studio: Studio) -> QWidget:
    window = studio.window(desk=FakeDesk())
    window.show()
    window.use(None)
    await asyncio.sleep(SETTLE)
    return window


async def opening(studio: Studio) -> QWidget:
    window = studio.window(desk=FakeDesk())
    window.show()
    window.show_opening(WorkspaceInfo("Nightshift Automations", WorkspaceKind.DIRECT))
    await asyncio.sleep(SETTLE)
    return window


async def first_run_fault(studio: Studio) -> QWidget:
    window = await first_run(studio)
    page = part(window, "first-run-page")
    assert isinstance(page, FirstRunPage)
    page.show_fault(
        "No database server for this computer was found.",
        "Install the sandbox extra, or connect a marketplace of your own.",
    )
    return window


async def sidebar_narrow(studio: Studio) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.operation_rows = activity_rows()
    window = await opened(studio, workspace)
    window.sidebar.set_narrow(True)
    return window


async def connect(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.pages.connect_marketplace()
    await asyncio.sleep(SETTLE)
    return part(window, "workspace-dialog")


async def confirm(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.confirm(
        "Delete “Invoice reminder”?",
        "The draft and its packaged file are deleted from this computer. "
        "The file you dropped stays where it is.",
        "Delete draft",
        lambda: None,
    )
    await asyncio.sleep(SETTLE)
    return part(window, "confirm-dialog")


async def shortcuts(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.actions[Act.SHORTCUTS].trigger()
    await asyncio.sleep(SETTLE)
    return part(window, "shortcuts-dialog")


async def shortcuts_changed(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.bindings.bind("search", "Ctrl+Alt+Shift+F")
    window.work.actions[Act.SHORTCUTS].trigger()
    await asyncio.sleep(SETTLE)
    button = part(window, "keys-sync")
    assert isinstance(button, QAbstractButton)
    button.click()
    return part(window, "shortcuts-dialog")


async def _palette(studio: Studio, text: str) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.actions[Act.PALETTE].trigger()
    await asyncio.sleep(SETTLE)
    line = part(window, "palette-line")
    assert isinstance(line, QLineEdit)
    line.setText(text)
    await asyncio.sleep(SETTLE)
    return part(window, "palette-dialog")


async def palette(studio: Studio) -> QWidget:
    return await _palette(studio, "")


async def palette_found(studio: Studio) -> QWidget:
    return await _palette(studio, "s")


async def palette_nothing(studio: Studio) -> QWidget:
    return await _palette(studio, "a name that no listing has")


async def menu(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.menu.open()
    await asyncio.sleep(SETTLE)
    return part(window, "main-menu")


async def focus_rings(studio: Studio) -> QWidget:
    window = await listings_draft_open(studio)
    window.activateWindow()
    part(window, "listing-publish").setFocus(Qt.FocusReason.TabFocusReason)
    return window


async def live_change(studio: Studio) -> QWidget:
    """A row changes while the window is open."""
    workspace = FakeWorkspace(catalogue())
    window = await opened(studio, workspace)
    row = catalogue()[2]
    workspace.all_rows[row.pk] = replace(row, title="Renamed while you looked")
    workspace.tell(Changes(listings=frozenset({row.id})))
    await asyncio.sleep(SETTLE)
    return window


_ALL: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    listings,
    listings_online,
    listings_draft_open,
    listings_edited,
    listings_checklist,
    listings_refused,
    listings_waiting,
    listings_published,
    listings_many_selected,
    listings_compact,
    listings_long_names_narrow,
    listings_empty,
    listings_no_match,
    listings_fault,
    live_change,
    drop_overlay,
    toasts,
    transfers_empty,
    *TABLE_SCENES,
    *GRID_SCENES,
    *WORK_SCENES,
    activity_empty,
    settings,
    first_run,
    first_run_fault,
    opening,
    sidebar_narrow,
    settings_files,
    *EDITOR_SCENES,
    *SALES_SCENES,
    *MONEY_SCENES,
    *EXCHANGE_SCENES,
    *BULK_SCENES,
    *INTAKE_SCENES,
    *PREVIEW_SCENES,
    *ALLOWANCES_SCENES,
    connect,
    confirm,
    shortcuts,
    shortcuts_changed,
    palette,
    palette_found,
    palette_nothing,
    menu,
    focus_rings,
)
SCENES = {scene.__name__.replace("_", "-"): scene for scene in _ALL}
