"""A folder of workflows through ``koda check``, beside json.loads alone over the same files.

``python benchmarks/bench_folder.py [--files 2000]`` makes the files, each its own and between 5
and 40 steps long, and runs the real command with one process and with as many as it chooses.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_SAMPLE = Path(__file__).parents[1] / "resources" / "samples" / "lead-digest.n8n.json"
_KODA = (sys.executable, "-c", "import sys; from koda_desktop.cli import main; sys.exit(main())")
_MEGABYTE = 1024 * 1024


def make_folder(folder: Path, count: int) -> int:
    """``count`` workflows in folders of a hundred; answers their bytes. Always the same ones."""
    sample = json.loads(_SAMPLE.read_bytes())
    luck = random.Random(3)
    size = 0
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"{number:05}.json"
        path.parent.mkdir(exist_ok=True)
        size += path.write_bytes(json.dumps(_workflow(sample, number, luck), indent=2).encode())
    return size


def _workflow(sample: dict[str, Any], number: int, luck: random.Random) -> dict[str, Any]:
    nodes = [
        {
            **luck.choice(sample["nodes"]),
            "name": f"Step {number}-{index}",
            "id": f"{number}-{index}",
        }
        for index in range(luck.randint(5, 40))
    ]
    connections = {
        one["name"]: {"main": [[{"node": two["name"], "type": "main", "index": 0}]]}
        for one, two in itertools.pairwise(nodes)
    }
    named = {"name": f"Workflow {number}", "nodes": nodes, "connections": connections}
    return {**sample, **named, "pinData": {}}


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def load_all(folder: Path) -> None:
    for path in sorted(folder.rglob("*.json")):
        json.loads(path.read_bytes())


def check(folder: Path, data: Path, *words: str) -> None:
    environ = {**os.environ, "KODA_DATA_DIR": str(data)}
    done = subprocess.run(
        [*_KODA, "--json", "check", str(folder), *words],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ, check=False,
    )  # fmt: skip
    if done.stdout.count(b"\n") != sum(1 for _ in folder.rglob("*.json")):
        raise SystemExit("not every file was reported")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    count = parser.parse_args().files
    with tempfile.TemporaryDirectory(prefix="koda-bench-") as temporary:
        folder, data = Path(temporary) / "in", Path(temporary) / "data"
        folder.mkdir()
        size = make_folder(folder, count) / _MEGABYTE
        print(f"{count:,} files, {size:.1f} MB")
        measured: list[tuple[str, Callable[[], object]]] = [
            ("json.loads, one process", lambda: load_all(folder)),
            ("koda check --jobs 1", lambda: check(folder, data, "--jobs", "1")),
            ("koda check", lambda: check(folder, data)),
            ("koda check --sarif", lambda: check(folder, data, "--sarif", str(data / "x.sarif"))),
        ]
        for name, work in measured:
            took = seconds(work)
            print(f"{name:26} {took:7.2f} s {count / took:9,.0f} files/s {size / took:8.1f} MB/s")


if __name__ == "__main__":
    main()
