"""The change stream on bad days: real servers, real sockets, real fail points."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson import ObjectId
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from koda_desktop.errors import FeedLost, FeedUnsupported, ServerDown
from koda_desktop.marketplace.api import UNREADABLE, Change
from koda_desktop.services.mongodb.indexes import INDEXES
from koda_desktop.services.mongodb.reading import DOCUMENT_MAX
from koda_desktop.services.sandbox.mongo_faults import Client, connected
from koda_desktop.services.sandbox.mongod import Mongod
from tests.fixtures_servers import MongodbDatabase
from tests.services.mongodb.conftest import OTHER, SELLER, Shop, shop_at


def titles(events: tuple[Change, ...]) -> list[Any]:
    return [one.document and one.document.get("title") for one in events]


def drained(shop: Shop, token: str) -> list[Change]:
    events: list[Change] = []
    while True:
        batch = shop.poll(token, 0.3)
        events += batch.events
        token = batch.token
        if not batch.events:
            return events


@pytest.mark.parametrize("command", ["getMore", "aggregate"])
def test_a_closed_connection_loses_and_repeats_nothing(shop: Shop, command: str) -> None:
    token = shop.open()
    shop.add(title="1")
    token = shop.poll(token).token
    shop.add(title="2")
    with shop.failing(failCommands=[command], closeConnection=True):
        if command == "aggregate":
            # Make it open anew.
            with pytest.raises(ServerDown):
                shop.poll(shop_token_behind(token))
        events = shop.poll(token).events
    assert titles(events) == ["2"]


def shop_token_behind(token: str) -> str:
    """The same place in other words, so that no kept stream stands there."""
    return json.dumps(json.loads(token), indent=1)


def test_a_server_that_hangs_up_every_time_is_down(shop: Shop) -> None:
    token = shop.open()
    shop.add()
    with (
        shop.failing(mode="alwaysOn", failCommands=["getMore"], closeConnection=True),
        pytest.raises(ServerDown),
    ):
        shop.poll(token)
    assert len(shop.poll(token).events) == 1


def test_a_slow_answer_is_waited_for(shop: Shop) -> None:
    token = shop.open()
    shop.add()
    with shop.failing(failCommands=["getMore"], blockConnection=True, blockTimeMS=700):
        assert len(shop.poll(token, 0.1).events) == 1


@pytest.mark.parametrize(
    ("code", "error"), [(286, FeedLost), (280, FeedLost), (10334, FeedLost), (11600, ServerDown)]
)
def test_each_refusal_of_a_poll_is_told_apart(
    shop: Shop, code: int, error: type[Exception]
) -> None:
    token = shop.open()
    with (
        shop.failing(mode="alwaysOn", failCommands=["getMore"], errorCode=code),
        pytest.raises(error),
    ):
        shop.poll(token)


@pytest.mark.parametrize(("code", "error"), [(286, FeedLost), (13, FeedUnsupported)])
def test_each_refusal_of_opening_is_told_apart(
    shop: Shop, code: int, error: type[Exception]
) -> None:
    token = shop.open()
    with (
        shop.failing(mode="alwaysOn", failCommands=["aggregate"], errorCode=code),
        pytest.raises(error),
    ):
        shop.poll(shop_token_behind(token))


def test_an_interrupted_cursor_is_opened_anew(shop: Shop) -> None:
    token = shop.open()
    shop.add(title="1")
    found = shop.client.admin.aggregate([{"$currentOp": {"idleCursors": True}}])
    mine = [one for one in found if one.get("ns") == shop.raw.full_name]
    cursors = [one["cursor"]["cursorId"] for one in mine]
    shop.raw.database.command({"killCursors": "products", "cursors": cursors})
    assert len(cursors) == 1
    assert titles(shop.poll(token).events) == ["1"]


def test_the_same_stream_is_kept_between_polls(shop: Shop) -> None:
    token = shop.open()

    def opened() -> int:
        return int(shop.client.admin.command("serverStatus")["opcounters"]["command"])

    before = opened()
    for _ in range(5):
        batch = shop.poll(token, 0.01)
        assert batch.events == ()
    # Five polls ask five times; opening anew each time would ask twice as often and more.
    assert opened() - before <= 8


def test_closing_ends_the_cursor_at_the_server(mongodb_database: MongodbDatabase) -> None:
    with connected(mongodb_database.uri) as client:
        with shop_at(mongodb_database.uri, mongodb_database.name) as shop:
            shop.open()
            assert idle_cursors(client, mongodb_database.name) == 1
        assert idle_cursors(client, mongodb_database.name) == 0


def idle_cursors(client: Client, database: str) -> int:
    found = client.admin.aggregate([{"$currentOp": {"idleCursors": True}}])
    mine = [one for one in found if str(one.get("ns", "")).startswith(f"{database}.")]
    return sum(one["type"] == "idleCursor" for one in mine)


def test_a_poll_on_another_thread_opens_a_stream_of_its_own(shop: Shop) -> None:
    token = shop.open()
    seen: list[int] = []

    def poll() -> None:
        seen.append(len(shop.poll(token, 2).events))

    threads = [threading.Thread(target=poll) for _ in range(3)]
    for thread in threads:
        thread.start()
    shop.add()
    for thread in threads:
        thread.join()
    assert seen == [1, 1, 1]


def test_a_poll_hears_at_once(shop: Shop) -> None:
    token = shop.open()
    began: list[float] = []

    def write() -> None:
        began.append(time.monotonic())
        shop.add()

    timer = threading.Timer(0.2, write)
    timer.start()
    events = shop.poll(token, 5).events
    timer.join()
    assert len(events) == 1
    assert time.monotonic() - began[0] < 2


def test_an_idle_stream_moves_on_so_that_its_token_does_not_age(shop: Shop) -> None:
    token = shop.open()
    with_other = shop.raw.database.other
    for number in range(20):
        with_other.insert_one({"n": number})
    assert shop.poll(token, 0.3).events == ()
    later = shop.poll(token, 0.3).token
    assert later != token
    shop.add()
    assert len(drained(shop, later)) == 1


def test_large_and_broken_documents_do_not_stop_it(shop: Shop) -> None:
    token = shop.open()
    shop.add(title="before")
    huge = shop.add(text="x" * (16 * 2**20 - 500))
    shop.set(huge, text="y" * (16 * 2**20 - 600))
    large = shop.add(text="z" * DOCUMENT_MAX)
    broken = insert_broken(shop)
    shop.add(date=bson.datetime_ms.DatetimeMS(10**15), n=float("nan"), i=2**62)
    shop.raw.insert_one({"_id": "no ObjectId", "sellerId": SELLER, "title": "odd"})
    shop.add(title="after")
    events = drained(shop, token)
    documents = {one.listing_id: one.document for one in events}
    for bad in (huge, large, broken):
        document = documents[bad]
        assert document is not None
        assert document[UNREADABLE]
        assert (document["_id"], document["sellerId"]) == (bad, str(SELLER))
    good = [one for one in documents.values() if one and UNREADABLE not in one]
    assert [one["title"] for one in good] == ["before", "A", "after"]
    assert "no ObjectId" not in documents


def insert_broken(shop: Shop) -> str:
    """A document with text that is not UTF-8, which no server refuses."""
    listing_id = "d" * 24
    whole = bson.encode({"_id": ObjectId(listing_id), "sellerId": SELLER, "title": "AAAA"})
    broken = whole.replace(b"AAAA", b"A\xff\xfeA")
    raw = bson.raw_bson.RawBSONDocument(broken)
    shop.raw.insert_one(raw)
    return listing_id


@pytest.mark.parametrize("read", ["find_many", "above", "changed_after"])
def test_broken_documents_do_not_stop_pages(shop: Shop, read: str) -> None:
    first = shop.add(updatedAt=datetime.now(UTC))
    broken = insert_broken(shop)
    shop.raw.update_one({"_id": ObjectId(broken)}, {"$currentDate": {"updatedAt": True}})
    shop.raw.insert_one({"_id": "odd", "sellerId": SELLER, "updatedAt": datetime.now(UTC)})
    odd_time = shop.add(updatedAt="yesterday")
    far_time = shop.add(updatedAt=bson.datetime_ms.DatetimeMS(10**15))
    if read == "find_many":
        found = list(shop.products.find_many([first, broken, odd_time]).values())
    elif read == "above":
        found = list(shop.products.above(str(SELLER), None, 100))
    else:
        found = list(shop.products.changed_after(str(SELLER), None, 100))
    by_id = {one["_id"]: one for one in found}
    assert UNREADABLE in by_id[broken]
    assert UNREADABLE not in by_id[first]
    assert (odd_time in by_id) is (read != "changed_after")
    assert (far_time in by_id) is (read == "above")
    assert "odd" not in by_id
    stamps = shop.products.stamps(str(SELLER), None, 100, "")
    assert {one.listing_id for one in stamps} == {first, broken, odd_time, far_time}


def test_stamps_are_read_from_the_index_alone(shop: Shop) -> None:
    index = next(one for one in INDEXES if one.fields == ("sellerId", "_id", "updatedAt"))
    shop.raw.create_index([(name, 1) for name in index.fields])
    for _ in range(10):
        shop.add(updatedAt=datetime.now(UTC))
    plan = {
        "find": "products",
        "filter": {"sellerId": SELLER, "_id": {"$gt": ObjectId("0" * 24)}},
        "projection": {"_id": 1, "updatedAt": 1},
        "sort": {"_id": 1},
    }
    told = shop.raw.database.command("explain", plan, verbosity="executionStats")["executionStats"]
    assert (told["nReturned"], told["totalDocsExamined"]) == (10, 0)


def test_a_foreign_writer_who_forgets_the_time_is_heard(shop: Shop) -> None:
    listing_id = shop.add(title="A")
    token = shop.open()
    shop.set(listing_id, title="B")
    assert titles(shop.poll(token).events) == ["B"]


def test_replaced_documents_and_those_that_left_are_told(shop: Shop) -> None:
    ours, theirs = shop.add(), shop.add()
    token = shop.open()
    shop.raw.replace_one({"_id": ObjectId(ours)}, {"sellerId": SELLER, "title": "whole"})
    shop.raw.replace_one({"_id": ObjectId(theirs)}, {"sellerId": OTHER, "title": "not ours"})
    shop.raw.update_one({"_id": ObjectId(ours)}, {"$unset": {"sellerId": 1}})
    events = drained(shop, token)
    assert [(one.listing_id, one.document is None) for one in events][-1] == (ours, True)
    assert (theirs, True) in [(one.listing_id, one.document is None) for one in events]


def test_a_standalone_has_no_stream(lone_shop: Shop) -> None:
    with pytest.raises(FeedUnsupported) as caught:
        lone_shop.open()
    assert "replica set" in str(caught.value)


def test_a_user_without_the_right_is_told_so(shop: Shop) -> None:
    database = shop.raw.database
    privileges = [
        {"resource": {"db": database.name, "collection": ""}, "actions": ["find", "update"]}
    ]
    database.command("createRole", "looker", privileges=privileges, roles=[])
    database.command("createUser", "looker", pwd="p", roles=["looker"])
    host, port = shop.client.address or ("", 0)
    uri = f"mongodb://looker:p@{host}:{port}/?authSource={database.name}&directConnection=true"
    try:
        with shop_at(uri, database.name) as limited, pytest.raises(FeedUnsupported) as caught:
            limited.open()
        assert "changeStream" in str(caught.value)
    finally:
        database.command("dropUser", "looker")
        database.command("dropRole", "looker")


def test_a_primary_that_steps_down_loses_nothing(own_mongod: Mongod) -> None:
    with shop_at(own_mongod.uri, "koda") as shop:
        token = shop.open()
        shop.add(title="1")
        step_down(shop)
        shop.add(title="2")
        assert titles(tuple(persistently(shop, token, 2))) == ["1", "2"]


def step_down(shop: Shop) -> None:
    """The only member steps down, and is elected again."""
    with contextlib.suppress(PyMongoError):  # it may hang up on whoever asked
        shop.client.admin.command("replSetStepDown", 1, force=True)
    wait_until_writable(shop)


def wait_until_writable(shop: Shop) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if shop.client.admin.command("hello")["isWritablePrimary"]:
                return
        except PyMongoError:
            pass
        time.sleep(0.05)
    raise TimeoutError("no primary")


def persistently(shop: Shop, token: str, wanted: int) -> list[Change]:
    """What the stream tells, asking again while the server is down."""
    events: list[Change] = []
    end = time.monotonic() + 30
    while len(events) < wanted and time.monotonic() < end:
        try:
            batch = shop.poll(token, 0.5)
        except ServerDown:
            continue
        events += batch.events
        token = batch.token
    return events


def test_a_killed_server_goes_on_where_it_was(own_mongod: Mongod) -> None:
    with shop_at(own_mongod.uri, "koda") as shop:
        token = shop.open()
        journalled = shop.raw.with_options(write_concern=WriteConcern("majority", j=True))
        journalled.insert_one({"_id": ObjectId("1" * 24), "sellerId": SELLER, "title": "1"})
        own_mongod.kill()
        own_mongod.start()
        wait_until_writable(shop)
        shop.add(title="2")
        assert titles(tuple(persistently(shop, token, 2))) == ["1", "2"]
