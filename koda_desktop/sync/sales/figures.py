"""What sales add up to: sums of a period, of its parts and of each product. SQL does the adding.

Whole hours and days come from the sums that are kept beside the sales (``store.sale_sums``), what
is left at either end from the sales themselves: days begin with the person's midnight, which is
that of no whole UTC day, and in a few zones of no whole hour.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import tzinfo
from typing import NamedTuple

from koda_desktop.models.money import EUR
from koda_desktop.models.periods import Bucket, Period
from koda_desktop.sync.sales.rows import BestProduct, Figures, Point, Sums
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.sale_sums import DAY_SECONDS, HOUR_SECONDS

AS_OF = "sales_as_of"
"""The key in ``meta`` of when the marketplace's orders were last read."""

_AMOUNTS = ("units", "gross", "fee", "refunded", "fee_refunded")
_ADDED = ", ".join(f"coalesce(sum({name}), 0)" for name in (*_AMOUNTS, "processing"))
_KEPT = ", ".join(f"sum({name}) {name}" for name in ("lines", *_AMOUNTS))


class _Split(NamedTuple):
    """A span of seconds as whole units, and what is left of it at either end."""

    first: int
    end: int
    """The units from the first to before this one."""
    left: tuple[tuple[int, int], ...]


def figures(
    db: Db, period: Period, zone: tzinfo, currency: str = "", now: Sums | None = None
) -> Figures:
    """The sums of ``period`` and of the one before; without ``currency``, in the main one.

    ``now`` is what the period comes to, where that was added up before.
    """
    known = currencies(db)
    chosen = currency or (known[0] if known else EUR)
    spans = [period.before().bounds(zone), period.bounds(zone)]
    sums = _sums(db, chosen, spans[: 2 if now is None else 1])
    return Figures(
        period=period,
        currency=chosen,
        now=sums[1] if now is None else now,
        before=sums[0],
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
        "SELECT currency FROM sale_hour GROUP BY currency ORDER BY sum(orders) DESC, currency"
    )
    return tuple(row[0] for row in rows)


def series(db: Db, buckets: Sequence[Bucket], currency: str) -> list[Point]:
    """The sums of each of ``buckets``, in their order."""
    sums = _sums(db, currency, [(one.start, one.end) for one in buckets])
    return [Point(bucket, found) for bucket, found in zip(buckets, sums, strict=True)]


def best_products(
    db: Db, period: Period, zone: tzinfo, currency: str, most: int = 10
) -> list[BestProduct]:
    """The products that brought most in ``period``, by gross; a title as it was sold last."""
    start, end = period.bounds(zone)
    whole = _split(start, end, DAY_SECONDS)
    edges = json.dumps(whole.left)
    rows = db.rows(
        f"SELECT product, {_KEPT} FROM ("
        f" SELECT product, {_KEPT} FROM sale_product_day"
        "  WHERE currency = ?1 AND day >= ?2 AND day < ?3 GROUP BY product"
        f" UNION ALL SELECT product, 1, {', '.join(_AMOUNTS)} FROM json_each(?4) e"
        "  CROSS JOIN sale_line ON currency = ?1 AND paid_at >= e.value ->> 0"
        "  AND paid_at < e.value ->> 1 WHERE paid_at IS NOT NULL)"
        " GROUP BY product ORDER BY sum(gross) DESC, sum(units) DESC, product LIMIT ?5",
        (currency, whole.first, whole.end, edges, most),
    )
    return [
        BestProduct(row[0], _title(db, row[0], currency, start, end), Sums(*row[1:]))
        for row in rows
    ]


def _title(db: Db, product: str, currency: str, start: int, end: int) -> str:
    """As it was sold last before ``end``: one that brought much was sold not long ago."""
    return str(
        db.value(
            "SELECT title FROM sale_line WHERE currency = ? AND paid_at >= ? AND paid_at < ?"
            " AND paid_at IS NOT NULL AND product = ? ORDER BY paid_at DESC LIMIT 1",
            (currency, start, end, product),
        )
    )


def _sums(db: Db, currency: str, spans: Sequence[tuple[int, int]]) -> list[Sums]:
    """What was paid in each span of seconds."""
    splits = [_split(start, end, HOUR_SECONDS) for start, end in spans]
    sums = [Sums() for _ in spans]
    hours = json.dumps([[number, one.first, one.end] for number, one in enumerate(splits)])
    for number, *added in db.rows(
        f"SELECT b.value ->> 0, coalesce(sum(orders), 0), {_ADDED} FROM json_each(?) b"
        " CROSS JOIN sale_hour ON currency = ? AND hour >= b.value ->> 1 AND hour < b.value ->> 2"
        " GROUP BY b.key",
        (hours, currency),
    ):
        sums[number] += Sums(*added)
    left = [[number, *edge] for number, one in enumerate(splits) for edge in one.left]
    for number, *added in db.rows(
        f"SELECT b.value ->> 0, count(*), {_ADDED} FROM json_each(?) b CROSS JOIN sale"
        " ON currency = ? AND paid_at >= b.value ->> 1 AND paid_at < b.value ->> 2"
        " WHERE paid_at IS NOT NULL GROUP BY b.key",
        (json.dumps(left), currency),
    ):
        sums[number] += Sums(*added)
    return sums


def _split(start: int, end: int, unit: int) -> _Split:
    """``end`` is excluded. A span within one unit has none that is whole."""
    first, last = -(-start // unit), end // unit
    if first >= last:
        return _Split(0, 0, ((start, end),) if start < end else ())
    edges = ((start, first * unit), (last * unit, end))
    return _Split(first, last, tuple(edge for edge in edges if edge[0] < edge[1]))
