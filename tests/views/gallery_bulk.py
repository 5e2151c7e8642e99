"""Made-up change sets, and the scenes of the bulk dialog and the History page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from koda_desktop.runtime.work import Progress
from koda_desktop.sync.changesets.leftovers import LeftCell
from koda_desktop.sync.changesets.rows import (
    ChangeSet,
    ChangeSetDetail,
    ChangeSetRow,
    Left,
    SetKind,
    SetState,
    What,
    Why,
)
from koda_desktop.sync.merge import ABSENT
from koda_desktop.sync.rows import Selection
from koda_desktop.views.dialogs.bulk import BulkDialog
from koda_desktop.views.dialogs.rescan import RescanDialog
from koda_desktop.views.dialogs.unsaved import UnsavedDialog
from koda_desktop.views.main_window import MainWindow
from koda_desktop.views.pages.history_page import HistoryPage
from koda_desktop.workspace.rescan import FREED, Rescanned, RescanReport, Standing
from tests.views.fakes import FakeWorkspace, before
from tests.views.gallery_data import catalogue, long_catalogue
from tests.views.gallery_studio import SETTLE, Studio, opened, part

_MINUS = "\N{MINUS SIGN}"


def change_sets() -> list[ChangeSet]:
    """One of every kind and state, newest first."""

    def one(number: int, name: str, kind: SetKind, count: int, **more: object) -> ChangeSet:
        at = before(minutes=7 * (12 - number) ** 2 + 1)
        return ChangeSet(number, name, kind, "mia", at, count, 0, **more)  # type: ignore[arg-type]

    return [
        one(11, f"Price {_MINUS}10%, price rounded to .99", SetKind.BULK, 412),
        one(10, "Add tag “sale”", SetKind.UNDO, 35, undoes=9),
        one(9, "Add tag “sale”", SetKind.BULK, 36, state=SetState.PARTLY_UNDONE, undone_by=10),
        one(8, "Edit title, description", SetKind.EDIT, 1),
        one(7, "Import of prices.csv", SetKind.IMPORT, 4_812),
        one(6, "Publish", SetKind.PUBLISH, 12),
        one(5, "New draft", SetKind.DRAFT, 1, state=SetState.UNDONE, undone_by=4),
    ]


def detail_of(one: ChangeSet) -> ChangeSetDetail:
    rows = [
        ChangeSetRow(row.id, row.title, What.FIELDS, {"price": 20 + n}, {"price": 17.99 + n})
        for n, row in enumerate(catalogue()[:8])
    ]
    rows.insert(1, ChangeSetRow("f" * 24, "", What.DRAFT, {}, {"title": "Gone again"}))
    tags = ({"tags": ["gmail", "sheets"]}, {"tags": ["gmail", "sheets", "sale"]})
    rows.append(ChangeSetRow(rows[0].listing_id, rows[0].title, What.FIELDS, *tags))
    since = "It was changed since and is kept."
    left = (Left(catalogue()[3].id, "price", Why.CHANGED, since, catalogue()[3].title),)
    return ChangeSetDetail(one, tuple(rows), left)


async def _history(studio: Studio, sets: list[ChangeSet], width: int = 1240) -> MainWindow:
    workspace = FakeWorkspace(catalogue())
    workspace.history.sets = sets
    workspace.history.details = {one.id: detail_of(one) for one in sets}
    window = await opened(studio, workspace, width=width)
    window.go("history")
    await asyncio.sleep(SETTLE)
    return window


def _page(window: MainWindow) -> HistoryPage:
    page = part(window, "history-page")
    assert isinstance(page, HistoryPage)
    return page


async def history(studio: Studio) -> QWidget:
    return await _history(studio, change_sets())


async def history_open(studio: Studio) -> QWidget:
    window = await _history(studio, change_sets())
    _page(window).select(11)
    await asyncio.sleep(SETTLE)
    return window


async def history_narrow(studio: Studio) -> QWidget:
    window = await _history(studio, change_sets() * 4, width=820)
    _page(window).select(9)
    await asyncio.sleep(SETTLE)
    return window


async def history_empty(studio: Studio) -> QWidget:
    return await _history(studio, [])


async def _bulk(
    studio: Studio, verb: int, *, is_long: bool = False, files: Sequence[str] = ()
) -> BulkDialog:
    rows = long_catalogue() if is_long else catalogue()
    workspace = FakeWorkspace(rows)
    workspace.revisions.names = list(files)
    window = await opened(studio, workspace)
    window.work.bulk.edit(Selection(tuple(row.pk for row in rows)))
    await asyncio.sleep(SETTLE)
    dialog = part(window, "bulk-dialog")
    assert isinstance(dialog, BulkDialog)
    combo = part(dialog, "bulk-verb")
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(verb)
    return dialog


async def _looked(dialog: QWidget) -> QWidget:
    """``dialog`` once it says what it found."""
    counts = part(dialog, "bulk-counts")
    assert isinstance(counts, QLabel)
    for _ in range(100):
        await asyncio.sleep(0.1)
        if counts.text():
            break
    return dialog


def _type(dialog: QWidget, name: str, text: str) -> None:
    field = part(dialog, name)
    assert isinstance(field, QLineEdit)
    field.setText(text)


async def bulk_empty(studio: Studio) -> QWidget:
    return await _bulk(studio, 0)


async def bulk_price(studio: Studio) -> QWidget:
    dialog = await _bulk(studio, 0)
    ending = part(dialog, "bulk-price-ending")
    assert isinstance(ending, QComboBox)
    ending.setCurrentIndex(1)
    _type(dialog, "bulk-price-figure", "10")
    return await _looked(dialog)


async def bulk_attach(studio: Studio) -> QWidget:
    names = [f"{row.title}.json" for row in catalogue()[:5]]
    dialog = await _bulk(studio, 9, files=names)
    _type(dialog, "bulk-attach-folder", "/home/ada/exports/2026")
    return await _looked(dialog)


async def bulk_replace(studio: Studio) -> QWidget:
    dialog = await _bulk(studio, 1, is_long=True)
    _type(dialog, "bulk-find", "o")
    _type(dialog, "bulk-replace", "ooooo")
    return await _looked(dialog)


async def bulk_refused(studio: Studio) -> QWidget:
    dialog = await _bulk(studio, 1)
    _type(dialog, "bulk-find", "GitHub issue summary")
    words = part(dialog, "bulk-whole-words")
    assert isinstance(words, QCheckBox)
    words.setChecked(True)
    return await _looked(dialog)


async def bulk_wrong(studio: Studio) -> QWidget:
    dialog = await _bulk(studio, 0)
    _type(dialog, "bulk-price-figure", "much")
    return await _looked(dialog)


async def bulk_tags(studio: Studio) -> QWidget:
    dialog = await _bulk(studio, 2)
    mode = part(dialog, "bulk-tags-mode")
    assert isinstance(mode, QComboBox)
    mode.setCurrentIndex(2)
    _type(dialog, "bulk-tags", "gmail")
    _type(dialog, "bulk-tags-by", "google-mail")
    return await _looked(dialog)


async def bulk_working(studio: Studio) -> QWidget:
    dialog = await bulk_price(studio)
    assert isinstance(dialog, BulkDialog)
    dialog.applied.disconnect()
    dialog._do()
    dialog.show_progress(Progress(4_000, 10_000))
    await asyncio.sleep(SETTLE)
    return dialog


def left_cells() -> list[LeftCell]:
    """Values that were changed since, one of them not there before."""
    one, two, three = (catalogue()[n] for n in (3, 5, 7))
    return [
        LeftCell(one.id, one.title, "price", 21, 12.5),
        LeftCell(two.id, two.title, "previewImageUrl", "https://example.com/p.png", ABSENT),
        LeftCell(three.id, three.title, "tags", ["crm", "sale"], ["crm"]),
    ]


async def history_left(studio: Studio) -> QWidget:
    window = await _history(studio, change_sets())
    _page(window).select(10)
    await asyncio.sleep(SETTLE)
    return window


async def unsaved_asked(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    dialog = UnsavedDialog(studio.theme, window, 3)
    dialog.open()
    await asyncio.sleep(SETTLE)
    return dialog


async def history_settling(studio: Studio) -> QWidget:
    window = await opened(studio, FakeWorkspace(catalogue()))
    window.work.bulk._ask_left(10, "Price +10%", left_cells())
    await asyncio.sleep(SETTLE)
    return part(window, "left-cells-dialog")


def rescan_report() -> RescanReport:
    """One listing of each standing, and many clean ones."""
    key = "Stripe secret key: sk_l… (32 characters) (nodes[1].parameters.headerParameters)"
    absent = "Its file is not on this computer. Fetch it with Save file…"
    said = {
        Standing.ABSENT: (absent,),
        Standing.SECRETS: (key, "Bearer token: eyJh… (180 characters) (nodes[4].parameters)"),
        Standing.FAILED: ("The process that looked at it was ended. Close other programs.",),
        Standing.WARNINGS: ("No trigger starts this workflow.",),
        Standing.ERRORS: ("Two steps are called “Ask”; a workflow needs names that differ.",),
    }
    report = RescanReport(4_812, Counter({Standing.CLEAN: 4_806}))
    rows = iter(catalogue())
    for row, (standing, words) in zip(rows, said.items(), strict=False):
        is_held = standing is Standing.SECRETS
        report.add(
            Rescanned(row.id, row.title, row.file_name, standing, words, not is_held, is_held)
        )
    last = next(rows)
    freed = Rescanned(
        last.id, last.title, last.file_name, Standing.CLEAN, (FREED,), False, is_freed=True
    )
    report.add(freed)
    return report


async def _rescan(studio: Studio, report: RescanReport, *, ends: bool = True) -> QWidget:
    workspace = FakeWorkspace(catalogue())
    workspace.rescan.report = report
    if not ends:
        workspace.rescan.may_end.clear()
    window = await opened(studio, workspace)
    window.listings_page.table.selectAll()
    window.work.rescan_selected()
    await asyncio.sleep(2 * SETTLE)
    return part(window, "rescan-dialog")


async def rescan_found(studio: Studio) -> QWidget:
    return await _rescan(studio, rescan_report())


async def rescan_clean(studio: Studio) -> QWidget:
    return await _rescan(studio, RescanReport(12, Counter({Standing.CLEAN: 12})))


async def rescan_working(studio: Studio) -> QWidget:
    dialog = await _rescan(studio, RescanReport(12), ends=False)
    assert isinstance(dialog, RescanDialog)
    dialog.show_progress(Progress(1_204, 4_812, "inspect"))
    return dialog


BULK_SCENES: tuple[Callable[[Studio], Awaitable[QWidget]], ...] = (
    history,
    history_open,
    history_narrow,
    history_empty,
    history_left,
    history_settling,
    unsaved_asked,
    bulk_empty,
    bulk_price,
    bulk_attach,
    bulk_replace,
    bulk_refused,
    bulk_wrong,
    bulk_tags,
    bulk_working,
    rescan_found,
    rescan_clean,
    rescan_working,
)
