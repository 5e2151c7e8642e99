from __future__ import annotations

from array import array
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy
from PySide6.QtWidgets import QApplication

from koda_desktop.sync.rows import ListingQuery, ListingRow, Selection, SortColumn
from koda_desktop.views.tables.listings_columns import COLUMNS, Column, sort_column
from koda_desktop.views.tables.listings_model import MOST_PAGES, PAGE, ROW_ROLE, ListingsModel
from koda_desktop.views.tables.listings_table import ListingsTable
from koda_desktop.views.theme.theme import Theme
from tests.views.fakes import NOW, before, make_row

DISPLAY = Qt.ItemDataRole.DisplayRole


class Store:
    """Rows by key, and what was asked for."""

    def __init__(self, model: ListingsModel, number: int) -> None:
        self.rows = {key: make_row(key, f"Listing {key}") for key in range(1, number + 1)}
        self.asked: list[tuple[int, ...]] = []
        self.model = model
        model.rows_wanted.connect(self._want)

    def _want(self, keys: tuple[int, ...]) -> None:
        self.asked.append(keys)

    def answer(self) -> None:
        QApplication.processEvents()
        asked, self.asked = self.asked, []
        for keys in asked:
            self.model.put_rows(keys, self._found(keys))

    def _found(self, keys: tuple[int, ...]) -> Iterator[ListingRow]:
        return (self.rows[key] for key in keys if key in self.rows)


@pytest.fixture
def model(qapp: QApplication) -> ListingsModel:
    return ListingsModel(lambda: NOW)


def _fill(model: ListingsModel, number: int) -> Store:
    store = Store(model, number)
    model.set_keys(array("q", store.rows))
    return store


def test_keeps_the_rules_of_item_models(model: ListingsModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    store = _fill(model, 300)
    for line in (0, 150, 299):
        model.data(model.index(line, 0))
    store.answer()
    model.forget_rows(frozenset({store.rows[1].id}))
    model.lay_over(2, make_row(2, "Typed"))
    assert model.index(1, Column.TITLE).data() == "Typed"
    model.show_faults({(store.rows[3].id, Column.PRICE): "This is no price."})
    tip = model.index(2, Column.PRICE).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "This is no price."
    model.show_faults({})
    model.set_keys(array("q", [5, 3, 1]))
    model.set_keys(array("q"))
    assert tester.model() is model


def test_asks_once_for_the_page_of_a_row_and_shows_it_when_it_comes(model: ListingsModel) -> None:
    store = _fill(model, 300)
    index = model.index(130, Column.TITLE)
    assert index.data() is None
    assert model.index(140, 0).data() is None
    QApplication.processEvents()
    assert store.asked == [tuple(range(129, 257))]
    store.answer()
    assert index.data() == "Listing 131"
    assert model.line_of(store.rows[131].id) == 130


def test_a_changed_row_is_read_again_and_shown_as_it_was_until_then(model: ListingsModel) -> None:
    store = _fill(model, 200)
    index = model.index(0, Column.TITLE)
    index.data()
    store.answer()
    store.rows[1] = make_row(1, "Renamed")
    model.forget_rows(frozenset({store.rows[1].id}))
    assert index.data() == "Listing 1"
    store.answer()
    assert index.data() == "Renamed"


def test_an_answer_for_another_order_is_dropped(model: ListingsModel) -> None:
    store = _fill(model, 10)
    model.index(0, 0).data()
    QApplication.processEvents()
    old = store.asked.pop()
    model.set_keys(array("q", reversed(range(1, 11))))
    model.put_rows(old, [store.rows[key] for key in old])
    assert model.index(0, Column.TITLE).data() is None
    store.answer()
    assert model.index(0, Column.TITLE).data() == "Listing 10"


def test_a_key_whose_row_is_gone_stays_blank_without_asking_for_ever(model: ListingsModel) -> None:
    store = _fill(model, 3)
    del store.rows[2]
    model.index(1, 0).data()
    store.answer()
    assert model.index(1, 0).data() is None
    QApplication.processEvents()
    assert store.asked == []


def test_holds_a_bounded_number_of_rows(model: ListingsModel) -> None:
    store = _fill(model, PAGE * (MOST_PAGES + 10))
    for page in range(MOST_PAGES + 10):
        model.index(page * PAGE, 0).data()
        store.answer()
    held = sum(model.line_of(row.id) >= 0 for row in list(store.rows.values())[:: PAGE // 2])
    assert held == MOST_PAGES * 2


def test_the_cells_say_what_a_person_reads(model: ListingsModel) -> None:
    model.set_keys(array("q", [1]))
    row = make_row(1, price_minor=0, updated_at=before(hours=3))
    model.index(0, 0).data()
    QApplication.processEvents()
    model.put_rows((1,), [row])
    texts = [model.index(0, column).data() for column in range(6)]
    assert texts == ["Invoice reminder", "Draft", "n8n", "Productivity", "Free", "3 h ago"]
    assert model.index(0, 0).data(ROW_ROLE) == row
    assert model.index(0, Column.UPDATED).data(Qt.ItemDataRole.ToolTipRole).startswith("20 Nov")
    right = model.index(0, Column.PRICE).data(Qt.ItemDataRole.TextAlignmentRole)
    assert right & Qt.AlignmentFlag.AlignRight


def test_each_column_stands_at_its_place_and_sorts_by_its_own_name() -> None:
    assert [one.column for one in COLUMNS] == list(Column)
    sorted_by = {one.title: one.sort for one in COLUMNS if sort_column(one.column) is not None}
    assert {SortColumn(name) for name in sorted_by.values()} == {*SortColumn}
    assert sorted_by["Status"] == "state"


def test_pressing_a_header_asks_for_another_order(theme: Theme, model: ListingsModel) -> None:
    table = ListingsTable(theme, model)
    spy = QSignalSpy(table.sort_asked)
    table.head.sectionClicked.emit(Column.PRICE)
    assert spy.at(0) == [Column.PRICE, False]


@given(width=st.integers(352, 2_000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_usual_columns_fill_their_room_and_need_no_more(
    theme: Theme, model: ListingsModel, width: int
) -> None:
    table = ListingsTable(theme, model)
    table.columns.fit(width)
    cells = table.columns.cells()
    assert cells[-1].end == width
    goes_first = [Column.CATEGORY, Column.UPDATED, Column.PLATFORM]
    hidden = [column for column in goes_first if table.isColumnHidden(column)]
    assert hidden == goes_first[: len(hidden)]
    if hidden:  # Nothing went that had room beside a readable title.
        assert cells[0].width < 220 + COLUMNS[hidden[-1]].width
    table.deleteLater()


def test_selecting_all_never_asks_the_header_row_by_row(theme: Theme, model: ListingsModel) -> None:
    table = ListingsTable(theme, model)
    _fill(model, 5000)
    table.select_everything(ListingQuery())
    assert table.selected_count() == 5000
    assert table.picked.selection() == Selection(query=ListingQuery())
    header = table.horizontalHeader().selectionModel()
    assert header is not table.selectionModel()
    assert not header.hasSelection()
