"""The row of fields under the head: another way to write the one filter, and the column's menu."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QMenu, QWidget

from koda_desktop.sync.rows import SortColumn
from koda_desktop.views.pages.listings_page import ListingsPage
from koda_desktop.views.tables.filter_row import RowField
from koda_desktop.views.tables.listings_columns import Column
from tests.views.stage import Play, Stage, begins

ALT = Qt.KeyboardModifier.AltModifier


def page(stage: Stage) -> ListingsPage:
    return stage.window.listings_page


def field(stage: Stage, name: str) -> QLineEdit:
    return stage.part(QLineEdit, f"filter-{name}")


def shown(stage: Stage) -> int:
    return page(stage).model.rowCount()


def test_the_row_and_the_search_field_write_the_same_filter(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.resize(1400, 800)
        everything = shown(stage)
        page(stage).toggle_filter_row()
        await stage.see(lambda: stage.is_seen("filter-price"))
        field(stage, "price").setFocus()
        QTest.keyClicks(field(stage, "price"), "<20")
        assert page(stage).search_field.text() == "price:<20"
        await stage.see(lambda: 0 < shown(stage) < everything)
        cheap = shown(stage)
        field(stage, "platform").setFocus()
        QTest.keyClicks(field(stage, "platform"), "make")
        assert page(stage).search_field.text() == "price:<20 platform:make"
        await stage.see(lambda: shown(stage) < cheap)
        page(stage).search_field.setFocus()
        page(stage).search_field.setText("reminder platform:n8n")
        assert (field(stage, "price").text(), field(stage, "platform").text()) == ("", "n8n")
        assert field(stage, "title").text() == ""

    play(scene)


def test_the_last_field_ends_where_the_page_does(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.resize(1400, 1000)
        page(stage).toggle_filter_row()
        await stage.see(lambda: stage.is_seen("filter-price"))
        fields = [one for one in page(stage).findChildren(RowField) if one.isVisible()]
        add = stage.part(QAbstractButton, "add-files")
        await stage.see(lambda: max(map(_end, fields)) == _end(add))
        by_place = sorted(fields, key=_end)
        gaps = {begins(after) - _end(one) for one, after in pairwise(by_place)}
        assert max(gaps) < 20

    play(scene)


def _end(widget: QWidget) -> int:
    return begins(widget) + widget.width()


def test_tab_takes_what_is_offered_and_moves_on_otherwise(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        search = page(stage).search_field
        search.setFocus()
        QTest.keyClicks(search, "platf")
        await stage.see(lambda: stage.is_seen("suggestions"))
        QTest.keyClick(search, Qt.Key.Key_Tab)
        assert search.text() == "platform:"
        assert stage.is_seen("suggestions")
        QTest.keyClick(search, Qt.Key.Key_Down)
        QTest.keyClick(search, Qt.Key.Key_Down)
        QTest.keyClick(search, Qt.Key.Key_Tab)
        assert search.text().startswith("platform:")
        assert search.text().endswith(" ")
        assert search.hasFocus()
        QTest.keyClicks(search, "pri")
        await stage.see(lambda: stage.is_seen("suggestions"))
        QTest.keyClick(search, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        assert not search.hasFocus()
        assert not stage.is_seen("suggestions")
        search.setFocus()
        QTest.keyClick(search, Qt.Key.Key_Tab)
        assert not search.hasFocus()

    play(scene)


def test_what_is_typed_can_be_kept_by_the_button_next_to_the_views(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        following: list[str] = []
        page(stage).search_field.setText("price:<20")
        await stage.see(lambda: stage.is_seen("save-view"))
        one: QWidget | None = stage.part(QWidget, "listings-filter")
        while one is not None and len(following) < 2:
            one = one.nextInFocusChain()
            following.append(one.objectName() if one is not None else "")
        assert following == ["save-view", "view-menu"]
        page(stage).search_field.setText("")
        assert not stage.is_seen("save-view")

    play(scene)


def test_a_field_that_is_typed_into_is_left_alone(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page(stage).toggle_filter_row()
        field(stage, "title").setFocus()
        QTest.keyClicks(field(stage, "title"), "new lead ")
        assert field(stage, "title").text() == "new lead "
        assert page(stage).search_field.text() == 'title:"new lead"'
        QTest.keyClick(field(stage, "title"), Qt.Key.Key_Escape)
        assert page(stage).search_field.text() == ""
        QTest.keyClick(field(stage, "title"), Qt.Key.Key_Escape)
        assert page(stage).table.hasFocus()

    play(scene)


def test_the_row_stays_where_nothing_is_found(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page(stage).toggle_filter_row()
        field(stage, "price").setFocus()
        QTest.keyClicks(field(stage, "price"), "free")
        await stage.see(lambda: shown(stage) > 0)
        QTest.keyClick(field(stage, "price"), Qt.Key.Key_Escape)
        page(stage).search_field.setText("price:123456")
        await stage.see(lambda: shown(stage) == 0)
        await stage.see(lambda: stage.is_seen("listings-nothing"))
        assert stage.is_seen("filter-price")
        page(stage).search_field.setText("")
        await stage.see(lambda: shown(stage) > 0)
        assert not stage.is_seen("listings-nothing")

    play(scene)


def test_a_filter_that_finds_nothing_is_cleared_by_keys_or_mouse(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        stage.window.resize(900, 800)
        everything = shown(stage)
        page(stage).toggle_filter_row()
        for is_by_mouse in (False, True):
            field(stage, "price").setFocus()
            QTest.keyClicks(field(stage, "price"), "4711")
            await stage.see(lambda: stage.is_seen("clear-filter"))
            button = stage.part(QAbstractButton, "clear-filter")
            assert _stands_below_the_head(page(stage), button)
            stage.window.resize(1200, 700)
            assert _stands_below_the_head(page(stage), button)
            if is_by_mouse:
                QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            else:
                QTest.keyClick(field(stage, "price"), Qt.Key.Key_Down)
                assert button.hasFocus()
                QTest.keyClick(button, Qt.Key.Key_Space)
            assert page(stage).search_field.text() == ""
            assert field(stage, "title").hasFocus()
            await stage.see(lambda: shown(stage) == everything)
            assert not stage.is_seen("clear-filter")
            assert field(stage, "price").text() == ""

    play(scene)


def _stands_below_the_head(of: ListingsPage, button: QWidget) -> bool:
    place = button.mapTo(of.table, button.rect().center())
    middle = of.table.width() // 2
    return of.table.head.height() < place.y() < of.table.height() and abs(place.x() - middle) < 4


def test_an_empty_view_is_left_for_all_listings(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page(stage).toggle_filter_row()
        QTest.keyClicks(field(stage, "price"), "4711")
        await stage.see(lambda: stage.is_seen("clear-filter"))
        stage.part(QAbstractButton, "save-view").click()
        name = await stage.seen(QLineEdit, "view-name")
        name.setText("Empty")
        QTest.keyClick(name, Qt.Key.Key_Return)
        await stage.see(lambda: stage.is_seen("leave-view"))
        assert not stage.is_seen("clear-filter")
        QTest.keyClick(field(stage, "title"), Qt.Key.Key_Down)
        QTest.keyClick(stage.part(QAbstractButton, "leave-view"), Qt.Key.Key_Space)
        await stage.see(lambda: shown(stage) > 0)
        assert stage.window.focusWidget() is page(stage).table

    play(scene)


def test_the_row_is_remembered_in_the_view(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        page(stage).toggle_filter_row()
        await stage.see(lambda: stage.workspace.saved_views[0].filter_row)
        stage.window.work.listings.views.choose(1)
        assert not stage.is_seen("filter-price")
        stage.window.work.listings.views.choose(0)
        assert stage.is_seen("filter-title")
        page(stage).toggle_filter_row()
        await stage.see(lambda: not stage.workspace.saved_views[0].filter_row)
        assert page(stage).table.hasFocus()

    play(scene)


def choose(stage: Stage, column: Column, words: str) -> None:
    """Choose in the menu of the column, opened by its key."""
    table = page(stage).table
    table.setFocus()
    table.setCurrentIndex(table.listings.index(0, column))
    QTest.keyClick(table, Qt.Key.Key_Down, ALT)
    [opened] = stage.window.findChildren(QMenu, "column-menu")
    next(one for one in opened.actions() if one.text() == words).trigger()
    opened.setObjectName("closed")


def test_a_column_is_sorted_filtered_and_hidden_by_keyboard_alone(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without a screen there is nothing to open a menu over.
    monkeypatch.setattr(QMenu, "popup", lambda *_: None)

    async def scene(stage: Stage) -> None:
        listings = stage.window.work.listings
        choose(stage, Column.PRICE, "Sort descending")
        assert [*listings.query.sort] == [(SortColumn.PRICE, True)]
        choose(stage, Column.PLATFORM, "Then sort by it, ascending")
        expected = [(SortColumn.PRICE, True), (SortColumn.PLATFORM, False)]
        assert [*listings.query.sort] == expected
        choose(stage, Column.PLATFORM, "Hide column")
        assert page(stage).table.isColumnHidden(Column.PLATFORM)
        choose(stage, Column.PRICE, "Filter by price…")
        assert field(stage, "price").hasFocus()
        QTest.keyClick(field(stage, "price"), Qt.Key.Key_Escape)

    play(scene)
