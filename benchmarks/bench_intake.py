"""How fast the intake is, beside a bare reading of the same bytes in the same run.

Bare is ``json.loads`` for a workflow, ``ast.parse`` for Python source, and for an archive unpacking
it and reading each file so.

``python benchmarks/bench_intake.py [--megabytes 5] [--repeat 3]`` prints the best of the repeats.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import time
import zipfile
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


def grown_source(size: int) -> bytes:
    """Functions that read settings and call a service until there are ``size`` bytes."""
    part = (
        'def step_{n}(lead: dict[str, str]) -> bool:\n    """Send one lead on."""\n'
        '    token = os.environ["CRM_TOKEN_{n}"]\n    answer = requests.post(URL, json=lead)\n'
        "    if answer.ok and len(lead) > {n}:\n        return bool(token)\n    return False\n\n\n"
    )
    parts = ["import os\n\nimport requests\n\nURL = 'https://crm.example/leads'\n\n\n"]
    parts += [part.format(n=n) for n in range(size // len(part) + 1)]
    return "".join(parts).encode()


def grown_archive(size: int) -> bytes:
    """A zip that unpacks to ``size`` bytes of workflows and some Python beside them."""
    flow, source = grown_workflow(size // 40), grown_source(size // 100)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(size // len(flow)):
            archive.writestr(f"flows/{number}.json", flow)
        archive.writestr("tools/leads.py", source)
    return target.getvalue()


def read_barely(data: bytes) -> None:
    """What any program must do at least to know what ``data`` holds."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                read_barely(archive.read(name))
    elif data.startswith(b"{"):
        json.loads(data)
    else:
        ast.parse(data)


def unpacked_size(data: bytes) -> int:
    """The bytes in ``data``, or in the files it holds."""
    if not data.startswith(b"PK"):
        return len(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return sum(entry.file_size for entry in archive.infolist())


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
    size = int(options.megabytes * _MEGABYTE)
    label = f"{options.megabytes:g} MB"
    print(f"{'file':<28}{'nodes':>8}{'bare':>12}{'inspect':>10}{'MB/s':>8}{'times':>8}")
    for name, data in (
        ("lead-digest.n8n.json", _SAMPLE.read_bytes()),
        (f"{label} n8n workflow", grown_workflow(size)),
        ("0.9 MB Python source", grown_source(int(0.9 * _MEGABYTE))),
        (f"{label} Python source", grown_source(size)),
        (f"{label} in an archive", grown_archive(size)),
    ):
        plain = best_of(options.repeat, lambda data=data: read_barely(data))  # type: ignore[misc]
        report = inspect_bytes(data, name)
        full = best_of(options.repeat, lambda data=data: inspect_bytes(data, "x"))  # type: ignore[misc]
        rate = unpacked_size(data) / _MEGABYTE / full
        print(
            f"{name:<28}{report.node_count:>8,}{plain * 1000:>9.1f} ms{full * 1000:>7.0f} ms"
            f"{rate:>8.1f}{full / plain:>7.1f}x"
        )


if __name__ == "__main__":
    main()
