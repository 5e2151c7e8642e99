"""A store that was restored from a copy takes a new name first; nothing is lost then."""

from __future__ import annotations

import shutil
from pathlib import Path

from koda_desktop.sync import devices
from koda_desktop.sync.rows import ListingState
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server


def copy_of(desk: Desk, folder: Path) -> Path:
    desk.close()
    folder.mkdir()
    shutil.copy(desk.folder / "store.sqlite", folder)
    desk.reopen()
    return folder / "store.sqlite"


def restore(desk: Desk, copy: Path) -> None:
    desk.close()
    shutil.copy(copy, desk.folder / "store.sqlite")
    desk.reopen()


def name_of(desk: Desk) -> str:
    return desk.store.read(devices.device_id)


def test_a_restored_store_takes_a_new_name_and_its_edits_arrive(
    desk: Desk, server: Server, tmp_path: Path
) -> None:
    listing_id = desk.published(title="First")
    copy = copy_of(desk, tmp_path / "copy")
    before = name_of(desk)
    desk.commands.edit(listing_id, {"title": "Sent, then forgotten"})
    assert desk.engine.run_round().is_clean
    restore(desk, copy)
    desk.commands.edit(listing_id, {"price": 77})
    assert desk.engine.run_round().is_clean
    assert name_of(desk) != before
    assert server.products[listing_id]["price"] == 77
    assert server.products[listing_id]["title"] == "Sent, then forgotten"
    assert desk.row(listing_id).title == "Sent, then forgotten"


def test_a_store_that_nothing_was_forgotten_of_keeps_its_name(
    desk: Desk, server: Server, tmp_path: Path
) -> None:
    listing_id = desk.published(title="First")
    copy = copy_of(desk, tmp_path / "copy")
    before = name_of(desk)
    restore(desk, copy)
    desk.commands.edit(listing_id, {"title": "Second"})
    assert desk.engine.run_round().is_clean
    assert name_of(desk) == before
    assert server.products[listing_id]["title"] == "Second"


def test_a_publication_that_a_restored_store_has_forgotten_is_taken_up(
    desk: Desk, server: Server, tmp_path: Path
) -> None:
    listing_id = desk.draft(title="Draft")
    copy = copy_of(desk, tmp_path / "copy")
    desk.commands.publish([listing_id])
    assert desk.engine.run_round().is_clean
    restore(desk, copy)
    desk.commands.edit(listing_id, {"title": "Edited since"})
    desk.commands.publish([listing_id])
    desk.engine.run_round()
    assert server.inserts == [listing_id]
    assert desk.row(listing_id).state is ListingState.CONFLICT
    assert desk.reads.listing(listing_id).document["title"] == "Edited since"
    assert server.products[listing_id]["title"] == "Draft"
