"""What people really export: twenty of the shared n8n files, published and read back."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.rows import ListingState
from koda_desktop.workflows.inspect import inspect_path
from koda_desktop.workspace import Workspace, WorkspaceInfo, WorkspaceKind
from tests.journeys.desk import SELLER_ID, Market

_BESIDE = Path(__file__).parents[2].parent / "shared" / "workflows"
FOLDER = Path(os.environ.get("KODA_REAL_WORKFLOWS", _BESIDE)) / "n8n"
FIELDS = ("title", "description", "price", "category", "tags", "platform", "version")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared workflows are not here")


def open_workspace(folder: Path, market: Market) -> Workspace:
    info = WorkspaceInfo(
        "shop",
        WorkspaceKind.DIRECT,
        user_id=SELLER_ID,
        database=market.database.name,
        s3_endpoint=market.bucket.endpoint,
        bucket=market.bucket.name,
        region=market.bucket.region,
    )
    environ = {
        "KODA_MONGODB_URI": market.database.uri,
        "KODA_S3_ACCESS_KEY_ID": market.bucket.access_key_id,
        "KODA_S3_SECRET_ACCESS_KEY": market.bucket.secret_access_key,
    }
    return Workspace.open(Paths(folder), info, environ=environ)


def test_twenty_real_exports_are_published_and_read_back(tmp_path: Path, market: Market) -> None:
    workspace = open_workspace(tmp_path / "computer", market)
    packages = {}
    try:
        for path in sorted(FOLDER.glob("*.json"), key=lambda path: path.stat().st_size)[-40::2]:
            inspection = inspect_path(path)
            assert inspection.packaged is not None
            listing_id = workspace.draft(inspection, {"price": 4.5})
            packages[listing_id] = inspection.packaged
        assert len(packages) == 20
        workspace.publish(list(packages))
        report = workspace.sync_now()
        assert report.is_clean, report
        documents = {str(document["_id"]): document for document in market.products()}
        objects = market.objects()
        for listing_id, package in packages.items():
            detail = workspace.listing(listing_id)
            document = documents.pop(listing_id)
            stored = objects.pop(document["fileUrl"])
            assert detail.row.state is ListingState.PUBLISHED
            assert stored == package.data
            assert document["files"][0]["sha256"] == hashlib.sha256(stored).hexdigest()
            assert {n: document[n] for n in FIELDS} == {n: detail.document[n] for n in FIELDS}
        assert not documents
        assert not objects
    finally:
        workspace.close()
