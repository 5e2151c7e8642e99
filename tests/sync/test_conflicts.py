"""Fields in conflict: listed with their sides, settled in every way, and taken back."""

from __future__ import annotations

from typing import Any

import pytest

from koda_desktop.errors import InputError, NotFound, Refused, ServerDown
from koda_desktop.sync import edits, entities
from koda_desktop.sync.conflict_rows import Choice, Resolution
from koda_desktop.sync.conflicts import both
from koda_desktop.sync.rows import ListingState, Side
from koda_desktop.sync.work import WorkCommands
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


@pytest.fixture
def work(desk: Desk) -> WorkCommands:
    return WorkCommands(desk.store, desk.parts.stamps)


def clash(desk: Desk, server: Server, mine: dict[str, Any], theirs: dict[str, Any]) -> str:
    """A published listing whose fields were changed on both sides."""
    base = {"title": "Base", "description": "Base.", "tags": ["a", "b"], "price": 5}
    listing_id = desk.published(**base)
    desk.commands.edit(listing_id, mine)
    server.web_edit(listing_id, **theirs)
    desk.engine.run_round()
    assert desk.row(listing_id).state is ListingState.CONFLICT
    return listing_id


def titles(desk: Desk, server: Server) -> str:
    return clash(desk, server, {"title": "Mine"}, {"title": "Theirs"})


def two_titles(desk: Desk, server: Server) -> tuple[str, str]:
    """Two listings with a conflict each."""
    first, second = desk.published(title="Base"), desk.published(title="Base")
    for listing_id in (first, second):
        desk.commands.edit(listing_id, {"title": "Mine"})
        server.web_edit(listing_id, title="Theirs")
    desk.engine.run_round()
    return first, second


def test_a_conflict_is_listed_with_its_sides(desk: Desk, server: Server) -> None:
    listing_id = clash(desk, server, {"title": "Mine", "price": 7}, {"title": "Theirs", "price": 3})
    rows = desk.reads.conflicts()
    assert [(row.listing_id, row.field) for row in rows] == [
        (listing_id, "title"),
        (listing_id, "price"),
    ]
    sides = (rows[1].base, rows[1].mine, rows[1].theirs)
    assert sides == (Side(True, 5), Side(True, 7), Side(True, 3))
    assert rows[0].theirs_at == server.products[listing_id]["updatedAt"]
    assert desk.reads.status().conflicts == 2
    assert not rows[0].can_keep_both


@pytest.mark.parametrize(("choice", "stays"), [(Choice.MINE, "Mine"), (Choice.THEIRS, "Theirs")])
def test_one_side_is_kept(
    desk: Desk, server: Server, work: WorkCommands, choice: Choice, stays: str
) -> None:
    listing_id = titles(desk, server)
    [row] = desk.reads.conflicts()
    assert work.resolve([Resolution(listing_id, "title", choice, seen=row.theirs)]) == 1
    assert desk.row(listing_id).title == stays
    assert desk.reads.conflicts() == []
    assert desk.engine.run_round().is_clean
    assert server.products[listing_id]["title"] == stays
    assert desk.row(listing_id).state is ListingState.PUBLISHED


def test_both_texts_are_kept_one_after_the_other(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = clash(desk, server, {"description": "Mine."}, {"description": "Theirs."})
    [row] = desk.reads.conflicts()
    assert row.can_keep_both
    work.resolve([Resolution(listing_id, "description", Choice.BOTH)])
    desk.engine.run_round()
    assert server.products[listing_id]["description"] == "Mine.\n\nTheirs."


def test_both_makes_sense_of_few_fields_only() -> None:
    assert both("title", "a", "b") is None
    assert both("tags", ["a"], None) is None
    assert both("tags", ["a", "b"], ["b", "c"]) == ["a", "b", "c"]
    assert both("description", "Long text.", "text.") == "Long text."


def test_another_value_is_checked_before_anything_is_settled(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = titles(desk, server)
    with pytest.raises(InputError) as caught:
        work.resolve([Resolution(listing_id, "title", Choice.VALUE, "")])
    assert caught.value.facts["fields"] == {"title": "This is needed."}
    assert len(desk.reads.conflicts()) == 1
    work.resolve([Resolution(listing_id, "title", Choice.VALUE, " Other ")])
    desk.engine.run_round()
    assert server.products[listing_id]["title"] == "Other"


def test_a_field_the_server_has_no_more_is_a_side_too(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = desk.published()
    for choice in (Choice.THEIRS, Choice.MINE):
        server.web_edit(listing_id, previewImageUrl="https://base")
        desk.engine.run_round()
        desk.commands.edit(listing_id, {"previewImageUrl": f"https://{choice}"})
        server.products[listing_id].pop("previewImageUrl")
        server.web_edit(listing_id)
        desk.engine.run_round()
        [row] = desk.reads.conflicts()
        assert not row.theirs.is_set
        work.resolve([Resolution(listing_id, "previewImageUrl", choice, seen=Side(False))])
        assert desk.engine.run_round().is_clean
        kept = server.products[listing_id].get("previewImageUrl")
        assert kept == (None if choice is Choice.THEIRS else "https://mine")
        assert desk.reads.listing(listing_id).document.get("previewImageUrl") == kept


def test_what_moved_since_it_was_shown_is_not_settled(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = titles(desk, server)
    [seen] = desk.reads.conflicts()
    server.web_edit(listing_id, title="Theirs again")
    desk.engine.run_round()
    for choice in (Choice.MINE, Choice.THEIRS):
        with pytest.raises(Refused, match="again"):
            work.resolve([Resolution(listing_id, "title", choice, seen=seen.theirs)])
    [row] = desk.reads.conflicts()
    assert (row.mine.value, row.theirs.value) == ("Mine", "Theirs again")


def test_a_copy_that_came_while_an_edit_was_frozen_is_not_overwritten_unseen(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = titles(desk, server)
    desk.commands.edit(listing_id, {"price": 9})
    desk.faults.refuse("push", ServerDown("Down."))
    desk.engine.run_round()
    newer = {**server.products[listing_id], "title": "Newest", "updatedAt": "2099-01-01T00:00:00Z"}
    server.products[listing_id] = newer
    desk.store.write(
        lambda tx: edits.take_server_copy(
            tx, entities.find(tx, listing_id), newer, desk.parts.stamps
        )
    )
    [row] = desk.reads.conflicts()
    work.resolve([Resolution(listing_id, "title", Choice.MINE, seen=row.theirs)])
    desk.faults.heal()
    desk.engine.run_round()
    desk.engine.run_round()
    assert server.products[listing_id]["title"] == "Newest"
    [row] = desk.reads.conflicts()
    assert (row.mine.value, row.theirs.value) == ("Mine", "Newest")


def test_many_are_settled_in_one_commit_or_none(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    first, second = two_titles(desk, server)
    wanted = [Resolution(one, "title", Choice.MINE) for one in (first, second)]
    with pytest.raises(NotFound):
        work.resolve([*wanted, Resolution(first, "price", Choice.MINE)])
    assert len(desk.reads.conflicts()) == 2
    heard: list[object] = []
    desk.store.subscribe(heard.append)
    assert work.resolve(wanted) == 2
    assert len(heard) == 1


def test_the_last_choice_is_taken_back_until_it_has_gone_out(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    first, second = two_titles(desk, server)
    before = desk.reads.conflicts()
    work.resolve(
        [Resolution(first, "title", Choice.MINE), Resolution(second, "title", Choice.THEIRS)]
    )
    assert desk.reads.can_undo_resolve() == 2
    assert work.undo_resolve() == 2
    assert {row.key: row.theirs for row in desk.reads.conflicts()} == {
        row.key: row.theirs for row in before
    }
    work.resolve([Resolution(first, "title", Choice.MINE)])
    desk.engine.run_round()
    assert desk.reads.can_undo_resolve() == 0
    with pytest.raises(Refused, match="gone out"):
        work.undo_resolve()


def test_taking_back_leaves_what_was_written_since(
    desk: Desk, server: Server, work: WorkCommands
) -> None:
    listing_id = titles(desk, server)
    work.resolve([Resolution(listing_id, "title", Choice.MINE)])
    desk.commands.edit(listing_id, {"title": "Newer"})
    with pytest.raises(Refused):
        work.undo_resolve()
    assert desk.row(listing_id).title == "Newer"
