"""Files of rows made by hand, and dry runs over them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from koda_desktop.sync.entities import NO_FILE, NewEntity, insert
from koda_desktop.sync.exchange.dry_run import dry_run
from koda_desktop.sync.exchange.exporting import ExportOptions, export
from koda_desktop.sync.exchange.mapping import ColumnMap, proposed
from koda_desktop.sync.exchange.plan import Kind, Plan, PlanRow
from koda_desktop.sync.queries import keys
from koda_desktop.sync.rows import ListingQuery
from koda_desktop.tables.opening import open_table
from koda_desktop.tables.rows import Format
from tests.sync.desk import Desk

AT = "2026-05-01T10:00:00.000Z"


def put(desk: Desk, *documents: Mapping[str, Any]) -> list[str]:
    """Have the store hold these documents as the marketplace's; answers their ids."""
    ids = [f"{number:024x}" for number in range(1, len(documents) + 1)]
    rows = [
        NewEntity(one, {"_id": one, **document}, NO_FILE, AT, server_at=AT)
        for one, document in zip(ids, documents, strict=True)
    ]
    desk.store.write(lambda tx: insert(tx, rows))
    return ids


def listing(**fields: Any) -> dict[str, Any]:
    """A complete document."""
    return {
        "title": "Invoices",
        "description": "Sends them.",
        "price": 9.99,
        "category": "Sales",
        "tags": ["n8n", "email"],
        "productType": "Automation",
        "platform": "n8n",
        "version": "1.0.0",
        "active": True,
        **fields,
    }


def written(folder: Path, header: Sequence[str], *rows: Sequence[str], name: str = "a.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


def exported(desk: Desk, path: Path, kind: Format = Format.CSV, **options: Any) -> Path:
    all_keys = desk.store.read(lambda db: keys(db, ListingQuery()))
    export(desk.store, all_keys, path, ExportOptions(kind, **options))
    return path


@contextmanager
def planned(desk: Desk, path: Path, columns: ColumnMap | None = None) -> Iterator[Plan]:
    if columns is None:
        with open_table(path) as table:
            columns = proposed(table.header)
    plan = dry_run(desk.store, path, columns)
    try:
        yield plan
    finally:
        plan.close()


def rows_of(desk: Desk, path: Path, columns: ColumnMap | None = None) -> list[PlanRow]:
    with planned(desk, path, columns) as plan:
        rows = plan.rows()
        assert plan.total == len(rows) or plan.total > 200
        counted = {kind: plan.counts[kind] for kind in Kind if plan.counts[kind]}
        if plan.total == len(rows):
            assert counted == {kind: sum(row.kind is kind for row in rows) for kind in counted}
        return rows
