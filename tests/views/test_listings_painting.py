"""What is scrolled is what was painted: the pixels that were moved are those of a full paint."""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from koda_desktop.views.tables.listings_columns import Column
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.listings_painter import FIRST, SIDE, ListingsPainter
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.fonts import sans
from koda_desktop.views.theme.theme import Scheme, Theme
from tests.views.fakes import NOW, make_row
from tests.views.test_theme import contrast

LINES = 400


@pytest.fixture
def table(theme: Theme, qapp: QApplication) -> Iterator[ListingsTable]:
    model = ListingsModel(lambda: NOW)
    rows = {key: make_row(key, f"Listing {key} " + "x" * (key % 90)) for key in range(1, LINES + 1)}
    model.rows_wanted.connect(lambda keys: model.put_rows(keys, [rows[key] for key in keys]))
    made = ListingsTable(theme, model)
    model.setParent(made)
    made.resize(900, 500)
    made.show()
    model.begin([rows[key] for key in range(1, 65)])
    model.set_keys(array("q", rows))
    QApplication.processEvents()
    yield made
    made.close()
    made.deleteLater()


def _on_screen(table: ListingsTable) -> QImage:
    """What a person sees now: painted where paint was asked for, and nowhere else."""
    for _ in range(3):  # Rows that are read are painted after the frame that misses them.
        QApplication.processEvents()
    return table.screen().grabWindow(table.winId()).toImage()


def _painted_anew(table: ListingsTable) -> QImage:
    for part in (table, *table.findChildren(type(table.viewport()))):
        part.update()
    return _on_screen(table)


def _show_all_columns(table: ListingsTable) -> None:
    for column in Column:
        if column is not Column.TITLE:
            table.columns.choose(column, True)


def _scroll_down(table: ListingsTable) -> None:
    for value in (3, 57, 200, 190, 4_000, 3_990, table.verticalScrollBar().maximum()):
        table.verticalScrollBar().setValue(value)
        QApplication.processEvents()


def _scroll_sideways(table: ListingsTable) -> None:
    _show_all_columns(table)
    QApplication.processEvents()
    for value in (1, 120, 300, 290):
        table.horizontalScrollBar().setValue(value)
        table.verticalScrollBar().setValue(value)
        QApplication.processEvents()


def _walk_and_scroll(table: ListingsTable) -> None:
    table.setFocus()
    table.select_line(2)
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Qt.Key.Key_PageDown)
    table.verticalScrollBar().setValue(table.verticalScrollBar().value() + 31)


def _move_the_mouse(table: ListingsTable) -> None:
    for y in (210, 330, 130):
        QTest.mouseMove(table.viewport(), QPoint(200, y))
        QApplication.processEvents()
        assert table.hovered == table.rowAt(y)
        table.verticalScrollBar().setValue(table.verticalScrollBar().value() + 20)
        QApplication.processEvents()


def _have_lines_come_and_go(table: ListingsTable) -> None:
    keys = table.listings.keys
    table.verticalScrollBar().setValue(110)
    QApplication.processEvents()
    table.listings.set_keys(keys[1:])
    QApplication.processEvents()
    table.listings.set_keys(keys[1:5])


@pytest.mark.parametrize(
    "act",
    [_scroll_down, _scroll_sideways, _walk_and_scroll, _move_the_mouse, _have_lines_come_and_go],
)
def test_what_is_seen_is_what_a_full_paint_shows(
    table: ListingsTable, act: Callable[[ListingsTable], None]
) -> None:
    before = _on_screen(table)
    act(table)
    seen = _on_screen(table)
    assert seen != before
    assert seen == _painted_anew(table)


def test_a_size_is_written_whole_or_not_at_all(table: ListingsTable) -> None:
    sizes = (1, 14_210, 98_000_000)
    rows = [make_row(key, "Alike", file_size=size) for key, size in enumerate(sizes, 1)]
    table.listings.begin(rows)
    metrics = QFontMetrics(sans(12))
    name, size = (metrics.horizontalAdvance(text) for text in (rows[0].file_name, "  ·  98.0 MB"))
    whole = FIRST + SIDE + name + size
    assert _is_told_apart(table, whole + 2)
    for width in range(whole - size, whole - 4, 5):
        assert not _is_told_apart(table, width)


def test_a_title_on_two_lines_is_painted_on_one(table: ListingsTable) -> None:
    table.listings.begin([make_row(1, "In two\nlines"), make_row(2, "In two lines")])
    _on_screen(table)
    first, second = (
        table.viewport().grab(table.visualRect(table.listings.index(line, Column.TITLE))).toImage()
        for line in (0, 1)
    )
    words = QRect(FIRST, 9, 150, 18)  # Without the keyboard's ring.
    assert first.copy(words) == second.copy(words)


def test_a_listing_without_a_platform_has_no_chip(table: ListingsTable) -> None:
    table.listings.begin([make_row(1, "Without", platform=""), make_row(2, "With")])
    colours = []
    for line in (0, 1):
        cell = table.visualRect(table.listings.index(line, Column.PLATFORM))
        picture = table.viewport().grab(cell.adjusted(0, 0, 0, -2)).toImage()
        places = itertools.product(range(picture.width()), range(picture.height()))
        colours.append({picture.pixelColor(x, y).name() for x, y in places})
    assert len(colours[0]) == 1
    assert len(colours[1]) > 1


def _is_told_apart(table: ListingsTable, width: int) -> bool:
    """Whether the second and the third line differ below a title that is so wide."""
    table.head.resizeSection(Column.TITLE, width)
    picture = _on_screen(table)
    top = table.viewport().mapTo(table, QPoint(0, table.rowViewportPosition(1))).y()
    area = QRect(FIRST, top + 28, width - FIRST, 20)
    return picture.copy(area) != picture.copy(area.translated(0, table.row_height))


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("is_selected", [False, True])
def test_the_edge_of_a_platform_stands_out(
    table: ListingsTable, theme: Theme, scheme: Scheme, is_selected: bool
) -> None:
    theme.set_scheme(scheme)
    index = table.listings.index(3, Column.PLATFORM)
    if is_selected:
        table.picked.start_anew()
        table.selectionModel().select(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
    cell = table.visualRect(index)
    picture = table.viewport().grab(cell).toImage()
    middle = cell.height() // 2
    edge, ground = (picture.pixelColor(x, middle).name() for x in (SIDE, SIDE - 4))
    assert ground == theme.color("accent-subtle" if is_selected else "canvas").name()
    assert contrast(edge, ground) > 1.5


def test_a_step_down_has_only_the_lines_painted_that_come_into_sight(
    table: ListingsTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    _on_screen(table)
    painted: list[int] = []
    paint = ListingsPainter.paint

    def note(self: ListingsPainter, painter: QPainter, exposed: QRect, *rest: Any) -> None:
        painted.append(exposed.height())
        paint(self, painter, exposed, *rest)

    monkeypatch.setattr(ListingsPainter, "paint", note)
    table.verticalScrollBar().setValue(2 * table.row_height)
    QApplication.processEvents()
    assert painted
    assert max(painted) <= 2 * table.row_height
