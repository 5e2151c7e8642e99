"""What an undo left because it was changed since, looked at and set back all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import Refused
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.leftovers import LeftCell
from koda_desktop.sync.changesets.rows import RowChange, SetKind, Why
from koda_desktop.sync.merge import ABSENT
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


class Shop:
    def __init__(self, folder: Path) -> None:
        self.desk = Desk(folder, Server())
        parts = self.desk.parts
        self.sets = ChangeSets(parts.store, parts.staging, parts.stamps, "ada")

    def change(self, **fields_of: Any) -> int:
        changes = [RowChange(one, fields) for one, fields in fields_of.items()]
        return self.sets.apply("Change", SetKind.BULK, changes).set_id

    def edit(self, listing_id: str, **fields: Any) -> None:
        self.desk.commands.edit(listing_id, fields)

    def value(self, listing_id: str, field: str) -> Any:
        return self.desk.reads.listing(listing_id).document.get(field)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    made = Shop(tmp_path)
    yield made
    made.desk.close()


def test_what_an_undo_left_is_set_back_and_that_is_undone_too(shop: Shop) -> None:
    one, two = shop.desk.draft("One", price=5), shop.desk.draft("Two", price=6)
    done = shop.change(**{one: {"price": 50, "title": "Uno"}, two: {"price": 60}})
    shop.edit(one, price=7)
    undone = shop.sets.undo(done)
    assert [(left.listing_id, left.field) for left in undone.left] == [(one, "price")]
    cells = shop.sets.left_cells(undone.set_id)
    assert cells == [LeftCell(one, "One", "price", 7, 5)]
    result = shop.sets.set_back(undone.set_id, cells)
    assert (result.name, result.changed, result.left) == ("Set back: Change", 1, ())
    assert shop.value(one, "price") == 5
    assert shop.sets.left_cells(undone.set_id) == []
    shop.sets.undo(result.set_id)
    assert shop.value(one, "price") == 7


def test_what_nobody_saw_is_not_overwritten(shop: Shop) -> None:
    one = shop.desk.draft("One", price=5)
    done = shop.change(**{one: {"price": 50, "title": "Uno"}})
    shop.edit(one, price=7)
    undone = shop.sets.undo(done)
    cells = shop.sets.left_cells(undone.set_id)
    shop.edit(one, price=8)
    result = shop.sets.set_back(undone.set_id, cells)
    assert [left.why for left in result.left] == [Why.CHANGED]
    assert (result.set_id, shop.value(one, "price")) == (0, 8)


def test_a_set_of_which_nothing_can_be_undone_says_what_is_newer(shop: Shop) -> None:
    one = shop.desk.draft("One", price=5, tags=["a"])
    done = shop.change(
        **{one: {"price": 50, "tags": ["b"], "previewImageUrl": "https://a.example/1.png"}}
    )
    shop.edit(one, price=7, tags=["c"], previewImageUrl="https://a.example/2.png")
    with pytest.raises(Refused):
        shop.sets.undo(done)
    cells = shop.sets.left_cells(done)
    assert {(cell.field, str(cell.now)) for cell in cells} == {
        ("price", "7"),
        ("tags", "['c']"),
        ("previewImageUrl", "https://a.example/2.png"),
    }
    assert {cell.field: cell.before for cell in cells}["previewImageUrl"] is ABSENT
    shop.sets.set_back(done, [cell for cell in cells if cell.field != "tags"])
    assert (shop.value(one, "price"), shop.value(one, "tags")) == (5, ["c"])
    assert shop.value(one, "previewImageUrl") is None


def test_what_stands_as_it_was_set_or_is_gone_is_nothing_to_settle(shop: Shop) -> None:
    one, two = shop.desk.draft("One", price=5), shop.desk.draft("Two", price=6)
    done = shop.change(**{one: {"price": 50}, two: {"price": 60}})
    assert shop.sets.left_cells(done) == []
    shop.edit(two, price=61)
    shop.desk.commands.delete_draft(two)
    assert shop.sets.left_cells(done) == []
