"""Where the cells of a block go."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError
from koda_desktop.sync.grid.placing import (
    MOST,
    Area,
    Fill,
    Place,
    filling,
    pasting,
    selected_cells,
)

COLUMNS = ("title", "price", "tags", "version")


def place(*areas: Area, lines: int = 6, hidden: tuple[int, ...] = ()) -> Place:
    marks = bytearray(max(hidden, default=0) + 1)
    for key in hidden:
        marks[key] = 1
    return Place(array("q", range(100, 100 + lines)), COLUMNS, areas, bytes(marks))


def put(found: Place, block: list[list[str]]) -> dict[int, dict[str, str]]:
    return {one.key: one.texts for one in pasting(found, block).puts}


def test_one_cell_fills_exactly_what_is_selected_and_what_is_hidden() -> None:
    areas = (Area(range(2), (1,)), Area(range(4, 5), (3,)))
    assert put(place(*areas, hidden=(7, 102)), [["x"]]) == {
        100: {"price": "x"},
        101: {"price": "x"},
        104: {"version": "x"},
        7: {"price": "x", "version": "x"},
    }


def test_a_block_goes_from_the_first_selected_cell_on_and_is_cut_at_the_edges() -> None:
    found = pasting(place(Area(range(4, 5), (2,))), [["a", "b", "c"], ["d"], ["e", "f", "g"]])
    assert {one.key: one.texts for one in found.puts} == {
        104: {"tags": "a", "version": "b"},
        105: {"tags": "d"},
    }
    assert (found.cut_rows, found.cut_columns) == (1, 1)


def test_a_block_is_repeated_where_the_selection_is_so_many_times_its_size() -> None:
    wide = place(Area(range(4), (0, 1, 2, 3)))
    found = put(wide, [["a", "b"], ["c"]])
    assert found[102] == {"title": "a", "price": "b", "tags": "a", "version": "b"}
    assert found[103] == {"title": "c", "tags": "c"}


@given(
    top=st.integers(0, 5),
    left=st.integers(0, 3),
    height=st.integers(1, 8),
    width=st.integers(1, 6),
)
def test_every_cell_of_a_block_has_its_place_or_is_cut(
    top: int, left: int, height: int, width: int
) -> None:
    block = [[f"{row}:{column}" for column in range(width)] for row in range(height)]
    found = pasting(place(Area(range(top, top + 1), (left,))), block)
    for one in found.puts:
        for name, text in one.texts.items():
            row, column = one.key - 100 - top, COLUMNS.index(name) - left
            if (height, width) != (1, 1):
                assert text == f"{row}:{column}"
    assert len(found.puts) + found.cut_rows == height
    assert {len(one.texts) + found.cut_columns for one in found.puts} == {width}


def test_filling_takes_the_first_line_or_the_line_above() -> None:
    tall = place(Area(range(1, 4), (0, 2)))
    names = ("title", "tags")
    assert filling(tall) == [Fill(102, 101, names), Fill(103, 101, names)]
    assert filling(place(Area(range(3, 4), (1,)))) == [Fill(103, 102, ("price",))]
    assert filling(place(Area(range(1), (1,)))) == []


def test_areas_that_cross_are_copied_once() -> None:
    crossing = place(Area(range(2), (0,)), Area(range(1, 3), (2,)))
    assert [*selected_cells(crossing)] == [(0, (0,)), (1, (0, 2)), (2, (2,))]


def test_too_many_are_refused_before_anything_is_made_of_them() -> None:
    whole = place(Area(range(MOST + 1), (0,)), lines=1)
    for act in (lambda: pasting(whole, [["x"]]), lambda: filling(whole)):
        with pytest.raises(InputError, match="at once"):
            act()


def test_nothing_to_paste_or_nowhere_to_put_it_is_nothing() -> None:
    assert pasting(place(Area(range(1), (0,))), []).puts == []
    assert pasting(place(), [["x"]]).puts == []
