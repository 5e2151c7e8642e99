"""Real servers for tests: a mongod and the sandbox's object store, on 127.0.0.1, without network.

One of each serves the whole test session; a test gets a database or a bucket of its own. Tests that
kill servers use ``own_mongod`` and ``own_object_store``.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from koda_desktop.services.sandbox.mongod import Mongod
    from koda_desktop.services.sandbox.store_process import ObjectStoreProcess

REGION = "us-east-1"
# Fail points may be set, and expired documents go within a second.
_PARAMETERS = {"enableTestCommands": "1", "ttlMonitorSleepSecs": "1"}


@dataclass(frozen=True)
class MongodbDatabase:
    """A database of the test's own. ``uri`` is for a user who may do everything."""

    uri: str
    name: str


@dataclass(frozen=True)
class ObjectStoreServer:
    """A running object store. ``process`` can be killed, stopped and started by its own tests."""

    process: ObjectStoreProcess
    access_key_id: str
    secret_access_key: str
    region: str = REGION

    @property
    def endpoint(self) -> str:
        return self.process.endpoint


@dataclass(frozen=True)
class S3Bucket:
    """An empty bucket of the test's own, with all an S3 client needs to reach it."""

    endpoint: str
    name: str
    access_key_id: str
    secret_access_key: str
    region: str = REGION


@contextmanager
def running_mongod(folder: Path) -> Iterator[Mongod]:
    """A mongod over ``folder``; stop(), kill() and start() may be called on it."""
    from koda_desktop.services.sandbox.mongod import Mongod, MongodOptions

    server = Mongod(folder, secrets.token_urlsafe(12), MongodOptions(parameters=_PARAMETERS))
    server.start()
    try:
        yield server
    finally:
        if server.is_running:
            server.kill()  # a clean stop takes a second, and the data is thrown away


@contextmanager
def running_object_store(folder: Path) -> Iterator[ObjectStoreServer]:
    """An object store over ``folder``; its process may be stopped, killed and started again."""
    from koda_desktop.services.sandbox.store_process import ObjectStoreProcess

    key, secret = f"KEY{secrets.token_hex(6).upper()}", secrets.token_urlsafe(24)
    process = ObjectStoreProcess(folder, {key: secret})
    process.start()
    try:
        yield ObjectStoreServer(process, key, secret)
    finally:
        if process.is_running:
            process.kill()


@pytest.fixture(scope="session")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    """One mongod for the session: replica set of one, fail points allowed. Do not stop it."""
    with running_mongod(tmp_path_factory.mktemp("mongod")) as server:
        yield server


@pytest.fixture
def mongodb_database(mongod: Mongod) -> Iterator[MongodbDatabase]:
    """A fresh database, dropped after the test."""
    from koda_desktop.services.sandbox.mongo_faults import connected

    database = MongodbDatabase(mongod.uri, f"test_{uuid.uuid4().hex[:12]}")
    yield database
    with connected(mongod.uri) as client:
        client.drop_database(database.name)


@pytest.fixture
def own_mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A mongod for this test only, to be stopped, killed and started at will."""
    with running_mongod(tmp_path / "own-mongod") as server:
        yield server


@pytest.fixture(scope="session")
def object_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStoreServer]:
    """One object store for the session. Do not stop it."""
    with running_object_store(tmp_path_factory.mktemp("objectstore")) as server:
        yield server


@pytest.fixture
def own_object_store(tmp_path: Path) -> Iterator[ObjectStoreServer]:
    """An object store for this test only, to be stopped, killed and started at will."""
    with running_object_store(tmp_path / "own-objectstore") as server:
        yield server


@pytest.fixture
def bucket(object_store: ObjectStoreServer) -> S3Bucket:
    """A fresh bucket. It is left behind; the store's folder goes with the session."""
    return make_bucket(object_store)


def make_bucket(server: ObjectStoreServer) -> S3Bucket:
    """A new bucket in ``server``, made by a signed request without an SDK."""
    import httpx
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    name = f"test-{uuid.uuid4().hex[:12]}"
    url = f"{server.endpoint}/{name}"
    request = AWSRequest(method="PUT", url=url)
    credentials = Credentials(server.access_key_id, server.secret_access_key)
    S3SigV4Auth(credentials, "s3", server.region).add_auth(request)
    answer = httpx.put(url, headers=dict(request.headers.items()))
    assert answer.status_code == 200, answer.text
    return S3Bucket(
        server.endpoint, name, server.access_key_id, server.secret_access_key, server.region
    )
