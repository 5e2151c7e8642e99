"""One contract for the ports: the ones in memory, and the real MongoDB and object store."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, cast

import httpx
import pytest
from bson import Decimal128, ObjectId, Regex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from koda_desktop.errors import (
    ClockWrong,
    MissingResource,
    Refused,
    ServerDown,
    WrongCredentials,
)
from koda_desktop.marketplace.api import Cursor, FileFacts, Receipt
from koda_desktop.marketplace.keys import object_key
from koda_desktop.marketplace.ports import DocumentEdit, Products
from koda_desktop.runtime.clock import SystemClock, from_iso
from koda_desktop.services.mongodb.connection import Connection
from koda_desktop.services.mongodb.indexes import INDEXES, Creation, create_indexes, missing_indexes
from koda_desktop.services.mongodb.products import MongoProducts
from koda_desktop.services.mongodb.users import MongoUsers
from koda_desktop.services.s3.objects import Bucket, S3Objects
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.marketplace.memory import MemoryProducts

SELLER = "aaaaaaaaaaaaaaaaaaaaaaaa"
LISTING = "cccccccccccccccccccccccc"
DATA = b'{"nodes": []}'
FILE = FileFacts("flöw.json", "application/json", len(DATA), hashlib.sha256(DATA).hexdigest())
KEY = object_key(SELLER, LISTING, FILE.sha256, FILE.name)


@pytest.fixture
def connection(mongodb_database: MongodbDatabase) -> Any:
    connection = Connection(mongodb_database.uri, mongodb_database.name)
    yield connection
    connection.close()


@pytest.fixture(params=["memory", "mongodb"])
def products(request: pytest.FixtureRequest) -> Products:
    if request.param == "memory":
        return MemoryProducts()
    return MongoProducts(request.getfixturevalue("connection"))


def receipt(sequence: int, device: str = "device-1") -> Receipt:
    return Receipt(device, sequence, f"op-{sequence}")


def inserted(products: Products, **fields: Any) -> dict[str, Any]:
    document = {"_id": LISTING, "sellerId": SELLER, "title": "A", "price": 9.99, **fields}
    assert products.insert(document, receipt(1))
    return cast("dict[str, Any]", products.find(LISTING))


def test_an_insert_stamps_and_signs_the_document(products: Products) -> None:
    document = inserted(products)
    assert (document["title"], document["price"]) == ("A", 9.99)
    created, updated = (from_iso(document[name]) for name in ("createdAt", "updatedAt"))
    # A mongod reads its clock once for each of the two.
    assert abs(updated - created) < timedelta(seconds=1)
    assert document["_sync"]["d"]["device-1"] == {"s": 1, "o": "op-1"}


def test_a_second_insert_of_an_id_changes_nothing(products: Products) -> None:
    document = inserted(products)
    other = {"_id": LISTING, "sellerId": "b" * 24, "title": "B"}
    assert not products.insert(other, receipt(2, "device-2"))
    assert products.find(LISTING) == document


def edit(changes: dict[str, Any], base: dict[str, Any], sequence: int = 2) -> DocumentEdit:
    return DocumentEdit(LISTING, SELLER, changes, base, receipt(sequence))


@pytest.mark.parametrize(
    ("base", "is_applied"),
    [
        ({"price": 9.99}, True),
        ({"price": 9.98}, False),
        ({}, False),
    ],
)
def test_an_edit_is_guarded_by_its_base(
    products: Products, base: dict[str, Any], is_applied: bool
) -> None:
    document = inserted(products)
    products.edit([edit({"price": 5}, base)])
    after = products.find_many([LISTING])[LISTING]
    assert after["price"] == (5 if is_applied else 9.99)
    assert (after["updatedAt"] > document["updatedAt"]) is is_applied
    assert (after["_sync"]["d"]["device-1"]["s"] == 2) is is_applied


def test_a_field_that_was_absent_must_still_be_absent(products: Products) -> None:
    inserted(products)
    products.edit([edit({"version": "2.0.0"}, {})])
    assert products.find_many([LISTING])[LISTING]["version"] == "2.0.0"
    products.edit([edit({"version": "3.0.0"}, {}, 3)])
    assert products.find_many([LISTING])[LISTING]["version"] == "2.0.0"


def test_a_late_repeat_of_an_older_operation_changes_nothing(products: Products) -> None:
    inserted(products)
    products.edit([edit({"price": 5}, {"price": 9.99}, 3)])
    products.edit([edit({"price": 1}, {"price": 5}, 2)])
    assert products.find_many([LISTING])[LISTING]["price"] == 5


def test_only_the_owner_edits(products: Products) -> None:
    inserted(products)
    foreign = DocumentEdit(LISTING, "b" * 24, {"price": 1}, {"price": 9.99}, receipt(2))
    products.edit([foreign])
    assert products.find_many([LISTING])[LISTING]["price"] == 9.99


def test_lists_and_objects_guard_as_wholes(products: Products) -> None:
    inserted(products, tags=["a", "b"], metadata={"x": 1})
    products.edit([edit({"tags": ["c"]}, {"tags": ["a"]})])
    assert products.find_many([LISTING])[LISTING]["tags"] == ["a", "b"]
    products.edit([edit({"metadata": {"y": 2}}, {"metadata": {"x": 1}}, 3)])
    assert products.find_many([LISTING])[LISTING]["metadata"] == {"y": 2}


def test_files_guard_as_they_were_read(products: Products) -> None:
    file = {"key": "k", "size": 2**31, "sha256": "0" * 64, "name": "a.json", "extra": {"n": 1}}
    inserted(products, files=[file, {**file, "key": "l"}], fileUrl="k")
    base = {name: products.find_many([LISTING])[LISTING][name] for name in ("fileUrl", "files")}
    changes = {"fileUrl": "m", "files": [{**file, "key": "m"}, base["files"][1]]}
    products.edit([edit(changes, {**base, "files": base["files"][:1]})])
    assert products.find_many([LISTING])[LISTING]["fileUrl"] == "k"
    products.edit([edit(changes, base, 3)])
    after = products.find_many([LISTING])[LISTING]
    assert (after["fileUrl"], after["files"]) == ("m", changes["files"])


def test_changes_come_in_order_page_by_page(products: Products) -> None:
    ids = [f"{number:024x}" for number in range(5)]
    for number, listing_id in enumerate(ids):
        products.insert({"_id": listing_id, "sellerId": SELLER}, receipt(number))
    first = products.changed_after(SELLER, None, 3)
    cursor = Cursor(first[-1]["updatedAt"], first[-1]["_id"])
    rest = products.changed_after(SELLER, cursor, 10)
    assert [document["_id"] for document in [*first, *rest]] == ids
    assert products.changed_after("b" * 24, None, 10) == []


def test_the_database_holds_the_web_applications_types(
    connection: Connection, products: Products
) -> None:
    MongoProducts(connection).insert(
        {"_id": LISTING, "sellerId": SELLER, "price": 9.99}, receipt(1)
    )
    stored = connection.collection("products").find_one()
    assert stored is not None
    assert stored["_id"] == ObjectId(LISTING)
    assert stored["sellerId"] == ObjectId(SELLER)
    assert stored["createdAt"].tzinfo is not None


def test_fields_nobody_here_knows_survive_an_edit(connection: Connection) -> None:
    products = MongoProducts(connection)
    inserted(products)
    strange = {"r": Regex("^a"), "d": Decimal128("1.50"), "o": ObjectId(), "n": float("inf")}
    raw = connection.collection("products")
    raw.update_one({}, {"$set": {"strange": strange, "price": Decimal128("9.99")}})
    document = cast("dict[str, Any]", products.find(LISTING))
    products.edit([edit({"price": 5}, {"price": document["price"]})])
    after = raw.find_one()
    assert after is not None
    assert (after["strange"], after["price"]) == (strange, 5)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.text(max_size=40),
    base=st.dictionaries(st.text("$.ab", min_size=1), st.integers(-9, 9)),
)
def test_no_value_is_ever_read_as_an_operator(
    connection: Connection, value: str, base: dict[str, int]
) -> None:
    products = MongoProducts(connection)
    connection.collection("products").delete_many({})
    inserted(products)
    products.edit([edit({"title": "$" + value}, {"title": base})])
    assert products.find_many([LISTING])[LISTING]["title"] == "A"
    products.edit([edit({"title": "$" + value}, {"title": "A"})])
    assert products.find_many([LISTING])[LISTING]["title"] == "$" + value


def test_users_are_found_by_either_id(connection: Connection) -> None:
    users = MongoUsers(connection)
    connection.collection("users").insert_one({"_id": ObjectId(SELLER), "clerkId": "user_1"})
    by_id = users.find(SELLER)
    assert by_id is not None
    assert users.find("user_1") == by_id
    assert by_id["_id"] == SELLER
    assert users.find("user_2") is None


def test_indexes_are_created_once_and_hold(connection: Connection) -> None:
    assert missing_indexes(connection) == INDEXES
    assert create_indexes(connection).created == INDEXES
    assert create_indexes(connection) == Creation((), {})
    assert missing_indexes(connection) == ()


def test_a_database_that_does_not_answer_is_said_to_be_down() -> None:
    connection = Connection("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200", "koda")
    with pytest.raises(ServerDown):
        MongoProducts(connection).find(LISTING)
    connection.close()


def test_a_wrong_password_is_said_to_be_one(mongodb_database: MongodbDatabase) -> None:
    wrong = mongodb_database.uri.replace("@", "x@", 1)
    connection = Connection(wrong, mongodb_database.name)
    with pytest.raises(WrongCredentials):
        MongoProducts(connection).find(LISTING)
    connection.close()


@pytest.fixture
def objects(bucket: S3Bucket) -> Any:
    adapter = S3Objects(_address(bucket), SystemClock())
    yield adapter
    adapter.close()


def _address(bucket: S3Bucket, **changes: str) -> Bucket:
    values = {
        "name": bucket.name,
        "region": bucket.region,
        "endpoint": bucket.endpoint,
        "access_key_id": bucket.access_key_id,
        "secret_access_key": bucket.secret_access_key,
    }
    return Bucket(**{**values, **changes})


def put(objects: S3Objects, data: bytes, **headers: str) -> httpx.Response:
    signed = objects.sign_put(KEY, FILE, 60)
    return httpx.put(signed.url, content=data, headers={**signed.headers, **headers})


def test_what_was_promised_is_stored_and_described(objects: S3Objects) -> None:
    assert objects.head(KEY) is None
    assert put(objects, DATA).status_code == 200
    stored = objects.head(KEY)
    assert stored is not None
    assert (stored.size, stored.sha256) == (FILE.size, FILE.sha256)
    assert stored.media_type == FILE.media_type
    assert objects.sha256(KEY) == FILE.sha256


def test_leave_to_upload_is_bound_to_bytes_type_and_length(objects: S3Objects) -> None:
    other = DATA[:-1] + b"!"
    assert put(objects, other).status_code == 400
    assert put(objects, DATA + b"x", **{"Content-Length": str(FILE.size + 1)}).status_code == 403
    assert put(objects, DATA, **{"Content-Type": "text/html"}).status_code == 403
    assert objects.head(KEY) is None


def test_a_key_is_never_overwritten(objects: S3Objects) -> None:
    assert put(objects, DATA).status_code == 200
    assert put(objects, DATA).status_code == 412


def test_a_download_has_the_listings_own_file_name(objects: S3Objects) -> None:
    put(objects, DATA)
    answer = httpx.get(objects.sign_get(KEY, FILE.name, 60).url)
    assert answer.content == DATA
    assert "filename*=UTF-8''fl%C3%B6w.json" in answer.headers["content-disposition"]


def test_each_kind_of_refusal_is_told_apart(bucket: S3Bucket) -> None:
    refusals = {
        WrongCredentials: _address(bucket, secret_access_key="wrong"),
        MissingResource: _address(bucket, name="no-such-bucket"),
        ServerDown: _address(bucket, endpoint="http://127.0.0.1:1"),
    }
    for kind, address in refusals.items():
        adapter = S3Objects(address, SystemClock())
        with pytest.raises(kind):
            adapter.head(KEY)
        adapter.close()


def test_a_wrong_clock_is_told_apart(objects: S3Objects, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime

    import botocore.auth

    from koda_desktop.services.s3 import faults

    late = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=2)

    class Late(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Any:
            return late

    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: late)
    monkeypatch.setattr(faults, "datetime", Late)
    for ask in (objects.sha256, objects.head):
        with pytest.raises(ClockWrong):
            ask(KEY)


@pytest.mark.parametrize("value", [2**63, {"\0": 1}, "\ud800", {"$numberDecimal": "x"}])
def test_what_bson_cannot_hold_is_refused(connection: Connection, value: object) -> None:
    products = MongoProducts(connection)
    with pytest.raises(Refused):
        products.insert({"_id": LISTING, "sellerId": SELLER, "x": value}, receipt(1))
    assert products.find(LISTING) is None
