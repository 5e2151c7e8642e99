"""Blocks of cells go to the clipboard and come back as they were."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.tables.blocks import CELL_MAX, BlockError, read_block, write_block

CELL = st.one_of(
    st.text(st.sampled_from("ab\t\"',;=+-@\n\r 5€"), max_size=12), st.text(max_size=20)
)


def _one_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(width=st.integers(1, 4), data=st.data())
def test_what_is_written_is_read_back(width: int, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=5))
    expected = [[_one_break(cell) for cell in row] for row in rows]
    assert read_block(write_block(rows)) == expected


@given(text=st.text(st.sampled_from('ab\t"\n\r='), max_size=30))
def test_every_text_is_some_block(text: str) -> None:
    assert all(isinstance(cell, str) for row in read_block(text) for cell in row)


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("", []),
        ("a", [["a"]]),
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\n\nb\n", [["a"], [""], ["b"]]),
        ('"two\nlines"\tx\n', [["two\nlines", "x"]]),
        ('"said ""so"""\n', [['said "so"']]),
        ('5" nail\tb\n', [['5" nail', "b"]]),
        ('"so" he said\tb\n', [['"so" he said', "b"]]),
        ('"never closed\tb\nc', [['"never closed', "b"], ["c"]]),
        ("9,99\t19.99\n", [["9,99", "19.99"]]),
        ("'=1+1\n", [["=1+1"]]),
        ("it's\t'tis\n", [["it's", "'tis"]]),
    ],
)
def test_what_spreadsheets_put_there(text: str, block: list[list[str]]) -> None:
    assert read_block(text) == block


def test_what_a_spreadsheet_would_run_is_guarded() -> None:
    assert write_block([["=1+1", "@a", "a=b"]]) == "'=1+1\t'@a\ta=b\r\n"


@pytest.mark.parametrize("limit", [131_072, 1_000_000])
def test_a_cell_that_is_too_long_is_told_whatever_the_process_allows(limit: int) -> None:
    before = csv.field_size_limit(limit)
    try:
        with pytest.raises(BlockError, match="too long"):
            read_block("x" * (CELL_MAX + 1))
        assert read_block("x" * CELL_MAX) == [["x" * CELL_MAX]]
    finally:
        csv.field_size_limit(before)
