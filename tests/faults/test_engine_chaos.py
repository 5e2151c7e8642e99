"""The real engine over bad networks and killed servers: everything arrives, and arrives once."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from koda_desktop.services.sandbox.mongod import Mongod
from koda_desktop.sync.rows import ListingState, Verb
from tests.faults.chaos import Trouble
from tests.faults.rig import SELLER, Rig, rig_at
from tests.fixtures_servers import MongodbDatabase, ObjectStoreServer, S3Bucket, make_bucket

FILE = random.Random(7).randbytes(300_000)

MONGO_TROUBLES = {
    "refused": Trouble(is_refused=True),
    "reset": Trouble(cut_down=700, is_reset=True),
    "cut in the request": Trouble(cut_up=900),
    "cut in the answer": Trouble(cut_down=1_200),
    "slow": Trouble(latency=0.01),
}
S3_TROUBLES = {
    "refused": Trouble(is_refused=True),
    "cut in the body": Trouble(cut_up=100_000),
    "reset in the body": Trouble(cut_up=100_000, is_reset=True),
    "reply lost": Trouble(is_reply_lost=True),
    "cut in the answer": Trouble(cut_down=20),
    "slow": Trouble(rate=4_000_000, latency=0.002),
}


CUT_HEADERS = pytest.mark.expected_logs("Failed to parse headers")
"""urllib3 says so of an answer that was cut within its headers."""


@pytest.fixture
def rig(tmp_path: Path, mongodb_database: MongodbDatabase, bucket: S3Bucket) -> object:
    with rig_at(tmp_path, mongodb_database, bucket) as rig:
        yield rig


def check_once(rig: Rig, titles: list[str]) -> None:
    """Each listing is there once, as it was meant, and nothing here is left."""
    documents = rig.documents()
    assert sorted(one["title"] for one in documents) == sorted(titles)
    assert {str(one["sellerId"]) for one in documents} == {SELLER}
    assert {row.state for row in rig.rows()} == {ListingState.PUBLISHED}
    verbs = rig.store.read(lambda db: db.rows("SELECT lane, verb FROM op_log"))
    registered = Counter(lane for lane, verb in verbs if verb == Verb.REGISTER)
    assert set(registered.values()) == {1}


@pytest.mark.parametrize("name", MONGO_TROUBLES)
def test_edits_and_registrations_over_a_bad_way_to_the_database(rig: Rig, name: str) -> None:
    first = rig.draft(FILE, "First")
    rig.commands.publish([first])
    rig.until_clean()
    second = rig.draft(FILE[::-1], "Second")
    rig.commands.publish([second])
    rig.commands.edit(first, {"title": "First, edited"})
    rig.bad(mongo=MONGO_TROUBLES[name])
    report = rig.round()
    assert report.is_clean is (name == "slow")
    assert not report.parked
    rig.fine()
    rig.until_clean()
    check_once(rig, ["First, edited", "Second"])


@CUT_HEADERS
@pytest.mark.parametrize("name", S3_TROUBLES)
def test_files_over_a_bad_way_to_the_object_store(rig: Rig, name: str) -> None:
    ids = [rig.draft(FILE + bytes([n]), f"File {n}") for n in range(2)]
    rig.commands.publish(ids)
    rig.bad(s3=S3_TROUBLES[name])
    report = rig.round()
    assert report.is_clean is (name == "slow")
    assert not report.parked
    rig.fine()
    rig.until_clean()
    check_once(rig, ["File 0", "File 1"])


@CUT_HEADERS
@pytest.mark.parametrize("seed", range(3))
def test_any_cut_anywhere(rig: Rig, seed: int) -> None:
    rng = random.Random(seed)
    titles: list[str] = []
    ids: list[str] = []
    for number in range(4):
        titles.append(f"Listing {number}")
        ids.append(rig.draft(rng.randbytes(50_000), titles[number]))
        rig.commands.publish(ids[-1:])
        changed = rng.randrange(len(ids))
        titles[changed] = f"Title {number}.{changed}"
        rig.commands.edit(ids[changed], {"title": titles[changed]})
        rig.bad(
            mongo=Trouble(cut_down=rng.randrange(1, 6_000), is_reset=rng.random() < 0.5),
            s3=Trouble(cut_up=rng.randrange(1, 70_000), is_reset=rng.random() < 0.5),
        )
        rig.round()
    rig.fine()
    rig.until_clean()
    check_once(rig, titles)


def test_the_object_store_is_killed_in_the_middle(
    tmp_path: Path, mongodb_database: MongodbDatabase, own_object_store: ObjectStoreServer
) -> None:
    killed: list[str] = []

    def on_step(name: str) -> None:
        if name == "upload.sent" and not killed:
            killed.append(name)
            own_object_store.process.kill()

    bucket = make_bucket(own_object_store)
    with rig_at(tmp_path, mongodb_database, bucket, on_step) as rig:
        titles = [f"File {n}" for n in range(6)]
        rig.commands.publish([rig.draft(FILE + bytes([n]), t) for n, t in enumerate(titles)])
        report = rig.round()
        assert killed
        assert report.waiting
        assert not report.parked
        own_object_store.process.start()
        rig.s3.target = ("127.0.0.1", int(own_object_store.endpoint.rpartition(":")[2]))
        rig.until_clean()
        check_once(rig, titles)


def test_the_database_is_killed_in_the_middle(
    tmp_path: Path, own_mongod: Mongod, bucket: S3Bucket
) -> None:
    killed: list[str] = []

    def on_step(name: str) -> None:
        if name in ("register.sent", "edit.sent") and name not in killed:
            killed.append(name)
            own_mongod.kill()

    database = MongodbDatabase(own_mongod.uri, "market")
    with rig_at(tmp_path, database, bucket, on_step) as rig:
        titles = [f"File {n}" for n in range(4)]
        ids = [rig.draft(FILE + bytes([n]), title) for n, title in enumerate(titles)]
        rig.commands.publish(ids)
        assert not rig.round().is_clean
        assert killed == ["register.sent"]
        own_mongod.start()
        rig.mongo.target = ("127.0.0.1", own_mongod.port)
        rig.until_clean()
        for number, listing_id in enumerate(ids):
            titles[number] = f"Edited {number}"
            rig.commands.edit(listing_id, {"title": titles[number]})
        assert not rig.round().is_clean
        assert killed == ["register.sent", "edit.sent"]
        own_mongod.start()
        rig.mongo.target = ("127.0.0.1", own_mongod.port)
        rig.until_clean()
        check_once(rig, titles)
