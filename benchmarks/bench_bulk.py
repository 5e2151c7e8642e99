"""Bulk edits of many listings: durable and undoable, beside a bare UPDATE of the same rows.

Every figure is of one run over one store. The bare side is `executemany` of an UPDATE of the
price's column and one of the document, in one transaction: nothing is queued, nothing can be
undone. ``--window`` edits under an offscreen window and prints how late its frames are.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from koda_desktop.runtime.turns import take_short_turns
from koda_desktop.sync import entities
from koda_desktop.sync.bulk.prices import Percent
from koda_desktop.sync.bulk.proposing import Verb
from koda_desktop.sync.bulk.tags import AddTags
from koda_desktop.sync.changesets.commands import ChangeSets
from koda_desktop.sync.changesets.rows import ChangeSetResult
from koda_desktop.sync.entities import NO_FILE, NewEntity
from koda_desktop.sync.local import LocalReads
from koda_desktop.sync.rows import Selection
from koda_desktop.sync.staging import Staging
from koda_desktop.sync.stamps import Stamps
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Tx
from koda_desktop.sync.store.store import Store
from koda_desktop.workspace.bulk import Bulk

AT_ONCE = 5_000
_WORDS = (
    *("read", "mail", "write", "sheet", "send", "note", "when", "form", "comes", "post", "slack"),
    *("message", "every", "hour", "check", "stock", "price", "report", "customer", "order"),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--window", action="store_true")
    options = parser.parse_args()
    take_short_turns()  # as the program does
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary), options.listings, options.rows)
        if options.window:
            bench.window()
        else:
            bench.run()
        bench.close()
    return 0


class Bench:
    """One store of published listings, and rows of it picked all over."""

    def __init__(self, folder: Path, listings: int, rows: int) -> None:
        self._chance = random.Random(1)
        self._store = Store(folder / "store.sqlite", derive_touched)
        staging = Staging(folder / "staging")
        self._sets = ChangeSets(self._store, staging, Stamps(), "bench")
        self._bulk = Bulk(self._store, self._sets, LocalReads(self._store, staging).selected)
        self._listings, self._rows = listings, rows
        _fill(self._store, listings, self._chance)
        time.sleep(2)  # the search index and the log are written when nothing else is to do

    def close(self) -> None:
        self._store.close()

    def _picked(self) -> Selection:
        wanted = self._chance.sample(range(1, self._listings + 1), self._rows)
        return Selection(tuple(sorted(wanted)))

    def run(self) -> None:
        print(f"{self._rows:,} rows of {self._listings:,} published listings")
        for verb in (Percent(Decimal(1)), AddTags(("new",))):
            self._bulk.plan(Selection((1,)), verb)  # what is loaded once
        before = _peak()
        bare = _timed("bare executemany UPDATE", lambda: self._bare(self._picked()))
        self._best_of_three("price +10 %", Percent(Decimal(10)), bare)
        self._edit("tag added", AddTags(("sale",)), bare)
        picked = self._picked()
        for times in ("first", "second"):
            self._edit(f"price down 5 %, {times} time", Percent(Decimal(-5)), bare, picked)
        size, rows = self._store.read(
            lambda db: db.rows("SELECT sum(bytes), sum(total) FROM change_set")[0]
        )
        print(f"kept to undo: {size / rows:.0f} bytes a row; memory +{_peak() - before} MiB")

    def _best_of_three(self, what: str, verb: Verb, bare: float) -> None:
        """Other rows each time, all of them as the marketplace has them."""
        taken: list[float] = []
        undone: list[float] = []
        for _ in range(3):
            edited, seconds = self._edit(what, verb, bare)
            taken.append(seconds)
            undone.append(self._timed_undo("undo before it was sent", edited, bare))
        print(f"best of three: {min(taken) * 1000:.0f} ms, undo {min(undone) * 1000:.0f} ms")

    def _bare(self, selection: Selection) -> None:
        shown = "UPDATE entity SET price_minor = ? WHERE pk = ?"
        kept = "UPDATE document SET doc = json_set(doc, '$.price', ?) WHERE pk = ?"
        prices = [(n % 9_999, pk) for n, pk in enumerate(selection.keys)]

        def work(tx: Tx) -> None:
            tx.run_many(shown, prices)
            tx.run_many(kept, [(minor / 100, pk) for minor, pk in prices])

        self._store.write(work)

    def _edit(
        self, what: str, verb: Verb, bare: float, selection: Selection | None = None
    ) -> tuple[ChangeSetResult, float]:
        chosen = selection or self._picked()
        time.sleep(1)
        begun, spent = time.perf_counter(), time.process_time()
        plan = self._bulk.plan(chosen, verb)
        planned = time.perf_counter()
        result = self._bulk.apply(plan)
        ended = time.perf_counter()
        whole = ended - begun
        print(
            f"{what}: {whole * 1000:.0f} ms ({planned - begun:.3f} s to look at,"
            f" {ended - planned:.3f} s to write; {time.process_time() - spent:.3f} s of processor),"
            f" {whole / bare:.1f} times the bare UPDATE;"
            f" {result.changed:,} changed, {len(result.left):,} left"
        )
        return result, whole

    def _timed_undo(self, what: str, edited: ChangeSetResult, bare: float) -> float:
        time.sleep(1)
        taken = _timed(what, lambda: self._sets.undo(edited.set_id))
        print(f"  {taken / bare:.1f} times the bare UPDATE")
        return taken

    def window(self) -> None:
        """How late frames are while rows are edited and that is undone."""
        from benchmarks.sync_frames import watch

        def work() -> None:
            for _ in range(3):
                edited = self._bulk.apply(self._bulk.plan(self._picked(), Percent(Decimal(10))))
                self._sets.undo(edited.set_id)

        watch(self._store, work)


def _fill(store: Store, count: int, chance: random.Random) -> None:
    for start in range(0, count, AT_ONCE):
        several = [_entity(n, chance) for n in range(start, min(start + AT_ONCE, count))]

        def insert(tx: Tx, some: list[NewEntity] = several) -> None:
            entities.insert(tx, some)

        store.write(insert, durable=False)


def _entity(number: int, chance: random.Random) -> NewEntity:
    document = _document(number, chance)
    moment = document["updatedAt"]
    return NewEntity(document["_id"], document, NO_FILE, moment, server_at=moment)


def _document(number: int, chance: random.Random) -> dict[str, Any]:
    at = f"2026-01-{number % 28 + 1:02}T00:{number % 60:02}:00.000Z"
    return {
        "_id": f"{number:024x}",
        "title": " ".join(chance.choices(_WORDS, k=5)),
        "description": " ".join(chance.choices(_WORDS, k=50)),
        "price": chance.randint(100, 9_999) / 100,
        "category": "Sales",
        "tags": chance.sample(_WORDS, 3),
        "platform": "n8n",
        "version": "1.0.0",
        "active": True,
        "sellerId": "a" * 24,
        "productType": "Automation",
        "averageRating": 0,
        "reviewCount": 0,
        "fileUrl": f"sellers/{'a' * 24}/{number:024x}/flow.json",
        "createdAt": at,
        "updatedAt": at,
        "__v": 0,
    }


def _timed(what: str, work: Callable[[], object]) -> float:
    begun, spent = time.perf_counter(), time.process_time()
    work()
    taken = time.perf_counter() - begun
    print(f"{what}: {taken * 1000:.0f} ms ({time.process_time() - spent:.3f} s of processor)")
    return taken


def _peak() -> int:
    """The most memory this process ever had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    sys.exit(main())
