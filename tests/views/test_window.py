"""The whole window over a made-up workspace, with real controllers and real Qt events."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QWidget,
)

from koda_desktop.sync.rows import Changes, ListingState, SortColumn
from koda_desktop.sync.saved_views import BUILT_IN
from koda_desktop.views.actions import Act
from koda_desktop.views.window_state import WindowState
from tests.views.gallery_data import (
    activity_rows,
    catalogue,
    dropped,
    long_catalogue,
)
from tests.views.stage import Play, Stage, acted_on, by_keys

W = TypeVar("W", bound=QWidget)
KEYS = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_listing_is_opened_edited_and_saved_by_hand(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        title = stage.part(QLineEdit, "listing-title")
        save = stage.part(QAbstractButton, "listing-save")
        assert not save.isVisible()
        title.clear()
        QTest.keyClicks(title, "A better name")
        assert save.isVisible()
        save.click()
        await stage.see(
            lambda: ("edit", catalogue()[0].id, {"title": "A better name"}) in stage.workspace.calls
        )
        await stage.see(lambda: stage.first_title() == "A better name")
        await stage.see(lambda: not save.isVisible())

    play(scene)


def test_a_wrong_price_alone_is_told_and_reverted(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        price = stage.part(QLineEdit, "listing-price")
        before = price.text()
        names = ("listing-save", "listing-revert", "listing-publish")
        save, revert, publish = (stage.part(QAbstractButton, name) for name in names)
        price.setText("x")
        assert not publish.isEnabled()
        for go_on in (save.click, *by_keys(stage)):
            stage.part(QLineEdit, "listing-title").setFocus()
            go_on()
            assert stage.window.focusWidget() is price
        revert.click()
        await stage.see(lambda: price.text() == before)
        assert not revert.isVisible()
        assert publish.isEnabled()
        assert not [call for call in stage.workspace.calls if call[0] in ("edit", "publish")]

    play(scene)


def test_control_enter_publishes_the_open_draft(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        QTest.keyClick(stage.window, Qt.Key.Key_Return, CTRL)
        await stage.see(lambda: ("publish", (catalogue()[0].id,)) in stage.workspace.calls)
        publish = stage.part(QAbstractButton, "listing-publish")
        await stage.see(lambda: not publish.isVisible())
        assert stage.part(QLineEdit, "listing-title").isReadOnly()

    play(scene)


def test_a_selection_of_many_publishes_those_that_can_be(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.listings_page.table.selectAll()
        button = stage.part(QAbstractButton, "selection-publish")
        assert button.isVisible()
        button.click()
        ids = {
            row.id for row in catalogue() if row.state in (ListingState.DRAFT, ListingState.REFUSED)
        }
        await stage.see(
            lambda: any(c[0] == "publish" and set(c[1]) == ids for c in stage.workspace.calls)
        )

    play(scene)


def test_a_line_selected_before_it_was_read_opens_when_it_comes(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.workspace.all_rows = {row.pk: row for row in long_catalogue()}
        stage.workspace.tell(Changes(catalogue=True))
        page = stage.window.listings_page
        await stage.see(lambda: page.model.rowCount() == 4812)
        QTest.keyClick(page.table, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
        last = min(stage.workspace.all_rows.values(), key=lambda row: row.updated_at)
        await stage.see(lambda: stage.window.findChild(QLineEdit, "listing-title"))
        await stage.see(lambda: stage.part(QLineEdit, "listing-title").text() == last.title)

    play(scene)


def test_the_columns_of_a_saved_view_are_there_from_the_start(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        columns = (("title", 300), ("description", 260), ("price", 90))
        stage.workspace.saved_views = (replace(BUILT_IN[0], columns=columns), *BUILT_IN[1:])
        stage.window.use(stage.workspace)
        table = stage.window.listings_page.table
        await stage.see(lambda: table.columns.shown() == [0, 11, 4])
        assert table.head.sectionSize(4) == 90
        table.head.resizeSection(4, 140)
        table.laid_out.emit()
        await stage.see(lambda: dict(stage.workspace.saved_views[0].columns).get("price") == 140)
        stage.window.work.listings.sort(SortColumn.PRICE, adds=False)
        await stage.see(lambda: stage.workspace.saved_views[0].sort[0][0] is SortColumn.PRICE)
        assert table.head.sectionSize(4) == 140

    play(scene)


def test_what_is_selected_stays_so_in_another_order(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        page.table.selectAll()
        bar = stage.part(QWidget, "selection-bar")
        assert bar.isVisible()
        selected = page.table.selected_count()
        page.table.head.sectionClicked.emit(0)
        first = min(row.title for row in stage.workspace.all_rows.values())
        await stage.see(lambda: page.model.index(0, 0).data() == first)
        assert bar.isVisible()
        assert page.table.selected_count() == selected == page.model.rowCount()
        assert page.table.picked.hidden() == 0

    play(scene)


def test_what_is_selected_stays_so_while_it_is_archived_and_after(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page, rows = stage.window.listings_page, catalogue()
        page.table.select_line(0)
        QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)

        def selected() -> set[int]:
            return set(stage.workspace.selected(page.table.picked.selection()))

        keys = page.table.picked.selection().keys
        assert len(keys) == 2
        hidden = next(row.id for row in rows if row.pk == keys[1])
        stage.workspace.documents[hidden] = {"deletedAt": "2026-01-01T00:00:00.000Z"}
        stage.workspace.tell(Changes(listings=frozenset({hidden})))
        await stage.see(lambda: page.model.rowCount() == len(rows) - 1)
        remark = f"{len(rows) - 1} · 1 archived hidden"
        await stage.see(lambda: remark in [one.text() for one in page.findChildren(QLabel)])
        assert selected() == set(keys)
        assert page.table.picked.hidden() == 1
        del stage.workspace.documents[hidden]
        stage.workspace.tell(Changes(listings=frozenset({hidden})))
        await stage.see(lambda: page.model.rowCount() == len(rows))
        assert selected() == set(keys)
        assert page.table.picked.hidden() == 0

    play(scene)


def test_deleting_asks_first_and_escape_keeps(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        for key, is_deleted in ((Qt.Key.Key_Escape, False), (Qt.Key.Key_Tab, True)):
            QTest.keyClick(stage.window.listings_page.table, Qt.Key.Key_Delete)
            await stage.see(lambda: stage.window.findChild(QDialog, "confirm-dialog"))
            dialog = stage.part(QDialog, "confirm-dialog")
            if is_deleted:
                stage.part(QAbstractButton, "confirm-accept").click()
            else:
                QTest.keyClick(dialog, key)
            await stage.see(lambda: not stage.is_running("window.confirm"))
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        await stage.see(lambda: ("delete", catalogue()[0].id) in stage.workspace.calls)
        assert [call[0] for call in stage.workspace.calls].count("delete") == 1

    play(scene)


def test_searching_shows_what_matches_and_the_way_back(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.window.listings_page
        QTest.keyClick(stage.window, Qt.Key.Key_F, CTRL)
        QTest.keyClicks(page.search_field, "newsletter")
        await stage.see(lambda: page.model.rowCount() == 1)
        QTest.keyClicks(page.search_field, " nothing")
        await stage.see(lambda: stage.window.findChild(QAbstractButton, "clear-search"))
        stage.part(QAbstractButton, "clear-search").click()
        await stage.see(lambda: page.model.rowCount() == len(catalogue()))

    play(scene)


def test_a_change_elsewhere_reaches_the_table(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        row = catalogue()[0]
        stage.workspace.all_rows[row.pk] = replace(row, title="Renamed elsewhere")
        stage.workspace.tell(Changes(listings=frozenset({row.id})))
        await stage.see(lambda: stage.first_title() == "Renamed elsewhere")

    play(scene)


def test_dropped_files_are_checked_and_saved_as_drafts(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in dropped(tmp_path, "a.json")])
        copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, KEYS)
        QApplication.sendEvent(stage.window, enter)
        assert enter.isAccepted()
        assert stage.window.work.overlay.isVisible()
        QApplication.sendEvent(stage.window, QDropEvent(QPointF(5, 5), copy, data, left, KEYS))
        assert not stage.window.work.overlay.isVisible()
        save = stage.part(QAbstractButton, "intake-save")
        await stage.see(save.isEnabled)
        QTest.keyClicks(stage.part(QLineEdit, "intake-price"), "9.99")
        save.click()
        await stage.see(lambda: [c for c in stage.workspace.calls if c[0] == "draft"])
        await stage.see(lambda: stage.window.listings_page.model.rowCount() == 13)

    play(scene)


def test_typed_words_are_not_thrown_away_unasked(play: Play, tmp_path: Path) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.open_files(dropped(tmp_path, "a.json"))
        await stage.see(stage.part(QAbstractButton, "intake-save").isEnabled)
        dialog = stage.part(QDialog, "intake-dialog")
        QTest.keyClicks(stage.part(QLineEdit, "intake-price"), "5")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await stage.see(lambda: stage.window.findChild(QDialog, "confirm-dialog"))
        assert dialog.isVisible()
        stage.part(QAbstractButton, "confirm-accept").click()
        await stage.see(lambda: not dialog.isVisible())
        assert stage.window.work.intake.controller.files == ()

    play(scene)


def test_things_that_are_no_files_are_not_taken(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        data = QMimeData()
        data.setText("hello")
        enter = QDragEnterEvent(
            QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, KEYS
        )
        QApplication.sendEvent(stage.window, enter)
        assert not stage.window.work.overlay.isVisible()

    play(scene)


def test_sections_are_reached_by_keyboard_and_made_on_demand(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        names = ["transfers-page", "activity-page", "conflicts-page", "settings-page"]
        assert all(stage.window.findChild(QWidget, name) is None for name in names)
        keys = (Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_9)
        for key, name in zip(keys, names, strict=True):
            QTest.keyClick(stage.window, key, CTRL)
            assert stage.window.stack.currentWidget() is stage.part(QWidget, name)
        QTest.keyClick(stage.window, Qt.Key.Key_1, CTRL)
        assert stage.window.stack.currentWidget() is stage.window.listings_page

    play(scene)


def test_a_line_of_activity_leads_to_its_listing(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("activity")
        lines = stage.part(QListView, "operations")
        await stage.see(lambda: lines.model().rowCount() > 1)
        lines.activated.emit(lines.model().index(1, 0))
        title = activity_rows()[0].listing_title
        await stage.see(lambda: stage.window.findChild(QLineEdit, "listing-title"))
        await stage.see(lambda: stage.part(QLineEdit, "listing-title").text() == title)
        assert stage.window.stack.currentWidget() is stage.window.listings_page

    play(scene)


def test_the_sandbox_is_named_on_every_page(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        ribbon = stage.part(QWidget, "sandbox-ribbon")
        for key in ("listings", "transfers", "activity", "conflicts", "settings"):
            stage.window.go(key)
            assert ribbon.isVisible()

    play(scene)


def test_first_run_offers_three_ways_and_goes_on(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page = stage.part(QWidget, "first-run-page")
        assert page.isVisible()
        for name in ("choose-sandbox", "choose-own", "choose-offline"):
            assert stage.part(QAbstractButton, name).isEnabled()
        stage.part(QAbstractButton, "choose-offline").click()
        await stage.see(lambda: not page.isVisible())
        assert stage.window.sidebar.isVisible()

    play(scene, first_run=True)


def test_the_version_in_settings_looks_like_the_words_of_other_lines(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.go("settings")
        version = await stage.seen(QLabel, "settings-version")
        assert version.font() == stage.part(QLabel, "settings-allowances").font()

    play(scene)


def test_closing_asks_whoever_made_the_window(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        asked = QSignalSpy(stage.window.quit_asked)
        event = QCloseEvent()
        QApplication.sendEvent(stage.window, event)
        assert not event.isAccepted()
        assert asked.count() == 1
        assert await stage.window.may_close()

    play(scene)


@pytest.mark.parametrize(
    ("button", "closes", "kept", "saved"),
    [
        ("unsaved-keep", True, True, False),
        ("unsaved-discard", True, False, False),
        ("unsaved-save", True, False, True),
        ("", False, True, False),
    ],
)
def test_closing_asks_about_what_was_typed_and_not_saved(
    play: Play, button: str, closes: bool, kept: bool, saved: bool
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        first = catalogue()[0].id
        QTest.keyClicks(stage.part(QLineEdit, "listing-title"), " more")
        asked = asyncio.ensure_future(stage.window.may_close())
        await stage.see(lambda: stage.is_seen("unsaved-dialog"))
        if button:
            stage.part(QAbstractButton, button).click()
        else:
            QTest.keyClick(stage.part(QDialog, "unsaved-dialog"), Qt.Key.Key_Escape)
        assert await asked is closes
        assert (stage.workspace.typed.of(first) is not None) is kept
        assert any(call[0] == "edit" for call in stage.workspace.calls) is saved

    play(scene)


def test_the_place_of_the_window_is_remembered(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.work.actions[Act.SIDEBAR].trigger()
        state = stage.window.window_state()
        assert state.is_sidebar_narrow
        assert WindowState.from_json(state.to_json()) == state

    play(scene)


def test_everything_a_person_can_act_on_has_a_name_and_is_reached_by_keyboard(
    play: Play, tmp_path: Path
) -> None:
    async def scene(stage: Stage) -> None:
        await stage.open_first()
        for key in ("transfers", "activity", "conflicts", "settings", "listings"):
            stage.window.go(key)
        stage.window.open_files(dropped(tmp_path, "a.json", "b.json"))
        stage.window.work.pages.connect_marketplace()
        await stage.see(lambda: stage.window.findChild(QDialog, "workspace-dialog"))
        await stage.see(lambda: stage.window.findChild(QAbstractButton, "use-drafts"))
        nameless = [_words(widget) for widget in acted_on(stage.window) if not _is_named(widget)]
        assert nameless == []
        unreachable = [
            _words(w)
            for w in acted_on(stage.window)
            if not w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        assert unreachable == []

    play(scene)


def _is_named(widget: QWidget) -> bool:
    return bool(widget.objectName() and widget.accessibleName())


def _words(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()!r} {widget.accessibleName()!r}"
