"""Processes by id and start, and the lock between them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.services.sandbox.processes import ProcessId, ServerProcess, identify
from koda_desktop.services.sandbox.state import ServerState, bindable_socket, usable_port

HOLD = """
import sys
from pathlib import Path
from koda_desktop.runtime.filelock import FileLock
FileLock(Path(sys.argv[1])).wait(5)
print("held", flush=True)
sys.stdin.read()
"""


def sleeper(tmp_path: Path) -> ServerProcess:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    return ServerProcess.spawn(command, tmp_path / "log")


def test_a_process_is_known_by_id_and_start() -> None:
    me = identify(os.getpid())
    assert me is not None
    assert me.is_alive
    assert not ProcessId(me.pid, "another start").is_alive


def test_an_ended_child_is_dead_before_it_is_reaped() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"],
                             stdin=subprocess.PIPE)  # fmt: skip
    identity = identify(child.pid)
    assert identity is not None
    assert child.stdin is not None
    child.stdin.close()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert not identity.is_alive
    child.wait()
    assert identify(child.pid) is None


FIRST_THREAD_ENDS = """
import ctypes, os, platform, sys, threading
def outlive():
    print("alive", flush=True)
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=outlive).start()
ctypes.CDLL(None).syscall({"x86_64": 60, "aarch64": 93}[platform.machine()], 0)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_process_lives_as_long_as_its_last_thread() -> None:
    child = subprocess.Popen([sys.executable, "-c", FIRST_THREAD_ENDS],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.readline()
    while ") Z" not in Path(f"/proc/{child.pid}/stat").read_text():
        assert child.poll() is None
    identity = identify(child.pid)
    assert identity is not None
    child.stdin.close()
    child.wait(10)
    assert not identity.is_alive
    child.stdout.close()


def test_stop_ends_a_child_and_a_found_process(tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    found = ServerProcess(child.identity)
    assert found.is_running
    found.stop(timeout=10)
    assert not child.is_running
    child.stop(timeout=10)  # ended already: nothing to do


def test_a_released_child_lives_on(tmp_path: Path) -> None:
    child = sleeper(tmp_path)
    identity = child.identity
    child.release()
    del child
    assert identity.is_alive
    ServerProcess(identity).kill()


def test_a_program_that_cannot_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalFault, match="nothing could not be started"):
        ServerProcess.spawn([str(tmp_path / "nothing")], tmp_path / "log")


def test_the_lock_excludes_and_waits(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "lock"
    first = FileLock(path).wait(0)
    with pytest.raises(LocalFault, match="used by another program"):
        FileLock(path).wait(0)
    got = threading.Event()

    def wait() -> None:
        with FileLock(path).wait(10):
            got.set()

    waiter = threading.Thread(target=wait)
    waiter.start()
    assert not got.is_set()
    first.release()
    waiter.join()
    assert got.is_set()


def test_the_lock_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(LocalFault):
            FileLock(path).wait(0)
        holder.kill()
        holder.wait()
    FileLock(path).wait(0).release()


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"port": 1}', "null"])
def test_a_damaged_state_file_means_no_known_server(tmp_path: Path, text: str) -> None:
    path = tmp_path / "state.json"
    path.write_text(text)
    assert ServerState.load(path) is None


def test_the_state_file_comes_back(tmp_path: Path) -> None:
    for state in (ServerState(5, None), ServerState(5, ProcessId(7, "then"))):
        state.save(tmp_path / "state.json")
        assert ServerState.load(tmp_path / "state.json") == state


def test_a_port_is_kept_while_it_is_free() -> None:
    port = usable_port(None)
    assert usable_port(port) == port
    with bindable_socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert usable_port(port) != port
