"""Files of listings: export and the dry run of an import, beside the bare reader and writer.

``python benchmarks/bench_exchange.py [--rows 50000]`` fills a store with as many listings, exports
them in each format, and dry-runs the CSV file unchanged, with every price changed, and with every
row new. Beside each stands what the format alone costs in this same run: ``csv.reader`` over the
same file, ``csv.writer`` of the same rows. Peaks of memory are of a process each.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from koda_desktop.sync.entities import NO_FILE, NewEntity, insert
from koda_desktop.sync.exchange.dry_run import dry_run
from koda_desktop.sync.exchange.exporting import ExportOptions, export
from koda_desktop.sync.exchange.mapping import proposed
from koda_desktop.sync.exchange.plan import Plan
from koda_desktop.sync.queries import keys
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import Format

_AT = "2026-05-01T10:00:00.000Z"
_PAGE = 5_000
_WORDS = "Sends every invoice to the right folder, tells the team, and waits. " * 4


def document(number: int) -> dict[str, Any]:
    return {
        "_id": f"{number:024x}",
        "title": f"Workflow {number}, and what it does",
        "description": f"{number}. {_WORDS}\n\n- “quoted”\n- a, b",
        "price": number % 9_000 / 100,
        "category": "Productivity",
        "tags": ["n8n", "e-mail", f"tag-{number % 50}"],
        "platform": "n8n",
        "version": f"1.{number % 30}.0",
        "active": True,
        "productType": "Automation",
    }


def fill(store: Store, count: int) -> None:
    for start in range(1, count + 1, _PAGE):
        numbers = range(start, min(start + _PAGE, count + 1))
        rows = [NewEntity(f"{n:024x}", document(n), NO_FILE, _AT, server_at=_AT) for n in numbers]
        store.write(partial(insert, entities=rows), durable=False)


class Took(NamedTuple):
    """Seconds on the clock, and of the processor: they differ on a computer that is shared."""

    wall: float
    cpu: float

    def __str__(self) -> str:
        return f"{self.wall:7.2f} s ({self.cpu:6.2f} s of processor)"


def seconds(work: Callable[[], object]) -> Took:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def read_alone(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        for _ in csv.reader(stream):
            pass


def write_alone(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)


def export_to(store: Store, path: Path, kind: Format) -> None:
    wanted = store.read(lambda db: keys(db, ListingQuery()))
    export(store, wanted, path, ExportOptions(kind))


def plan_of(store: Store, path: Path) -> Plan:
    with open_table(path) as table:
        columns = proposed(table.header)
    return dry_run(store, path, columns)


def measured(store: Store, path: Path, alone: Took, name: str) -> None:
    plans: list[Plan] = []
    took = seconds(lambda: plans.append(plan_of(store, path)))
    counts = {kind.value: number for kind, number in plans[0].counts.items() if number}
    print(f"dry run, {name:24} {took} {took.cpu / alone.cpu:6.1f} x csv.reader  {counts}")
    plans[0].close()


def peak(folder: Path, work: str) -> float:
    """MiB of a process that only does ``work``."""
    words = [sys.executable, __file__, "--child", work, "--folder", str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["peak"])


def child(folder: Path, work: str) -> None:
    store = Store(folder / "store.sqlite", derive_touched)
    if work == "dry-run":
        plan_of(store, folder / "changed.csv").close()
    elif work != "nothing":
        export_to(store, folder / f"child.{work}", Format(work))
    store.close()
    # Unlike getrusage, this begins anew with the program (proc(5)).
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    print(json.dumps({"peak": int(found[1]) / 1024}))


def changed(folder: Path, source: Path) -> tuple[Path, Path]:
    """The file with every price changed, and with every row a new listing."""
    with source.open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    price, first = header.index("price"), header.index("id")
    other = [[*row[:price], f"{float(row[price]) + 1:.2f}", *row[price + 1 :]] for row in rows]
    write_alone(folder / "changed.csv", [header, *other])
    keep = [n for n, name in enumerate(header) if name not in ("id", "handle", "row_hash")]
    new = [[re.sub("^Workflow", "New", row[n]) for n in keep] for row in rows]
    assert first not in keep
    write_alone(folder / "new.csv", [[header[n] for n in keep], *new])
    return folder / "changed.csv", folder / "new.csv"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--child", default="")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.child:
        child(options.folder, options.child)
        return
    with tempfile.TemporaryDirectory(prefix="koda-bench-") as temporary:
        run(Path(temporary), options.rows)


def run(folder: Path, count: int) -> None:
    store = Store(folder / "store.sqlite", derive_touched)
    fill(store, count)
    source = folder / "out.csv"
    exports = {
        kind: seconds(partial(export_to, store, folder / f"out.{kind}", kind)) for kind in Format
    }
    size = source.stat().st_size / 1024 / 1024
    print(f"{count:,} listings, {size:.1f} MB of CSV")
    with source.open(newline="", encoding="utf-8") as stream:
        written = seconds(partial(write_alone, folder / "alone.csv", list(csv.reader(stream))))
    for kind, took in exports.items():
        print(f"export {kind.value:26} {took} {took.cpu / written.cpu:6.1f} x csv.writer")
    others = changed(folder, source)
    alone = seconds(lambda: read_alone(source))
    print(f"{'csv.reader alone':33} {alone}")
    names = ("as exported", "every price changed", "every row new")
    for name, path in zip(names, (source, *others), strict=True):
        measured(store, path, alone, name)
    measured(store, folder / "out.jsonl", alone, "JSON Lines as exported")
    measured(store, folder / "out.xlsx", alone, "XLSX as exported")
    store.close()
    bare = peak(folder, "nothing")
    for work in ("csv", "jsonl", "xlsx", "dry-run"):
        print(f"memory of {work:23} {peak(folder, work) - bare:7.1f} MiB above an open store")


if __name__ == "__main__":
    main()
