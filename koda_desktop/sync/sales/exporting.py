"""Orders written to a file of rows: exactly those that are listed, in their order.

Amounts are decimals with a point, so that a spreadsheet adds up what the page shows; moments are
ISO 8601 in the zone whose days the page sums up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from pathlib import Path

from koda_desktop.models.money import Money, to_web_number
from koda_desktop.runtime.work import CancelToken, Progress, ProgressReport, ignore_progress
from koda_desktop.sync.sales import queries
from koda_desktop.sync.sales.rows import SaleQuery, SaleRow
from koda_desktop.sync.store.store import Store
from koda_desktop.tables.rows import Format
from koda_desktop.tables.writing import Cell, write_table

HEADER = (
    "order",
    "placed_at",
    "paid_at",
    "status",
    "payment",
    "product",
    "units",
    "currency",
    "gross",
    "fee",
    "refunded",
    "fee_given_back",
    "net",
    "provider_fee",
    "payout",
    "difference",
)
_PAGE = 500


def export(
    store: Store,
    query: SaleQuery,
    path: Path,
    kind: Format,
    zone: tzinfo,
    *,
    cancel: CancelToken | None = None,
    progress: ProgressReport = ignore_progress,
) -> int:
    """Write the orders that match to ``path``, atomically; answers how many.

    Raises LocalFaults, InputError for more than a sheet holds, or Cancelled; then whatever stood
    at ``path`` is untouched.
    """
    keys = store.read(lambda db: queries.keys(db, query))
    written = 0
    with write_table(path, kind, HEADER, mark=kind is Format.CSV) as writer:
        for start in range(0, len(keys), _PAGE):
            if cancel is not None:
                cancel.check()
            for row in _page(store, keys[start : start + _PAGE]):
                writer.write(_cells(row, zone))
                written += 1
            progress(Progress(min(start + _PAGE, len(keys)), len(keys), "write"))
    return written


def _page(store: Store, keys: Sequence[int]) -> list[SaleRow]:
    return store.read(lambda db: queries.rows(db, keys))


def _cells(row: SaleRow, zone: tzinfo) -> list[Cell]:
    sums = row.sums
    amounts = (sums.gross, sums.fee, sums.refunded, sums.fee_refunded, sums.net)
    gross, fee, refunded, fee_refunded, net = (_decimal(minor, row.currency) for minor in amounts)
    return [
        row.number,
        _moment(row.placed_at, zone),
        _moment(row.paid_at, zone),
        row.status,
        row.payment,
        row.titles,
        row.units,
        row.currency,
        gross,
        fee,
        refunded,
        fee_refunded,
        net,
        *_compared(row),
    ]


def _compared(row: SaleRow) -> tuple[Cell, Cell, Cell]:
    """What the provider's books say of an order; nothing of one not yet compared."""
    if row.difference is None:
        return "", row.payout, ""
    return (
        _decimal(row.sums.processing, row.currency),
        row.payout,
        _signed(row.difference, row.currency),
    )


def _decimal(minor: int, currency: str) -> str:
    """In major units. A currency that this version cannot count in stays in minor units."""
    try:
        return str(Money(minor, currency).as_decimal())
    except ValueError:
        return str(minor)


def _signed(minor: int, currency: str) -> Cell:
    """As a number: a text that begins with a minus is guarded like a formula."""
    try:
        return to_web_number(Money(minor, currency))
    except ValueError:
        return minor


def _moment(seconds: int | None, zone: tzinfo) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, zone).isoformat()
