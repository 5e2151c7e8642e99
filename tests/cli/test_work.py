"""The commands about work that waits, and the doctor, over a real store."""

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


class Shop:
    """A workspace on disk that the commands open, filled by an engine over a fake server."""

    def __init__(self, folder: Path, koda: Koda) -> None:
        paths = Paths(folder).ensure()
        Registry(paths).add(WorkspaceInfo("shop", WorkspaceKind.OFFLINE))
        self.server = Server()
        self.desk = Desk(paths.workspace("shop").ensure().store.parent, self.server)
        self._folder = folder
        self._koda = koda

    def run(self, *words: object) -> Said:
        return self._koda(*words, "--json", "--data-dir", self._folder)

    def say(self, *words: object) -> Said:
        return self._koda(*words, "--data-dir", self._folder)

    def conflicting(self, *fields: str) -> str:
        mine: dict[str, Any] = {"title": "Mine", "description": "Mine.", "price": 7}
        theirs: dict[str, Any] = {"title": "Theirs", "description": "Theirs.", "price": 3}
        listing_id = self.desk.published(title="Base")
        self.desk.commands.edit(listing_id, {name: mine[name] for name in fields})
        self.server.web_edit(listing_id, **{name: theirs[name] for name in fields})
        self.desk.engine.run_round()
        return listing_id


@pytest.fixture
def shop(tmp_path: Path, koda: Koda) -> Iterator[Shop]:
    made = Shop(tmp_path, koda)
    yield made
    made.desk.close()


def test_what_cannot_be_read_is_counted_and_named(shop: Shop) -> None:
    listing_id = shop.desk.published(title="Sound")
    shop.server.web_edit(listing_id, tags="a, b")
    shop.desk.engine.run_round()
    [record] = shop.run("activity").records
    assert record["unreadable"] == listing_id
    assert "tags" in record["reason"]
    assert shop.run("activity", "--held").records == []


def test_activity_shows_the_very_values_in_order(shop: Shop) -> None:
    listing_id = shop.desk.published(title="Old")
    shop.desk.commands.edit(listing_id, {"title": "New"})
    said = shop.run("activity")
    assert said.code == 0
    assert said.record["changes"] == [{"field": "title", "before": "Old", "after": "New"}]
    assert '"Old" → "New"' in shop.say("activity").out
    assert len(shop.run("activity", "--done", 2).records) == 3


def test_work_is_held_released_and_dropped(shop: Shop) -> None:
    listing_id = shop.desk.published(title="Old")
    shop.desk.commands.edit(listing_id, {"title": "New"})
    assert shop.run("activity", "--held").records == []
    assert shop.run("activity", "--hold", listing_id[:10]).record["state"] == "held"
    assert len(shop.run("activity", "--held").records) == 1
    assert shop.run("activity", "--release", listing_id).record["state"] == "queued"
    assert shop.run("activity", "--drop", listing_id).records == []
    assert shop.desk.row(listing_id).title == "Old"
    assert shop.run("activity", "--drop", listing_id).code == 1
    assert shop.run("activity", "--hold", "zz").record["error"]["code"] == "not-found"


def test_sending_is_paused_and_resumed(shop: Shop) -> None:
    shop.desk.commands.publish([shop.desk.draft()])
    assert {one["waits"] for one in shop.run("activity", "--pause").records} >= {"paused"}
    assert shop.desk.reads.status().is_paused
    shop.run("activity", "--resume")
    assert not shop.desk.reads.status().is_paused


def test_conflicts_are_listed_shown_and_settled(shop: Shop) -> None:
    listing_id = shop.conflicting("title", "description", "price")
    listed = shop.run("conflicts").records
    assert [one["field"] for one in listed] == ["title", "description", "price"]
    assert listed[0]["base"] == "Base"
    assert len(shop.run("conflicts", "show", listing_id[:12]).records) == 3
    assert "theirs" in shop.say("conflicts", "show", listing_id).out
    assert shop.run("conflicts", "resolve", listing_id, "description", "--both").code == 0
    said = shop.run("conflicts", "resolve", listing_id, "price", "--value", "4.50")
    assert said.record["choice"] == "value"
    assert shop.run("conflicts", "resolve", "--all", "--mine").code == 0
    shop.desk.engine.run_round()
    product = shop.server.products[listing_id]
    assert (product["title"], product["price"]) == ("Mine", 4.5)
    assert product["description"] == "Mine.\n\nTheirs."
    assert shop.run("conflicts", "resolve", "--all", "--mine").code == 1


def test_the_last_choice_is_undone(shop: Shop) -> None:
    listing_id = shop.conflicting("title", "price")
    shop.run("conflicts", "resolve", listing_id, "--theirs")
    assert shop.run("conflicts", "list").records == []
    assert shop.run("conflicts", "undo").record == {"opened": 2}
    assert len(shop.run("conflicts").records) == 2


@pytest.mark.parametrize(
    "words",
    [
        ("conflicts", "resolve", "--mine"),
        ("conflicts", "resolve", "abc", "--all", "--mine"),
        ("conflicts", "resolve", "abc", "title"),
        ("conflicts", "resolve", "abc", "title", "--mine", "--theirs"),
        ("transfers", "limit", "fast"),
        ("transfers", "limit", "1B/s"),
        ("transfers", "priority", "abc", "soon"),
        ("activity", "--hold", "a", "--drop", "b"),
    ],
)
def test_words_used_wrongly_end_with_two(shop: Shop, words: tuple[str, ...]) -> None:
    assert shop.run(*words).code == 2


def test_transfers_are_steered(shop: Shop) -> None:
    listing_id = shop.desk.draft(data=b"12345")
    shop.desk.commands.publish([listing_id])
    [row] = shop.run("transfers").records
    assert (row["direction"], row["state"], row["size"]) == ("up", "queued", 5)
    beginning = row["id"][:8]
    assert shop.run("transfers", "pause", beginning).record["state"] == "paused"
    assert shop.run("transfers", "resume", beginning).record["state"] == "queued"
    assert shop.run("transfers", "priority", beginning, "first").record["priority"] == 1
    assert shop.run("transfers", "retry", beginning).code == 0
    assert shop.run("transfers", "cancel", beginning).record["state"] == "cancelled"
    assert shop.run("transfers", "pause", beginning).code == 1
    assert shop.run("transfers", "pause", "no-such-id").record["error"]["code"] == "not-found"
    assert shop.desk.row(listing_id).state == "draft"


@pytest.mark.parametrize(
    ("speed", "limit"), [("500KB/s", 500_000), ("2.5mb", 2_500_000), ("4096", 4096), ("none", None)]
)
def test_the_speed_limit_is_set_in_words(shop: Shop, speed: str, limit: int | None) -> None:
    assert shop.run("transfers", "limit", speed).record == {"bytesPerSecond": limit}
    assert shop.run("transfers", "limit").record == {"bytesPerSecond": limit}


def test_a_download_is_queued_offline(shop: Shop, tmp_path: Path) -> None:
    listing_id = shop.desk.published()
    said = shop.run("download", listing_id, "--out", tmp_path / "out", "--offline")
    assert said.code == 0
    assert said.record["target"] == str(tmp_path / "out" / "flow.json")
    assert shop.run("download", shop.desk.draft(), "--offline").record["error"]["code"] == "refused"


def test_the_doctor_names_a_broken_invariant(shop: Shop) -> None:
    shop.conflicting("title")

    def invariants() -> dict[str, Any]:
        records = shop.run("doctor", "--offline").records
        return next(one for one in records if one["check"] == "invariants")

    assert invariants()["ok"]
    shop.desk.store.write(lambda tx: tx.run("DELETE FROM document"))
    found = invariants()
    assert not found["ok"]
    assert "no document" in found["what"]
    assert shop.run("doctor", "--offline").code == 1
