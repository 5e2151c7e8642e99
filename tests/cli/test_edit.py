"""``koda edit`` over many listings, and ``koda history``, ``undo`` and ``redo``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from koda_desktop.runtime.paths import Paths
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from tests.cli.conftest import Koda, Said
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import Server
from tests.workspace.test_rescan import workflow


class Shop:
    """A workspace on disk that the commands open."""

    def __init__(self, folder: Path, koda: Koda) -> None:
        paths = Paths(folder).ensure()
        Registry(paths).add(WorkspaceInfo("shop", WorkspaceKind.OFFLINE))
        self.desk = Desk(paths.workspace("shop").ensure().store.parent, Server())
        self._folder, self._koda, self.files = folder, koda, folder

    def run(self, *words: object) -> Said:
        return self._koda(*words, "--json", "--data-dir", self._folder)

    def say(self, *words: object) -> Said:
        return self._koda(*words, "--data-dir", self._folder)

    def shown(self, listing_id: str, field: str) -> Any:
        return self.desk.reads.listing(listing_id).document.get(field)


@pytest.fixture
def shop(tmp_path: Path, koda: Koda) -> Iterator[Shop]:
    made = Shop(tmp_path, koda)
    yield made
    made.desk.close()


def test_many_are_changed_in_one_set_and_that_is_undone_and_redone(shop: Shop) -> None:
    ids = [shop.desk.draft(price=20, tags=["ai"]), shop.desk.published(price=30, tags=["ai"])]
    other = shop.desk.draft(price=20, tags=["crm"])
    said = shop.run("edit", "tag:ai", "--percent", "-10", "--round", ".99", "--yes")
    assert (said.code, said.record["changed"]) == (0, 2)
    assert [shop.shown(one, "price") for one in (*ids, other)] == [17.99, 26.99, 20]
    newest = shop.run("history", "--limit", 1).record
    assert newest["name"] == "Price \N{MINUS SIGN}10%, price rounded to .99"
    assert (newest["count"], newest["state"]) == (2, "done")
    assert shop.run("undo").record["changed"] == 2
    assert [shop.shown(one, "price") for one in ids] == [20, 30]
    assert shop.run("redo").code == 0
    assert shop.shown(ids[0], "price") == 17.99
    detail = shop.run("history", newest["changeSet"]).records
    assert detail[0]["state"] == "undone"
    assert detail[1]["before"] == {"price": 20}
    assert "price: 20.00 → 17.99" in shop.say("history", newest["changeSet"]).out


def test_many_are_changed_only_when_that_is_said(shop: Shop) -> None:
    ids = [shop.desk.draft(tags=["ai"]) for _ in range(2)]
    said = shop.run("edit", "tag:ai", "--set", "price=1")
    assert said.code == 2
    assert "--yes" in said.err
    assert [shop.shown(one, "price") for one in ids] == [9.99, 9.99]


def test_a_dry_run_shows_and_changes_nothing(shop: Shop) -> None:
    one, other = shop.desk.draft(title="Old flow"), shop.desk.draft(title="Old")
    said = shop.run("edit", "old", "--find", "Old", "--replace", "", "--dry-run")
    assert said.code == 1
    changed, refused, counts = said.records
    assert (changed["id"], changed["after"]) == (one, {"title": "flow"})
    assert refused["id"] == other
    assert refused["reason"]
    assert counts["counts"] == {"change": 1, "same": 0, "refused": 1}
    assert shop.shown(one, "title") == "Old flow"
    assert (
        '"Old flow" → "flow"'
        in shop.say("edit", "old", "--find", "Old ", "--replace", "", "--dry-run").out
    )


def test_one_is_meant_by_its_id_and_nobody_asks(shop: Shop) -> None:
    one = shop.desk.draft(version="1.2.3", tags=["a"])
    words = ("--bump", "minor", "--add-tag", "b", "--rename-tag", "a=c", "--set", "active=no")
    said = shop.run("edit", one[:12], *words)
    assert (said.code, said.record["version"]) == (0, "1.3.0")
    assert shop.shown(one, "tags") == ["c", "b"]
    assert shop.shown(one, "active") is False


def test_the_archive(shop: Shop) -> None:
    one = shop.desk.draft()
    assert shop.run("edit", one, "--archive").code == 0
    assert shop.shown(one, "deletedAt")
    other = shop.desk.draft()
    assert [line["id"] for line in shop.run("listings").records] == [other]
    assert [line["id"] for line in shop.run("listings", "archived:yes").records] == [one]
    assert len(shop.run("listings", "archived:yes,no").records) == 2
    assert [line["id"] for line in shop.run("listings", f"id:{one}").records] == [one]
    said = shop.run("edit", "status:draft", "--bump", "patch", "--dry-run")
    assert said.records[-1]["counts"]["change"] == 1
    assert shop.run("export", "--out", shop.files / "all.csv").record["listings"] == 2
    assert shop.run("export", "status:draft", "--out", shop.files / "a.csv").record["listings"] == 1
    assert shop.run("edit", one, "--restore").code == 0
    assert shop.shown(one, "deletedAt") is None


def test_regular_expressions_with_groups(shop: Shop) -> None:
    one = shop.desk.draft(title="Flow v2", description="See v1 and v2.")
    words = ("--find", r"v(\d)", "--replace", r"version \1", "--regex", "--in", "title,description")
    assert shop.run("edit", one, *words).code == 0
    assert shop.shown(one, "title") == "Flow version 2"
    assert shop.shown(one, "description") == "See version 1 and version 2."


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--round", ".42"),
        ("--percent", "much"),
        ("--amount", "1.234,5"),
        ("--find", "x"),
        ("--rename-tag", "x"),
        ("--set", "sellerId=x"),
    ],
)
def test_what_is_no_change_is_told(shop: Shop, words: tuple[str, ...]) -> None:
    assert shop.run("edit", shop.desk.draft(), *words).code == 2


def test_what_nobody_is_meant_by_is_told(shop: Shop) -> None:
    assert shop.run("edit", "f" * 24, "--bump", "patch").code == 1
    assert shop.run("edit", "tag:nothing", "--bump", "patch", "--yes").code == 1


def test_what_cannot_be_undone_is_named(shop: Shop) -> None:
    ids = [shop.desk.draft(tags=["ai"]) for _ in range(2)]
    shop.run("edit", "tag:ai", "--set", "price=5", "--yes")
    number = shop.run("history", "--limit", 1).record["changeSet"]
    shop.run("edit", ids[0], "--set", "price=6")
    said = shop.run("undo", number)
    assert said.code == 1
    assert [left["id"] for left in said.record["left"]] == [ids[0]]
    assert "changed since" in said.err
    assert [shop.shown(one, "price") for one in ids] == [6, 9.99]
    assert "undone in part" in shop.say("history").out


def test_nothing_to_undo_is_told(shop: Shop) -> None:
    assert shop.run("redo").code == 1
    assert shop.run("undo").code == 1
    assert shop.run("history").records == []


def test_files_are_looked_at_again_and_nothing_is_changed(shop: Shop) -> None:
    key = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    leaky = shop.desk.draft("Leaky", data=workflow("Leaky", key), tags=["ai"])
    clean = shop.desk.draft("Clean", data=workflow("Clean"), tags=["ai"])
    said = shop.run("edit", "tag:ai", "--rescan")
    assert said.code == 1
    line, summary = said.records
    assert (line["id"], line["standing"], line["held"]) == (leaky, "secrets", True)
    assert key not in said.out
    assert summary["counts"]["clean"] == 1
    assert {one["name"] for one in shop.run("history").records} == {"New draft"}
    assert shop.run("edit", clean, "--rescan").code == 0
    assert "1 looked at: 1 clean." in shop.say("edit", clean, "--rescan").out
    assert shop.run("edit", clean, "--rescan", "--set", "price=1").code == 2
    assert shop.run("publish", leaky, "--offline").code == 1


def test_what_was_changed_since_is_set_back_when_that_is_said(shop: Shop) -> None:
    one, other = shop.desk.draft(price=5, tags=["ai"]), shop.desk.draft(price=6, tags=["ai"])
    shop.run("edit", "tag:ai", "--set", "price=50", "--yes")
    shop.run("edit", one, "--set", "price=7")
    changed = shop.run("history").records[1]["changeSet"]
    assert shop.run("undo", changed).code == 1
    assert (shop.shown(one, "price"), shop.shown(other, "price")) == (7, 6)
    assert shop.run("undo", "--anyway").code == 2
    undone = shop.run("history").records[0]["changeSet"]
    said = shop.run("undo", undone, "--anyway")
    assert (said.code, said.record["changed"], shop.shown(one, "price")) == (0, 1, 5)
