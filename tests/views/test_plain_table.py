"""What tables and lists of the window share: the keyboard's row, widths, switches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTableView

from koda_desktop.controllers.intake_state import RemovalLine
from koda_desktop.sync.sales.rows import SaleQuery
from koda_desktop.views.tables.conflicts_table import ConflictsModel, ConflictsTable
from koda_desktop.views.tables.header import TableHeader
from koda_desktop.views.tables.lines import SWITCH
from koda_desktop.views.tables.plain_table import Cell, Line, PlainTable, shared
from koda_desktop.views.tables.removals import RemovalList
from koda_desktop.views.tables.sales_table import SaleColumn, SalesModel, SalesTable
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Theme
from koda_desktop.views.widgets.switch import Switch
from tests.views.fake_sales import FakeSales
from tests.views.gallery_work import conflict_rows


def _middle_of(picture: QImage, left: int, top: int) -> list[str]:
    """The colours in the middle of a switch that begins there, but for its blended ends."""
    middle = top + SWITCH.height() // 2
    return [picture.pixelColor(left + x, middle).name() for x in range(1, SWITCH.width() - 1)]


@pytest.mark.parametrize("is_on", [False, True])
def test_a_switch_in_a_list_looks_like_one_in_a_form(theme: Theme, is_on: bool) -> None:
    switch = Switch(theme, "switch", "A switch")
    switch.setChecked(is_on)
    listed = RemovalList(theme)
    line = RemovalLine("a.b", "names", "one", None, is_optional=True, is_kept=is_on)
    listed.show_lines([line])
    listed.resize(500, 80)
    listed.show()
    QApplication.processEvents()
    alone, painted = switch.grab().toImage(), listed.viewport().grab().toImage()
    ring = (switch.width() - SWITCH.width()) // 2
    middle = listed.visualRect(listed.lines.index(0)).center().y()
    ground = painted.pixelColor(250, middle)
    left = next(x for x in range(250, 500) if painted.pixelColor(x, middle) != ground)
    listed_one = _middle_of(painted, left, middle - SWITCH.height() // 2)
    assert listed_one == _middle_of(alone, ring, ring)
    listed.close()


def _plain(theme: Theme) -> PlainTable:
    table = PlainTable(theme, ("One", "Two", "Three"), (0, 90, 0), "plain", "Plain", is_many=True)
    table.show_lines([Line(n, (Cell(f"Line {n}"), Cell("b"), Cell("c"))) for n in range(6)])
    return table


def _conflicts(theme: Theme) -> ConflictsTable:
    model = ConflictsModel()
    model.set_rows(conflict_rows())
    table = ConflictsTable(theme, model)
    model.setParent(table)
    return table


def _sales(theme: Theme, number: int = 6) -> SalesTable:
    model = SalesModel(UTC)
    table = SalesTable(theme, model)
    model.setParent(table)
    sales = FakeSales.of_a_year()
    model.begin(sales.rows(sales.keys(SaleQuery())[:number]))
    sales.close()
    return table


TABLES = (_plain, _conflicts, _sales)


def _shown(table: QTableView, width: int = 700) -> None:
    table.resize(width, 420)
    table.show()
    table.activateWindow()
    QApplication.processEvents()


def _on_screen(table: QTableView) -> QImage:
    QApplication.processEvents()
    return table.screen().grabWindow(table.winId()).toImage()


def _is_ringed(table: QTableView, row: int) -> bool:
    """Whether a line goes round the whole row, which stands out from the ground inside it."""
    picture = table.viewport().grab().toImage()
    top, right = table.rowViewportPosition(row), table.horizontalHeader().length()
    middle = top + table.rowHeight(row) // 2
    ground = picture.pixelColor(8, top + 5)
    ring = [(x, top + 1) for x in range(8, right - 8)] + [(1, middle), (right - 2, middle)]
    return all(picture.pixelColor(*place) != ground for place in ring)


@pytest.mark.parametrize("make", TABLES)
def test_the_keyboards_row_has_a_ring(theme: Theme, make: Callable[[Theme], QTableView]) -> None:
    table = make(theme)
    _shown(table)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QTest.keyClick(table, Qt.Key.Key_Down)
    row = table.currentIndex().row()
    assert row > 0
    assert [_is_ringed(table, n) for n in range(4)] == [n == row for n in range(4)]
    table.clearFocus()
    assert not _is_ringed(table, row)
    table.close()


@pytest.mark.parametrize("make", [_plain, _conflicts])
def test_the_ring_goes_with_the_keyboard_where_the_selection_stays(
    theme: Theme, make: Callable[[Theme], QTableView]
) -> None:
    table = make(theme)
    _shown(table)
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    before = _on_screen(table)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    seen = _on_screen(table)
    assert seen != before
    table.viewport().update()
    assert seen == _on_screen(table)
    table.close()


@given(st.integers(0, 2_000), st.lists(st.integers(0, 900), min_size=1, max_size=6))
def test_room_goes_to_who_needs_it(room: int, needs: list[int]) -> None:
    widths = shared(room, needs)
    assert sum(widths) == room
    if sum(needs) <= room:
        assert all(width >= need for width, need in zip(widths, needs, strict=True))
        spared = [w for w, need in zip(widths, needs, strict=True) if w > need]
        assert all(width >= max(spared) - 1 for width in widths if spared)
    else:
        assert all(width <= need for width, need in zip(widths, needs, strict=True))
        cut = [w for w, need in zip(widths, needs, strict=True) if w < need]
        assert all(width <= min(cut) + 1 for width in widths)


def test_words_are_not_cut_where_other_columns_have_room(theme: Theme) -> None:
    table = PlainTable(theme, ("Listing", "Field", "Before", "After"), (0, 130, 0, 0), "t", "T")
    title = "Invoice reminder with Gmail and Sheets"
    _shown(table, 720)
    table.show_lines([Line(n, (Cell(title), Cell("Price"), Cell("1"), Cell("2"))) for n in (1, 2)])
    words, head = QFontMetrics(sans(13)).horizontalAdvance(title), table.horizontalHeader()
    assert isinstance(head, TableHeader)
    assert table.columnWidth(0) >= words + sum(head.air(0))
    assert table.columnWidth(0) > table.columnWidth(2) == table.columnWidth(3)
    assert head.length() == table.viewport().width()
    table.setColumnHidden(1, True)
    assert head.length() == table.viewport().width()
    table.close()


def test_amounts_end_at_the_margin_with_and_without_a_scroll_bar(theme: Theme) -> None:
    ends = set()
    for number in (6, 60):
        table = _sales(theme, number)
        _shown(table, 700)
        table.clearFocus()
        assert table.isColumnHidden(SaleColumn.DIFFERENCE)
        assert table.verticalScrollBar().isVisible() == (number == 60)
        ends.add(_right_end_of_words(table))
        table.close()
    assert len(ends) == 1


def _right_end_of_words(table: QTableView) -> int:
    """The last pixel of the first line, from the left, that is not its ground."""
    picture = table.viewport().grab().toImage()
    lines = range(table.rowViewportPosition(0) + 4, table.rowHeight(0) - 4)
    ground = picture.pixelColor(4, lines[0])
    columns = range(picture.width() - 1, 0, -1)
    return next(x for x in columns if any(picture.pixelColor(x, y) != ground for y in lines))
