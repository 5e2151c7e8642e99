"""A marketplace and a computer for each journey."""

from __future__ import annotations

from pathlib import Path

import pytest

from koda_desktop.runtime.resources import resource
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.journeys.desk import Computer, Market, make_computer, make_market


@pytest.fixture
def market(mongodb_database: MongodbDatabase, bucket: S3Bucket) -> Market:
    return make_market(mongodb_database, bucket)


@pytest.fixture
def computer(tmp_path: Path, market: Market) -> Computer:
    return make_computer(tmp_path / "computer", market)


@pytest.fixture
def sample() -> Path:
    return resource("samples/lead-digest.n8n.json")
