"""Large selections are known by their keys before the lines change."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QApplication

from koda_desktop.sync.marks import mark
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.views.tables import marked_ahead
from koda_desktop.views.tables.listings_model import ListingsModel
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from tests.views.fakes import NOW

LINES = 70_000
Flag = QItemSelectionModel.SelectionFlag


@pytest.fixture
def table(theme: Theme) -> Iterator[ListingsTable]:
    """Its keys have gaps, and stand in no order."""
    model = ListingsModel(lambda: NOW)
    model.set_keys(array("q", (11 * line % LINES * 3 + 1 for line in range(LINES))))
    made = ListingsTable(theme, model)
    yield made
    made.deleteLater()


@pytest.fixture
def turns(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many keys were marked in each turn."""
    found: list[int] = []

    def counted(marks: bytearray, keys: array[int]) -> None:
        found.append(len(keys))
        mark(marks, keys)

    monkeypatch.setattr(marked_ahead, "mark", counted)
    return found


def rest_until_marked(turns: list[int], number: int) -> None:
    deadline = time.monotonic() + 5
    while sum(turns) < number:
        assert time.monotonic() < deadline, "nothing was marked ahead"
        QApplication.processEvents()


def test_all_that_are_selected_are_marked_before_a_filter_asks_for_it(
    table: ListingsTable, turns: list[int]
) -> None:
    every = {*table.listings.keys}
    table.select_everything(ListingQuery())
    rest_until_marked(turns, LINES)
    assert len(turns) > 1
    turns.clear()
    table.listings.begin([])
    assert turns == []
    assert table.selected_count() == LINES
    assert {key for key in range(3 * LINES + 9) if key in table.picked.carried} == every


def test_what_was_marked_of_another_selection_counts_for_nothing(
    table: ListingsTable, turns: list[int]
) -> None:
    keys = table.listings.keys
    table.select_everything(ListingQuery())
    rest_until_marked(turns, 1)
    table.selectionModel().select(table.block(10, 29), Flag.ClearAndSelect)
    table.picked.start_anew()
    table.listings.begin([])
    assert table.selected_count() == 20
    assert all(key in table.picked.carried for key in keys[10:30])


def test_all_that_match_are_those_of_the_last_reading(
    table: ListingsTable, turns: list[int]
) -> None:
    table.select_everything(ListingQuery())
    rest_until_marked(turns, LINES)
    others = array("q", (key + 1 for key in table.listings.keys))
    table.listings.set_keys(others)
    table.listings.begin([])
    assert table.selected_count() == LINES
    assert all(key in table.picked.carried for key in others)


def test_what_was_selected_before_joins_what_is_selected_now(table: ListingsTable) -> None:
    table.selectionModel().select(table.block(0, 39_999), Flag.Select)
    assert table.selected_count() == 40_000
    table.listings.set_keys(table.listings.keys[::-1])
    table.selectionModel().select(table.block(0, 9), Flag.Select)
    table.listings.begin([])
    assert table.selected_count() == 40_010


def test_few_lines_are_left_for_when_they_are_needed(
    table: ListingsTable, turns: list[int]
) -> None:
    table.selectionModel().select(table.block(0, 99), Flag.ClearAndSelect)
    assert table.selected_count() == 100
    deadline = time.monotonic() + 0.1
    while time.monotonic() < deadline:
        QApplication.processEvents()
    assert turns == []
