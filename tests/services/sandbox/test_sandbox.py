"""The sandbox as a whole: what it holds, who may do what, and who keeps it running."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from bson import ObjectId
from pymongo.errors import OperationFailure

from koda_desktop.errors import LocalFault, MissingResource, ServerDown
from koda_desktop.runtime.work import Progress
from koda_desktop.services.sandbox import mongo_faults
from koda_desktop.services.sandbox.info import BUYER_ID, SELLER_ID, SandboxInfo
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.processes import ProcessId, identify
from koda_desktop.services.sandbox.sandbox import Sandbox
from koda_desktop.services.sandbox.state import ServerState
from tests.fixtures_servers import MongodbDatabase, S3Bucket
from tests.services.sandbox.conftest import client_for

USER = """
import sys
from pathlib import Path
from koda_desktop.services.sandbox.sandbox import Sandbox

sandbox = Sandbox(Path(sys.argv[1]))
print(sandbox.start().s3_endpoint, flush=True)
sys.stdin.read()
sandbox.stop()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A sandbox's folder, whose servers are gone afterwards whatever the test did."""
    place = tmp_path / "sandbox"
    yield place
    for process in servers(place):
        if process.is_alive:
            os.kill(process.pid, 9)


def servers(folder: Path) -> list[ProcessId]:
    states = (ServerState.load(folder / name / "state.json") for name in ("mongod", "objectstore"))
    return [state.process for state in states if state is not None and state.process is not None]


@contextmanager
def another_program(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that uses the sandbox until its input ends."""
    program = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith("http://127.0.0.1:")
        yield program
        program.kill()


def bucket_of(info: SandboxInfo) -> S3Bucket:
    return S3Bucket(
        info.s3_endpoint, info.bucket, info.s3_access_key_id, info.s3_secret_access_key, info.region
    )


def test_a_fresh_sandbox_holds_the_accounts_and_the_bucket(folder: Path) -> None:
    seen: list[Progress] = []
    sandbox = Sandbox(folder)
    info = sandbox.start(seen.append)
    with connected(info.mongodb_uri) as client:
        users = {str(user["_id"]): user for user in client[info.database].users.find()}
    s3 = client_for(bucket_of(info))
    s3.put_object(Bucket=info.bucket, Key="k", Body=b"x")
    s3.close()
    sandbox.stop()
    assert users.keys() == {info.seller_id, info.buyer_id} == {SELLER_ID, BUYER_ID}
    seller, buyer = users[info.seller_id], users[info.buyer_id]
    stamps = (seller.pop("createdAt"), seller.pop("updatedAt"))
    assert stamps[0] == stamps[1]
    assert seller == {
        "_id": ObjectId(SELLER_ID),
        "clerkId": "user_sandbox_seller",
        "firstName": "Demo",
        "lastName": "Seller",
        "email": "seller@sandbox.invalid",
        "role": "user",
        "isBanned": False,
        "stripeConnectId": "acct_sandbox_seller",
        "onboardingComplete": True,
        "cart": [],
        "__v": 0,
    }
    assert buyer["onboardingComplete"] is False
    assert "stripeConnectId" not in buyer
    assert [progress.done for progress in seen] == [0, 1, 2, 3]


def test_everything_survives_a_restart_and_is_prepared_once(folder: Path) -> None:
    prepared: list[SandboxInfo] = []

    def prepare(info: SandboxInfo) -> None:
        prepared.append(info)
        with connected(info.mongodb_uri) as client:
            client[info.database].users.create_index("clerkId", unique=True)

    with Sandbox(folder, prepare) as first:
        with connected(first.mongodb_uri) as client:
            users = client[first.database].users
            users.update_one({"_id": ObjectId(first.seller_id)}, {"$set": {"firstName": "Mine"}})
        s3 = client_for(bucket_of(first))
        s3.put_object(Bucket=first.bucket, Key="k", Body=b"kept")
    with Sandbox(folder, prepare) as second:
        with connected(second.mongodb_uri) as client:
            seller = client[second.database].users.find_one({"_id": ObjectId(second.seller_id)})
        kept = s3.get_object(Bucket=second.bucket, Key="k")["Body"].read()
        s3.close()
    assert prepared == [first.as_operator()]
    assert second == first
    assert seller is not None
    assert seller["firstName"] == "Mine"
    assert kept == b"kept"


def test_a_failed_preparation_stops_the_servers_and_is_done_again(folder: Path) -> None:
    def fail(_: SandboxInfo) -> None:
        raise LocalFault("not today")

    with pytest.raises(LocalFault, match="not today"):
        Sandbox(folder, fail).start()
    assert servers(folder) == []
    assert list((folder / "users").iterdir()) == []
    calls: list[SandboxInfo] = []
    with Sandbox(folder, calls.append):
        assert len(calls) == 1


def test_the_application_may_change_documents_but_not_the_schema(folder: Path) -> None:
    with Sandbox(folder) as info:
        with connected(info.mongodb_uri) as client:
            database = client[info.database]
            with database.watch() as stream, client.start_session() as session:
                with session.start_transaction():
                    database.products.insert_one({"_id": 1}, session=session)
                assert stream.next()["operationType"] == "insert"
            for refused in (
                lambda: database.products.create_index("title"),
                database.products.drop,
                lambda: client["another"].things.insert_one({}),
                lambda: client.admin.command("createUser", "x", pwd="y", roles=[]),
            ):
                with pytest.raises(OperationFailure) as error:
                    refused()
                assert error.value.code == 13
        with connected(info.operator_mongodb_uri) as client:
            assert client[info.database].products.create_index("title") == "title_1"


def test_secrets_are_in_one_private_file_and_in_no_repr(folder: Path) -> None:
    with Sandbox(folder) as info:
        path = folder / "credentials.json"
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        password = info.mongodb_uri.partition("koda_app:")[2].partition("@")[0]
        assert password in path.read_text()
        for secret in (password, info.s3_secret_access_key, info.s3_access_key_id):
            assert secret not in repr(info)
            assert secret not in repr(replace(info))
        assert info.s3_endpoint in repr(info)
        logs = [*folder.glob("*/*.log"), *folder.glob("*/*.out")]
        assert len(logs) >= 2
        for log in logs:
            assert password not in log.read_text(errors="replace")


def test_the_last_one_out_stops_the_servers(folder: Path) -> None:
    mine = Sandbox(folder)
    info = mine.start()
    with another_program(folder) as other:
        running = servers(folder)
        mine.stop()
        assert all(process.is_alive for process in running)
        assert httpx.get(info.s3_endpoint).status_code == 403
        other.communicate("")
        assert other.returncode == 0
    assert not any(process.is_alive for process in running)
    assert servers(folder) == []


def test_two_users_in_one_process_count_as_two(folder: Path) -> None:
    first, second = Sandbox(folder), Sandbox(folder)
    assert first.start() == second.start()
    running = servers(folder)
    first.stop()
    first.stop()
    assert all(process.is_alive for process in running)
    second.stop()
    assert not any(process.is_alive for process in running)


def test_after_kill_9_the_next_one_adopts_and_in_the_end_stops(folder: Path) -> None:
    with another_program(folder) as other:
        running = servers(folder)
        other.kill()
        other.wait()
        assert all(process.is_alive for process in running)
    sandbox = Sandbox(folder)
    sandbox.start()
    assert servers(folder) == running
    sandbox.stop()
    assert not any(process.is_alive for process in running)


def test_a_killed_server_is_replaced_and_the_other_adopted(folder: Path) -> None:
    with another_program(folder) as other:
        mongod, store = servers(folder)
        other.kill()
        other.wait()
    os.kill(mongod.pid, 9)
    sandbox = Sandbox(folder)
    info = sandbox.start()
    now = servers(folder)
    assert now[0] != mongod
    assert now[1] == store
    with connected(info.mongodb_uri) as client:
        assert client[info.database].users.count_documents({}) == 2
    sandbox.stop()


def test_a_lease_of_a_recycled_process_id_counts_for_nothing(folder: Path) -> None:
    sandbox = Sandbox(folder)
    sandbox.start()
    running = servers(folder)
    stale = folder / "users" / f"{os.getpid()}-stale"
    stale.write_text(f'{{"pid": {os.getpid()}, "started": "long ago"}}')
    damaged = folder / "users" / "1-damaged"
    damaged.write_text("{")
    sandbox.stop()
    assert not any(process.is_alive for process in running)
    assert not stale.exists()
    assert not damaged.exists()


def test_without_a_mongod_it_asks_for_an_address_and_leaves_nothing(folder: Path) -> None:
    with pytest.raises(MissingResource) as error:
        Sandbox(folder, environ={"KODA_SANDBOX_MONGOD": "/no/such/mongod"}).start()
    assert "mongodb://" in error.value.remedy
    assert servers(folder) == []


def test_a_server_of_ones_own_is_used_instead(
    folder: Path, mongodb_database: MongodbDatabase
) -> None:
    sandbox = Sandbox(folder, mongodb_uri=mongodb_database.uri)
    with sandbox as info:
        assert info.mongodb_uri == info.operator_mongodb_uri == mongodb_database.uri
        assert len(servers(folder)) == 1
        with connected(info.mongodb_uri) as client:
            assert client[info.database].users.count_documents({}) == 2
            client.drop_database(info.database)


def test_an_address_where_nobody_answers_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongo_faults, "_TIMEOUT_MS", 200)
    with pytest.raises(ServerDown, match="does not answer"):
        Sandbox(folder, mongodb_uri="mongodb://127.0.0.1:1/?directConnection=true").start()
    assert servers(folder) == []


def test_damaged_credentials_are_told_and_left(folder: Path) -> None:
    folder.mkdir()
    path = folder / "credentials.json"
    path.write_text("{")
    with pytest.raises(LocalFault, match="damaged"):
        Sandbox(folder).start()
    assert path.read_text() == "{"


def test_stopping_what_never_started_does_nothing(tmp_path: Path) -> None:
    Sandbox(tmp_path / "nowhere").stop()
    assert not (tmp_path / "nowhere").exists()


def test_importing_the_packages_imports_nothing_heavy() -> None:
    code = (
        "import sys, koda_desktop.services, koda_desktop.services.sandbox;"
        "heavy = {'pymongo', 'boto3', 'botocore', 'starlette', 'uvicorn'} & set(sys.modules);"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_servers_are_out_of_reach_of_ctrl_c(folder: Path) -> None:
    with Sandbox(folder):
        for process in servers(folder):
            assert os.getsid(process.pid) != os.getsid(0)
            assert identify(process.pid) == process
