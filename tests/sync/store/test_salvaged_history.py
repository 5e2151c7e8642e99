"""The history of a damaged store: what is whole is kept and can be undone, the rest is left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from koda_desktop.sync import revision_rows
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import RowChange, SetKind
from koda_desktop.sync.revision_rows import Revision
from koda_desktop.sync.rows import ListingState
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.pages import PAGE_SIZE
from tests.sync.desk import Desk, inspection
from tests.sync.fake_marketplace import Server
from tests.sync.store import damaging


def history(desk: Desk) -> ChangeSets:
    parts = desk.parts
    return ChangeSets(parts.store, parts.staging, parts.stamps, "ada")


def lived(folder: Path, server: Server) -> list[str]:
    """Three drafts, each made by a set of its own.

    The fourth set prices them anew, the fifth names two of them and is refused a price.
    """
    desk = Desk(folder, server)
    ids = [desk.draft() for _ in range(3)]
    sets = history(desk)
    sets.apply("Prices", SetKind.BULK, [RowChange(one, {"price": 7}) for one in ids])
    named = [RowChange(one, {"title": "Ω" * 9}) for one in ids[:2]]
    sets.apply("Names", SetKind.BULK, [*named, RowChange(ids[2], {"price": -1})])
    desk.close()
    return ids


def salvaged(folder: Path, server: Server) -> Desk:
    damaging.overwrite(folder / "store.sqlite", 0, bytes(PAGE_SIZE))
    desk = Desk(folder, server)
    assert "damaged" in desk.store.notice
    return desk


def test_change_sets_are_undone_and_done_again_as_before(tmp_path: Path, server: Server) -> None:
    ids = lived(tmp_path / "desk", server)
    desk = salvaged(tmp_path / "desk", server)
    assert "some of it" not in desk.store.notice
    sets = history(desk)
    names, prices = sets.listed(2)
    assert len(sets.listed(9)) == 5
    assert (names.name, names.count, names.left) == ("Names", 2, 1)
    assert [one.listing_id for one in sets.detail(names.id, 9).left] == [ids[2]]
    assert (prices.name, prices.count, prices.left) == ("Prices", 3, 0)
    sets.undo()
    sets.undo()
    assert [desk.row(one).price_minor for one in ids] != [700] * 3
    assert all(desk.row(one).title != "Ω" * 9 for one in ids)
    sets.redo()
    assert [desk.row(one).price_minor for one in ids] == [700] * 3
    sets.apply("Again", SetKind.BULK, [RowChange(ids[0], {"price": 8})])
    assert sets.listed(1)[0].name == "Again"
    desk.close()


def lose_last_row(tx: Tx) -> None:
    tx.run("DELETE FROM change_row WHERE set_id = 4 AND place = 2")


def lose_first_row(tx: Tx) -> None:
    tx.run("DELETE FROM change_row WHERE set_id = 4 AND place = 0")


def spoil_a_row(tx: Tx) -> None:
    tx.run("UPDATE change_row SET before = '{' WHERE set_id = 4 AND place = 1")


def spoil_the_set(tx: Tx) -> None:
    tx.run("UPDATE change_set SET at = 'yesterday' WHERE id = 4")


@pytest.mark.parametrize("harm", [lose_last_row, lose_first_row, spoil_a_row, spoil_the_set])
def test_a_set_that_is_not_whole_is_left_out(
    tmp_path: Path, server: Server, harm: Callable[[Tx], None]
) -> None:
    lived(tmp_path / "desk", server)
    desk = Desk(tmp_path / "desk", server)
    desk.store.write(harm)
    desk.close()
    desk = salvaged(tmp_path / "desk", server)
    assert "some of it could not be read" in desk.store.notice
    shown = history(desk).listed(9)
    assert "Prices" not in {one.name for one in shown}
    assert len(shown) == 4
    rows = "SELECT count(*) FROM change_row WHERE set_id = 4"
    assert desk.store.read(lambda db: db.value(rows)) == 0
    desk.close()


def test_versions_of_a_file_are_kept_with_what_was_said_of_them(
    tmp_path: Path, server: Server
) -> None:
    desk = Desk(tmp_path / "desk", server)
    listing_id, other = desk.published(data=b"the first file"), desk.published(data=b"another")
    desk.commands.revise(listing_id, inspection(b"the second file"), "1.1.0", "Faster.")
    desk.engine.run_round()
    before = versions(desk, listing_id)
    assert [(one.version, one.changelog) for one in before] == [("1.1.0", "Faster."), ("1.0.0", "")]
    desk.close()
    desk = salvaged(tmp_path / "desk", server)
    assert versions(desk, listing_id) == before
    desk.staging.sweep(desk.store)
    assert all(desk.staging.has(one.file.sha256, one.file.size) for one in before)
    assert desk.engine.run_round().is_clean
    assert versions(desk, listing_id) == before
    assert desk.row(other).state is ListingState.PUBLISHED
    assert damaging.everything(desk) == server.products
    desk.close()


def versions(desk: Desk, listing_id: str) -> list[Revision]:
    return desk.store.read(lambda db: revision_rows.of_listing(db, listing_id))
