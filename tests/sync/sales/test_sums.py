"""The sums kept beside the sales are what adding up the sales gives, whatever happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from koda_desktop.models.periods import Period, Step
from koda_desktop.sync.sales import figures, recording
from koda_desktop.sync.sales.rows import Sums
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.database import Db
from koda_desktop.sync.store.opening import connect
from koda_desktop.sync.store.sale_sums import SALE_SUMS
from koda_desktop.sync.store.schema import MIGRATIONS
from koda_desktop.sync.store.store import Store
from tests.sync.sales.making import SELLER, item, order

ZONES: tuple[tzinfo, ...] = (
    UTC,
    *map(ZoneInfo, ("Europe/Berlin", "Asia/Kathmandu", "Pacific/Chatham", "America/New_York")),
)
FIRST = datetime(2026, 3, 27, tzinfo=UTC)
_AMOUNTS = "units, gross, fee, refunded, fee_refunded"

moments = st.integers(0, 12 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
orders = st.fixed_dictionaries(
    {
        "number": st.integers(1, 6),
        "paid": st.none() | moments,
        "minors": st.lists(st.integers(1, 5_000), min_size=1, max_size=3),
        "refunded": st.booleans(),
        "currency": st.sampled_from(["EUR", "EUR", "USD"]),
        "processing": st.none() | st.integers(0, 99),
    }
)
periods = st.tuples(st.integers(0, 11), st.integers(0, 11)).map(
    lambda days: Period(*(date(2026, 3, 27) + timedelta(days=day) for day in sorted(days)))
)


def document(version: int, told: dict[str, Any]) -> dict[str, Any]:
    """An order as it is at its ``version``-th change."""
    number = told["number"]
    lines = [
        item(10 * number + place, minor, refunded=minor // 2 if told["refunded"] else 0)
        for place, minor in enumerate(told["minors"])
    ]
    books = [] if told["processing"] is None else [reconciled(told["processing"])]
    return order(
        number,
        *lines,
        paid=told["paid"],
        currency=told["currency"],
        reconciled=books,
        updatedAt=f"2026-06-01T00:{version:02}:00.000Z",
    )


def reconciled(processing: int) -> dict[str, Any]:
    return {
        "sellerId": SELLER,
        "processingFee": processing,
        "transferred": 0,
        "difference": 0,
        "paymentIds": [],
    }


def plain(documents: Iterable[dict[str, Any]], currency: str, start: int, end: int) -> Sums:
    """Added up by hand from the documents themselves."""
    total = Sums()
    for one in documents:
        if one["currency"] != currency or not start <= one["facts"].get("paid_at", -1) < end:
            continue
        total += sum(map(line_sums, one["items"]), Sums(orders=1))
        total += Sums(processing=sum(part["processingFee"] for part in one["reconciled"]))
    return total


def line_sums(line: dict[str, Any]) -> Sums:
    return Sums(
        units=line["quantity"],
        gross=line["unitAmount"] * line["quantity"],
        fee=line["feeAmount"],
        refunded=line["refundedAmount"],
        fee_refunded=line["feeRefundedAmount"],
    )


def check_tables(db: Db) -> None:
    """Both tables hold what adding up all rows gives, and no sum of nothing."""
    hours = f"currency, paid_at / 3600, count(*), {_sums(_AMOUNTS)}, coalesce(sum(processing), 0)"
    assert sorted(db.rows("SELECT * FROM sale_hour")) == sorted(
        db.rows(f"SELECT {hours} FROM sale WHERE paid_at IS NOT NULL GROUP BY 1, 2")
    )
    days = f"currency, product, paid_at / 86400, count(*), {_sums(_AMOUNTS)}"
    assert sorted(db.rows("SELECT * FROM sale_product_day")) == sorted(
        db.rows(f"SELECT {days} FROM sale_line WHERE paid_at IS NOT NULL GROUP BY 1, 2, 3")
    )


def _sums(names: str) -> str:
    return ", ".join(f"sum({name.strip()})" for name in names.split(","))


def check_figures(
    db: Db, documents: Sequence[dict[str, Any]], period: Period, zone: tzinfo
) -> None:
    start, end = period.bounds(zone)
    for currency in ("EUR", "USD"):
        found = figures.figures(db, period, zone, currency)
        assert found.now == plain(documents, currency, start, end)
        assert found.before == plain(documents, currency, *period.before().bounds(zone))
        points = figures.series(db, period.buckets(Step.DAY, zone), currency)
        assert [point.sums for point in points] == [
            plain(documents, currency, point.bucket.start, point.bucket.end) for point in points
        ]
        best = figures.best_products(db, period, zone, currency, most=100)
        assert {one.product_id: one.sums for one in best} == by_product(
            documents, currency, start, end
        )
        assert [one.sums.gross for one in best] == sorted(
            (one.sums.gross for one in best), reverse=True
        )


def by_product(
    documents: Sequence[dict[str, Any]], currency: str, start: int, end: int
) -> dict[str, Sums]:
    sums: dict[str, Sums] = {}
    for one in documents:
        if one["currency"] == currency and start <= one["facts"].get("paid_at", -1) < end:
            for line in one["items"]:
                before = sums.get(line["productId"], Sums())
                sums[line["productId"]] = before + line_sums(line) + Sums(orders=1)
    return sums


@settings(max_examples=60)
@given(
    told=st.lists(orders, min_size=1, max_size=12),
    gone=st.none() | st.integers(1, 6),
    period=periods,
    zone=st.sampled_from(ZONES),
)
def test_every_sum_is_a_plain_recomputation(
    tmp_path_factory: Any,
    told: list[dict[str, Any]],
    gone: int | None,
    period: Period,
    zone: tzinfo,
) -> None:
    folder: Path = tmp_path_factory.mktemp("sums")
    latest: dict[int, dict[str, Any]] = {}
    store = Store(folder / "store.sqlite", derive_touched)
    try:
        for version, one in enumerate(told):
            known = latest.get(one["number"])
            # An order keeps the lines it was made with; their amounts and all else may change.
            minors = [line["unitAmount"] for line in known["items"]] if known else one["minors"]
            made = document(version, {**one, "minors": minors})
            store.write(partial(recording.record, documents=[made], now="now"))
            latest[one["number"]] = made
        store.read(check_tables)
        if gone in latest:
            key = latest.pop(gone)["_id"]
            store.write(lambda tx: tx.run("DELETE FROM sale WHERE id = ?", (key,)))
        store.read(check_tables)
        store.read(lambda db: check_figures(db, list(latest.values()), period, zone))
    finally:
        store.close()


def test_a_store_of_an_earlier_version_gets_its_sums(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    connection = connect(path, MIGRATIONS[: MIGRATIONS.index(SALE_SUMS)])
    connection.execute(
        "INSERT INTO sale(pk, id, number, placed_at, paid_at, changed_at, status, payment,"
        " fulfillment, buyer, titles, units, currency, gross, fee, refunded, fee_refunded, doc)"
        " VALUES (1, 'a', 'KD-000001', 1790000000, 1790000000, '', '', '', '', '', '', 1, 'EUR',"
        " 999, 150, 0, 0, '{}')"
    )
    connection.execute(
        "INSERT INTO sale_line(sale, place, item, product, title, units, unit_amount, currency,"
        " paid_at, gross, fee, refunded, fee_refunded)"
        " VALUES (1, 0, 'i', 'p', 'Invoices', 1, 999, 'EUR', 1790000000, 999, 150, 0, 0)"
    )
    connection.close()
    store = Store(path, derive_touched)
    store.read(check_tables)
    assert store.read(figures.currencies) == ("EUR",)
    store.close()
