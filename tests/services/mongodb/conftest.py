"""A seller's products on real servers: the session's replica set and a standalone."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymongo
import pytest
from bson import ObjectId
from pymongo.collection import Collection

from koda_desktop.marketplace.api import ChangeBatch
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.mongod import Mongod, MongodOptions
from tests.fixtures_servers import MongodbDatabase

SELLER, OTHER = ObjectId("a" * 24), ObjectId("b" * 24)


@dataclass
class Shop:
    """The adapter, and the collection as a foreign writer has it."""

    products: MongoProducts
    raw: Collection[Any]
    client: pymongo.MongoClient[Any]
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 10**6)))

    def add(self, **fields: Any) -> str:
        key = ObjectId(f"{next(self.names):024x}")
        self.raw.insert_one({"_id": key, "sellerId": SELLER, "title": "A", **fields})
        return str(key)

    def set(self, listing_id: str, **fields: Any) -> None:
        self.raw.update_one({"_id": ObjectId(listing_id)}, {"$set": fields})

    def open(self) -> str:
        return self.poll(None).token

    def poll(self, token: str | None, wait_seconds: float = 2.0, limit: int = 100) -> ChangeBatch:
        return self.products.changes(str(SELLER), token, wait_seconds, limit)

    @contextmanager
    def failing(self, **data: Any) -> Iterator[None]:
        """The fail point ``failCommand`` with these data, for the adapter's own connections."""
        data = {"appName": "koda-desktop", **data}
        mode = data.pop("mode", {"times": 1})
        self.client.admin.command("configureFailPoint", "failCommand", mode=mode, data=data)
        try:
            yield
        finally:
            self.client.admin.command("configureFailPoint", "failCommand", mode="off")


@contextmanager
def shop_at(uri: str, database: str) -> Iterator[Shop]:
    connection = Connection(uri, database)
    client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri)
    try:
        yield Shop(MongoProducts(connection), client[database].products, client)
    finally:
        connection.close()
        client.close()


@pytest.fixture
def shop(mongodb_database: MongodbDatabase) -> Iterator[Shop]:
    with shop_at(mongodb_database.uri, mongodb_database.name) as shop:
        yield shop


@pytest.fixture(scope="session")
def standalone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    """A mongod without a replica set, with users, for the session."""
    options = MongodOptions(replica_set=None, parameters={"enableTestCommands": "1"})
    server = Mongod(tmp_path_factory.mktemp("standalone"), secrets.token_urlsafe(12), options)
    server.start()
    try:
        yield server
    finally:
        if server.is_running:
            server.kill()


@pytest.fixture
def lone_shop(standalone: Mongod) -> Iterator[Shop]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with shop_at(standalone.uri, name) as shop:
        yield shop
    with connected(standalone.uri) as client:
        client.drop_database(name)
