"""Sales as the pages and commands read them: from the local store alone, never the network.

As for ``Workspace``: methods block for at most a disk's time, may be called from any thread but the
window's, and raise KodaErrors.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import TYPE_CHECKING

from koda_desktop.runtime.work import CancelToken, ProgressReport, ignore_progress
from koda_desktop.sync.sales import figures, queries
from koda_desktop.sync.sales.rows import Sums

if TYPE_CHECKING:
    from pathlib import Path

    from koda_desktop.models.periods import Period, Step
    from koda_desktop.sync.sales.rows import (
        BestProduct,
        Figures,
        Point,
        SaleDetail,
        SaleQuery,
        SaleRow,
    )
    from koda_desktop.sync.store.database import Db
    from koda_desktop.sync.store.store import Store
    from koda_desktop.tables.rows import Format


@dataclass(frozen=True, slots=True)
class Overview:
    """A period in figures: its sums, its course, and what sold best in it."""

    figures: Figures
    points: Sequence[Point]
    best: Sequence[BestProduct]


class Sales:
    """What was sold. Amounts in minor units."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def overview(self, period: Period, step: Step, zone: tzinfo, currency: str = "") -> Overview:
        """The figures of ``period``, cut by ``step``; without ``currency`` in the main one.

        A refund counts on the day its sale was paid. All from one view of the store.
        """

        def read(db: Db) -> Overview:
            chosen = currency or figures.main_currency(db)
            points = figures.series(db, period.buckets(step, zone), chosen)
            now = sum((point.sums for point in points), Sums())
            found = figures.figures(db, period, zone, chosen, now)
            best = figures.best_products(db, period, zone, found.currency)
            return Overview(found, points, best)

        return self._store.read(read)

    def keys(self, query: SaleQuery) -> array[int]:
        """The ``pk`` of every matching order, in order: 8 bytes an order."""
        return self._store.read(lambda db: queries.keys(db, query))

    def first_rows(self, query: SaleQuery, number: int) -> list[SaleRow]:
        """The rows of the first ``number`` of ``keys``, without finding all of them."""
        return self._store.read(lambda db: queries.first_rows(db, query, number))

    def count(self, query: SaleQuery) -> int:
        """How many orders match."""
        return self._store.read(lambda db: queries.count(db, query))

    def rows(self, keys: Sequence[int]) -> list[SaleRow]:
        """The rows of these keys, in the order given; keys that are gone are left out."""
        return self._store.read(lambda db: queries.rows(db, keys))

    def export(
        self,
        query: SaleQuery,
        path: Path,
        kind: Format,
        zone: tzinfo,
        *,
        cancel: CancelToken | None = None,
        progress: ProgressReport = ignore_progress,
    ) -> int:
        """Write the orders that match to ``path``, atomically; answers how many.

        Raises LocalFaults, InputError for more than a sheet holds, or Cancelled.
        """
        from koda_desktop.sync.sales.exporting import export

        return export(self._store, query, path, kind, zone, cancel=cancel, progress=progress)

    def order(self, order: str) -> SaleDetail:
        """One order by its id or number. Raises NotFound."""
        return self._store.read(lambda db: queries.detail(db, order))
