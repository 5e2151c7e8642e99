"""Database set-ups that others made: their users, indexes, documents and addresses."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import ObjectId
from pymongo.read_preferences import ReadPreference

from koda_desktop.errors import Misconfigured, Refused, ServerDown
from koda_desktop.marketplace.api import Receipt
from koda_desktop.marketplace.ports import DocumentEdit
from koda_desktop.services.mongodb.connection import Connection, Deployment
from koda_desktop.services.mongodb.indexes import INDEXES, Index, create_indexes, missing_indexes
from koda_desktop.services.sandbox.mongo_faults import Client, connected
from koda_desktop.services.sandbox.mongod import Mongod
from tests.fixtures_servers import MongodbDatabase
from tests.services.mongodb.conftest import SELLER, Shop

HASTE = "serverSelectionTimeoutMS=300&connectTimeoutMS=300"


@pytest.fixture
def connection(mongodb_database: MongodbDatabase) -> Iterator[Connection]:
    connection = Connection(mongodb_database.uri, mongodb_database.name)
    yield connection
    connection.close()


def edited(listing_id: str, sequence: int) -> DocumentEdit:
    receipt = Receipt("device", sequence, f"op-{sequence}")
    return DocumentEdit(listing_id, str(SELLER), {"title": "B"}, {"title": "A"}, receipt)


@pytest.mark.parametrize("mark", [None, "text", {"d": 3}])
def test_a_document_without_room_for_receipts_holds_up_no_other(shop: Shop, mark: Any) -> None:
    odd, plain = shop.add(_sync=mark), shop.add()
    refused = shop.products.edit([edited(odd, 1), edited(plain, 2)])
    assert list(refused) == [odd]
    assert isinstance(refused[odd], Refused)
    assert "_sync" in refused[odd].what
    titles = {
        key: document["title"] for key, document in shop.products.find_many([odd, plain]).items()
    }
    assert titles == {odd: "A", plain: "B"}


def test_indexes_that_cannot_be_made_hold_up_no_others(connection: Connection) -> None:
    orders, purchases = connection.collection("orders"), connection.collection("purchases")
    orders.create_index([("orderNumber", 1)])
    twice = {"stripeSessionId": "s", "productId": ObjectId()}
    purchases.insert_many([dict(twice), dict(twice)])
    made = create_indexes(connection)
    number = Index("orders", ("orderNumber",), is_unique=True)
    purchase = Index("purchases", ("stripeSessionId", "productId"), is_unique=True)
    assert set(made.in_the_way) == {number, purchase}
    assert "another index" in made.in_the_way[number]
    assert "the same values" in made.in_the_way[purchase]
    assert set(made.created) == set(INDEXES) - {number, purchase}
    assert set(missing_indexes(connection)) == {number, purchase}


def test_an_index_of_the_web_application_is_taken_under_its_own_name(
    connection: Connection,
) -> None:
    connection.collection("users").create_index([("clerkId", 1)], unique=True, name="by_clerk")
    clerk = Index("users", ("clerkId",), is_unique=True)
    assert clerk not in missing_indexes(connection)


def test_an_index_that_leaves_documents_out_does_not_serve(connection: Connection) -> None:
    some = {"orderNumber": {"$type": "string"}}
    connection.collection("orders").create_index(
        [("orderNumber", 1)], unique=True, partialFilterExpression=some
    )
    assert Index("orders", ("orderNumber",), is_unique=True) in missing_indexes(connection)


def test_an_insertion_tells_a_cluster_where_it_belongs(shop: Shop) -> None:
    """mongos, the server of a sharded cluster, refuses an upsert that does not name its shard."""
    database = shop.raw.database
    database.command("profile", 2)
    listing_id = str(ObjectId())
    document = {"_id": listing_id, "sellerId": str(SELLER), "title": "A"}
    assert shop.products.insert(document, Receipt("device", 1, "op-1"))
    database.command("profile", 0)
    profiled = database["system.profile"].find_one({"op": "update"})
    assert profiled is not None
    asked = profiled["command"]["q"]
    assert (asked["_id"], asked["sellerId"]) == (ObjectId(listing_id), SELLER)


def test_an_address_cannot_ask_for_less_than_is_relied_on(
    mongodb_database: MongodbDatabase,
) -> None:
    weak = "&readPreference=secondaryPreferred&w=1&readConcernLevel=local"
    connection = Connection(mongodb_database.uri + weak, mongodb_database.name)
    products = connection.collection("products")
    assert products.read_preference == ReadPreference.PRIMARY
    assert products.read_concern.level == "majority"
    assert products.write_concern.document["w"] == "majority"
    connection.close()


def test_what_answers_is_told_apart(connection: Connection, standalone: Mongod) -> None:
    assert connection.deployment() is Deployment.REPLICA_SET
    alone = Connection(standalone.uri, "koda")
    assert alone.deployment() is Deployment.STANDALONE
    alone.close()


@contextmanager
def user_with(client: Client, database: str, actions: list[str]) -> Iterator[tuple[str, str]]:
    resource = {"db": database, "collection": ""}
    privileges = [{"resource": resource, "actions": actions}]
    client.admin.command("createRole", database, privileges=privileges, roles=[])
    client.admin.command("createUser", database, pwd="x", roles=[database])
    try:
        yield database, "x"
    finally:
        client.admin.command("dropUser", database)
        client.admin.command("dropRole", database)


def test_the_least_rights_are_enough_and_what_lacks_is_named(
    mongod: Mongod, mongodb_database: MongodbDatabase
) -> None:
    name = mongodb_database.name
    with connected(mongod.uri) as client, user_with(client, name, ["find", "update"]) as user:
        connection = Connection(mongod.uri_for(*user), name)
        wanted = ("find", "insert", "update", "changeStream")
        assert connection.denied("products", wanted) == ("insert", "changeStream")
        connection.close()
    keeper = Connection(mongod.uri, name)
    assert keeper.denied("products", wanted) == ()
    keeper.close()


def test_a_certificate_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.pem"
    address = f"mongodb://127.0.0.1:1/?tls=true&tlsCAFile={nothing}"
    with pytest.raises(Misconfigured, match="certificate or key file") as caught:
        Connection(address, "koda").ping()
    assert "tlsCAFile" in caught.value.remedy
    assert str(nothing) not in str(caught.value)


def failing(address: str) -> Any:
    connection = Connection(address, "koda")
    try:
        with pytest.raises((Misconfigured, ServerDown)) as caught:
            connection.ping()
    finally:
        connection.close()
    return caught.value


def test_tls_that_the_server_does_not_speak_is_told_as_that(mongod: Mongod) -> None:
    error = failing(f"{mongod.uri}&tls=true&{HASTE}")
    assert "TLS" in error.what


def test_another_replica_sets_name_is_told_as_that(mongod: Mongod) -> None:
    address = f"mongodb://127.0.0.1:{mongod.port}/?replicaSet=another&{HASTE}"
    assert "replica set" in failing(address).what


@contextmanager
def server_of(wire_version: int) -> Iterator[int]:
    """Answers every request with a hello of a server that old; yields its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(listener, wire_version))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _serve(listener: socket.socket, wire_version: int) -> None:
    hello = {"ok": 1.0, "isWritablePrimary": True, "ismaster": True, "minWireVersion": 0}
    body = bson.encode({**hello, "maxWireVersion": wire_version, "maxBsonObjectSize": 2**24})
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        with client, client.makefile("rb") as stream:
            while head := stream.read(16):
                size, request, _, operation = struct.unpack("<iiii", head)
                stream.read(size - 16)
                client.sendall(_reply(request, operation, body))


def _reply(request: int, operation: int, body: bytes) -> bytes:
    """An OP_REPLY to the OP_QUERY of a first hello, an OP_MSG to anything newer."""
    if operation == 2004:
        rest, code = struct.pack("<iqii", 0, 0, 0, 1) + body, 1
    else:
        rest, code = struct.pack("<ib", 0, 0) + body, 2013
    return struct.pack("<iiii", 16 + len(rest), 1, request, code) + rest


def test_a_server_that_is_too_old_is_told_as_that() -> None:
    """Wire version 8 is MongoDB 4.2."""
    with server_of(8) as port:
        error = failing(f"mongodb://127.0.0.1:{port}/?{HASTE}")
    assert "version" in error.what
    assert "4.4" in error.remedy
