"""Blocks copied from and pasted into a real store: one change set each, every cell by itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import Cancelled, InputError
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import SetKind, Why
from koda_desktop.sync.grid.placing import Area, Place
from koda_desktop.sync.rows import ListingQuery, SortColumn
from koda_desktop.tables.blocks import read_block
from koda_desktop.workspace.grid import Grid
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server

COLUMNS = ("title", "state", "price", "tags", "version", "active")
BY_TITLE = ListingQuery(sort=((SortColumn.TITLE, False),))


class Sheet:
    """Three listings, A to C, by title."""

    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, Server())
        parts = self.desk.parts
        self.sets = ChangeSets(parts.store, parts.staging, parts.stamps, "ada")
        self.grid = Grid(parts.store, self.sets, self.desk.reads.rows, self.desk.reads.selected)
        self.ids = [self.desk.draft(name, price=5, tags=["x", "y, z"]) for name in "ABC"]
        self.keys = self.desk.reads.keys(BY_TITLE)

    def place(self, lines: range, *columns: int) -> Place:
        return Place(self.keys, COLUMNS, (Area(lines, columns),))

    def column(self, field: str) -> list[Any]:
        return [self.desk.reads.listing(one).document.get(field) for one in self.ids]


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Sheet]:
    made = Sheet(tmp_path)
    yield made
    made.desk.close()


def test_a_block_is_one_change_set_and_is_undone_as_one(sheet: Sheet) -> None:
    plan = sheet.grid.paste(sheet.place(range(1), 2), '9,99\ta\n12\t"b, c"\n')
    result = sheet.grid.apply(plan)
    assert (result.name, result.changed) == ("Paste into price, tags", 2)
    assert sheet.column("price") == [9.99, 12, 5]
    assert sheet.column("tags") == [["a"], ["b", "c"], ["x", "y, z"]]
    sheet.sets.undo()
    assert sheet.column("price") == [5, 5, 5]
    assert sheet.column("tags") == [["x", "y, z"]] * 3


def test_a_wrong_cell_is_named_and_the_rest_of_its_listing_is_saved(sheet: Sheet) -> None:
    plan = sheet.grid.paste(sheet.place(range(1), 2), "1.234\tnew\n7\tnew\n")
    [fault] = plan.faults
    assert (fault.title, fault.column, fault.text) == ("A", "price", "1.234")
    assert "thousands" in fault.reason
    result = sheet.grid.apply(plan)
    assert [(one.field, one.why, one.title) for one in result.left] == [("price", Why.REFUSED, "A")]
    assert sheet.column("price") == [5, 7, 5]
    assert sheet.column("tags")[:2] == [["new"], ["new"]]


def test_what_is_copied_and_pasted_elsewhere_is_the_same(sheet: Sheet) -> None:
    sheet.grid.apply(sheet.grid.edit(sheet.keys[0], "title", "=A\t'\"1"))
    sheet.grid.apply(sheet.grid.edit(sheet.keys[0], "active", "no"))
    whole = range(len(COLUMNS))
    text = sheet.grid.copy(sheet.place(range(1), *whole), ",")
    assert "5,00" in text
    plan = sheet.grid.paste(sheet.place(range(2, 3), 0), text)
    assert plan.notes == ["State is not for editing and stayed."]
    sheet.grid.apply(plan)
    for field in ("title", "price", "tags", "version", "active"):
        first, _, last = sheet.column(field)
        assert first == last
    assert sheet.grid.paste(sheet.place(range(1), 0), text).changes == []


def test_a_description_is_copied_whole_and_shown_as_one_line(sheet: Sheet) -> None:
    words = 'First line.\n\nSecond, with "quotes".\n' + ("long " * 100).strip()
    sheet.desk.commands.edit(sheet.ids[1], {"description": words})
    [row] = sheet.desk.reads.rows([sheet.keys[1]])
    assert row.description.startswith('First line. Second, with "quotes". long')
    assert len(row.description) < len(words)
    place = Place(sheet.keys, ("title", "description"), (Area(range(1, 2), (0, 1)),))
    [cells] = read_block(sheet.grid.copy(place, "."))
    assert cells == ["B", words]


def test_filling_down_takes_the_value_of_the_first_line(sheet: Sheet) -> None:
    sheet.grid.apply(sheet.grid.edit(sheet.keys[0], "price", "19,99"))
    plan = sheet.grid.fill_down(sheet.place(range(3), 1, 2, 3))
    assert (plan.cells, plan.same) == (2, 2)
    result = sheet.grid.apply(plan)
    assert (result.name, result.changed) == ("Fill down price, tags", 2)
    assert sheet.column("price") == [19.99] * 3


def test_one_cell_typed_into_is_an_edit(sheet: Sheet) -> None:
    plan = sheet.grid.edit(sheet.keys[1], "version", "2.0.0")
    assert sheet.grid.apply(plan).name == "Edit version"
    assert sheet.sets.listed(1)[0].kind is SetKind.EDIT
    assert sheet.grid.edit(sheet.keys[1], "version", "2.0.0").changes == []


def test_what_was_changed_since_it_was_looked_at_is_left(sheet: Sheet) -> None:
    plan = sheet.grid.paste(sheet.place(range(1), 2), "9\n8\n")
    sheet.desk.commands.edit(sheet.ids[1], {"price": 77})
    result = sheet.grid.apply(plan)
    assert [one.why for one in result.left] == [Why.CHANGED]
    assert sheet.column("price") == [9, 77, 5]


def test_a_listing_that_is_gone_is_passed_over(sheet: Sheet) -> None:
    sheet.desk.commands.delete_draft(sheet.ids[1])
    plan = sheet.grid.paste(sheet.place(range(3), 2), "9\n")
    assert len(plan.changes) == 2
    assert sheet.grid.copy(sheet.place(range(3), 0), ".") == 'A\r\n""\r\nC\r\n'


def test_a_text_that_is_no_block_is_refused(sheet: Sheet) -> None:
    with pytest.raises(InputError, match="too long"):
        sheet.grid.paste(sheet.place(range(1), 0), "x" * 200_000)


def test_stopping_leaves_nothing_half_done_and_says_how_far_it_was(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("koda_desktop.sync.changesets.slicing.SLICE", 1)
    told: list[tuple[str, int, int | None]] = []
    token = CancelToken()

    def report(progress: Progress) -> None:
        told.append((progress.phase, progress.done, progress.total))
        if progress.phase == "written":
            token.cancel()

    plan = sheet.grid.paste(sheet.place(range(3), 2), "12", token, report)
    with pytest.raises(Cancelled):
        sheet.grid.apply(plan, token, report)
    assert told == [("looked at", 0, 3), ("written", 1, 3)]
    assert sheet.column("price") == [5, 5, 5]
    for work in (sheet.grid.fill_down, partial(sheet.grid.copy, decimal=".")):
        with pytest.raises(Cancelled):
            work(sheet.place(range(3), 2), cancel=token)
