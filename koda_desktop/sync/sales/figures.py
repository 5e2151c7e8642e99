"""What sales add up to: sums of a period, of its parts and of each product. SQL does the adding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from koda_desktop.models.money import EUR
from koda_desktop.models.periods import Bucket, Period
from koda_desktop.sync.sales.rows import BestProduct, Figures, Point, Sums
from koda_desktop.sync.store.database import Db

AS_OF = "sales_as_of"
"""The key in ``meta`` of when the marketplace's orders were last read."""

_SUMS = (
    "count(*), coalesce(sum(units), 0), coalesce(sum(gross), 0), coalesce(sum(fee), 0),"
    " coalesce(sum(refunded), 0), coalesce(sum(fee_refunded), 0)"
)
_OF_SALES = f"{_SUMS}, coalesce(sum(processing), 0)"


def figures(
    db: Db, period: Period, zone: tzinfo, currency: str = "", now: Sums | None = None
) -> Figures:
    """The sums of ``period`` and of the one before; without ``currency``, in the main one.

    ``now`` is what the period comes to, where that was added up before.
    """
    known = currencies(db)
    chosen = currency or main_currency(db)
    return Figures(
        period=period,
        currency=chosen,
        now=_sums(db, chosen, *period.bounds(zone)) if now is None else now,
        before=_sums(db, chosen, *period.before().bounds(zone)),
        currencies=known,
        as_of=db.value("SELECT value FROM meta WHERE key = ?", (AS_OF,)),
    )


def main_currency(db: Db) -> str:
    """The currency of most orders; the marketplace's own before the first."""
    known = currencies(db)
    return known[0] if known else EUR


def currencies(db: Db) -> tuple[str, ...]:
    """Every currency of a paid order, the one with most orders first."""
    rows = db.rows(
        "SELECT currency FROM sale WHERE paid_at IS NOT NULL"
        " GROUP BY currency ORDER BY count(*) DESC, currency"
    )
    return tuple(row[0] for row in rows)


def series(db: Db, buckets: Sequence[Bucket], currency: str) -> list[Point]:
    """The sums of each of ``buckets``, in their order."""
    bounds = json.dumps([[bucket.start, bucket.end] for bucket in buckets])
    rows = db.rows(
        f"SELECT b.key, {_OF_SALES} FROM json_each(?) b CROSS JOIN sale ON currency = ?"
        " AND paid_at >= b.value ->> 0 AND paid_at < b.value ->> 1"
        " WHERE paid_at IS NOT NULL GROUP BY b.key",
        (bounds, currency),
    )
    found = {row[0]: Sums(*row[1:]) for row in rows}
    return [Point(bucket, found.get(number, Sums())) for number, bucket in enumerate(buckets)]


def best_products(
    db: Db, period: Period, zone: tzinfo, currency: str, most: int = 10
) -> list[BestProduct]:
    """The products that brought most in ``period``, by gross; a title as it was sold last."""
    start, end = period.bounds(zone)
    rows = db.rows(
        f"SELECT product, {_SUMS}, max(paid_at), title FROM sale_line"
        " WHERE currency = ? AND paid_at >= ? AND paid_at < ? AND paid_at IS NOT NULL"
        " GROUP BY product ORDER BY sum(gross) DESC, sum(units) DESC, product LIMIT ?",
        (currency, start, end, most),
    )
    return [BestProduct(row[0], row[8], Sums(*row[1:7])) for row in rows]


def _sums(db: Db, currency: str, start: int, end: int) -> Sums:
    row: Sequence[Any] = db.rows(
        f"SELECT {_OF_SALES} FROM sale"
        " WHERE currency = ? AND paid_at >= ? AND paid_at < ? AND paid_at IS NOT NULL",
        (currency, start, end),
    )[0]
    return Sums(*row)
