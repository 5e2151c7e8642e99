"""What is exported is what is listed, and adds up to what the page shows."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from koda_desktop.errors import Cancelled
from koda_desktop.models.periods import Period
from koda_desktop.runtime.work import CancelToken
from koda_desktop.sync.filters.moments import Today
from koda_desktop.sync.sales import figures, recording
from koda_desktop.sync.sales.exporting import HEADER, export
from koda_desktop.sync.sales.filters import parse
from koda_desktop.sync.sales.rows import SaleQuery, SaleSort
from koda_desktop.sync.states import derive_touched
from koda_desktop.sync.store.store import Store
from koda_desktop.tables.rows import Format
from tests.sync.sales.making import START, item, many, order

TODAY = Today(datetime(2026, 6, 15, tzinfo=UTC), UTC)
WHOLE = Period(START.date(), START.date().replace(year=2027))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "store.sqlite", derive_touched)
    made.write(lambda tx: recording.record(tx, many(700), "2026-06-15T00:00:00.000Z"))
    yield made
    made.close()


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_it_adds_up_to_the_cent(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    assert export(store, SaleQuery(), path, Format.CSV, UTC) == 700
    paid = [row for row in rows(path) if row["paid_at"]]
    sums = store.read(lambda db: figures.figures(db, WHOLE, UTC)).now
    for name, minor in (("gross", sums.gross), ("refunded", sums.refunded), ("net", sums.net)):
        assert sum(Decimal(row[name]) for row in paid) == Decimal(minor) / 100


def test_only_what_is_listed_goes_out_in_its_order(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "orders.jsonl"
    wanted = SaleQuery(parse("has:refund gross:>5", TODAY), sort=SaleSort.GROSS)
    written = export(store, wanted, path, Format.JSONL, UTC)
    found = [json.loads(line) for line in path.read_text().splitlines()]
    assert 0 < written == len(found) < 700
    amounts = [Decimal(row["gross"]) for row in found]
    assert amounts == sorted(amounts, reverse=True)
    assert all(Decimal(row["refunded"]) > 0 and Decimal(row["gross"]) >= 5 for row in found)


def test_moments_are_those_of_the_persons_zone(tmp_path: Path) -> None:
    store = Store(tmp_path / "one.sqlite", derive_touched)
    paid = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    documents = [order(1, item(1, 999) | {"title": "=cmd()"}, paid=paid)]
    store.write(lambda tx: recording.record(tx, documents, "2026-06-15T00:00:00.000Z"))
    export(store, SaleQuery(), tmp_path / "a.csv", Format.CSV, ZoneInfo("Europe/Berlin"))
    store.close()
    (row,) = rows(tmp_path / "a.csv")
    assert row["paid_at"] == "2026-07-01T00:30:00+02:00"
    assert row["product"] == "'=cmd()"
    assert list(row) == [*HEADER]


def test_what_the_books_say_goes_out_once_it_is_known(tmp_path: Path) -> None:
    store = Store(tmp_path / "one.sqlite", derive_touched)
    documents = [order(number, item(number, 999)) for number in (1, 2)]
    store.write(lambda tx: recording.record(tx, documents, "2026-06-15T00:00:00.000Z"))
    sql = "UPDATE sale SET processing = 40, payout = 'po_1', difference = -49 WHERE number = ?"
    store.write(lambda tx: tx.run(sql, ("KD-000002",)))
    wanted = SaleQuery(sort=SaleSort.DIFFERENCE)
    export(store, wanted, tmp_path / "a.csv", Format.CSV, UTC)
    store.close()
    found = rows(tmp_path / "a.csv")
    books = [(one["order"], one["provider_fee"], one["payout"], one["difference"]) for one in found]
    assert books == [("KD-000002", "0.40", "po_1", "-0.49"), ("KD-000001", "", "", "")]


def test_stopped_in_the_middle_leaves_what_was_there(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("before")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        export(store, SaleQuery(), path, Format.CSV, UTC, cancel=token)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.glob(".orders*")] == []
