"""The project's own sample, and a marketplace for whole sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.runtime.resources import resource
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.journeys.desk import Market, make_market


@pytest.fixture
def sample() -> Path:
    return resource("samples/lead-digest.n8n.json")


@pytest.fixture
def market(mongodb_database: MongodbDatabase, bucket: S3Bucket) -> Market:
    return make_market(mongodb_database, bucket)
