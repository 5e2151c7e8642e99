"""How fast the intake is on every platform, beside a bare reading of the same bytes.

Bare is ``json.loads`` for a workflow, ``ast.parse`` for Python source, and for an archive unpacking
it and reading each file so. Beside it detect-secrets' own scan with its default detectors, which
only looks for secrets; it is run over the first thousand lines and told for the whole.

``python -m benchmarks.bench_intake [--megabytes 5] [--repeat 3]`` prints the best of the repeats,
in processor time: how busy the computer is with other things changes it least.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import time
import zipfile
from collections.abc import Callable

from detect_secrets.core.scan import scan_line
from detect_secrets.settings import default_settings

from benchmarks.grown_files import (
    LEAD_DIGEST,
    grown_archive,
    grown_make,
    grown_n8n,
    grown_node_red,
    grown_other,
    grown_source,
    grown_zapier,
    one_long_text,
)
from koda_desktop.workflows.inspect import inspect_bytes

_MEGABYTE = 1024 * 1024
_LIBRARY_LINES = 1000


def read_barely(data: bytes) -> None:
    """What any program must do at least to know what ``data`` holds."""
    if data.startswith(b"PK"):
        for part in unpacked(data):
            read_barely(part)
    elif data.startswith((b"{", b"[")):
        json.loads(data)
    else:
        ast.parse(data)


def unpacked(data: bytes) -> list[bytes]:
    """The files in an archive, or the file itself."""
    if not data.startswith(b"PK"):
        return [data]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def library_seconds(data: bytes) -> float:
    """How long detect-secrets takes for all lines of ``data``, by the first of them."""
    lines = b"\n".join(unpacked(data)).decode().splitlines()
    first = [line for line in lines[:_LIBRARY_LINES] if line.strip()]

    def scan() -> None:
        with default_settings():
            for line in first:
                list(scan_line(line))

    return best_of(1, scan) * sum(map(len, lines)) / sum(map(len, first))


def best_of(repeat: int, work: Callable[[], object]) -> float:
    """Seconds of processor time of the fastest of ``repeat`` runs."""
    times = []
    for _ in range(repeat):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5.0)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    size = int(options.megabytes * _MEGABYTE)
    label = f"{options.megabytes:g} MB"
    print(f"{'file':<26}{'nodes':>7}{'bare':>10}{'inspect':>10}{'MB/s':>7}{'detect-secrets':>16}")
    for name, data in (
        ("lead-digest.n8n.json", LEAD_DIGEST.read_bytes()),
        (f"{label} n8n", grown_n8n(size)),
        (f"{label} Make", grown_make(size)),
        (f"{label} Zapier", grown_zapier(size)),
        (f"{label} Node-RED", grown_node_red(size)),
        (f"{label} Other", grown_other(size)),
        ("0.9 MB Python", grown_source(int(0.9 * _MEGABYTE))),
        (f"{label} Python", grown_source(size)),
        (f"{label} in an archive", grown_archive(size)),
        (f"{label} in one text", one_long_text(size)),
    ):
        report = inspect_bytes(data, name)
        plain = best_of(options.repeat, lambda data=data: read_barely(data))  # type: ignore[misc]
        full = best_of(options.repeat, lambda data=data: inspect_bytes(data, "x"))  # type: ignore[misc]
        rate = sum(map(len, unpacked(data))) / _MEGABYTE / full
        print(
            f"{name:<26}{report.node_count:>7,}{plain * 1000:>7.0f} ms{full * 1000:>7.0f} ms"
            f"{rate:>7.1f}{library_seconds(data):>14.1f} s"
        )


if __name__ == "__main__":
    main()
