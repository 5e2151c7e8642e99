"""The title column stays in sight while the others are scrolled sideways."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from koda_desktop.sync.rows import SortColumn
from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_table import ListingsTable
from tests.views.stage import Play, Stage

_Flag = QItemSelectionModel.SelectionFlag


async def scrolled(stage: Stage, far: int = 300) -> ListingsTable:
    """The table with every column, scrolled sideways."""
    table = stage.window.listings_page.table
    for column in Column:
        if column is not Column.TITLE:
            table.columns.choose(column, True)
    bar = table.horizontalScrollBar()
    await stage.see(lambda: bar.maximum() > far)
    bar.setValue(far)
    return table


def covered(stage: Stage) -> int:
    sheets = stage.window.findChildren(QWidget, "listings-frozen-head")
    return next((sheet.width() for sheet in sheets if sheet.isVisible()), 0)


def test_the_title_is_there_while_others_are_scrolled_and_gone_when_they_are_not(
    play: Play,
) -> None:
    async def scene(stage: Stage) -> None:
        table = stage.window.listings_page.table
        assert not stage.is_seen("listings-frozen")
        await scrolled(stage)
        assert covered(stage) == table.columnWidth(Column.TITLE)
        assert table.visualRect(table.listings.index(2, Column.TITLE)).left() == 0
        table.horizontalScrollBar().setValue(0)
        assert not stage.is_seen("listings-frozen")

    play(scene)


def test_a_press_where_the_title_stands_is_on_the_title(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        table = await scrolled(stage)
        y = table.visualRect(table.listings.index(3, Column.TITLE)).center().y()
        assert table.indexAt(QPoint(40, y)).column() == Column.TITLE
        assert table.indexAt(QPoint(covered(stage) + 30, y)).column() != Column.TITLE
        at = QPoint(40, y)
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
        current = table.currentIndex()
        assert (current.row(), current.column()) == (3, Column.TITLE)
        assert table.horizontalScrollBar().value() == 300
        head = next(
            one
            for one in stage.window.findChildren(QWidget, "listings-frozen-head")
            if one.isVisible()
        )
        QTest.mouseClick(head, Qt.MouseButton.LeftButton, pos=QPoint(30, 10))
        assert stage.window.work.listings.query.sort[0][0] is SortColumn.TITLE

    play(scene)


def test_the_cell_with_the_cursor_is_never_under_the_title(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        table = await scrolled(stage, 10)
        table.setFocus()
        chosen = table.selectionModel()
        shown = table.columns.shown()
        chosen.setCurrentIndex(table.listings.index(1, shown[-1]), _Flag.ClearAndSelect)
        table.scrollTo(table.currentIndex())
        for column in reversed(shown[1:]):
            assert table.currentIndex().column() == column
            left = table.visualRect(table.currentIndex()).left()
            assert left >= covered(stage)
            QTest.keyClick(table, Qt.Key.Key_Left)
        assert table.currentIndex().column() == Column.TITLE

    play(scene)


def test_a_title_is_typed_into_where_it_stands(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        table = await scrolled(stage)
        table.setFocus()
        chosen = table.selectionModel()
        chosen.setCurrentIndex(table.listings.index(1, Column.TITLE), _Flag.ClearAndSelect)
        QTest.keyClick(table, Qt.Key.Key_F2)
        field = stage.part(QLineEdit, "cell-editor")
        assert field.geometry().left() == 0
        frozen = stage.part(QWidget, "listings-frozen")
        assert not frozen.mask().contains(field.geometry().center())
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert frozen.mask().isEmpty()

    play(scene)


def test_a_title_wider_than_the_others_have_room_beside_is_scrolled_with_them(play: Play) -> None:
    async def scene(stage: Stage) -> None:
        table = await scrolled(stage)
        assert covered(stage)
        table.head.resizeSection(Column.TITLE, table.width() * 3 // 4)
        assert not covered(stage)

    play(scene)
