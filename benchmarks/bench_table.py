"""The Listings table over a million listings, beside what one would write first, in one run.

Each of these shows the same store file in a window of the same size, in a process of its own:

- empty: a QTableView without rows, which is the least a table costs;
- lists: every row in Python lists behind a model, filtered and sorted in Python;
- query: a QSqlQueryModel, filtered with LIKE and sorted by SQLite;
- table: our table with its model and reads, without a page around it;
- koda: the whole Listings page with its search field, its views and its controller.

Printed are the time to the first painted rows, of koda also as "rows" from asking for them while
the page stands; the memory above the empty table once all
listings are there; and in milliseconds: a key in the filter until its first page is painted,
another order, select all, and frames while scrolling, of koda also those that paint rows which had
still to be read. "own" is what the window's thread itself worked for each frame, whatever else the
machine did. As machines change their pace, first paints are compared once more in many short rounds
of empty, table and koda in turn (``--rounds``): printed is the median of each round's ratio.

``--listings N`` for another size, ``--archived 30`` for a catalogue of which so many of a hundred
are archived, ``--only koda`` for some of it.
"""

from __future__ import annotations

import argparse
import compileall
import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import koda_desktop
from benchmarks.table_store import table_store

KINDS = ("empty", "lists", "query", "table", "koda")
GOALS = {
    "first": "at most 1.5 times the empty table (of our table; koda is the whole page around it)",
    "memory": "at most 64 MiB above the empty table",
    "keys": "p99 at most 50 ms",
    "sorts": "at most 50 ms",
    "select": "at most 50 ms",
    "frames": "median at most 4 ms, p99 at most 16 ms",
}


def main() -> int:
    options = _options()
    if options.child:
        from benchmarks.table_child import run

        print(json.dumps(run(options.child, options.store, is_first_only=options.first)))
        return 0
    # As an installed program is: compiled, whatever the environment says of writing bytecode.
    compileall.compile_dir(Path(koda_desktop.__file__).parent, quiet=2)
    kinds = [kind for kind in KINDS if options.only in ("", kind)]
    for listings in options.listings:
        store = table_store(listings, options.archived)
        _print(listings, _median_runs(kinds, store, options.runs))
        if not options.only and options.rounds > 1:
            _compare_first_paints(store, options.rounds)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listings", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--archived", type=int, default=0)
    parser.add_argument("--only", default="", choices=("", *KINDS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=15, help="of first paints alone")
    parser.add_argument("--child", default="")
    parser.add_argument("--first", action="store_true")
    parser.add_argument("--store", type=Path)
    return parser.parse_args()


def _median_runs(kinds: Sequence[str], store: Path, runs: int) -> dict[str, dict[str, list[float]]]:
    """Each kind's run with the middle time to the first paint, of several that took turns."""
    found: dict[str, list[dict[str, list[float]]]] = {kind: [] for kind in kinds}
    for _ in range(runs):
        for kind in kinds:
            found[kind].append(_run(kind, store))
    return {
        kind: sorted(several, key=lambda one: one["first"])[runs // 2]
        for kind, several in found.items()
    }


def _compare_first_paints(store: Path, rounds: int) -> None:
    ratios: dict[str, list[float]] = {"table": [], "koda": []}
    for _ in range(rounds):
        empty = _run("empty", store, "--first")["first"][0]
        for kind, found in ratios.items():
            found.append(_run(kind, store, "--first")["first"][0] / empty)
    for kind, found in ratios.items():
        low, middle, high = statistics.quantiles(found, n=4)
        print(
            f"  {kind:6} first paint {middle:5.2f} x empty, the median of {rounds} rounds;"
            f" half of them {low:.2f} to {high:.2f}"
        )


def _run(kind: str, store: Path, *more: str) -> dict[str, list[float]]:
    command = [sys.executable, "-m", "benchmarks.bench_table", "--child", kind]
    done = subprocess.run(
        [*command, "--store", str(store), *more], check=True, stdout=subprocess.PIPE, timeout=900
    )
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def _print(listings: int, found: dict[str, dict[str, list[float]]]) -> None:
    print(f"{listings:,} listings")
    empty = found.get("empty")
    for kind, figures in found.items():
        first, memory = figures["first"][0], figures["memory"][0]
        rows = figures.get("rows", [first])[0]
        line = f"  {kind:6} first paint {first:8.1f} ms"
        if empty is not None:
            above = memory - empty["memory"][0]
            line += f" ({first / empty['first'][0]:5.2f} x empty"
            line += f", rows {rows / empty['first'][0]:5.2f} x), " if rows != first else "), "
            line += f"{above:7.1f} MiB above empty"
        print(line)
        for name in ("rows", "keys", "sorts", "select", "frames", "own"):
            if figures.get(name):
                print(f"         {name:7} {_spread(figures[name])}")
    for name, goal in GOALS.items():
        print(f"  goal: {name}: {goal}")


def _spread(times: Sequence[float]) -> str:
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return (
        f"{len(ordered):5} times, median {statistics.median(ordered):7.1f} ms,"
        f" p99 {p99:7.1f} ms, most {ordered[-1]:7.1f} ms"
    )


if __name__ == "__main__":
    sys.exit(main())
