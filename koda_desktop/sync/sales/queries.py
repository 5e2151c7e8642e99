"""A ``SaleQuery`` as SQL, and orders as the table and its drawer take them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import Any

from koda_desktop.errors import NotFound
from koda_desktop.sync.rows import Json
from koda_desktop.sync.sales.filters import NET
from koda_desktop.sync.sales.rows import (
    SaleDetail,
    SaleLine,
    SaleQuery,
    SaleRow,
    SaleSort,
    Sums,
    TimelineRow,
)
from koda_desktop.sync.store.database import Db

_COLUMNS = (
    "pk, id, number, placed_at, paid_at, status, payment, fulfillment, titles, units, currency,"
    " gross, fee, refunded, fee_refunded, coalesce(processing, 0), payout, difference"
)
_SORTED_BY = {
    **{sort: sort.value for sort in SaleSort},
    SaleSort.NET: NET,
    SaleSort.DIFFERENCE: "abs(coalesce(difference, 0))",
}
_AT_ONCE = 1_000
_REFERENCES = {
    "Checkout session": "stripeCheckoutSessionId",
    "Payment": "stripePaymentIntentId",
    "Charge": "stripeChargeId",
}


def keys(db: Db, query: SaleQuery) -> array[int]:
    """The ``pk`` of every matching order, in order."""
    matching, values = _matching(query)
    return db.keys(f"SELECT pk {matching}", values)


def first_rows(db: Db, query: SaleQuery, number: int) -> list[SaleRow]:
    """The rows of the first ``number`` matching orders, in order: those of the first ``keys``."""
    matching, values = _matching(query)
    found = db.rows(f"SELECT {_COLUMNS} {matching} LIMIT ?", (*values, number))
    return [read_row(row) for row in found]


def count(db: Db, query: SaleQuery) -> int:
    """How many orders match."""
    where, values = _where(query)
    return int(db.value(f"SELECT count(*) FROM sale WHERE {where}", values))


def rows(db: Db, wanted: Sequence[int]) -> list[SaleRow]:
    """The rows of these keys, in the order given; keys that are gone are left out."""
    found: dict[int, SaleRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT {_COLUMNS} FROM sale WHERE pk IN ({marks})"
        found |= {row[0]: read_row(row) for row in db.rows(sql, some)}
    return [found[key] for key in wanted if key in found]


def read_row(row: Sequence[Any]) -> SaleRow:
    """One line of the table."""
    units, gross, fee, refunded, fee_refunded, processing = row[9], *row[11:16]
    return SaleRow(
        pk=row[0],
        id=row[1],
        number=row[2],
        placed_at=row[3],
        paid_at=row[4],
        status=row[5],
        payment=row[6],
        fulfillment=row[7],
        titles=row[8],
        units=units,
        currency=row[10],
        sums=Sums(1, units, gross, fee, refunded, fee_refunded, processing),
        payout=row[16],
        difference=row[17],
    )


def detail(db: Db, order: str) -> SaleDetail:
    """The order of that id or number. Raises NotFound."""
    found = db.row(f"SELECT {_COLUMNS}, doc FROM sale WHERE id = ?1 OR number = ?1", (order,))
    if found is None:
        raise NotFound(f"There is no order {order!r} here.", remedy="Sync, then look again.")
    document: Json = json.loads(found[-1])
    lines = db.rows(
        "SELECT item, product, title, units, unit_amount, gross, fee, refunded, fee_refunded"
        " FROM sale_line WHERE sale = ? ORDER BY place",
        (found[0],),
    )
    return SaleDetail(
        row=read_row(found),
        lines=tuple(map(_read_line, lines)),
        timeline=tuple(_timeline(document)),
        refund_reason=str(document.get("refundReason") or ""),
        references={
            name: document[field] for name, field in _REFERENCES.items() if document.get(field)
        },
        transferred=_transferred(document),
    )


def _read_line(row: Sequence[Any]) -> SaleLine:
    item, product, title, units, unit_amount, *amounts = row
    return SaleLine(item, product, title, units, unit_amount, Sums(1, units, *amounts))


def _transferred(document: Json) -> int | None:
    parts = [one for one in document.get("reconciled") or () if isinstance(one, dict)]
    return sum(int(one.get("transferred") or 0) for one in parts) if parts else None


def _timeline(document: Json) -> list[TimelineRow]:
    entries = document.get("timeline") or []
    return [
        TimelineRow(str(one.get("at")), str(one.get("kind")), one.get("amount"))
        for one in entries
        if isinstance(one, dict)
    ]


def _matching(query: SaleQuery) -> tuple[str, list[Any]]:
    """All of a statement but its columns."""
    where, values = _where(query)
    direction = "DESC" if query.is_descending else "ASC"
    order = f"{_SORTED_BY[query.sort]} {direction}, pk {direction}"
    return f"FROM sale WHERE {where} ORDER BY {order}", values


def _where(query: SaleQuery) -> tuple[str, list[Any]]:
    parts, values = list(query.filter.parts), list(query.filter.values)
    if query.period is not None:
        parts.append("placed_at >= ? AND placed_at < ?")
        values += query.period
    return " AND ".join(f"({part})" for part in parts) or "1", values
