"""What the doctor says of a marketplace's servers, to a user who holds little."""

from __future__ import annotations

from pathlib import Path

import pytest
from bson import ObjectId

from koda_desktop.runtime.paths import Paths
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.workspace.doctor import Finding, examine
from koda_desktop.workspace.info import WorkspaceInfo, WorkspaceKind
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.services.mongodb.test_setups import user_with

SELLER = "a" * 24


@pytest.fixture
def shop(
    mongodb_database: MongodbDatabase, bucket: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> WorkspaceInfo:
    monkeypatch.setenv("KODA_S3_ACCESS_KEY_ID", bucket.access_key_id)
    monkeypatch.setenv("KODA_S3_SECRET_ACCESS_KEY", bucket.secret_access_key)
    with connected(mongodb_database.uri) as client:
        client[mongodb_database.name].users.insert_one({"_id": ObjectId(SELLER), "clerkId": "u"})
    return WorkspaceInfo(
        name="shop",
        kind=WorkspaceKind.DIRECT,
        user_id=SELLER,
        database=mongodb_database.name,
        s3_endpoint=bucket.endpoint,
        bucket=bucket.name,
        region=bucket.region,
    )


def told(
    data_dir: Path, shop: WorkspaceInfo, uri: str, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Finding]:
    monkeypatch.setenv("KODA_MONGODB_URI", uri)
    return {one.check: one for one in examine(Paths(data_dir), shop)}


def test_a_user_who_may_only_read_is_told_what_lacks(
    data_dir: Path, shop: WorkspaceInfo, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(mongod.uri) as client, user_with(client, shop.database, ["find"]) as user:
        findings = told(data_dir, shop, mongod.uri_for(*user), monkeypatch)
    assert findings["database"].what.endswith("(replica set)")
    assert findings["rights"].is_well is False
    assert "insert, update" in findings["rights"].what
    assert findings["changes"].is_well is None
    assert "page by page" in findings["changes"].what
    assert findings["indexes"].is_well is None


def test_whoever_may_do_everything_is_told_so(
    data_dir: Path, shop: WorkspaceInfo, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = told(data_dir, shop, mongod.uri, monkeypatch)
    assert findings["rights"].is_well
    assert findings["changes"].is_well
    assert "admin init" in findings["indexes"].remedy


def test_an_account_that_cannot_be_read_is_told_by_its_fields(
    data_dir: Path, shop: WorkspaceInfo, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connected(mongod.uri) as client:
        changes = {"$unset": {"clerkId": 1}, "$set": {"cart": "none"}}
        client[shop.database].users.update_one({}, changes)
    findings = told(data_dir, shop, mongod.uri, monkeypatch)
    assert findings["account"].is_well is False
    assert "(cart, clerkId)" in findings["account"].what


def test_a_database_that_is_down_is_asked_once_and_the_bucket_all_the_same(
    data_dir: Path, shop: WorkspaceInfo, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = told(data_dir, shop, "mongodb://127.0.0.1:1/", monkeypatch)
    assert findings["database"].is_well is False
    assert not {"rights", "changes", "indexes", "clock", "account"} & set(findings)
    assert findings["bucket"].is_well
