"""A real mongod: started, stopped, killed, adopted, moved to another port, and refused."""

from __future__ import annotations

import socket
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymongo.errors import OperationFailure, PyMongoError

from koda_desktop.errors import DiskFull, LocalFault, MissingResource, ServerDown, WrongCredentials
from koda_desktop.services.sandbox import mongod as mongod_module
from koda_desktop.services.sandbox import mongod_log
from koda_desktop.services.sandbox.binary import find_mongod
from koda_desktop.services.sandbox.mongo_faults import connected
from koda_desktop.services.sandbox.mongod import Mongod, MongodOptions
from koda_desktop.services.sandbox.processes import ProcessId
from koda_desktop.services.sandbox.state import ServerState, bindable_socket, usable_port
from tests.fixtures_servers import MongodbDatabase

FIND = {"PATH": ""}


def write(server: Mongod, value: int) -> None:
    with connected(server.uri) as client:
        client.test.things.insert_one({"_id": value})


def read(server: Mongod) -> list[int]:
    with connected(server.uri) as client:
        return sorted(document["_id"] for document in client.test.things.find())


@contextmanager
def occupied(port: int) -> Iterator[None]:
    """Another program on ``port`` that hangs up on everybody."""
    with bindable_socket() as listener:
        listener.bind(("127.0.0.1", port))
        listener.listen()

        def hang_up() -> None:
            while True:
                try:
                    listener.accept()[0].close()
                except OSError:
                    return

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_transactions_and_change_streams_are_real(mongodb_database: MongodbDatabase) -> None:
    with connected(mongodb_database.uri) as client:
        things = client[mongodb_database.name].things
        with things.watch() as stream:
            with client.start_session() as session, session.start_transaction():
                things.insert_one({"_id": 1}, session=session)
                assert things.find_one({"_id": 1}) is None
            assert stream.next()["documentKey"] == {"_id": 1}


def test_fail_points_may_be_set(mongodb_database: MongodbDatabase) -> None:
    with connected(f"{mongodb_database.uri}&retryWrites=false") as client:
        fault = {"failCommands": ["insert"], "errorCode": 91}
        client.admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=fault)
        with pytest.raises(PyMongoError):
            client[mongodb_database.name].things.insert_one({})


def test_nobody_gets_in_without_the_password(own_mongod: Mongod) -> None:
    address = f"mongodb://127.0.0.1:{own_mongod.port}/?directConnection=true"
    with connected(address) as client, pytest.raises(OperationFailure):
        client.test.things.find_one()
    with connected(own_mongod.uri_for("koda_keeper", "wrong")) as client:
        with pytest.raises(OperationFailure) as error:
            client.test.things.find_one()
        assert error.value.code == 18


def test_the_files_of_the_server_are_its_owners_alone(own_mongod: Mongod, tmp_path: Path) -> None:
    folder = tmp_path / "own-mongod"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert own_mongod.is_running


def test_data_and_address_survive_stop_and_kill(own_mongod: Mongod) -> None:
    port = own_mongod.port
    write(own_mongod, 1)
    own_mongod.stop()
    assert not own_mongod.is_running
    own_mongod.start()
    write(own_mongod, 2)
    own_mongod.kill()
    own_mongod.start()
    assert read(own_mongod) == [1, 2]
    assert own_mongod.port == port


def test_on_another_port_it_is_writable_again(own_mongod: Mongod) -> None:
    """The replica set's configuration names the old port; another program has it now."""
    port = own_mongod.port
    write(own_mongod, 1)
    own_mongod.kill()
    with occupied(port):
        own_mongod.start()
        assert own_mongod.port != port
        write(own_mongod, 2)
        assert read(own_mongod) == [1, 2]


def test_a_port_lost_in_the_last_moment_is_replaced(
    own_mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The port was free when asked, and is not when mongod wants it."""
    own_mongod.stop()
    lost = usable_port(None)
    answers: list[int] = [lost]
    asked: list[int | None] = []

    def choose(preferred: int | None) -> int:
        asked.append(preferred)
        return answers.pop() if answers else usable_port(None)

    monkeypatch.setattr(mongod_module, "usable_port", choose)
    with occupied(lost):
        own_mongod.start()
    assert len(asked) == 2
    assert own_mongod.port != lost
    write(own_mongod, 1)


def other(server_folder: Path, server: Mongod) -> Mongod:
    return Mongod(server_folder, server._password)


def test_a_running_server_is_adopted(own_mongod: Mongod, tmp_path: Path) -> None:
    second = other(tmp_path / "own-mongod", own_mongod)
    second.start()
    assert (second.pid, second.port) == (own_mongod.pid, own_mongod.port)
    second.stop()
    assert not own_mongod.is_running


def test_a_server_nobody_recorded_is_ended_and_started_anew(
    own_mongod: Mongod, tmp_path: Path
) -> None:
    """The crash came between starting it and writing down which process it is."""
    write(own_mongod, 1)
    (tmp_path / "own-mongod" / "state.json").unlink()
    second = other(tmp_path / "own-mongod", own_mongod)
    second.start()
    assert not own_mongod.is_running
    assert read(second) == [1]
    second.kill()


def test_a_stale_record_of_another_process_harms_nobody(own_mongod: Mongod, tmp_path: Path) -> None:
    """After a restart of the computer the id may belong to anything, even to ourselves."""
    import os

    own_mongod.kill()
    state = tmp_path / "own-mongod" / "state.json"
    ServerState(own_mongod.port, ProcessId(os.getpid(), "another start")).save(state)
    own_mongod.start()
    assert own_mongod.pid != os.getpid()


def test_a_half_founded_server_is_made_anew(own_mongod: Mongod, tmp_path: Path) -> None:
    """The crash came before the first user existed; nobody can have stored anything."""
    (tmp_path / "own-mongod" / "founded").unlink()
    second = other(tmp_path / "own-mongod", own_mongod)
    second.start()
    assert not own_mongod.is_running
    write(second, 1)
    second.kill()


def test_data_with_another_password_is_left_alone(own_mongod: Mongod, tmp_path: Path) -> None:
    write(own_mongod, 1)
    own_mongod.stop()
    with pytest.raises(WrongCredentials) as error:
        Mongod(tmp_path / "own-mongod", "another").start()
    assert "credentials.json" in error.value.remedy
    own_mongod.start()
    assert read(own_mongod) == [1]


def test_a_standalone_server_has_no_replica_set(tmp_path: Path) -> None:
    server = Mongod(tmp_path / "alone", "password", MongodOptions(replica_set=None))
    server.start()
    try:
        write(server, 1)
        with connected(server.uri) as client:
            assert "setName" not in client.admin.command("hello")
    finally:
        server.kill()


def stand_in(folder: Path, script: str) -> dict[str, str]:
    """An environment whose mongod is a few lines of Python that misbehave."""
    program = folder / "mongod"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nlog = sys.argv[sys.argv.index('--logpath') + 1]\n{script}"
    )
    program.chmod(0o755)
    return {"KODA_SANDBOX_MONGOD": str(program)}


FULL = '{"s":"E","msg":"WiredTiger error","attr":{"error":"28: No space left on device"}}'
BROKEN = '{"s":"F","msg":"Fatal assertion","attr":{"error":"it broke","secret":"hunter2"}}'


def test_a_disk_that_is_full_is_told(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, f"open(log, 'w').write('''{FULL}''')\nsys.exit(100)")
    with pytest.raises(DiskFull):
        Mongod(tmp_path / "m", "p", environ=environ).start()


def test_too_little_room_is_told_before_anything_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mongod_module, "_MIN_FREE_BYTES", 1 << 62)
    with pytest.raises(DiskFull, match="64 MB"):
        Mongod(tmp_path / "m", "p").start()


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, f"open(log, 'w').write('''{BROKEN}''')\nsys.exit(14)")
    with pytest.raises(LocalFault) as error:
        Mongod(tmp_path / "m", "p", environ=environ).start()
    assert error.value.facts == {"exit_code": 14, "log": ["Fatal assertion it broke"]}


def test_a_server_that_cannot_even_begin_says_why(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, "sys.exit('libcrypto.so.3: cannot open shared object file')")
    with pytest.raises(LocalFault) as error:
        Mongod(tmp_path / "m", "p", environ=environ).start()
    assert "libcrypto" in str(error.value.facts["log"])


def test_a_server_that_never_listens_is_given_up(tmp_path: Path) -> None:
    environ = stand_in(tmp_path, "import time\ntime.sleep(60)")
    server = Mongod(tmp_path / "m", "p", MongodOptions(start_timeout=0.3), environ)
    with pytest.raises(ServerDown, match="too long"):
        server.start()
    state = ServerState.load(tmp_path / "m" / "state.json")
    assert state is not None
    assert state.process is None


def test_a_server_that_ignores_the_request_to_end_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open(log, 'w').write('Waiting for connections')\ntime.sleep(60)"
    )
    options = MongodOptions(start_timeout=20, stop_timeout=0.1)
    server = Mongod(tmp_path / "m", "p", options, stand_in(tmp_path, script))
    server._prepare_folder()
    server._end_leftover()
    server._launch()
    assert server.is_running
    server.stop()
    assert not server.is_running


def test_the_named_program_goes_first(tmp_path: Path) -> None:
    named = stand_in(tmp_path, "")
    on_path = tmp_path / "bin"
    on_path.mkdir()
    stand_in(on_path, "")
    assert find_mongod({**named, "PATH": str(on_path)}) == tmp_path / "mongod"
    assert find_mongod({"PATH": str(on_path)}) == on_path / "mongod"


@pytest.mark.parametrize("name", ["missing", "folder", "plain"])
def test_a_named_program_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "plain").touch(mode=0o644)
    with pytest.raises(MissingResource, match="KODA_SANDBOX_MONGOD") as error:
        find_mongod({"KODA_SANDBOX_MONGOD": str(tmp_path / name)})
    assert "mongodb://" in error.value.remedy


def test_without_any_program_it_asks_for_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(MissingResource) as error:
        find_mongod(FIND)
    assert "mongodb://" in error.value.remedy


def test_the_wheel_is_found_without_importing_it() -> None:
    if "fiftyone" in sys.modules:
        pytest.skip("something else imported it")
    assert find_mongod(FIND).parts[-4:-1] == ("fiftyone", "db", "bin")
    assert "fiftyone" not in sys.modules


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("", []),
        ('{"s":"I","msg":"all is well"}', []),
        ('{"s":"W","msg":"careful"}\n{"s":"E","msg":"bad","attr":"odd"}', ["careful", "bad"]),
        ("[1]\nno json", ["no json"]),
        ("x" * 999, ["x" * 200]),
    ],
)
def test_the_log_is_summarised(tmp_path: Path, lines: str, expected: list[str]) -> None:
    log = tmp_path / "log"
    log.write_text(lines)
    assert mongod_log.summary(log) == expected


def test_calls_before_start_are_refused_in_plain_words(tmp_path: Path) -> None:
    server = Mongod(tmp_path / "m", "p")
    actions: list[Callable[[], object]] = [lambda: server.pid, server.kill]
    for action in actions:
        with pytest.raises(LocalFault, match="not started"):
            action()
    server.stop()
