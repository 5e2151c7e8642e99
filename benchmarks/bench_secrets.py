"""How fast the search for secrets is, beside a bare ``json.loads`` of the same text.

``python benchmarks/bench_secrets.py [--megabytes 5] [--repeat 3]`` prints the best of the repeats,
and beside them detect-secrets' own scan of the first lines of the same text.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from detect_secrets.core.scan import scan_line
from detect_secrets.settings import default_settings

from koda_desktop.workflows.secrets import find_secrets

_SAMPLE = Path(__file__).parents[1] / "resources" / "samples" / "lead-digest.n8n.json"
_MEGABYTE = 1024 * 1024
_LIBRARY_LINES = 2000


def grown_document(size: int) -> str:
    """The sample workflow repeated until it has ``size`` characters, every text its own."""
    sample = json.loads(_SAMPLE.read_bytes())
    copies: list[Any] = []
    length = 0
    while length < size:
        copies.append(_numbered(sample, len(copies)))
        length += len(json.dumps(copies[-1], indent=2))
    return json.dumps(copies, indent=2)


def grown_source(size: int) -> str:
    """Functions that read a setting and call a service, until there are ``size`` characters."""
    part = (
        "def step_{n}(lead: dict[str, str]) -> bool:\n"
        '    token = os.environ["CRM_TOKEN_{n}"]\n'
        "    answer = requests.post(URL, json=lead, auth=token)\n"
        "    return answer.ok and len(lead) > {n}\n\n\n"
    )
    parts = (part.format(n=n) for n in range(size // len(part) + 1))
    return "import os\n\nimport requests\n\n\n" + "".join(parts)


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, str):
        return f"{value} {number}"
    if isinstance(value, list):
        return [_numbered(item, number) for item in value]
    if isinstance(value, dict):
        return {key: _numbered(item, number) for key, item in value.items()}
    return value


def best_of(repeat: int, work: Callable[[], object]) -> float:
    """Seconds of the fastest of ``repeat`` runs."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def library_scan(text: str) -> int:
    """How many findings the library reports line by line, with its default detectors."""
    with default_settings():
        return sum(1 for line in text.splitlines() for _ in scan_line(line))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--repeat", type=int, default=3)
    arguments = parser.parse_args()
    text = grown_document(int(arguments.megabytes * _MEGABYTE))
    tree = json.loads(text)
    lines = "\n".join(text.splitlines()[:_LIBRARY_LINES])
    source = grown_source(int(arguments.megabytes * _MEGABYTE))
    code = "\n".join(source.splitlines()[:_LIBRARY_LINES])
    measured: list[tuple[str, int, Callable[[], object]]] = [
        ("json.loads", len(text), lambda: json.loads(text)),
        ("find_secrets, tree", len(text), lambda: find_secrets(tree, platform="n8n")),
        ("find_secrets, text", len(text), lambda: find_secrets(text, platform="n8n")),
        ("detect-secrets, its lines", len(lines), lambda: library_scan(lines)),
        ("find_secrets, Python", len(source), lambda: find_secrets(source, platform="Python")),
        ("detect-secrets, Python", len(code), lambda: library_scan(code)),
    ]
    print(f"{len(text) / _MEGABYTE:.1f} MB of JSON, {len(source) / _MEGABYTE:.1f} MB of Python")
    for name, size, work in measured:
        seconds = best_of(arguments.repeat, work)
        print(f"{name:26} {seconds * 1000:8.1f} ms {size / _MEGABYTE / seconds:8.2f} MB/s")


if __name__ == "__main__":
    main()
