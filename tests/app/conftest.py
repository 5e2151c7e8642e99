"""The project's own sample, and a marketplace for whole sessions."""

from __future__ import annotations

import gc
from collections.abc import Iterator
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


@pytest.fixture(autouse=True)
def _windows_are_collected() -> Iterator[None]:
    """What a session's window leaves is a cycle: it must go on the thread of its widgets, and not
    with the next garbage that a pool's thread happens to look for.
    """
    yield
    gc.unfreeze()  # a session leaves what was made before it out of the search
    gc.collect()
