"""Change sets: all of one or none of it, reported cell by cell, taken back and done again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.errors import Cancelled, InputError, NotFound, Refused
from koda_desktop.runtime.work import CancelToken, Progress
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import (
    ChangeSetResult,
    NewDraft,
    Publish,
    RowChange,
    SetKind,
    SetState,
    What,
    Why,
)
from koda_desktop.sync.changesets.slicing import SLICE
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.rows import ListingQuery, ListingState
from koda_desktop.sync.store.invariants import check_invariants
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


class Seller:
    """A desk with its change sets; ``restart`` is a restart of both."""

    def __init__(self, folder: Path) -> None:
        self.server = Server()
        self.desk = Desk(folder, self.server)
        self.restart()

    def restart(self) -> None:
        self.desk.reopen()
        parts = self.desk.parts
        self.sets = ChangeSets(parts.store, parts.staging, parts.stamps, "ada")

    def set(self, ids: list[str], name: str = "Set", **fields: Any) -> ChangeSetResult:
        return self.sets.apply(name, SetKind.BULK, [RowChange(one, fields) for one in ids])

    def shown(self, listing_id: str, field: str) -> Any:
        return self.desk.reads.listing(listing_id).document.get(field)

    def sync(self) -> None:
        self.desk.engine.run_round()

    def check(self) -> None:
        broken = self.desk.store.read(lambda db: check_invariants(db, self.desk.staging))
        assert broken == ()


@pytest.fixture
def seller(tmp_path: Path) -> Iterator[Seller]:
    seller = Seller(tmp_path)
    yield seller
    seller.check()
    seller.desk.close()


def test_one_set_changes_drafts_and_queues_what_the_marketplace_has(seller: Seller) -> None:
    draft, published = seller.desk.draft(), seller.desk.published()
    result = seller.set([draft, published], "Price", price=5)
    assert (result.changed, result.same, result.left) == (2, 0, ())
    assert seller.shown(draft, "price") == seller.shown(published, "price") == 5
    assert seller.desk.row(draft).state is ListingState.DRAFT
    assert seller.desk.row(published).state is ListingState.WAITING
    assert seller.desk.row(published).price_minor == 500
    [one] = seller.sets.listed(1)
    assert (one.name, one.kind, one.who, one.count) == ("Price", SetKind.BULK, "ada", 2)
    seller.sync()
    assert seller.server.products[published]["price"] == 5


def test_what_is_refused_is_named_and_the_rest_is_saved(seller: Seller) -> None:
    one, other = seller.desk.draft(), seller.desk.draft()
    changes = [
        RowChange(one, {"price": -1, "title": "New"}),
        RowChange(other, {"productType": "Plugin"}),
        RowChange("f" * 24, {"title": "Nobody's"}),
    ]
    result = seller.sets.apply("Import", SetKind.IMPORT, changes)
    assert [(left.listing_id, left.field, left.why) for left in result.left] == [
        (one, "price", Why.REFUSED),
        (other, "productType", Why.REFUSED),
        ("f" * 24, "", Why.GONE),
    ]
    assert result.changed == 1
    assert seller.shown(one, "title") == "New"
    assert seller.shown(one, "price") == 9.99
    assert seller.sets.detail(result.set_id, 10).left == tuple(
        type(left)(left.listing_id, left.field, left.why, left.reason, title)
        for left, title in zip(result.left, ("New", "A title", ""), strict=True)
    )


def test_strict_sets_are_all_or_nothing(seller: Seller) -> None:
    one, other = seller.desk.draft(), seller.desk.draft()
    changes = [RowChange(one, {"price": 1}), RowChange(other, {"price": -1})]
    before = seller.sets.listed(50)
    with pytest.raises(InputError) as caught:
        seller.sets.apply("Import", SetKind.IMPORT, changes, partial=False)
    assert caught.value.facts["left"]
    assert seller.shown(one, "price") == 9.99
    assert seller.sets.listed(50) == before


def test_a_guard_that_does_not_hold_leaves_the_cell(seller: Seller) -> None:
    one = seller.desk.published()
    change = RowChange(one, {"price": 5, "title": "New"}, {"price": 8.88, "title": "A title"})
    result = seller.sets.apply("Import", SetKind.IMPORT, [change])
    assert [(left.field, left.why) for left in result.left] == [("price", Why.CHANGED)]
    assert (seller.shown(one, "price"), seller.shown(one, "title")) == (9.99, "New")


def test_values_that_are_there_already_make_no_set(seller: Seller) -> None:
    one = seller.desk.draft()
    before = seller.sets.listed(50)
    result = seller.set([one], price=9.99)
    assert (result.set_id, result.changed, result.same) == (0, 0, 1)
    assert seller.sets.listed(50) == before


def test_stopping_leaves_nothing_half_done(seller: Seller) -> None:
    ids = [f"{n:024x}" for n in range(SLICE + 1)]
    made = [NewDraft(NewEntity(one, {"_id": one, "title": "T"}, NO_FILE, "")) for one in ids]
    cancel = CancelToken()
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        cancel.cancel()

    with pytest.raises(Cancelled):
        seller.sets.apply("Import", SetKind.IMPORT, made, cancel=cancel, progress=stop)
    assert seen == [Progress(SLICE, SLICE + 1)]
    assert seller.desk.reads.count(ListingQuery()) == 0
    assert seller.sets.listed(50) == []


# -- undo and redo --


def test_undo_and_redo_survive_a_restart(seller: Seller) -> None:
    ids = [seller.desk.published(), seller.desk.draft()]
    seller.set(ids, "Price", price=5)
    seller.restart()
    undone = seller.sets.undo()
    assert (undone.changed, undone.left) == (2, ())
    assert [seller.shown(one, "price") for one in ids] == [9.99, 9.99]
    assert seller.desk.row(ids[0]).state is ListingState.PUBLISHED
    seller.restart()
    assert seller.sets.redo().changed == 2
    assert [seller.shown(one, "price") for one in ids] == [5, 5]
    seller.restart()
    assert seller.sets.undo().changed == 2
    assert [seller.shown(one, "price") for one in ids] == [9.99, 9.99]


def test_undo_after_a_sync_sends_the_old_value(seller: Seller) -> None:
    one = seller.desk.published()
    seller.set([one], price=5)
    seller.sync()
    seller.sets.undo()
    assert seller.desk.row(one).state is ListingState.WAITING
    seller.sync()
    assert seller.server.products[one]["price"] == 9.99


def test_what_was_changed_since_is_listed_and_kept(seller: Seller) -> None:
    local, remote, calm = (seller.desk.published() for _ in range(3))
    seller.set([local, remote, calm], price=5)
    seller.sync()
    seller.desk.commands.edit(local, {"price": 6})
    seller.server.web_edit(remote, price=7)
    seller.sync()
    [_, bulk] = seller.sets.listed(2)
    result = seller.sets.undo(bulk.id)
    assert {(left.listing_id, left.field, left.why) for left in result.left} == {
        (local, "price", Why.CHANGED),
        (remote, "price", Why.CHANGED),
    }
    assert [seller.shown(one, "price") for one in (local, remote, calm)] == [6, 7, 9.99]
    assert seller.sets.detail(bulk.id, 9).set.state is SetState.PARTLY_UNDONE


def test_undo_leaves_what_is_in_conflict_to_the_person(seller: Seller) -> None:
    one, other = seller.desk.published(), seller.desk.published()
    bulk = seller.set([one, other], price=5)
    seller.server.web_edit(one, price=7)
    seller.sync()
    assert seller.desk.row(one).state is ListingState.CONFLICT
    result = seller.sets.undo(bulk.set_id)
    assert [(left.listing_id, left.why) for left in result.left] == [(one, Why.CONFLICT)]
    assert seller.desk.row(one).state is ListingState.CONFLICT


def test_the_last_set_that_stands_is_undone_first(seller: Seller) -> None:
    one = seller.desk.draft()
    for price in (1, 2, 3):
        seller.set([one], f"To {price}", price=price)
    names = [seller.sets.undo().name for _ in range(3)]
    assert names == ["To 3", "To 2", "To 1"]
    assert [seller.sets.redo().name for _ in range(2)] == ["To 1", "To 2"]
    assert seller.sets.undo().name == "To 2"
    assert seller.shown(one, "price") == 1
    seller.set([one], "Other", price=9)
    assert seller.sets.undo_state().redo is None
    with pytest.raises(Refused):
        seller.sets.redo()


def test_a_new_draft_is_undone_only_untouched(seller: Seller) -> None:
    calm, touched = seller.desk.draft(), seller.desk.draft()
    seller.desk.commands.edit(touched, {"price": 1})
    sets = {one.name + str(one.id): one for one in seller.sets.listed(9)}
    drafts = [one for one in sets.values() if one.kind is SetKind.DRAFT]
    touched_set, calm_set = drafts
    assert seller.sets.undo(calm_set.id).changed == 1
    with pytest.raises(Refused, match="changed since"):
        seller.sets.undo(touched_set.id)
    with pytest.raises(NotFound):
        seller.desk.reads.listing(calm)
    assert seller.sets.redo().changed == 1
    assert seller.desk.reads.listing(calm).row.file_name == "flow.json"
    assert seller.shown(touched, "price") == 1


def test_a_deleted_draft_comes_back_with_its_file(seller: Seller) -> None:
    one = seller.desk.draft()
    before = seller.desk.reads.listing(one)
    seller.desk.commands.delete_draft(one)
    seller.sets.undo()
    after = seller.desk.reads.listing(one)
    assert (after.document, after.inspection) == (before.document, before.inspection)
    assert seller.desk.staging.has(after.file_sha256, after.row.file_size)
    seller.desk.commands.publish([one])


def test_undo_of_a_publication_withdraws_what_has_not_gone_out(seller: Seller) -> None:
    one, other = seller.desk.draft(), seller.desk.draft()
    result = seller.sets.apply("Publish", SetKind.PUBLISH, [Publish(one)])
    assert seller.desk.row(one).state is ListingState.WAITING
    seller.sets.undo(result.set_id)
    assert seller.desk.row(one).state is ListingState.DRAFT
    sent = seller.sets.apply("Publish", SetKind.PUBLISH, [Publish(other)])
    seller.sync()
    with pytest.raises(Refused, match="registered") as caught:
        seller.sets.undo(sent.set_id)
    assert "active" in str(caught.value)
    assert seller.desk.row(other).state is ListingState.PUBLISHED


def test_a_field_that_was_not_there_is_taken_away_again(seller: Seller) -> None:
    draft, unsent, sent = seller.desk.draft(), seller.desk.published(), seller.desk.published()
    at = "2026-06-01T00:00:00.000Z"
    seller.set([sent], "Archive", deletedAt=at)
    seller.sync()
    assert seller.server.products[sent]["deletedAt"] == at
    seller.sets.undo()
    seller.set([draft, unsent], "Archive", deletedAt=at)
    seller.sets.undo()
    assert "deletedAt" not in seller.desk.reads.listing(draft).document
    assert "deletedAt" not in seller.desk.reads.listing(unsent).document
    assert seller.desk.row(unsent).state is ListingState.PUBLISHED
    seller.sync()
    assert seller.server.products[sent]["deletedAt"] is None


def test_the_details_hold_both_sides(seller: Seller) -> None:
    one = seller.desk.draft()
    result = seller.set([one], price=5)
    detail = seller.sets.detail(result.set_id, 10)
    [row] = detail.rows
    assert (row.listing_id, row.title, row.what) == (one, "A title", What.FIELDS)
    assert (row.before, row.after) == ({"price": 9.99}, {"price": 5})
    with pytest.raises(NotFound):
        seller.sets.detail(result.set_id + 1, 10)
    with pytest.raises(NotFound):
        seller.sets.undo(result.set_id + 1)
    seller.sets.undo(result.set_id)
    with pytest.raises(Refused, match="already"):
        seller.sets.undo(result.set_id)


def test_what_is_older_than_thirty_days_is_forgotten(seller: Seller) -> None:
    from datetime import timedelta

    one = seller.desk.draft()
    seller.set([one], "Old", price=5)
    seller.desk.clock.wall += timedelta(days=31)
    seller.set([one], "Newer", price=6)
    seller.set([one], "New", price=7)
    assert [one.name for one in seller.sets.listed(9)] == ["New", "Newer"]
    seller.desk.store.read(lambda db: db.rows("SELECT 1 FROM change_row"))
    left = seller.desk.store.read(lambda db: db.value("SELECT count(*) FROM change_row"))
    assert left == 2
