"""From a raw export to a verified listing, and the bad days in between."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from tests.fixtures_servers import MongodbDatabase, ObjectStoreServer, make_bucket
from tests.journeys.desk import SELLER_ID, Computer, Market, make_computer, make_market
from tests.pictures import png


def only(market: Market) -> dict[str, Any]:
    """The one listing of the marketplace, held to what the web application expects of it."""
    (document,) = market.products()
    objects = market.objects()
    key = document["fileUrl"]
    assert objects.keys() == {key, document["previewImageUrl"]}
    data = objects[key]
    file = document["files"][0]
    assert document["fileUrl"] == file["key"] == key
    assert (file["size"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert document["sellerId"] == ObjectId(SELLER_ID)
    assert document["productType"] == "Automation"
    return document


def test_a_draft_is_published_and_verified(
    computer: Computer, market: Market, sample: Path
) -> None:
    listing = computer.draft(sample)
    assert computer.state(listing) == "draft"
    published = computer.done("publish", listing).record
    assert published["state"] == "published"
    document = only(market)
    shown = computer.done("show", listing).record
    assert str(document["_id"]) == listing
    for name in ("title", "description", "price", "category", "tags", "platform", "version"):
        assert document[name] == shown["document"][name]
    assert shown["verifiedAt"] is not None
    package = computer.done("pack", sample, "--out", computer.folder / "out").record
    assert package["sha256"] == document["files"][0]["sha256"]


def staged_preview(computer: Computer, listing: str) -> bytes:
    """The bytes of the draft's preview picture, as they are staged on the computer."""
    shown = computer.done("show", listing).record["preview"]
    (path,) = computer.folder.rglob(shown["sha256"])
    return path.read_bytes()


def test_the_picture_of_the_graph_is_read_back_identical(
    computer: Computer, market: Market, sample: Path
) -> None:
    listing = computer.draft(sample)
    picture = staged_preview(computer, listing)
    computer.done("publish", listing)
    key = only(market)["previewImageUrl"]
    assert key.startswith(f"listings/{SELLER_ID}/{listing}/{hashlib.sha256(picture).hexdigest()}/")
    assert market.objects()[key] == picture
    assert market.media_type(key) == "image/png"
    assert computer.done("show", listing).record["document"]["previewImageUrl"] == key


def test_a_picture_of_the_sellers_own_or_an_address_or_none(
    computer: Computer, market: Market, sample: Path
) -> None:
    own = computer.folder / "own.png"
    own.write_bytes(png(640, 400))
    with_own, with_address, without = (computer.draft(sample) for _ in range(3))
    computer.done("edit", with_own, "--preview", own)
    computer.done("edit", with_address, "--set", "previewImageUrl=https://img.example/a.png")
    computer.done("edit", without, "--preview", "none")
    computer.done("publish", "--all")
    shown = {str(one["_id"]): one.get("previewImageUrl") for one in market.products()}
    assert market.objects()[str(shown[with_own])] == own.read_bytes()
    assert (shown[with_address], shown[without]) == ("https://img.example/a.png", None)
    assert len(market.objects()) == 4


def test_published_offline_killed_and_synced_later_it_is_there_once(
    computer: Computer, market: Market, sample: Path
) -> None:
    listing = computer.draft(sample)
    assert computer.done("publish", listing, "--offline").record["state"] == "waiting"
    assert market.products() == []
    for seed in range(6):
        process = computer.start("sync")
        time.sleep(random.Random(seed).uniform(0.2, 1.2))
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    computer.done("sync")
    assert computer.state(listing) == "published"
    assert str(only(market)["_id"]) == listing


def test_an_environment_that_says_offline_only_queues(
    computer: Computer, market: Market, sample: Path
) -> None:
    listing = computer.draft(sample)
    answer = computer.koda("publish", listing, KODA_OFFLINE="1")
    assert (answer.code, answer.record["state"]) == (0, "waiting")
    assert computer.koda("sync", KODA_OFFLINE="1").record["waiting"] == 4
    assert market.products() == []


def test_the_database_comes_back(
    tmp_path: Path, own_mongod: Any, object_store: ObjectStoreServer, sample: Path
) -> None:
    market = make_market(MongodbDatabase(own_mongod.uri, "koda"), make_bucket(object_store))
    computer = make_computer(tmp_path / "computer", market)
    listing = computer.draft(sample)
    own_mongod.kill()
    answer = computer.koda("publish", listing, **_impatient(market))
    assert answer.code == 1
    assert "MongoDB" in answer.errors
    assert computer.state(listing) == "waiting"
    own_mongod.start()
    computer.done("sync")
    assert str(only(market)["_id"]) == listing


def _impatient(market: Market) -> dict[str, str]:
    """The same database, waited for a second instead of five."""
    return {"KODA_MONGODB_URI": f"{market.database.uri}&serverSelectionTimeoutMS=1000"}


def test_the_object_store_comes_back(
    tmp_path: Path,
    mongodb_database: MongodbDatabase,
    own_object_store: ObjectStoreServer,
    sample: Path,
) -> None:
    market = make_market(mongodb_database, make_bucket(own_object_store))
    computer = make_computer(tmp_path / "computer", market)
    listing = computer.draft(sample)
    own_object_store.process.kill()
    answer = computer.koda("publish", listing)
    assert answer.code == 1
    assert "object store" in answer.errors
    assert computer.state(listing) == "waiting"
    own_object_store.process.start()
    computer.done("sync")
    assert str(only(market)["_id"]) == listing


def test_every_unmet_gate_is_named_and_met_later(
    computer: Computer, market: Market, sample: Path
) -> None:
    market.seller(onboardingComplete=False, isBanned=True)
    listing = computer.draft(sample)
    answer = computer.koda("publish", listing)
    assert (answer.code, answer.record["state"]) == (1, "refused")
    assert "Payouts are not set up" in answer.errors
    assert "may not publish" in answer.errors
    assert market.products() == []
    market.seller(onboardingComplete=True, isBanned=False)
    assert computer.done("publish", listing).record["state"] == "published"
    only(market)


def test_an_edit_goes_out_and_leaves_foreign_fields_alone(
    computer: Computer, market: Market, sample: Path
) -> None:
    listing = computer.draft(sample)
    computer.done("publish", listing)
    with market.connect() as client:
        products = client[market.database.name]["products"]
        products.update_one({}, {"$set": {"averageRating": 4.5, "fromTheWeb": {"deep": [1]}}})
    computer.done("edit", listing, "--set", "price=12", "--set", "tags=new, shiny")
    computer.done("sync")
    document = only(market)
    assert (document["price"], document["tags"]) == (12, ["new", "shiny"])
    assert (document["averageRating"], document["fromTheWeb"]) == (4.5, {"deep": [1]})
    assert computer.state(listing) == "published"


def test_a_change_made_elsewhere_arrives(computer: Computer, market: Market, sample: Path) -> None:
    listing = computer.draft(sample)
    computer.done("publish", listing)
    with market.connect() as client:
        client[market.database.name]["products"].update_one(
            {}, {"$set": {"title": "Named on the web"}, "$currentDate": {"updatedAt": True}}
        )
    computer.done("sync")
    assert computer.done("show", listing).record["title"] == "Named on the web"


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("KODA_S3_SECRET_ACCESS_KEY", "wrong", "access key"),
        ("KODA_MONGODB_URI", "mongodb://", "mongodb:// address"),
    ],
)
def test_wrong_keys_are_named_and_nothing_is_lost(
    computer: Computer, market: Market, sample: Path, variable: str, value: str, word: str
) -> None:
    listing = computer.draft(sample)
    answer = computer.koda("publish", listing, **{variable: value})
    assert answer.code == 1
    assert word in answer.errors
    assert "kept" in answer.errors
    assert "Traceback" not in answer.errors
    assert value == "mongodb://" or value not in answer.errors
    computer.done("sync")
    assert computer.state(listing) == "published"


def test_a_missing_bucket_is_named_and_nothing_is_lost(
    tmp_path: Path, computer: Computer, market: Market, sample: Path
) -> None:
    lost = Computer(tmp_path / "other", computer.environ)
    lost.done(
        *("workspace", "add", "direct", "shop", "--database", market.database.name),
        *("--s3-endpoint", market.bucket.endpoint, "--bucket", "no-such-bucket"),
        *("--region", market.bucket.region, "--user-id", "user_seller"),
    )
    listing = lost.draft(sample)
    answer = lost.koda("publish", listing)
    assert answer.code == 1
    assert "bucket does not exist" in answer.errors
    assert lost.state(listing) == "waiting"


def test_the_doctor_finds_what_is_missing(computer: Computer, market: Market) -> None:
    sick = {r["check"]: r for r in computer.koda("doctor").records}
    assert sick["indexes"]["ok"] is False
    computer.done("admin", "init")
    findings = {record["check"]: record["ok"] for record in computer.done("doctor").records}
    assert {name for name, ok in findings.items() if ok} >= {
        *("data folder", "local store", "database", "indexes", "clock", "account", "bucket"),
        "object store",
    }


def test_no_secret_and_no_signature_is_written_anywhere(
    computer: Computer, market: Market, sample: Path
) -> None:
    computer.done("publish", computer.draft(sample))
    computer.koda("publish", computer.draft(sample), KODA_S3_SECRET_ACCESS_KEY="wrong-but-secret")
    secrets = (market.bucket.secret_access_key, "X-Amz-Signature=", "wrong-but-secret")
    for path in computer.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in data], path
