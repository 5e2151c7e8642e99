"""How fast the intake is, beside a bare ``json.loads`` of the same bytes in the same run.

``python benchmarks/bench_intake.py [--megabytes 5] [--repeat 3]`` prints the best of the repeats.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from koda_desktop.workflows.inspect import inspect_bytes

_SAMPLE = Path(__file__).parents[1] / "resources" / "samples" / "lead-digest.n8n.json"
_MEGABYTE = 1024 * 1024


def grown_workflow(size: int) -> bytes:
    """The sample workflow repeated under new names until it has ``size`` bytes."""
    sample = json.loads(_SAMPLE.read_bytes())
    copies = max(1, size // len(_SAMPLE.read_bytes()) + 1)
    nodes: list[dict[str, object]] = []
    connections: dict[str, object] = {}
    for copy in range(copies):
        nodes += [
            node | {"name": f"{node['name']} {copy}", "id": f"{node['id']}-{copy}"}
            for node in sample["nodes"]
        ]
        for source, outputs in sample["connections"].items():
            text = json.dumps(outputs).replace('", "type"', f' {copy}", "type"')
            connections[f"{source} {copy}"] = json.loads(text)
    return json.dumps(sample | {"nodes": nodes, "connections": connections}, indent=2).encode()


def best_of(repeat: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of ``repeat`` runs."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5.0)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    print(f"{'file':<28}{'nodes':>8}{'json.loads':>12}{'inspect':>10}{'MB/s':>8}{'times':>8}")
    for name, data in (
        ("lead-digest.n8n.json", _SAMPLE.read_bytes()),
        (
            f"{options.megabytes:g} MB n8n workflow",
            grown_workflow(int(options.megabytes * _MEGABYTE)),
        ),
    ):
        plain = best_of(options.repeat, lambda data=data: json.loads(data))  # type: ignore[misc]
        report = inspect_bytes(data, name)
        full = best_of(options.repeat, lambda data=data: inspect_bytes(data, "x.json"))  # type: ignore[misc]
        rate = len(data) / _MEGABYTE / full
        print(
            f"{name:<28}{report.node_count:>8,}{plain * 1000:>9.1f} ms{full * 1000:>7.0f} ms"
            f"{rate:>8.1f}{full / plain:>7.1f}x"
        )


if __name__ == "__main__":
    main()
