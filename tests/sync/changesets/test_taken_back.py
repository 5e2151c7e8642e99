"""What was withdrawn or discarded is in the history, and can be brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from koda_desktop.sync import outbox
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.rows import ListingState, Verb
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.store.check import check_store
from tests.sync.desk import Desk, inspection

NEW = b"the second file"


@pytest.fixture
def sets(desk: Desk) -> ChangeSets:
    return ChangeSets(desk.store, desk.staging, Stamps(desk.clock))


def waiting(desk: Desk, listing_id: str) -> list[Verb]:
    return [one.verb for one in desk.store.read(lambda db: outbox.lane(db, listing_id))]


def test_a_withdrawn_publication_is_queued_again(desk: Desk, sets: ChangeSets) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    desk.commands.withdraw(listing_id)
    assert [one.name for one in sets.listed(2)] == ["Withdraw the publication", "Publish"]
    sets.undo()
    assert desk.row(listing_id).state is ListingState.WAITING
    desk.commands.withdraw(listing_id)
    assert desk.row(listing_id).state is ListingState.DRAFT


def withdraw(desk: Desk, listing_id: str) -> None:
    desk.commands.withdraw(listing_id)


def discard(desk: Desk, listing_id: str) -> None:
    desk.commands.discard_changes(listing_id)


@pytest.mark.parametrize("take_back", [withdraw, discard])
def test_a_revision_that_was_taken_back_is_queued_again(
    desk: Desk, sets: ChangeSets, take_back: Callable[[Desk, str], None]
) -> None:
    listing_id = desk.published(title="A")
    before = desk.reads.listing(listing_id).document
    desk.commands.revise(listing_id, inspection(NEW), "2.0.0")
    take_back(desk, listing_id)
    assert desk.reads.listing(listing_id).document == before
    assert waiting(desk, listing_id) == []
    sets.undo()
    assert desk.row(listing_id).version == "2.0.0"
    assert waiting(desk, listing_id) == [Verb.UPLOAD, Verb.REVISE, Verb.VERIFY]
    sets.redo()
    assert waiting(desk, listing_id) == []
    assert not check_store(desk.folder / "store.sqlite")


def test_discarded_changes_come_back_with_the_file(desk: Desk, sets: ChangeSets) -> None:
    listing_id = desk.published(title="A")
    desk.commands.edit(listing_id, {"title": "B", "price": 3})
    desk.commands.revise(listing_id, inspection(NEW), "2.0.0")
    shown = desk.reads.listing(listing_id).document
    desk.commands.discard_changes(listing_id)
    assert desk.row(listing_id).title == "A"
    assert sets.listed(1)[0].name == "Discard changes"
    sets.undo()
    assert desk.reads.listing(listing_id).document == shown
    assert desk.engine.run_round().is_clean
    assert desk.row(listing_id).version == "2.0.0"
