"""``koda edit --attach`` and ``--duplicate``: files given by their names, and copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.errors import InputError
from koda_desktop.sync.bulk.attaching import check_pattern, matching
from koda_desktop.sync.bulk.proposing import BulkRow
from koda_desktop.sync.rows import ListingQuery, ListingState
from tests.cli.conftest import write_broken, write_workflow
from tests.cli.test_edit import Shop, shop
from tests.workflows.building import node

__all__ = ["shop"]
ROW = BulkRow("65f0aa", "Invoice Reminder (v2)", {"version": "1.2.0"})


@pytest.mark.parametrize(
    ("pattern", "names", "found"),
    [
        ("{title}.json", ["invoice-reminder-v2.json", "other.json"], ["invoice-reminder-v2.json"]),
        ("{title}.json", ["a/Invoice Reminder (v2).json"], ["a/Invoice Reminder (v2).json"]),
        ("*{id}*.json", ["x-65f0aa-y.json", "x-65f0ab.json"], ["x-65f0aa-y.json"]),
        ("{title}-{version}.*", ["Invoice Reminder V2-1.2.0.py"], ["Invoice Reminder V2-1.2.0.py"]),
        ("new/{id}.json", ["new/65f0aa.json", "old/65f0aa.json"], ["new/65f0aa.json"]),
        ("{title}*", ["invoice.json"], []),
    ],
)
def test_a_pattern_means_files_whatever_their_case_and_punctuation(
    pattern: str, names: list[str], found: list[str]
) -> None:
    assert matching(pattern, ROW, names) == found


@pytest.mark.parametrize("pattern", ["*.json", "{price}.json", "{version}.json"])
def test_a_pattern_must_tell_listings_apart(pattern: str) -> None:
    with pytest.raises(InputError):
        check_pattern(pattern)


def test_each_listing_gets_the_file_that_is_named_like_it(shop: Shop, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    ids = {title: shop.desk.draft(title) for title in ("Alpha", "Beta", "Gamma", "Delta")}
    write_workflow(folder / "alpha.json", node("Start"))
    write_workflow(folder / "beta.json", node("Start"))
    write_workflow(folder / "deep" / "Beta.json", node("Start"))
    write_broken(folder / "delta.json")
    looked = shop.run("edit", "status:draft", "--attach", f"{folder}/{{title}}.json", "--dry-run")
    reasons = {one["title"]: one["reason"] for one in looked.records[:-1]}
    assert reasons["Alpha"] == ""
    assert "2 files could be meant" in reasons["Beta"]
    assert "No file" in reasons["Gamma"]
    assert "errors or secrets" in reasons["Delta"]
    before = shop.desk.reads.listing(ids["Alpha"]).file_sha256
    said = shop.run("edit", "status:draft", "--attach", f"{folder}/{{title}}.json", "--yes")
    assert said.record["changed"] == 1
    after = shop.desk.reads.listing(ids["Alpha"])
    assert after.file_sha256 != before
    assert after.row.version != "1.0.0"
    shop.run("undo")
    assert shop.desk.reads.listing(ids["Alpha"]).file_sha256 == before


def test_copies_are_drafts_with_the_fields_and_the_file(shop: Shop) -> None:
    listing_id = shop.desk.published(title="Mine", price=30, tags=["ai"], data=b"the file")
    said = shop.run("edit", "tag:ai", "--duplicate", "--yes")
    assert said.record["changed"] == 1
    rows = shop.desk.reads.rows(shop.desk.reads.keys(ListingQuery()))
    [copy] = [row for row in rows if row.id != listing_id]
    assert (copy.title, copy.state) == ("Copy of Mine", ListingState.DRAFT)
    made, origin = (shop.desk.reads.listing(one) for one in (copy.id, listing_id))
    assert made.file_sha256 == origin.file_sha256
    assert (made.document["price"], made.document["tags"]) == (30, ["ai"])
    assert "sellerId" not in made.document
    shop.run("undo")
    assert len(shop.desk.reads.keys(ListingQuery())) == 1
