"""What is typed beside the table, over a real store: kept as it is typed, as in the editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from koda_desktop.errors import DiskFull
from tests.controllers.support import until
from tests.controllers.test_editor import Desk, Play, play

__all__ = ["play"]


async def opened(desk: Desk) -> Mapping[str, Any]:
    """The listing in the inspector; what was typed for it and not saved."""
    shown = desk.beside.times("show_edit")
    desk.listings.open_listing(desk.listing_id)
    await until(lambda: desk.beside.times("show_edit") > shown)
    listing_id, changes = desk.beside.last("show_edit")
    assert listing_id == desk.listing_id
    assert isinstance(changes, Mapping)
    return changes


def kept(desk: Desk) -> Mapping[str, Any]:
    typed = desk.workspace.typed.of(desk.listing_id)
    return {} if typed is None else typed.changes


def test_what_was_typed_survives_a_crash_and_is_in_no_listing(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        assert await opened(desk) == {}
        for text in ("H", "Ha", "Half wri"):
            desk.listings.edit(desk.listing_id, {"title": text})
        await until(lambda: kept(desk) == {"title": "Half wri"})
        desk.reopen()
        assert desk.listings.unsaved == 0
        assert await opened(desk) == {"title": "Half wri"}
        assert (desk.title(), desk.listings.unsaved) == ("Stored", 1)
        assert await desk.listings.save_now(desk.listing_id)
        assert (desk.title(), kept(desk), desk.listings.unsaved) == ("Half wri", {}, 0)

    play(scene)


def test_the_editor_and_the_form_beside_the_table_hold_the_same_words(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await opened(desk)
        desk.listings.edit(desk.listing_id, {"title": "Typed beside"})
        assert (await desk.show()).typed == {"title": "Typed beside"}
        desk.editor.type({"title": "Typed on", "price": 1})
        shown = desk.beside.times("show_edit")
        published = desk.workspace.listing(desk.listing_id)
        assert not published.is_at_server
        desk.editor.leave()
        await until(lambda: desk.beside.times("show_edit") > shown)
        # A draft is saved when the editor is left.
        await until(lambda: desk.beside.last("show_edit") == (desk.listing_id, {}))
        assert desk.title() == "Typed on"

    play(scene)


def test_what_is_wrong_stays_typed_in_both(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await opened(desk)
        await desk.show()
        desk.editor.type({"title": ""})
        desk.editor.leave()
        await until(lambda: desk.beside.last("show_edit") == (desk.listing_id, {"title": ""}))
        assert desk.listings.unsaved == 1
        assert not await desk.listings.save_all()
        assert kept(desk) == {"title": ""}

    play(scene)


def test_reverting_and_emptying_the_form_forget_it(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await opened(desk)
        desk.listings.edit(desk.listing_id, {"title": "No"})
        await desk.listings.keep_typed()
        desk.listings.edit(desk.listing_id, {})
        await until(lambda: kept(desk) == {})
        desk.listings.edit(desk.listing_id, {"title": "No"})
        desk.listings.revert(desk.listing_id)
        await until(lambda: desk.listings.unsaved == 0)
        await until(lambda: desk.beside.last("show_edit") == (desk.listing_id, {}))
        # The field is empty before the disk is.
        await until(lambda: kept(desk) == {})
        assert desk.title() == "Stored"

    play(scene)


def test_a_newer_value_from_elsewhere_is_told_at_its_field(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await opened(desk)
        desk.listings.edit(desk.listing_id, {"title": "Mine"})
        await desk.listings.keep_typed()
        desk.workspace.edit(desk.listing_id, {"title": "Theirs"})
        await until(lambda: desk.beside.times("show_field_problems"))
        assert "elsewhere" in desk.beside.last("show_field_problems")[0]["title"]
        assert kept(desk) == {"title": "Mine"}

    play(scene)


def test_words_for_a_listing_that_went_are_of_no_use(play: Play) -> None:
    async def scene(desk: Desk) -> None:
        await opened(desk)
        desk.listings.edit(desk.listing_id, {"title": "Late"})
        desk.workspace.delete_draft(desk.listing_id)
        await desk.listings.keep_typed()
        assert desk.listings.unsaved == 0

    play(scene)


def test_a_full_disk_is_told_and_keeps_nobody_from_looking(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(desk: Desk) -> None:
        def full(*_: object) -> None:
            raise DiskFull("The disk is full.")

        with monkeypatch.context() as patched:
            patched.setattr(desk.workspace.typed, "keep", full)
            desk.listings.edit(desk.listing_id, {"title": "Mine"})
            assert await opened(desk) == {"title": "Mine"}
            assert desk.bench.told[-1].text == "The disk is full."
        await desk.listings.keep_typed()
        assert kept(desk) == {"title": "Mine"}

    play(scene)
