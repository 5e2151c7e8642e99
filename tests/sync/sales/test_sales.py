"""Orders here: reduced to one's own lines, found by a filter, and added up as by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koda_desktop.errors import InputError, NotFound
from koda_desktop.models.periods import Bucket, Period, Step
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.rows import Changes
from koda_desktop.sync.sales import figures, queries, recording
from koda_desktop.sync.sales.filters import FIELDS, parse
from koda_desktop.sync.sales.rows import Point, SaleQuery, SaleSort, Sums
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from tests.sync.sales.making import SELLER, item, many, order

BERLIN = ZoneInfo("Europe/Berlin")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TODAY = Today(datetime(2026, 6, 15, 12, tzinfo=UTC), UTC)
NOW = "2026-11-26T12:00:00.000Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", derive_touched)
    yield made
    made.close()


def record(store: Store, *documents: dict[str, Any]) -> None:
    store.write(lambda tx: recording.record(tx, documents, NOW))


def found(store: Store, text: str, **query: Any) -> list[str]:
    wanted = SaleQuery(parse(text, TODAY), **query)
    return store.read(lambda db: [row.number for row in queries.rows(db, queries.keys(db, wanted))])


@pytest.mark.parametrize("sort", SaleSort)
@pytest.mark.parametrize("is_descending", [False, True])
def test_the_first_rows_are_those_that_all_keys_begin_with(
    store: Store, sort: SaleSort, is_descending: bool
) -> None:
    record(store, *many(60))
    query = SaleQuery(parse("-status:failed", TODAY), sort=sort, is_descending=is_descending)
    first = store.read(lambda db: queries.first_rows(db, query, 7))
    keys = store.read(lambda db: queries.keys(db, query))
    assert len(keys) > 7
    assert first == store.read(lambda db: queries.rows(db, keys[:7]))


def test_an_order_is_the_sum_of_its_lines(store: Store) -> None:
    record(store, order(1, item(1, 999), item(3, 1001, quantity=2)))
    row = store.read(lambda db: queries.detail(db, "KD-000001")).row
    assert (row.sums.gross, row.sums.fee) == (999 + 2002, 150 + 300)
    assert row.units == 3
    assert row.titles == "Workflow 1 and 1 more"
    assert row.sums.net == 3001 - 450


def test_a_refund_takes_its_part_of_the_fee(store: Store) -> None:
    record(store, order(1, item(1, 1000, refunded=1000)), order(2, item(2, 1000, refunded=500)))
    sums = store.read(lambda db: figures.figures(db, YEAR, UTC)).now
    assert sums == Sums(2, 2, 2000, 300, 1500, 225)
    assert sums.net == 425


def test_what_the_books_say_comes_with_the_order_and_is_found(store: Store) -> None:
    part = {"sellerId": SELLER, "processingFee": 40, "transferred": 800, "paymentIds": ["py_1"]}
    compared = {**part, "difference": -49, "payoutId": "po_1"}
    record(store, order(1, item(1, 999)), order(2, item(2, 999), reconciled=[compared]))
    details = [
        store.read(lambda db, n=number: queries.detail(db, n))  # type: ignore[misc]
        for number in ("KD-000001", "KD-000002")
    ]
    assert [one.transferred for one in details] == [None, 800]
    first, second = (one.row for one in details)
    assert (first.difference, first.sums.processing, first.payout) == (None, 0, "")
    assert (second.difference, second.sums.processing, second.payout) == (-49, 40, "po_1")
    assert found(store, "has:difference") == found(store, "payout:po_1") == ["KD-000002"]
    assert store.read(lambda db: figures.figures(db, YEAR, UTC)).now.processing == 40


def test_the_same_order_again_changes_nothing_and_an_older_copy_neither(store: Store) -> None:
    late = order(1, item(1, 999, refunded=999), status="REFUNDED", updatedAt=NOW)
    record(store, late)
    record(store, order(1, item(1, 999)))
    record(store, late)
    detail = store.read(lambda db: queries.detail(db, late["_id"]))
    assert (detail.row.status, detail.row.sums.refunded) == ("REFUNDED", 999)
    assert [line.sums.refunded for line in detail.lines] == [999]


def test_an_unpaid_order_is_listed_and_not_added_up(store: Store) -> None:
    record(store, order(1, item(1, 999), paid=None))
    assert store.read(lambda db: figures.figures(db, YEAR, UTC)).now == Sums()
    assert found(store, "") == ["KD-000001"]


def test_an_unknown_status_is_kept_and_found(store: Store) -> None:
    record(store, order(1, item(1, 999), status="ON_THE_MOON"))
    assert store.read(lambda db: queries.detail(db, "KD-000001")).row.status == "ON_THE_MOON"
    assert found(store, 'status:"ON_THE_MOON"') == ["KD-000001"]


def test_an_order_that_cannot_be_read_waits_in_the_quarantine(store: Store) -> None:
    broken = order(1, item(1, 999), totalAmount="much", buyerEmail="a@example.com")
    record(store, broken, order(2, item(2, 999)))
    rows = store.read(lambda db: db.rows("SELECT id, reason FROM quarantine"))
    assert rows == [(broken["_id"], "these fields are not what they should be: totalAmount")]
    assert found(store, "") == ["KD-000002"]
    record(store, order(1, item(1, 999)))
    assert store.read(lambda db: db.rows("SELECT id FROM quarantine")) == []


def test_pages_are_told(store: Store) -> None:
    heard: list[Changes] = []
    store.subscribe(heard.append)
    record(store, order(1, item(1, 999)))
    assert heard == [Changes(sales=True)]


def test_a_day_is_that_of_the_persons_zone(store: Store) -> None:
    record(store, order(1, item(1, 999), paid=datetime(2026, 6, 30, 22, 30, tzinfo=UTC)))
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    assert store.read(lambda db: figures.figures(db, june, UTC)).now.orders == 1
    assert store.read(lambda db: figures.figures(db, june, BERLIN)).now.orders == 0


def test_currencies_are_never_added(store: Store) -> None:
    record(store, order(1, item(1, 999)), order(2, item(2, 999)))
    record(store, order(3, item(3, 5000), currency="USD"))
    assert store.read(figures.currencies) == ("EUR", "USD")
    dollars = store.read(lambda db: figures.figures(db, YEAR, UTC, "USD"))
    assert dollars.now.gross == 5000
    assert store.read(lambda db: figures.figures(db, YEAR, UTC)).now.gross == 1998


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", [1, 2, 3]),
        ("status:refunded", [2]),
        ("-status:refunded", [1, 3]),
        ("payment:pend", [3]),
        ("number:2", [2]),
        ("kd-000003", [3]),
        ("workflow", [1, 2, 3]),
        ('title:"workflow 1"', [1]),
        ("gross:>10", [2]),
        ("gross:9,99", [1, 3]),
        ("net:<0,01", [2]),
        ("net:8,49", [1, 3]),
        ("has:refund", [2]),
        ("has:diff", []),
        ("paid:2026-03", [2]),
        ("placed:2026-01", [1, 3]),
        ("status:completed,pending gross:<10", [1, 3]),
        ("100%", []),
    ],
)
def test_orders_are_found(store: Store, text: str, numbers: list[int]) -> None:
    march = datetime(2026, 3, 5, tzinfo=UTC)
    record(
        store,
        order(1, item(1, 999)),
        order(2, item(2, 2000, refunded=2000), paid=march, status="REFUNDED"),
        order(3, item(3, 999), paid=None),
    )
    assert sorted(found(store, text)) == [f"KD-{n:06d}" for n in numbers]


@pytest.mark.parametrize("text", ["colour:red", "status:", "gross:1.000", "net:x", "status:lost"])
def test_what_is_not_understood_is_told_with_its_place(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, TODAY)
    assert caught.value.remedy
    assert "at" in caught.value.facts


@given(st.text(max_size=40) | st.builds("{}:{}".format, st.sampled_from([*FIELDS]), st.text()))
def test_any_filter_is_read_or_refused_in_words(text: str) -> None:
    try:
        made = parse(text, TODAY)
    except InputError:
        return
    assert sum(part.count("?") for part in made.parts) == len(made.values)


def test_orders_are_sorted_by_what_is_left_to_the_seller(store: Store) -> None:
    record(store, *(order(n, item(n, price)) for n, price in ((1, 500), (2, 100), (3, 900))))
    ordered = found(store, "", sort=SaleSort.NET, is_descending=False)
    assert ordered == ["KD-000002", "KD-000001", "KD-000003"]


def test_an_order_that_is_not_here_is_told(store: Store) -> None:
    with pytest.raises(NotFound):
        store.read(lambda db: queries.detail(db, "KD-000009"))


def _by_hand(documents: list[dict[str, Any]], start: int, end: int) -> Sums:
    """The sums again, from the documents alone."""
    paid = [
        one for one in documents if start <= one["facts"].get("paid_at", -1) < end and one["facts"]
    ]
    lines = [line for one in paid for line in one["items"] if line["sellerId"] == SELLER]
    return Sums(
        orders=len(paid),
        units=sum(line["quantity"] for line in lines),
        gross=sum(line["unitAmount"] * line["quantity"] for line in lines),
        fee=sum(line["feeAmount"] for line in lines),
        refunded=sum(line["refundedAmount"] for line in lines),
        fee_refunded=sum(line["feeRefundedAmount"] for line in lines),
    )


@pytest.mark.parametrize("seed", range(3))
def test_every_sum_is_that_of_a_plain_recomputation(store: Store, seed: int) -> None:
    documents = many(600, seed)
    record(store, *documents)
    for zone in (UTC, BERLIN):
        for first in (date(2026, 1, 1), date(2026, 3, 20), date(2026, 10, 20)):
            _compare(store, documents, Period(first, first + timedelta(days=40)), zone)


def _points(store: Store, buckets: list[Bucket]) -> list[Point]:
    return store.read(lambda db: figures.series(db, buckets, "EUR"))


def _compare(store: Store, documents: list[dict[str, Any]], period: Period, zone: tzinfo) -> None:
    found = store.read(lambda db: figures.figures(db, period, zone))
    assert found.now == _by_hand(documents, *period.bounds(zone))
    assert found.before == _by_hand(documents, *period.before().bounds(zone))
    for step in Step:
        buckets = period.buckets(step, zone)
        points = _points(store, buckets)
        assert [p.sums for p in points] == [_by_hand(documents, b.start, b.end) for b in buckets]


def test_the_best_products_are_those_that_brought_most(store: Store) -> None:
    documents = many(400)
    record(store, *documents)
    best = store.read(lambda db: figures.best_products(db, YEAR, UTC, "EUR", most=5))
    gross: dict[str, int] = {}
    for one in documents:
        if one["facts"]:
            for line in one["items"]:
                amount = line["unitAmount"] * line["quantity"]
                gross[line["productId"]] = gross.get(line["productId"], 0) + amount
    assert [one.sums.gross for one in best] == sorted(gross.values(), reverse=True)[:5]
    assert all(gross[one.product_id] == one.sums.gross for one in best)


def test_what_does_not_add_up_is_counted_without_a_look_at_the_rest(store: Store) -> None:
    record(store, *(order(number, item(number, 999)) for number in range(1, 30)))
    sql = "UPDATE sale SET difference = ? WHERE number = ?"
    for number, difference in ((3, -1), (7, 5), (9, 0)):
        store.write(lambda tx, row=(difference, f"KD-{number:06}"): tx.run(sql, row))  # type: ignore[misc]
    wanted = SaleQuery(parse("has:difference", TODAY), period=YEAR.bounds(UTC))
    assert store.read(lambda db: queries.count(db, wanted)) == 2
    where = " AND ".join((*wanted.filter.parts, "placed_at >= ? AND placed_at < ?"))
    plan = f"EXPLAIN QUERY PLAN SELECT count(*) FROM sale WHERE {where}"
    steps = store.read(lambda db: [str(row[3]) for row in db.rows(plan, YEAR.bounds(UTC))])
    assert len(steps) == 1
    assert "sale_differing" in steps[0]
