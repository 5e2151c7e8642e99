"""A folder of real workflow files as the shop."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from koda_desktop.errors import InputError
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import SetKind
from koda_desktop.sync.exchange.folder.comparing import compare
from koda_desktop.sync.exchange.folder.plan import FolderKind, FolderPlan
from koda_desktop.sync.exchange.folder.taking import Taking
from koda_desktop.sync.stamps import Stamps
from koda_desktop.workflows.inspect import inspect_path
from tests.cli.conftest import write_broken, write_workflow
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.workflows.building import node


class Shop:
    """A folder beside one computer."""

    def __init__(self, desk: Desk, root: Path) -> None:
        self.desk = desk
        self.root = root
        self.sets = ChangeSets(desk.store, desk.staging, Stamps(desk.clock))

    def compare(self) -> FolderPlan:
        return compare(self.desk.store, self.desk.staging, self.root, inspect_path)

    def take(self, plan: FolderPlan | None = None, *, deactivate_gone: bool = False) -> int:
        taking = Taking(
            self.desk.store, self.desk.staging, Stamps(self.desk.clock), self.sets, inspect_path
        )
        result = taking.apply(plan or self.compare(), deactivate_gone=deactivate_gone)
        return result.changed

    def kinds(self) -> dict[str, FolderKind]:
        return {row.path: row.kind for row in self.compare().rows}


NEW, CHANGED, SAME, GONE, REFUSED = FolderKind


@pytest.fixture
def shop(desk: Desk, tmp_path: Path) -> Shop:
    root = tmp_path / "shop"
    write_workflow(root / "a.json", name="Alpha")
    write_workflow(root / "deep" / "b.json", node("Only"), name="Beta")
    write_workflow(root / ".hidden" / "c.json", name="Hidden")
    (root / "notes.md").write_text("no workflow")
    return Shop(desk, root)


def retitled(path: Path, name: str) -> None:
    """Another name for the workflow: other bytes, the same steps."""
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "name": name}))


def test_new_files_become_drafts_and_a_second_time_nothing_changes(shop: Shop) -> None:
    assert shop.kinds() == {"a.json": NEW, "deep/b.json": NEW}
    assert shop.take() == 2
    assert shop.sets.listed(1)[0].kind is SetKind.FOLDER
    assert shop.kinds() == {"a.json": SAME, "deep/b.json": SAME}
    assert shop.take() == 0
    row = shop.compare().rows[0]
    detail = shop.desk.reads.listing(row.listing_id)
    assert detail.row.title == "Alpha"
    assert shop.desk.staging.has(detail.file_sha256, detail.row.file_size)


def test_names_and_times_do_not_decide(shop: Shop) -> None:
    shop.take()
    ids = {row.path: row.listing_id for row in shop.compare().rows}
    (shop.root / "a.json").rename(shop.root / "moved.json")
    os.utime(shop.root / "moved.json", (1, 1))
    rows = {row.path: row for row in shop.compare().rows}
    assert {path: row.kind for path, row in rows.items()} == {
        "moved.json": SAME,
        "deep/b.json": SAME,
    }
    assert rows["moved.json"].listing_id == ids["a.json"]


def test_a_changed_file_of_a_draft_takes_the_place_of_the_old_one(shop: Shop) -> None:
    shop.take()
    before = {row.path: row.listing_id for row in shop.compare().rows}
    retitled(shop.root / "a.json", "Alpha two")
    write_workflow(shop.root / "deep" / "b.json", node("Only"), node("More"), name="Beta")
    rows = {row.path: row for row in shop.compare().rows}
    assert {row.kind for row in rows.values()} == {CHANGED}
    assert "steps and their connections are the same" in rows["a.json"].what
    assert "its steps with it" in rows["deep/b.json"].what
    assert shop.take() == 2
    assert shop.kinds() == {"a.json": SAME, "deep/b.json": SAME}
    assert {row.path: row.listing_id for row in shop.compare().rows} == before
    shop.sets.undo()
    assert shop.kinds() == {"a.json": CHANGED, "deep/b.json": CHANGED}


def test_a_file_moved_and_retitled_is_known_by_its_steps(shop: Shop) -> None:
    shop.take()
    ids = {row.path: row.listing_id for row in shop.compare().rows}
    (shop.root / "a.json").rename(shop.root / "z.json")
    retitled(shop.root / "z.json", "Omega")
    row = shop.compare().rows[-1]
    assert (row.path, row.kind, row.listing_id) == ("z.json", CHANGED, ids["a.json"])


def published(shop: Shop) -> str:
    """The listing of ``a.json``, on the market."""
    shop.take()
    ids = {row.path: row.listing_id for row in shop.compare().rows}
    shop.desk.commands.edit(
        ids["a.json"], {"price": 5, "description": "Words.", "category": "Sales"}
    )
    shop.desk.commands.publish([ids["a.json"]])
    assert shop.desk.engine.run_round().is_clean
    assert shop.kinds()["a.json"] is SAME
    return ids["a.json"]


def test_the_file_of_a_published_listing_becomes_a_revision(shop: Shop, server: Server) -> None:
    listing_id = published(shop)
    before = server.products[listing_id]
    retitled(shop.root / "a.json", "Alpha two")
    row = shop.compare().rows[0]
    assert (row.kind, row.listing_id, row.version) == (CHANGED, listing_id, "1.0.1")
    assert "version 1.0.1; it was 1.0.0" in row.what
    assert shop.take() == 1
    assert shop.kinds()["a.json"] is SAME
    assert shop.take() == 0
    assert shop.desk.row(listing_id).version == "1.0.1"
    assert shop.desk.engine.run_round().is_clean
    after = server.products[listing_id]
    assert (after["version"], after["fileUrl"] == before["fileUrl"]) == ("1.0.1", False)
    assert shop.kinds()["a.json"] is SAME
    write_workflow(shop.root / "a.json", node("Only"), name="Alpha two")
    assert shop.compare().rows[0].version == "1.1.0"
    shop.take()
    shop.sets.undo()
    assert shop.desk.row(listing_id).version == "1.0.1"
    assert shop.desk.reads.operations(0) == []


def test_the_folders_list_names_the_version_of_a_revision(shop: Shop, server: Server) -> None:
    listing_id = published(shop)
    retitled(shop.root / "a.json", "Alpha two")
    (shop.root / "koda-shop.csv").write_text("file_path,version,price\na.json,3.0.0,7\n")
    row = shop.compare().rows[0]
    assert row.version == "3.0.0"
    # Its file and its price.
    assert shop.take() == 2
    assert shop.desk.engine.run_round().is_clean
    document = server.products[listing_id]
    assert (document["version"], document["price"]) == ("3.0.0", 7)


def test_a_published_listing_whose_file_is_gone_can_leave_the_market(shop: Shop) -> None:
    listing_id = published(shop)
    (shop.root / "a.json").unlink()
    gone = shop.compare().rows[0]
    assert (gone.kind, gone.is_on_sale) == (GONE, True)
    assert shop.take() == 0
    assert shop.take(deactivate_gone=True) == 1
    assert shop.desk.reads.listing(listing_id).document["active"] is False
    assert shop.compare().rows[0].is_on_sale is False


def test_files_that_cannot_be_sold_are_refused_and_the_others_go_on(shop: Shop) -> None:
    write_broken(shop.root / "broken.json")
    rows = {row.path: row for row in shop.compare().rows}
    assert rows["broken.json"].kind is REFUSED
    assert rows["broken.json"].what
    assert shop.take() == 2


def test_the_folders_own_list_goes_before_what_a_file_says(shop: Shop) -> None:
    path = shop.root / "koda-shop.csv"
    path.write_text("file_path;title;price;category\na.json;Listed;9,50;sales\ngone.json;X;1;\n")
    plan = shop.compare()
    assert "“gone.json”" in " ".join(plan.notes)
    assert shop.take(plan) == 2
    listing_id = shop.compare().rows[0].listing_id
    document = shop.desk.reads.listing(listing_id).document
    assert (document["title"], document["price"], document["category"]) == ("Listed", 9.5, "Sales")
    assert shop.kinds() == {"a.json": SAME, "deep/b.json": SAME}
    path.write_text("file_path,price\na.json,12\ndeep\\b.json,nonsense\n")
    rows = {row.path: row for row in shop.compare().rows}
    assert rows["a.json"].after == {"price": 12}
    assert rows["deep/b.json"].kind is REFUSED
    assert "koda-shop.csv, line 3: price" in rows["deep/b.json"].what
    assert shop.take() == 1
    path.write_text("title\nx\n")
    with pytest.raises(InputError, match="file_path"):
        shop.compare()


def test_a_file_that_changes_after_it_was_compared_stops_everything(shop: Shop) -> None:
    plan = shop.compare()
    retitled(shop.root / "deep" / "b.json", "Other")
    with pytest.raises(InputError, match="changed since it was compared"):
        shop.take(plan)
    assert shop.kinds() == {"a.json": NEW, "deep/b.json": NEW}


def test_two_files_of_the_same_bytes_are_two_listings(shop: Shop) -> None:
    data = (shop.root / "a.json").read_bytes()
    (shop.root / "copy.json").write_bytes(data)
    assert shop.take() == 3
    assert set(shop.kinds().values()) == {SAME}
    ids = {row.listing_id for row in shop.compare().rows}
    assert len(ids) == 3
